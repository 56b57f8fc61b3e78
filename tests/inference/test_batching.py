"""Who goes to a worker with whom, and when: the queue's promises, mostly as properties over any mix of jobs."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from inference.batching import PATIENCE, JobQueue, Ticket
from inference.contract import (
    CaptionRequest,
    FlagRequest,
    GenreRequest,
    Job,
    Priority,
    Request,
    Task,
)

REQUESTS: dict[Task, Request] = {
    Task.CAPTION: CaptionRequest(prompt="x"),
    Task.GENRE: GenreRequest(text="x"),
    Task.FLAG: FlagRequest(text="x"),
}


def ticket(
    key: str = "ann", task: Task = Task.FLAG, priority: Priority = Priority.INTERACTIVE, deadline: float = 100.0
) -> Ticket:
    return Ticket(Job(REQUESTS[task], fairness_key=key, priority=priority), deadline)


def filled(tickets: list[Ticket], capacity: int = 1000) -> JobQueue:
    queue = JobQueue(capacity)
    for each in tickets:
        assert queue.push(each)
    return queue


def drained(queue: JobQueue, size: int = 4) -> list[list[Ticket]]:
    batches = []
    while batch := queue.next_batch(lambda task: size):
        batches.append(batch)
    return batches


keys = st.sampled_from(["ann", "ben", "cho"])
tickets = st.builds(
    ticket,
    key=keys,
    task=st.sampled_from(list(REQUESTS)),
    priority=st.sampled_from(Priority),
    deadline=st.floats(0, 10),
)


@given(st.lists(tickets, max_size=40), st.integers(1, 6))
def test_every_ticket_comes_out_exactly_once(waiting: list[Ticket], size: int) -> None:
    """Nothing is lost, nothing is handed out twice, and an emptied queue holds nothing."""
    queue = filled(waiting)
    out = [each.number for batch in drained(queue, size) for each in batch]
    assert Counter(out) == Counter(each.number for each in waiting)
    assert len(queue) == 0


@given(st.lists(tickets, max_size=40), st.integers(1, 6))
def test_a_batch_is_of_one_task_and_one_priority_and_no_larger_than_allowed(waiting: list[Ticket], size: int) -> None:
    """A model takes one task at a time, and a person's job does not wait for a backlog job beside it."""
    for batch in drained(filled(waiting), size):
        assert len(batch) <= size
        assert len({(each.job.task, each.job.priority) for each in batch}) == 1


@given(st.lists(tickets, max_size=40))
def test_jobs_of_one_key_task_and_priority_keep_their_order(waiting: list[Ticket]) -> None:
    """Who asks twice for the same thing is answered in the order of asking."""
    seen: dict[tuple[str, Task, Priority], int] = {}
    for batch in drained(filled(waiting)):
        for each in batch:
            group = (each.job.fairness_key, each.job.task, each.job.priority)
            assert seen.get(group, 0) < each.number
            seen[group] = each.number


@given(st.integers(1, 60), st.integers(1, 8))
def test_a_newcomer_waits_one_turn_behind_a_crowd_of_one_key(crowd: int, size: int) -> None:
    """However many jobs one key has waiting, another key's job is in the next batch or is its next turn."""
    queue = filled([ticket("crowd") for _ in range(crowd)] + [ticket("newcomer")])
    order = [each.job.fairness_key for batch in drained(queue, size) for each in batch]
    assert order.index("newcomer") <= 1


@given(st.lists(st.tuples(keys, st.integers(1, 30)), min_size=2, max_size=3, unique_by=lambda pair: pair[0]))
def test_keys_take_turns_while_all_of_them_wait(crowds: list[tuple[str, int]]) -> None:
    """While every key has jobs, no key is ahead of another by more than one."""
    queue = filled([ticket(key) for key, count in crowds for _ in range(count)])
    shortest = min(count for _, count in crowds)
    served: Counter[str] = Counter()
    for batch in drained(queue, size=1):
        if max(served.values(), default=0) == shortest:
            break
        served[batch[0].job.fairness_key] += 1
        counts = [served[key] for key, _ in crowds]
        assert max(counts) - min(counts) <= 1


def test_people_go_before_scans_and_scans_before_the_backlog() -> None:
    """Priorities decide first, whoever came first."""
    waiting = [ticket(priority=priority) for priority in (Priority.BATCH, Priority.SCAN, Priority.INTERACTIVE)]
    order = [batch[0].job.priority for batch in drained(filled(waiting))]
    assert order == [Priority.INTERACTIVE, Priority.SCAN, Priority.BATCH]


def test_a_passed_over_priority_gets_its_batch_after_the_stated_patience() -> None:
    """Endless people's jobs delay the backlog by PATIENCE batches, not for ever."""
    queue = filled([ticket(priority=Priority.BATCH)])
    for _ in range(PATIENCE):
        queue.push(ticket())
        queue.push(ticket())
        assert queue.next_batch(lambda task: 1)[0].job.priority is Priority.INTERACTIVE
    assert queue.next_batch(lambda task: 1)[0].job.priority is Priority.BATCH


def test_the_batch_takes_the_task_whose_turn_it_is_and_skips_keys_without_it() -> None:
    """A key that waits for another task neither joins the batch nor loses its turn."""
    ann, ben, cho = ticket("ann", Task.FLAG), ticket("ben", Task.CAPTION), ticket("cho", Task.FLAG)
    assert drained(filled([ann, ben, cho])) == [[ann, cho], [ben]]


@given(st.lists(tickets, max_size=30), st.integers(0, 10))
def test_expired_tickets_leave_and_the_others_stay(waiting: list[Ticket], now: int) -> None:
    """A ticket at or past its deadline is handed back once and never to a worker."""
    queue = filled(waiting)
    late = queue.drop_expired(now)
    assert {each.number for each in late} == {each.number for each in waiting if each.deadline <= now}
    left = [each for batch in drained(queue) for each in batch]
    assert all(each.deadline > now for each in left)
    assert len(left) + len(late) == len(waiting)


@given(st.lists(tickets, min_size=1, max_size=30), st.data())
def test_a_removed_ticket_never_comes_out(waiting: list[Ticket], data: st.DataObject) -> None:
    """Cancelling costs no model time, and cancelling twice is harmless."""
    queue = filled(waiting)
    gone = data.draw(st.sampled_from(waiting))
    assert queue.remove(gone)
    assert not queue.remove(gone)
    assert gone.number not in {each.number for batch in drained(queue) for each in batch}


@given(st.lists(tickets, max_size=12), st.integers(1, 8))
def test_no_more_than_the_capacity_ever_waits(waiting: list[Ticket], capacity: int) -> None:
    """A full queue refuses and stays as it was."""
    queue = JobQueue(capacity)
    taken = [queue.push(each) for each in waiting]
    assert taken == [i < capacity for i in range(len(waiting))]
    assert len(queue) == min(len(waiting), capacity)


@given(st.lists(tickets, max_size=20), st.integers(0, 6))
def test_topping_up_adds_only_what_fits_the_batch(waiting: list[Ticket], room: int) -> None:
    """A batch that has not begun grows by jobs of its own task and priority."""
    queue = filled(waiting)
    more = queue.top_up(Task.FLAG, Priority.SCAN, room)
    fitting = [each for each in waiting if (each.job.task, each.job.priority) == (Task.FLAG, Priority.SCAN)]
    assert len(more) == min(room, len(fitting))
    assert set(more) <= set(fitting)
    assert len(queue) == len(waiting) - len(more)


@given(st.lists(st.builds(ticket, key=keys), min_size=1, max_size=20))
def test_the_place_told_to_people_is_the_order_of_service(waiting: list[Ticket]) -> None:
    """With one task and one priority, place 0 is served next, then 1, and so on."""
    queue = filled(waiting)
    places = {each.number: queue.place_of(each.job.id) for each in waiting}
    order = [each.number for batch in drained(queue, size=1) for each in batch]
    assert [places[number] for number in order] == list(range(len(waiting)))


def test_a_job_that_does_not_wait_has_no_place() -> None:
    """None says: runs, answered, or never seen."""
    assert filled([ticket()]).place_of("somebody else's") is None

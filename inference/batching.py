"""Who waits, whose turn it is, and what goes to a worker together: a plain, synchronous data structure.

Nothing here knows processes, clocks or asyncio; the pool tells it the time. The rules:

- **Priority first.** Interactive jobs go before scans, scans before batch jobs, and one batch holds one priority, so
  that a person never waits for a backlog job that happened to fit beside theirs. A waiting lower priority is passed
  over at most `PATIENCE` batches in a row; then one batch is its own. Nothing starves, and what it may cost is known.
- **Round robin inside a priority.** Each `fairness_key` has a place in a ring. The key at the front takes a turn and
  goes to the back, so a key with a thousand jobs delays another key's job by one job at most.
- **One task per batch**: the task of the oldest job of the key whose turn it is. The rest of the batch is filled with
  waiting jobs of that task, still turn by turn; a key without such a job keeps its place in the ring.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from inference.contract import Job, Priority, Task

PATIENCE: Final = 8

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, eq=False)
class Ticket:
    """A job's place in the pool. `number` is unique in this process (job ids come from outside and may repeat);
    `deadline` is on the `time.monotonic` clock; `lost` counts workers that died with the job."""

    job: Job
    deadline: float
    lost: int = 0
    number: int = field(default_factory=lambda: next(_numbers))


class _Lane:
    """The waiting tickets of one fairness key, first come first served within each task."""

    def __init__(self) -> None:
        self._by_task: dict[Task, deque[Ticket]] = {}

    def push(self, ticket: Ticket) -> None:
        self._by_task.setdefault(ticket.job.task, deque()).append(ticket)

    def remove(self, ticket: Ticket) -> None:
        waiting = self._by_task[ticket.job.task]
        waiting.remove(ticket)
        if not waiting:
            del self._by_task[ticket.job.task]

    def oldest_task(self) -> Task:
        return min(self._by_task, key=lambda task: self._by_task[task][0].number)

    def first(self, task: Task) -> Ticket | None:
        waiting = self._by_task.get(task)
        return waiting[0] if waiting else None

    def in_order(self) -> list[Ticket]:
        return sorted(itertools.chain.from_iterable(self._by_task.values()), key=lambda ticket: ticket.number)

    def __bool__(self) -> bool:
        return bool(self._by_task)


class _Ring:
    """The lanes of one priority; the front lane's turn is next."""

    def __init__(self) -> None:
        self._lanes: OrderedDict[str, _Lane] = OrderedDict()
        self.passed_over = 0

    def push(self, ticket: Ticket) -> None:
        self._lanes.setdefault(ticket.job.fairness_key, _Lane()).push(ticket)

    def remove(self, ticket: Ticket) -> None:
        key = ticket.job.fairness_key
        self._lanes[key].remove(ticket)
        if not self._lanes[key]:
            del self._lanes[key]

    def next_task(self) -> Task:
        return next(iter(self._lanes.values())).oldest_task()

    def take(self, task: Task, room: int) -> list[Ticket]:
        """Up to `room` tickets of `task`, one per key and round; every key that gave one goes to the back."""
        taken: list[Ticket] = []
        while len(taken) < room and (round_ := self._one_round(task, room - len(taken))):
            taken += round_
        return taken

    def _one_round(self, task: Task, room: int) -> list[Ticket]:
        firsts = (lane.first(task) for lane in self._lanes.values())
        found = list(itertools.islice((ticket for ticket in firsts if ticket), room))
        for ticket in found:
            self.remove(ticket)
            if ticket.job.fairness_key in self._lanes:
                self._lanes.move_to_end(ticket.job.fairness_key)
        return found

    def turns(self) -> Iterator[Ticket]:
        """All tickets in the order of their turns, were all of them of one task."""
        lanes = [lane.in_order() for lane in self._lanes.values()]
        for round_ in itertools.zip_longest(*lanes):
            yield from (ticket for ticket in round_ if ticket is not None)

    def __bool__(self) -> bool:
        return bool(self._lanes)


class JobQueue:
    """At most `capacity` waiting tickets, handed out in fair batches."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rings = {priority: _Ring() for priority in sorted(Priority)}
        self._waiting: dict[int, Ticket] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, ticket: Ticket) -> bool:
        return ticket.number in self._waiting

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= self._capacity

    def push(self, ticket: Ticket) -> bool:
        """False, and nothing changed, when the queue is full."""
        if self.is_full:
            return False
        self._waiting[ticket.number] = ticket
        self._rings[ticket.job.priority].push(ticket)
        return True

    def remove(self, ticket: Ticket) -> bool:
        """Drop a cancelled or expired ticket; False when it is not waiting here."""
        if self._waiting.pop(ticket.number, None) is None:
            return False
        self._rings[ticket.job.priority].remove(ticket)
        return True

    def next_batch(self, max_batch: Callable[[Task], int]) -> list[Ticket]:
        """The tickets whose turn it is, all of one task and one priority; [] when nobody waits."""
        ring = self._choose_ring()
        if ring is None:
            return []
        task = ring.next_task()
        return self._taken(ring.take(task, max(1, max_batch(task))))

    def top_up(self, task: Task, priority: Priority, room: int) -> list[Ticket]:
        """Up to `room` more tickets for a batch that is already chosen but has not begun."""
        return self._taken(self._rings[priority].take(task, room))

    def drop_expired(self, now: float) -> list[Ticket]:
        """Remove and return every ticket whose deadline is at or before `now`."""
        late = [ticket for ticket in self._waiting.values() if ticket.deadline <= now]
        for ticket in late:
            self.remove(ticket)
        return late

    def drop_all(self) -> list[Ticket]:
        return self.drop_expired(float("inf"))

    def place_of(self, job_id: str) -> int | None:
        """How many jobs go before this one by turn (0 is next), or None when it does not wait here.

        An estimate for people: batches of one task may let a job go earlier.
        """
        for place, ticket in enumerate(ticket for ring in self._rings.values() for ticket in ring.turns()):
            if ticket.job.id == job_id:
                return place
        return None

    def _choose_ring(self) -> _Ring | None:
        waiting = [ring for ring in self._rings.values() if ring]
        if not waiting:
            return None
        chosen = next((ring for ring in waiting[1:] if ring.passed_over >= PATIENCE), waiting[0])
        for ring in waiting:
            ring.passed_over = 0 if ring is chosen else ring.passed_over + 1
        return chosen

    def _taken(self, tickets: list[Ticket]) -> list[Ticket]:
        for ticket in tickets:
            del self._waiting[ticket.number]
        return tickets

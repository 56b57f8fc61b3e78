"""The contract as JSON: what is written reads back the same, follows the table, and refuses in a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.contract import (
    Answer,
    Box,
    Candidate,
    CaptionOutput,
    CaptionRequest,
    CaptionScoreOutput,
    CaptionScoreRequest,
    ExpressionOutput,
    ExpressionRequest,
    Face,
    Failure,
    FailureKind,
    FlagOutput,
    FlagRequest,
    GenreOutput,
    GenreRequest,
    Layout,
    Neighbour,
    OcrLine,
    OcrOutput,
    OcrRequest,
    Output,
    PictureProblem,
    Reason,
    RenderOutput,
    RenderRequest,
    Request,
    Result,
    Task,
    TemplateOutput,
    TemplateRequest,
    Verdict,
)
from inference.wire import (
    WireError,
    answer_from_json,
    answer_to_json,
    output_to_json,
    request_fields,
    request_from_json,
    request_schema,
    request_to_json,
)

words = st.text(max_size=12)
shares = st.floats(0, 1)
numbers = st.floats(allow_nan=False, allow_infinity=False)
pictures = st.binary(max_size=20)
boxes = st.builds(Box, shares, shares, shares, shares)
scores = st.dictionaries(words, shares, max_size=3)


def many(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3).map(tuple)


def maybe(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | items


requests = st.one_of(
    st.builds(
        CaptionRequest,
        image=maybe(pictures),
        prompt=words,
        template=maybe(words),
        tone=maybe(words),
        n=st.integers(1, 8),
        seed=maybe(st.integers()),
        boxes=many(boxes),
        title=words,
        hold_back_from=shares,
    ),
    st.builds(GenreRequest, image=maybe(pictures), text=maybe(words)),
    st.builds(FlagRequest, image=maybe(pictures), text=maybe(words), unsure_from=shares, offensive_from=shares),
    st.builds(
        RenderRequest,
        lines=many(words),
        image=maybe(pictures),
        template=maybe(words),
        layout=st.sampled_from(Layout),
        boxes=many(boxes),
        title=words,
    ),
    st.builds(TemplateRequest, image=pictures),
    st.builds(ExpressionRequest, image=pictures, face_is_whole=st.booleans()),
    st.builds(OcrRequest, image=pictures),
    st.builds(CaptionScoreRequest, boxes=many(words), image=maybe(pictures), template=maybe(words)),
)
memes = st.builds(
    RenderOutput,
    picture=pictures,
    media_type=words,
    width=st.integers(1, 9),
    height=st.integers(1, 9),
    alt_text=words,
)
candidates = st.builds(
    Candidate, lines=many(words), template=maybe(words), layout=st.sampled_from(Layout), tone=words, score=numbers
)
reasons = st.builds(Reason, kind=words, weight=shares, text=maybe(words), box=maybe(boxes))
outputs = st.one_of(
    st.builds(
        CaptionOutput,
        candidates=many(candidates),
        meme=memes,
        keywords=many(words),
        withheld=st.integers(0, 9),
    ),
    st.builds(
        GenreOutput,
        scores=scores,
        labels=many(words),
        template=maybe(words),
        era=maybe(st.tuples(st.integers(), st.integers())),
    ),
    st.builds(
        FlagOutput,
        score=shares,
        verdict=st.sampled_from(Verdict),
        categories=scores,
        reasons=many(reasons),
        text=words,
    ),
    memes,
    st.builds(
        TemplateOutput,
        name=maybe(words),
        aliases=many(words),
        score=shares,
        neighbours=many(st.builds(Neighbour, words, shares)),
    ),
    st.builds(ExpressionOutput, many(st.builds(Face, boxes, scores))),
    st.builds(OcrOutput, words, many(st.builds(OcrLine, words, boxes, shares))),
    st.builds(CaptionScoreOutput, numbers, st.integers(0, 99)),
)
answers = st.builds(Result, words, outputs, words) | st.builds(
    Failure, words, st.sampled_from(FailureKind), words, maybe(st.sampled_from(PictureProblem))
)


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


@given(requests)
def test_a_request_reads_back_as_it_was_written(request: Request) -> None:
    """Nothing of a request is lost or changed on the way; the picture travels apart."""
    row = through_json(request_to_json(request))
    assert "image" not in row
    assert request_from_json(request.task, row, request.image) == request


@given(answers)
def test_an_answer_reads_back_as_it_was_written(answer: Answer) -> None:
    """Results of all tasks and failures of all kinds survive JSON."""
    assert answer_from_json(through_json(answer_to_json(answer))) == answer


@given(outputs)
def test_a_path_may_stand_in_for_the_picture(output: Output) -> None:
    """The command line names the file it wrote instead of printing base64."""
    row = output_to_json(output, picture="meme.png")
    assert row["picture"] == "meme.png"


@given(
    st.sampled_from(Task), st.recursive(st.none() | words | numbers, lambda x: st.lists(x) | st.dictionaries(words, x))
)
def test_strange_requests_are_refused_with_a_sentence_and_nothing_else(task: Task, value: Any) -> None:
    """Whatever JSON says, it becomes a request or a WireError."""
    for name in request_fields(task):
        assert sentence_or_request(task, {name: value})


def sentence_or_request(task: Task, row: dict[str, Any]) -> bool:
    try:
        return request_from_json(task, row, b"picture").task is task
    except WireError as error:
        return str(error).endswith(".")


def test_json_follows_the_table_of_the_design() -> None:
    """Batch files, `--json` and HTTP show these names."""
    meme = RenderOutput(picture=b"png", media_type="image/png", width=2, height=1, alt_text="words")
    candidate = Candidate(lines=("a", "b"), template="t", layout=Layout.TEMPLATE, tone="joy", score=0.5)
    caption = output_to_json(CaptionOutput(candidates=(candidate,), meme=meme))
    assert {"candidates", "picture", "alt_text"} <= set(caption)
    assert {"lines", "template", "tone", "score"} <= set(caption["candidates"][0])
    assert (caption["picture"], caption["alt_text"]) == ("cG5n", "words")
    region = Reason(kind="region", weight=0.2, box=Box(0.1, 0.2, 0.3, 0.4))
    heard = Reason(kind="text", weight=0.3, text="word")
    flag = output_to_json(
        FlagOutput(score=0.9, verdict=Verdict.UNSURE, categories={}, reasons=(heard, region), text="x")
    )
    assert flag["reasons"] == [
        {"kind": "text", "weight": 0.3, "text": "word"},
        {"kind": "region", "weight": 0.2, "box": [0.1, 0.2, 0.3, 0.4]},
    ]
    assert flag["verdict"] == "unsure"
    face = output_to_json(ExpressionOutput((Face(Box(0, 0, 1, 1), {"happiness": 1.0}),)))
    assert face == {"faces": [{"box": [0, 0, 1, 1], "scores": {"happiness": 1.0}}]}
    assert request_to_json(ExpressionRequest(image=b"x", face_is_whole=True)) == {"face": "whole"}
    assert answer_to_json(Failure("7", FailureKind.EXPIRED, "Too late.")) == {
        "id": "7",
        "failure": {"kind": "expired", "message": "Too late."},
    }


@pytest.mark.parametrize(
    ("task", "row", "names"),
    [
        (Task.CAPTION, {"n": 9}, "'n'"),
        (Task.CAPTION, {"n": True}, "'n'"),
        (Task.CAPTION, {"prompt": 3}, "'prompt'"),
        (Task.FLAG, {"unsure_from": 1.5}, "'unsure_from'"),
        (Task.FLAG, {"unsure_from": float("nan")}, "'unsure_from'"),
        (Task.FLAG, {"unsure_from": 10**400}, "'unsure_from'"),
        (Task.FLAG, {"text": "half a pair \ud83d"}, "'text'"),
        (Task.RENDER, {}, "'lines'"),
        (Task.RENDER, {"lines": "one"}, "'lines'"),
        (Task.RENDER, {"lines": [], "layout": "sideways"}, "'layout'"),
        (Task.RENDER, {"lines": [], "boxes": [[0, 0, 1]]}, "'boxes'"),
        (Task.CAPTION, {"boxes": [[0, 0, 1, "1"]]}, "'boxes'"),
        (Task.CAPTION, {"boxes": ["top"]}, "'boxes'"),
        (Task.OCR, {}, "'image'"),
        (Task.EXPRESSION, {"face": "half"}, "'face'"),
    ],
)
def test_a_refusal_names_the_field(task: Task, row: dict[str, Any], names: str) -> None:
    """Who sent a wrong field learns which."""
    with pytest.raises(WireError, match=names):
        request_from_json(task, row)


def test_other_keys_and_nulls_are_overlooked() -> None:
    """A line of a batch file carries more than the request, and null means left out."""
    row = {"id": 1, "split": "test", "prompt": None, "n": 2, "image": "a/path.png"}
    assert request_from_json(Task.CAPTION, row) == CaptionRequest(n=2)


@pytest.mark.parametrize("task", Task)
def test_the_schema_knows_every_field_and_its_limits(task: Task) -> None:
    """The published schema and the reader follow the same dataclass."""
    schema = request_schema(task)
    assert set(schema["properties"]) == set(request_fields(task))
    if task is Task.CAPTION:
        assert schema["properties"]["n"] == {"type": "integer", "default": 4, "minimum": 1, "maximum": 8}
        boxes = schema["properties"]["boxes"]
        assert (boxes["maxItems"], boxes["items"]["minItems"], boxes["default"]) == (12, 4, [])

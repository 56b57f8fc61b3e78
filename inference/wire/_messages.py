"""Requests, outputs and answers as the one JSON that HTTP, `--json` and `memesmith batch` share.

The JSON follows the dataclasses of `inference.contract` with three exceptions, all of them here: a caption's meme lies
flat beside its candidates, a whole face is `"face": "whole"`, and a reason leaves out what it does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from inference.contract import (
    Answer,
    CaptionOutput,
    CaptionRequest,
    CaptionScoreOutput,
    CaptionScoreRequest,
    ExpressionOutput,
    ExpressionRequest,
    Failure,
    FailureKind,
    FlagOutput,
    FlagRequest,
    GenreOutput,
    GenreRequest,
    OcrOutput,
    OcrRequest,
    Output,
    PictureProblem,
    RenderOutput,
    RenderRequest,
    Request,
    Result,
    Task,
    TemplateOutput,
    TemplateRequest,
)
from inference.wire._codec import WireError, decode, decode_dataclass, encode, expect_object, hints_of

REQUESTS: Final[Mapping[Task, Any]] = {
    cls.task: cls
    for cls in (
        CaptionRequest,
        GenreRequest,
        FlagRequest,
        RenderRequest,
        TemplateRequest,
        ExpressionRequest,
        OcrRequest,
        CaptionScoreRequest,
    )
}
OUTPUTS: Final[Mapping[Task, Any]] = {
    Task.CAPTION: CaptionOutput,
    Task.GENRE: GenreOutput,
    Task.FLAG: FlagOutput,
    Task.RENDER: RenderOutput,
    Task.TEMPLATE: TemplateOutput,
    Task.EXPRESSION: ExpressionOutput,
    Task.OCR: OcrOutput,
    Task.CAPTION_SCORE: CaptionScoreOutput,
}
_TASKS: Final = {cls: task for task, cls in OUTPUTS.items()}
WHOLE_FACE: Final = "whole"
LONGEST: Final[Mapping[str, int]] = {"boxes": 12, "title": 100}
RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "n": (1, 8),
    **dict.fromkeys(("unsure_from", "offensive_from", "hold_back_from"), (0, 1)),
}


def request_fields(task: Task) -> dict[str, Any]:
    """Name and type of every JSON field a request of `task` may have, `image` included."""
    hints = dict(hints_of(REQUESTS[task]))
    if hints.pop("face_is_whole", None):
        hints["face"] = Literal["whole"] | None
    return hints


def request_to_json(request: Request) -> dict[str, Any]:
    """All fields but the picture, which travels apart."""
    if isinstance(request, ExpressionRequest):
        return {"face": WHOLE_FACE} if request.face_is_whole else {}
    names = [name for name in hints_of(type(request)) if name != "image"]
    return {name: encode(getattr(request, name)) for name in names}


def request_from_json(task: Task, row: Mapping[str, Any], image: bytes | None = None) -> Request:
    """Raises WireError with a sentence. Unknown fields are ignored and null counts as left out.

    `image` is the picture's bytes; a field of that name in `row` is not read.
    """
    given = {name: value for name, value in row.items() if value is not None and name != "image"}
    if task is Task.EXPRESSION:
        given["face_is_whole"] = _face_is_whole(given.pop("face", None))
    ready = {} if image is None else {"image": image}
    request = cast("Request", decode_dataclass(REQUESTS[task], given, "request", ready))
    _check_ranges(request)
    return request


def _face_is_whole(face: object) -> bool:
    if face is not None and face != WHOLE_FACE:
        raise WireError(f"The field 'face' is {WHOLE_FACE!r} or left out.")
    return face is not None


def _check_ranges(request: Request) -> None:
    for name, (low, high) in RANGES.items():
        if not low <= getattr(request, name, low) <= high:
            raise WireError(f"The field {name!r} lies between {low} and {high}.")


def output_to_json(output: Output, picture: str | None = None) -> dict[str, Any]:
    """The `result` object. `picture` stands in for a picture's base64, such as the path it was written to."""
    row = cast("dict[str, Any]", encode(output))
    if isinstance(output, CaptionOutput):
        row |= row.pop("meme")
    if isinstance(output, FlagOutput):
        row["reasons"] = [
            {key: value for key, value in reason.items() if value is not None} for reason in row["reasons"]
        ]
    if picture is not None:
        row["picture"] = picture
    return row


def output_from_json(task: Task, row: Mapping[str, Any]) -> Output:
    """What `output_to_json` wrote; raises WireError."""
    given = dict(row)
    if task is Task.CAPTION:
        given["meme"] = {name: given.get(name) for name in hints_of(RenderOutput)}
    return cast("Output", decode(OUTPUTS[task], given, "result"))


def answer_to_json(answer: Answer, picture: str | None = None) -> dict[str, Any]:
    """`{"id", "task", "model", "result"}` or `{"id", "failure": {"kind", "message"}}`, perhaps with its `problem`."""
    if isinstance(answer, Failure):
        failure = {"kind": answer.kind.value, "message": answer.message}
        if answer.problem is not None:
            failure["problem"] = answer.problem.value
        return {"id": answer.job_id, "failure": failure}
    task = _TASKS[type(answer.output)]
    result = output_to_json(answer.output, picture)
    return {"id": answer.job_id, "task": task.value, "model": answer.model, "result": result}


def answer_from_json(row: Mapping[str, Any]) -> Answer:
    """What `answer_to_json` wrote; raises WireError."""
    job_id = decode(str, row.get("id"), "id")
    if row.get("failure") is not None:
        failure = expect_object(row["failure"], "failure")
        kind = decode(FailureKind, failure.get("kind"), "kind")
        problem = decode(PictureProblem | None, failure.get("problem"), "problem")
        return Failure(job_id, kind, decode(str, failure.get("message"), "message"), problem)
    task = decode(Task, row.get("task"), "task")
    output = output_from_json(task, expect_object(row.get("result"), "result"))
    return Result(job_id, output, decode(str, row.get("model", ""), "model"))

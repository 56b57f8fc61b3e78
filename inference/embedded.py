"""The engine of the embedded models: decodes jobs and answers each task on one device.

`EmbeddedEngine` follows `inference.engine.Engine`. Decoding happens in `prepare`, one job at a time; everything a model
does happens in `run`. Knows no queue, no process and no chat.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import torch

from inference.captioning import CaptionWriter
from inference.contract import (
    Candidate,
    CaptionOutput,
    CaptionRequest,
    CaptionScoreOutput,
    CaptionScoreRequest,
    ExpressionOutput,
    ExpressionRequest,
    FlagOutput,
    FlagRequest,
    GenreOutput,
    GenreRequest,
    Job,
    OcrOutput,
    Output,
    Reason,
    RenderOutput,
    RenderRequest,
    Request,
    Task,
    TemplateOutput,
    Verdict,
)
from inference.engine import EngineConfig
from inference.eras import era_of_genres, era_of_template
from inference.errors import InferenceError, ModelError, Unsupported
from inference.experts import Experts, Subject
from inference.expressing import FaceReader
from inference.imaging import DecodedPicture, decode_picture
from inference.manifest import WEIGHTS_DIR, Manifest
from inference.models.loaded import LoadedModels
from inference.render import dress_boxes, render_meme
from inference.requests import check_request
from inference.sight import Frame, Sight
from inference.templates.catalogue import Catalogue, read_picture

MODEL_SIDE: Final = 640
DRAWN_SIDE: Final = 1280
CPU_BATCH: Final = 4
CUDA_BATCH: Final = 32
RECOGNISING: Final = frozenset({Task.CAPTION, Task.GENRE, Task.TEMPLATE})

Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True)
class PreparedJob:
    """A checked job, its decoded picture, and the hash of the picture's file."""

    job: Job
    picture: DecodedPicture | None
    digest: str = ""

    @property
    def frame(self) -> Frame | None:
        return Frame(self.digest, self.picture.first) if self.picture is not None else None


class EmbeddedEngine:
    """Answers every task with the shipped weights (or those of `EngineConfig.weights_dir`)."""

    def __init__(self, models: LoadedModels, sight: Sight, experts: Experts, catalogue: Catalogue) -> None:
        self._models = models
        self._sight = sight
        self._experts = experts
        self._catalogue = catalogue
        self._writer = CaptionWriter(models, experts, catalogue, sight)
        self._tasks: Mapping[Task, Callable[[PreparedJob], Output]] = {
            Task.CAPTION: self._caption,
            Task.GENRE: self._genre,
            Task.FLAG: self._flag,
            Task.RENDER: self._render,
            Task.TEMPLATE: self._template,
            Task.OCR: self._ocr,
            Task.EXPRESSION: self._expression,
            Task.CAPTION_SCORE: self._caption_score,
        }

    @classmethod
    def load(cls, config: EngineConfig, tasks: Iterable[Task] = tuple(Task)) -> EmbeddedEngine:
        """Load the models of `tasks`; raises ModelError or ConfigurationError with a sentence."""
        if config.threads:
            torch.set_num_threads(config.threads)
        device = "cpu" if config.device == "auto" else config.device
        models = LoadedModels(Manifest.read(config.weights_dir or WEIGHTS_DIR), device, config.threads)
        sight = Sight(lambda: models.vision, lambda: models.reader, lambda: FaceReader(models))
        wanted = frozenset(tasks)
        experts = Experts.choose(config, models, sight, wanted)
        catalogue = Catalogue.load(config.templates_dir)
        for task in wanted:
            models.warm(task)
        if wanted & RECOGNISING:
            _learn_templates(models, catalogue)
        return cls(models, sight, experts, catalogue)

    def prepare(self, job: Job) -> PreparedJob:
        """Check the request and decode its picture; raises InferenceError with the sentence the asker reads."""
        check_request(job.request)
        data = getattr(job.request, "image", None)
        if job.task not in self._tasks:
            raise Unsupported(f"The embedded models cannot do {job.task} yet.")
        if data is None:
            return PreparedJob(job, None)
        still = job.task not in {Task.CAPTION, Task.RENDER}
        picture = decode_picture(data, max_side=MODEL_SIDE if still else DRAWN_SIDE, max_frames=1 if still else None)
        return PreparedJob(job, picture, hashlib.blake2b(data, digest_size=16).hexdigest())

    def run(self, task: Task, items: Sequence[PreparedJob]) -> list[Output | InferenceError]:
        """Answer one batch; an item's own error is its entry."""
        return [self._answer(self._tasks[task], item) for item in items]

    def version(self, task: Task) -> str:
        return self._models.version(task)

    def max_batch(self, task: Task) -> int:
        if task is Task.CAPTION:
            return 1
        return CPU_BATCH if self._models.device == "cpu" else CUDA_BATCH

    @staticmethod
    def _answer(answer: Callable[[PreparedJob], Output], item: PreparedJob) -> Output | InferenceError:
        try:
            with torch.inference_mode():
                return answer(item)
        except InferenceError as error:
            return error

    def _caption(self, item: PreparedJob) -> CaptionOutput:
        request = _narrow(item.job.request, CaptionRequest)
        written = self._writer.write(request, item.frame)
        best = written.candidates[0]
        meme = self._draw(item, request, best)
        return CaptionOutput(
            candidates=written.candidates, meme=meme, keywords=written.keywords, withheld=written.withheld
        )

    def _render(self, item: PreparedJob) -> RenderOutput:
        request = _narrow(item.job.request, RenderRequest)
        return self._draw(item, request, request)

    def _draw(
        self, item: PreparedJob, asked: CaptionRequest | RenderRequest, said: Candidate | RenderRequest
    ) -> RenderOutput:
        """Draw what is `said` on the template it names, else on the asker's picture, into the boxes given with it."""
        if said.template is None:
            boxes = dress_boxes(asked.boxes)
            return render_meme(_picture_of(item), said.lines, boxes, layout=said.layout, title=asked.title)
        known = self._writer.template(said.template)
        picture = item.picture or decode_picture(read_picture(known), max_frames=1)
        return render_meme(picture, said.lines, known.boxes, layout=said.layout, title=asked.title or known.title)

    def _genre(self, item: PreparedJob) -> GenreOutput:
        request = _narrow(item.job.request, GenreRequest)
        frame = item.frame
        scored = self._experts.genre.predict(self._read(frame, request.text), frame)
        seen = self._models.index.recognise(self._sight.embed(frame).template) if frame else None
        name = seen.name if seen else None
        names = self._names_of(name, seen.aliases) if seen and name else ()
        return replace(scored, template=name, era=era_of_template(names) or era_of_genres(scored.labels))

    def _names_of(self, name: str, aliases: Sequence[str]) -> tuple[str, ...]:
        """What a template may be known as; our own has the years of the well-known form of joke that it follows."""
        ours = self._catalogue.get(name)
        return (name, *(ours.like if ours is not None and ours.name == name else ()), *aliases)

    def _flag(self, item: PreparedJob) -> FlagOutput:
        request = _narrow(item.job.request, FlagRequest)
        read = self._read(item.frame, request.text)
        judged = self._experts.flag.judge(read.text, item.frame)
        return FlagOutput(
            score=judged.score,
            verdict=_verdict(judged.score, request),
            categories=judged.categories,
            reasons=tuple(_with_place(reason, read) for reason in judged.reasons),
            text=read.text,
        )

    def _template(self, item: PreparedJob) -> TemplateOutput:
        return self._models.index.recognise(self._sight.embed(_frame_of(item)).template)

    def _ocr(self, item: PreparedJob) -> OcrOutput:
        return self._sight.read(_frame_of(item))

    def _expression(self, item: PreparedJob) -> ExpressionOutput:
        request = _narrow(item.job.request, ExpressionRequest)
        frame = _frame_of(item)
        if request.face_is_whole:
            return FaceReader(self._models).express_whole(frame.picture)
        return self._sight.express(frame)

    def _caption_score(self, item: PreparedJob) -> CaptionScoreOutput:
        request = _narrow(item.job.request, CaptionScoreRequest)
        features = self._writer.look_at(item.frame) if item.frame else self._look_of(request.template)
        subject = Subject(frame=item.frame, features=features, boxes=len(request.boxes))
        return self._experts.captioner.score(subject, request.boxes)

    def _look_of(self, template: str | None) -> torch.Tensor | None:
        """Features of a template by its public name or, failing that, by what our own template is like."""
        if template is None:
            return None
        found = self._models.index.features_of(template)
        return found if found is not None else self._writer.look_of(self._writer.template(template))

    def _read(self, frame: Frame | None, given: str | None) -> OcrOutput:
        """The text that was given, else what is read in the picture."""
        if given is None and frame is not None:
            return self._sight.read(frame)
        return OcrOutput(given or "", ())


def _learn_templates(models: LoadedModels, catalogue: Catalogue) -> None:
    """Teach the index our own and imported templates, one picture each, so that their memes are recognised too."""
    for template in catalogue:
        picture = decode_picture(read_picture(template), max_frames=1, max_side=MODEL_SIDE).first
        models.index.add(template.name, template.aliases, models.vision.embed([picture])[0])


def _verdict(score: float, request: FlagRequest) -> Verdict:
    if score >= request.offensive_from:
        return Verdict.OFFENSIVE
    return Verdict.UNSURE if score >= request.unsure_from else Verdict.CLEAR


def _with_place(reason: Reason, read: OcrOutput) -> Reason:
    """Point a word that carried the score to the line it was read in."""
    word = (reason.text or "").casefold()
    line = next((line for line in read.lines if word and word in line.text.casefold()), None)
    return replace(reason, box=line.box) if line is not None and reason.box is None else reason


def _picture_of(item: PreparedJob) -> DecodedPicture:
    if item.picture is None:
        raise Unsupported("A meme needs a picture or the name of a template to write on.")
    return item.picture


def _frame_of(item: PreparedJob) -> Frame:
    if item.frame is None:
        raise Unsupported("This needs a picture.")
    return item.frame


def _narrow(request: Request, kind: type[Asked]) -> Asked:
    if not isinstance(request, kind):
        raise ModelError(f"A {request.task} job reached the wrong model.")
    return request

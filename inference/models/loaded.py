"""The embedded models of one device, each loaded when it is first needed and then kept.

A worker asks for all of them before it says that it is ready; the command line loads just those of one task.
"""

from __future__ import annotations

from functools import cached_property

from inference.contract import Task
from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.captioner import Captioner
from inference.models.chooser import TemplateChooser
from inference.models.expression import ExpressionModel
from inference.models.faces import FaceFinder
from inference.models.flag import FlagModel
from inference.models.genre import GenreModel
from inference.models.objects import ObjectNamer
from inference.models.ocr import TextReader
from inference.models.template_index import TemplateIndex
from inference.models.text_spotter import MODEL_NAME as SPOTTER
from inference.models.text_spotter import TextSpotter

_NEEDED = {
    Task.CAPTION: ("vision", "index", "objects", "captioner", "chooser", "flag", "expression"),
    Task.EXPRESSION: ("expression",),
    Task.GENRE: ("vision", "reader", "genre", "index"),
    Task.FLAG: ("vision", "reader", "flag"),
    Task.TEMPLATE: ("vision", "index"),
    Task.OCR: ("reader",),
    Task.CAPTION_SCORE: ("vision", "index", "captioner"),
}


class LoadedModels:
    """Models by name; every attribute raises ModelError where the weights folder lacks or doubts its file."""

    def __init__(self, manifest: Manifest, device: str, threads: int) -> None:
        self.manifest = manifest
        self.device = device
        self._threads = threads

    def warm(self, task: Task) -> None:
        """Load whatever `task` needs."""
        for name in _NEEDED.get(task, ()):
            getattr(self, name)

    def version(self, task: Task) -> str:
        """Versions of the models made for `task`, such as "flag-1"; "" for a task without any."""
        entries = [entry for entry in self.manifest.entries.values() if entry.task == task]
        return "+".join(sorted({f"{entry.name}-{entry.version}" for entry in entries}))

    @cached_property
    def vision(self) -> VisionModel:
        return VisionModel.load(self.manifest, self.device, self._threads)

    @cached_property
    def index(self) -> TemplateIndex:
        return TemplateIndex.load(self.manifest)

    @cached_property
    def objects(self) -> ObjectNamer:
        return ObjectNamer.load(self.manifest)

    @cached_property
    def genre(self) -> GenreModel:
        return GenreModel.load(self.manifest)

    @cached_property
    def flag(self) -> FlagModel:
        return FlagModel.load(self.manifest)

    @cached_property
    def captioner(self) -> Captioner:
        return Captioner.load(self.manifest, self.device)

    @cached_property
    def chooser(self) -> TemplateChooser:
        return TemplateChooser.load(self.manifest)

    @cached_property
    def expression(self) -> ExpressionModel:
        return ExpressionModel.load(self.manifest)

    @cached_property
    def faces(self) -> FaceFinder:
        return FaceFinder()

    @cached_property
    def reader(self) -> TextReader:
        return TextReader(threads=self._threads, spotter=self.spotter)

    @cached_property
    def spotter(self) -> TextSpotter | None:
        """None where the weights have none: it only saves time."""
        return TextSpotter.load(self.manifest) if SPOTTER in self.manifest.entries else None

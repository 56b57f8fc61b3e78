"""`memesmith templates list | preview | import`: look through the base pictures, see one, bring in more."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from inference.cli.console import STDERR, STDOUT, leave, one_sentence, print_json
from inference.cli.pictures import check_target, save_picture
from inference.errors import Unsupported
from inference.imaging import decode_picture
from inference.render import render_meme
from inference.settings import InferenceSettings
from inference.templates.catalogue import Catalogue, Template, read_picture
from inference.templates.importing import ImportReport, import_templates
from inference.templates.sources import FolderSource, TemplateSource
from inference.templates.web_sources import IMGFLIP_URL, MEMEGEN_URL, open_imgflip, open_memegen

templates = typer.Typer(help="The base pictures: list them, preview one, import more.", no_args_is_help=True)


class SourceName(enum.StrEnum):
    """What `--source` takes."""

    FOLDER = "folder"
    MEMEGEN = "memegen"
    IMGFLIP = "imgflip"


Search = Annotated[str, typer.Argument(metavar="[TEXT]", help="Only templates that match this.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the list as JSON.")]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Where the picture goes; its ending says how.")]
Blank = Annotated[bool, typer.Option("--blank", help="Without the example's words.")]
Origin = Annotated[str, typer.Argument(metavar="DIR_OR_SOURCE", help="A folder, memegen or imgflip.")]
Source = Annotated[SourceName | None, typer.Option(help="What DIR_OR_SOURCE is; guessed when left out.")]
Url = Annotated[str | None, typer.Option(help="Base URL of another server with the same API.")]
Into = Annotated[Path | None, typer.Option(help="Folder that receives them; TEMPLATES_DIR when left out.")]


@templates.command("list")
def list_templates(text: Search = "", as_json: AsJson = False) -> None:
    """Show the templates there are."""
    with one_sentence():
        found = _load().search(text)
        if as_json:
            print_json({"templates": [_to_json(template) for template in found]})
            return
        if not found:
            leave(f'No template matches "{text}".')
        table = Table("name", "lines", "good for", "also found as", box=None, pad_edge=False)
        for template in found:
            aliases = ", ".join(template.aliases[:4])
            table.add_row(template.name, str(len(template.boxes)), escape(template.good_for), escape(aliases))
        STDOUT.print(table)


@templates.command("preview")
def preview_template(name: str, out: Out = None, blank: Blank = False) -> None:
    """Draw a template with its example, to see where the words go."""
    with one_sentence():
        check_target(out)
        catalogue = _load()
        template = catalogue.get(name)
        if template is None:
            raise Unsupported(_unknown(name, catalogue))
        picture = decode_picture(read_picture(template))
        lines = () if blank else template.example
        meme = render_meme(picture, lines, template.boxes, title=template.title)
        saved = save_picture(meme, out)
        STDOUT.print(f"{template.title} is in {saved}.", markup=False, highlight=False, soft_wrap=True)


@templates.command("import")
def import_into(origin: Origin, source: Source = None, url: Url = None, into: Into = None) -> None:
    """Bring in templates from a folder of pictures, or from memegen's or imgflip's public list."""
    with one_sentence():
        folder = into or InferenceSettings().templates_dir
        if folder is None:
            raise Unsupported("Say where they should go: --into FOLDER, or set TEMPLATES_DIR.")
        kind = source or _guess(origin)
        if kind is SourceName.FOLDER and url:
            raise Unsupported("--url goes with memegen and imgflip, not with a folder.")
        if kind is SourceName.FOLDER and Path(origin).resolve() == folder.resolve():
            raise Unsupported(f"{folder} is the folder that receives templates; name another to import from.")
        report = asyncio.run(_import(kind, url or origin, folder))
        _print_report(report, folder)
        if not report.imported and not report.unchanged:
            leave("Nothing could be imported.")


async def _import(kind: SourceName, where: str, folder: Path) -> ImportReport:
    columns = (TextColumn("{task.description:<28.28}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=STDERR, transient=True) as progress:
        task = progress.add_task("Reading the list", total=None)
        async with _open_source(kind, where) as opened:
            return await import_templates(
                opened,
                folder,
                on_progress=lambda done, total, title: progress.update(
                    task, completed=done, total=total, description=title
                ),
            )


@asynccontextmanager
async def _open_source(kind: SourceName, where: str) -> AsyncIterator[TemplateSource]:
    base = where if "://" in where else None
    if kind is SourceName.FOLDER:
        yield FolderSource(Path(where))
    elif kind is SourceName.MEMEGEN:
        async with open_memegen(base or MEMEGEN_URL) as memegen:
            yield memegen
    else:
        async with open_imgflip(base or IMGFLIP_URL) as imgflip:
            yield imgflip


def _guess(origin: str) -> SourceName:
    """A folder that exists is a folder, whatever its name."""
    if not Path(origin).is_dir() and origin in {SourceName.MEMEGEN, SourceName.IMGFLIP}:
        return SourceName(origin)
    return SourceName.FOLDER


def _load() -> Catalogue:
    return Catalogue.load(InferenceSettings().templates_dir)


def _unknown(name: str, catalogue: Catalogue) -> str:
    near = [template.name for template in catalogue.search(name)[:3]]
    hint = f" Did you mean {' or '.join(near)}?" if near else " See memesmith templates list."
    return f'There is no template called "{name}".{hint}'


def _print_report(report: ImportReport, folder: Path) -> None:
    for item in report.skipped:
        STDERR.print(f"skipped {item.key}: {item.reason}", style="yellow", markup=False, highlight=False)
    STDOUT.print(
        f"{len(report.imported)} imported, {len(report.unchanged)} unchanged, {len(report.skipped)} skipped; "
        f"they are in {folder}.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _to_json(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "title": template.title,
        "aliases": list(template.aliases),
        "good_for": template.good_for,
        "lines": len(template.boxes),
        "example": list(template.example),
        "like": list(template.like),
        "source": template.source,
    }

"""`memesmith caption | genre | flag | template`: one picture or prompt, one answer, for people or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from inference.cli.console import STDOUT, answer_here, bar, one_sentence, print_json, read_file
from inference.cli.pictures import check_target, save_picture
from inference.contract import (
    CaptionOutput,
    CaptionRequest,
    FlagOutput,
    FlagRequest,
    GenreOutput,
    GenreRequest,
    TemplateOutput,
    TemplateRequest,
)
from inference.wire import output_to_json

PicturePath = Annotated[Path, typer.Argument(metavar="PICTURE", help='A picture file, or "-" for standard input.')]
OptionalPicture = Annotated[Path | None, typer.Argument(metavar="[PICTURE]", help='A picture file, or "-".')]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Text = Annotated[str | None, typer.Option(help="Judge this text instead of reading the picture.")]


def caption(
    picture: OptionalPicture = None,
    prompt: Annotated[str, typer.Option(help="What the meme should be about.")] = "",
    template: Annotated[str | None, typer.Option(help="Write on this template (memesmith templates list).")] = None,
    tone: Annotated[str | None, typer.Option(help="neutral, joy, optimism, anger or sadness.")] = None,
    n: Annotated[int, typer.Option("-n", help="How many candidates.")] = 4,
    seed: Annotated[int | None, typer.Option(help="Repeat an answer.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Where the meme goes; its ending says how.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a meme of a picture, or of a prompt alone."""
    with one_sentence():
        check_target(out)
        image = read_file(picture) if picture is not None else None
        request = CaptionRequest(image=image, prompt=prompt, template=template, tone=tone, n=n, seed=seed)
        output = answer_here(request, CaptionOutput)
        saved = save_picture(output.meme, out)
        if as_json:
            print_json(output_to_json(output, str(saved)))
            return
        for candidate in output.candidates:
            where = f"  [dim]({candidate.template})[/]" if candidate.template else ""
            STDOUT.print(f"[bold]{candidate.score:6.2f}[/] " + " / ".join(candidate.lines).replace("[", r"\["), where)
        STDOUT.print(f"The first one is in {saved}.", highlight=False)


def genre(picture: OptionalPicture = None, text: Text = None, as_json: AsJson = False) -> None:
    """Tag a meme with its genres."""
    with one_sentence():
        image = read_file(picture) if picture is not None else None
        output = answer_here(GenreRequest(image=image, text=text), GenreOutput)
        if as_json:
            print_json(output_to_json(output))
            return
        table = Table("genre", "", "score", box=None)
        for name, score in sorted(output.scores.items(), key=lambda pair: -pair[1]):
            style = "bold" if name in output.labels else "dim"
            table.add_row(name, bar(score), f"{score:.2f}", style=style)
        STDOUT.print(table)
        if output.template:
            STDOUT.print(f"Template: {output.template}", highlight=False)
        if output.era:
            STDOUT.print(f"Era: {output.era[0]} to {output.era[1]}", highlight=False)


def flag(picture: OptionalPicture = None, text: Text = None, as_json: AsJson = False) -> None:
    """Say how likely a meme is offensive, and why."""
    with one_sentence():
        image = read_file(picture) if picture is not None else None
        output = answer_here(FlagRequest(image=image, text=text), FlagOutput)
        if as_json:
            print_json(output_to_json(output))
            return
        STDOUT.print(f"{output.verdict.value}: {bar(output.score)} {output.score:.2f}", highlight=False)
        for name, score in sorted(output.categories.items(), key=lambda pair: -pair[1]):
            STDOUT.print(f"  {name:<10} {bar(score, 12)} {score:.2f}", highlight=False)
        for reason in output.reasons:
            STDOUT.print(f"  because of {reason.text or reason.kind!r} ({reason.weight:+.2f})", markup=False)


def template(picture: PicturePath, as_json: AsJson = False) -> None:
    """Recognise the template under a meme."""
    with one_sentence():
        output = answer_here(TemplateRequest(image=read_file(picture)), TemplateOutput)
        if as_json:
            print_json(output_to_json(output))
            return
        STDOUT.print(f"{output.name or 'No template that is known here.'}  ({output.score:.2f})", highlight=False)
        for neighbour in output.neighbours:
            STDOUT.print(f"  {neighbour.score:.2f}  {neighbour.name}", highlight=False)

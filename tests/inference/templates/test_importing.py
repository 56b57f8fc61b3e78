"""Importing a folder of pictures: what is taken, what is passed over, and what a second import does."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from inference.errors import ConfigurationError
from inference.templates.catalogue import Catalogue, read_picture
from inference.templates.entries import read_entries
from inference.templates.importing import ImportLimits, import_templates
from inference.templates.sources import FolderSource, Listing, Offer, SourceFailed, spread_boxes
from tests.inference.templates.template_api import png
from tests.inference.video_files import film

BOX = {"x": 0.1, "y": 0.1, "w": 0.8, "h": 0.3, "ink": "dark", "upper": False}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two good pictures, one of them described, and a note that is neither."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "sad_cat.png").write_bytes(png("gray"))
    (folder / "dog.png").write_bytes(png("brown"))
    (folder / "notes.txt").write_text("not a picture")
    described = {"title": "Proud Dog", "aliases": ["good boy", "강아지"], "boxes": [BOX], "example": ["Woof"]}
    (folder / "dog.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_described_picture_keeps_its_title_aliases_and_boxes(pictures: Path, tmp_path: Path) -> None:
    """The JSON beside a picture says where its text goes."""
    report = await import_templates(FolderSource(pictures), tmp_path / "mine")
    assert set(report.imported) == {"proud-dog", "sad-cat"}
    dog = Catalogue.load(tmp_path / "mine").get("강아지")
    assert dog is not None
    assert (dog.name, dog.example, dog.source) == ("proud-dog", ("Woof",), "folder")
    assert dog.boxes[0].box.h == 0.3
    assert not dog.boxes[0].upper
    assert read_picture(dog) == png("brown")


async def test_a_picture_without_json_gets_top_and_bottom(pictures: Path, tmp_path: Path) -> None:
    """A bare picture is a template too."""
    await import_templates(FolderSource(pictures), tmp_path / "mine")
    cat = Catalogue.load(tmp_path / "mine").get("Sad Cat")
    assert cat is not None
    assert len(cat.boxes) == len(cat.example) == 2
    assert cat.boxes[0].box.y < 0.5 < cat.boxes[1].box.y


async def test_the_same_import_twice_changes_nothing(pictures: Path, tmp_path: Path) -> None:
    """Importing again is safe."""
    await import_templates(FolderSource(pictures), tmp_path / "mine")
    before = snapshot(tmp_path / "mine")
    report = await import_templates(FolderSource(pictures), tmp_path / "mine")
    assert report.imported == ()
    assert set(report.unchanged) == {"proud-dog", "sad-cat"}
    assert snapshot(tmp_path / "mine") == before


async def test_a_changed_picture_replaces_the_old_one(pictures: Path, tmp_path: Path) -> None:
    """A renewed picture takes the place of its template; the old file goes."""
    await import_templates(FolderSource(pictures), tmp_path / "mine")
    (pictures / "sad_cat.png").write_bytes(png("white"))
    report = await import_templates(FolderSource(pictures), tmp_path / "mine")
    assert report.imported == ("sad-cat",)
    assert report.unchanged == ("proud-dog",)
    assert len(list((tmp_path / "mine" / "pictures").iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        pytest.param("bad.png", b"\x89PNG\r\n\x1a\nbroken", "damaged", id="damaged picture"),
        pytest.param("bad.gif", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG", id="drawing in disguise"),
        pytest.param("film.gif", film("webm", 2), "no templates", id="video in disguise"),
        pytest.param("dog.json", b"{", "dog.json is broken", id="broken description"),
        pytest.param("dog.json", b"[]", "must be an object", id="description no object"),
        pytest.param("dog.json", b'{"boxes": [{"x": 2}]}', '"x" of a text box', id="box outside"),
    ],
)
async def test_a_bad_item_is_skipped_with_a_reason_and_the_others_arrive(
    pictures: Path, tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    """One bad file never spoils an import."""
    (pictures / name).write_bytes(data)
    report = await import_templates(FolderSource(pictures), tmp_path / "mine")
    assert len(report.skipped) == 1
    assert reason in report.skipped[0].reason
    assert "sad-cat" in report.imported


async def test_an_import_never_takes_a_bundled_name(pictures: Path, tmp_path: Path) -> None:
    """Names and aliases of our own templates stay theirs."""
    (pictures / "peeking.png").write_bytes(png("blue"))
    report = await import_templates(FolderSource(pictures), tmp_path / "mine")
    assert "peeking-folder" in report.imported
    assert len(Catalogue.load(tmp_path / "mine")) == len(Catalogue.load()) + 3


async def test_two_pictures_of_one_title_both_arrive_under_stable_names(tmp_path: Path) -> None:
    """Nothing is lost to a shared title, and the names do not change from import to import."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("same one.png", "same-one.png", "same_one.png"):
        (folder / name).write_bytes(png())
    first = await import_templates(FolderSource(folder), tmp_path / "mine")
    second = await import_templates(FolderSource(folder), tmp_path / "mine")
    assert len(set(first.imported)) == 3
    assert second.unchanged == first.imported


async def test_a_title_without_latin_letters_gets_a_usable_name(tmp_path: Path) -> None:
    """A Korean title is kept as the title; the name is made from the key."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "슬픈 고양이.png").write_bytes(png())
    report = await import_templates(FolderSource(folder), tmp_path / "mine")
    found = Catalogue.load(tmp_path / "mine").get("슬픈 고양이")
    assert found is not None
    assert report.imported == (found.name,)


async def test_a_folder_that_was_imported_can_be_imported_elsewhere(pictures: Path, tmp_path: Path) -> None:
    """A folder with a catalogue is a source too, boxes and all."""
    await import_templates(FolderSource(pictures), tmp_path / "mine")
    await import_templates(FolderSource(tmp_path / "mine"), tmp_path / "yours")
    ours, theirs = read_entries(tmp_path / "mine"), read_entries(tmp_path / "yours")
    assert {template.boxes for template in ours} == {template.boxes for template in theirs}


async def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    """There is no list to be had, and nothing is created."""
    with pytest.raises(SourceFailed, match="no folder"):
        await import_templates(FolderSource(tmp_path / "nowhere"), tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


async def test_a_target_that_cannot_be_a_folder_is_one_sentence(pictures: Path, tmp_path: Path) -> None:
    """A file in the way is named."""
    (tmp_path / "mine").write_text("in the way")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        await import_templates(FolderSource(pictures), tmp_path / "mine")


class BreakingSource:
    """Hands out one picture and then fails in a way that nobody foresaw."""

    name = "folder"

    async def list_offers(self) -> Listing:
        offers = (Offer(key=key, title=key, boxes=spread_boxes(1), picture=key) for key in ("one", "two"))
        return Listing(tuple(offers))

    async def fetch_picture(self, offer: Offer) -> bytes:
        if offer.key == "two":
            raise RuntimeError("the power went out")
        return png()


async def test_an_import_that_breaks_off_leaves_the_folder_as_it_was(pictures: Path, tmp_path: Path) -> None:
    """All or nothing: no half-written catalogue, no scratch files."""
    await import_templates(FolderSource(pictures), tmp_path / "mine")
    before = snapshot(tmp_path / "mine")
    with pytest.raises(RuntimeError):
        await import_templates(BreakingSource(), tmp_path / "mine")
    assert snapshot(tmp_path / "mine") == before


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(ImportLimits(max_templates=1), id="number"),
        pytest.param(ImportLimits(max_total_bytes=1), id="bytes"),
    ],
)
async def test_an_import_stops_at_its_limit_and_says_so(pictures: Path, tmp_path: Path, limits: ImportLimits) -> None:
    """What came before the limit stays; what came after is reported."""
    report = await import_templates(FolderSource(pictures), tmp_path / "mine", limits)
    assert len(report.imported) == 1
    assert [item.key for item in report.skipped] == ["sad_cat.png"]
    assert "limit" in report.skipped[0].reason


async def test_progress_counts_up_to_the_number_of_offers(pictures: Path, tmp_path: Path) -> None:
    """A progress bar ends full."""
    heard: list[tuple[int, int, str]] = []
    await import_templates(FolderSource(pictures), tmp_path / "mine", on_progress=lambda *step: heard.append(step))
    assert heard == [(0, 2, "Proud Dog"), (1, 2, "Sad Cat"), (2, 2, "")]


@pytest.mark.parametrize("count", range(1, 13))
def test_spread_boxes_lie_inside_the_picture_from_top_to_bottom(count: int) -> None:
    """Whatever the number of lines, each has room of its own."""
    boxes = [text_box.box for text_box in spread_boxes(count)]
    assert len(boxes) == count
    assert all(box.x >= 0 and box.y >= 0 and box.x + box.w <= 1 and box.y + box.h <= 1 for box in boxes)
    assert all(upper.y + upper.h <= lower.y for upper, lower in itertools.pairwise(boxes))


@pytest.mark.parametrize("count", [0, -1, 13])
def test_a_number_of_boxes_that_cannot_be_placed_is_refused(count: int) -> None:
    """No template has no box, none has more than twelve."""
    with pytest.raises(ValueError, match="can be placed"):
        spread_boxes(count)

"""Finding templates by what people type, and refusing broken catalogues with a sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inference.errors import ConfigurationError
from inference.templates.catalogue import Catalogue, fold_name, read_picture
from inference.templates.entries import read_entries, write_entries

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
ENTRY = {
    "name": "my-cat",
    "title": "My Cat",
    "aliases": ["kitty"],
    "good_for": "Cats.",
    "like": [],
    "example": ["Meow"],
    "picture": "cat.png",
    "boxes": [{"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.2}],
}


def write_catalogue(folder: Path, *entries: object) -> Path:
    (folder / "pictures").mkdir(exist_ok=True)
    (folder / "pictures" / "cat.png").write_bytes(PNG)
    (folder / "catalogue.json").write_text(json.dumps({"templates": list(entries)}), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "typed",
    ["two-signs", "Two Signs", "TWO_SIGNS", "  twosigns ", "hard choice", "선택 장애", "선택장애"],
)
def test_a_template_is_found_by_name_title_or_alias_however_it_is_typed(typed) -> None:
    """Case, spaces, hyphens and the like do not matter."""
    found = Catalogue.load().get(typed)
    assert found is not None
    assert found.name == "two-signs"


@pytest.mark.parametrize("typed", ["", "  ", "-", "🙂", "no such template"])
def test_a_word_that_names_nothing_finds_nothing(typed) -> None:
    """An unknown or empty word is no template."""
    assert Catalogue.load().get(typed) is None


def test_search_puts_the_exact_name_first_then_beginnings_then_the_rest() -> None:
    """Autocompletion offers the likeliest first."""
    names = [template.name for template in Catalogue.load().search("tiny")]
    assert names[0] == "tiny-vs-huge"
    peeking = [template.name for template in Catalogue.load().search("peek")]
    assert peeking[0] == "peeking"


def test_search_also_reads_what_a_template_is_good_for() -> None:
    """People look for a use, not for a name."""
    assert "not-on-the-list" in [template.name for template in Catalogue.load().search("clipboard")]


def test_an_empty_search_lists_everything_in_order() -> None:
    """Before anything is typed all templates are offered."""
    catalogue = Catalogue.load()
    assert [template.name for template in catalogue.search("")] == [template.name for template in catalogue]


def test_imported_templates_come_after_the_bundled_ones(tmp_path) -> None:
    """A user's folder adds to the catalogue and is found the same way."""
    catalogue = Catalogue.load(write_catalogue(tmp_path, ENTRY))
    assert list(catalogue)[-1].name == "my-cat"
    assert len(catalogue) == len(Catalogue.load()) + 1
    kitty = catalogue.get("Kitty!")
    assert kitty is not None
    assert read_picture(kitty) == PNG


def test_a_folder_without_a_catalogue_adds_nothing(tmp_path) -> None:
    """A configured but still empty folder is no error."""
    assert len(Catalogue.load(tmp_path)) == len(Catalogue.load(tmp_path / "missing")) == len(Catalogue.load())


def test_an_alias_claimed_twice_stays_with_the_first_template(tmp_path) -> None:
    """An import never takes a word away from a bundled template."""
    entry = {**ENTRY, "aliases": ["peeking"], "title": "Two Signs"}
    catalogue = Catalogue.load(write_catalogue(tmp_path, entry))
    peeking, signs = catalogue.get("peeking"), catalogue.get("two signs")
    assert peeking is not None
    assert peeking.name == "peeking"
    assert signs is not None
    assert signs.name == "two-signs"


def test_two_templates_of_one_name_are_refused(tmp_path) -> None:
    """A name says which template is meant."""
    with pytest.raises(ConfigurationError, match="two templates called"):
        Catalogue.load(write_catalogue(tmp_path, {**ENTRY, "name": "two-signs"}))


BOX = ENTRY["boxes"][0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"name": None}, 'no "name"', id="no name"),
        pytest.param({"name": "My Cat"}, "lower-case words", id="name not kebab-case"),
        pytest.param({"title": ""}, '"title" must be a text', id="empty title"),
        pytest.param({"aliases": "kitty"}, '"aliases" must be a list', id="aliases no list"),
        pytest.param({"example": []}, "0 example lines", id="too few example lines"),
        pytest.param({"boxes": []}, "1 to 12 text boxes", id="no boxes"),
        pytest.param({"boxes": [{**BOX, "x": 0.8}]}, "outside the picture", id="box beyond the edge"),
        pytest.param({"boxes": [{**BOX, "w": 0}]}, "empty", id="empty box"),
        pytest.param({"boxes": [{**BOX, "y": -0.1}]}, '"y" of a text box', id="negative"),
        pytest.param({"boxes": [{**BOX, "h": True}]}, '"h" of a text box', id="boolean for a number"),
        pytest.param({"boxes": [{**BOX, "ink": "red"}]}, "red", id="unknown ink"),
        pytest.param({"boxes": [{**BOX, "upper": 1}]}, '"upper"', id="upper no boolean"),
        pytest.param({"boxes": [3]}, "must be an object", id="box no object"),
        pytest.param({"picture": "../cat.png"}, "plain name", id="picture outside the folder"),
        pytest.param({"picture": "dog.png"}, "missing", id="picture missing"),
    ],
)
def test_a_broken_entry_is_refused_with_a_sentence_that_names_the_fault(tmp_path, change, sentence) -> None:
    """Whoever edits a catalogue by hand learns what to mend."""
    write_catalogue(tmp_path, {**ENTRY, **change})
    with pytest.raises(ConfigurationError, match=sentence):
        read_entries(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"templates": 3}', '{"templates": [3]}'])
def test_a_file_that_is_no_catalogue_is_refused(tmp_path, text) -> None:
    """Broken JSON ends in a sentence too."""
    (tmp_path / "catalogue.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        Catalogue.load(tmp_path)


def test_a_picture_file_that_is_no_picture_is_refused(tmp_path) -> None:
    """What is named a picture has to begin like one."""
    write_catalogue(tmp_path, ENTRY)
    (tmp_path / "pictures" / "cat.png").write_text("<svg/>")
    with pytest.raises(ConfigurationError, match="is no PNG"):
        read_entries(tmp_path)


def test_a_written_catalogue_reads_back_the_same(tmp_path) -> None:
    """Nothing is lost between two visits to the disk."""
    templates = read_entries(write_catalogue(tmp_path, ENTRY))
    write_entries(tmp_path / "catalogue.json", templates)
    assert read_entries(tmp_path) == templates


def test_a_picture_that_vanishes_later_is_reported(tmp_path) -> None:
    """A file deleted under a running program gives a sentence, not a traceback."""
    template = read_entries(write_catalogue(tmp_path, ENTRY))[0]
    template.picture.unlink()
    with pytest.raises(ConfigurationError, match="missing"):
        read_picture(template)


def test_folding_keeps_letters_of_every_script() -> None:
    """Korean and accented names stay distinguishable; width and case do not count."""
    assert fold_name("ＴＷＯ  Signs!") == "twosigns"
    assert fold_name("둘 중 하나") == "둘중하나"
    assert fold_name("é") != fold_name("e")


def test_loading_the_catalogue_needs_no_model_library_and_no_network_library() -> None:
    """Front ends that only complete names stay light."""
    code = (
        "import sys; from inference.templates.catalogue import Catalogue; Catalogue.load(); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'cv2', 'aiohttp', 'PIL')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

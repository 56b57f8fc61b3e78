"""The templates that are shipped: complete, drawn from their sources, and free of clashes."""

import io
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from inference.imaging import decode_picture
from inference.render import render_meme
from inference.templates.catalogue import BUNDLED_DIR, Catalogue, Template, fold_name, read_picture
from inference.templates.entries import PICTURES_NAME
from training import draw_templates
from training.draw_templates import ART_DIR, LONGEST_SIDE_PX, draw_sheet, draw_template, render_svg

TEMPLATES = list(Catalogue.load())
each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)


def test_there_are_at_least_twenty_four_templates_of_our_own() -> None:
    """The bundled catalogue covers the common joke structures."""
    assert len(TEMPLATES) >= 24
    assert {len(template.boxes) for template in TEMPLATES} >= {1, 2, 3, 4, 5}
    assert {template.source for template in TEMPLATES} == {"memesmith"}


@each_template
def test_its_picture_decodes_and_is_1024_px_on_the_longest_side(template: Template):
    """Templates are large enough for text and alike in size."""
    picture = decode_picture(read_picture(template))
    assert max(picture.size) == LONGEST_SIDE_PX
    assert not picture.animated


@each_template
def test_its_boxes_lie_inside_the_picture_and_do_not_overlap(template: Template):
    """Each line has a place of its own."""
    for index, text_box in enumerate(template.boxes):
        box = text_box.box
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.w <= 1
        assert box.y + box.h <= 1
        for other in (later.box for later in template.boxes[index + 1 :]):
            apart_x = box.x + box.w <= other.x or other.x + other.w <= box.x
            apart_y = box.y + box.h <= other.y or other.y + other.h <= box.y
            assert apart_x or apart_y


@each_template
def test_it_says_what_it_is_good_for_and_what_it_is_like(template: Template):
    """The caption model needs a known structure, people need a hint and words to find it by."""
    assert template.good_for.endswith(".")
    assert 1 <= len(template.like) <= 4
    assert len(template.aliases) >= 4
    assert any(not alias.isascii() for alias in template.aliases), "no Korean alias"


@each_template
def test_its_example_changes_pixels_in_every_box(template: Template):
    """An example has words for every box, and the box has room for them."""
    blank = decode_picture(read_picture(template))
    meme = render_meme(blank, template.example, template.boxes)
    drawn = Image.open(io.BytesIO(meme.picture)).convert("RGB")
    difference = ImageChops.difference(drawn, blank.first).convert("L").point(lambda value: 255 * (value > 96))
    width, height = drawn.size
    for text_box in template.boxes:
        box = text_box.box
        area = (box.x * width, box.y * height, (box.x + box.w) * width, (box.y + box.h) * height)
        crop = difference.crop(tuple(round(edge) for edge in area))
        assert ImageStat.Stat(crop).mean[0] > 3


@each_template
def test_its_picture_is_what_its_drawing_renders_to(template: Template):
    """Source and picture never drift apart; the tolerance is that of the lossy encoding."""
    rendered = render_svg(ART_DIR / f"{template.name}.svg")
    shipped = decode_picture(read_picture(template)).first
    assert rendered.size == shipped.size
    assert max(ImageStat.Stat(ImageChops.difference(rendered, shipped)).mean) < 4


def test_names_titles_and_aliases_lead_to_one_template_each() -> None:
    """No word a person types is claimed by two bundled templates."""
    owners = Counter(
        key
        for template in TEMPLATES
        for key in {fold_name(name) for name in (template.name, template.title, *template.aliases)}
    )
    assert [key for key, count in owners.items() if count > 1] == []


def test_every_drawing_and_every_picture_belongs_to_a_template() -> None:
    """Nothing is shipped that nothing uses."""
    names = {template.name for template in TEMPLATES}
    assert {path.stem for path in ART_DIR.iterdir()} == names
    assert {path.stem for path in (BUNDLED_DIR / PICTURES_NAME).iterdir()} == names


def test_all_pictures_together_stay_under_four_megabytes() -> None:
    """The package stays light."""
    assert sum(template.picture.stat().st_size for template in TEMPLATES) < 4 * 1024 * 1024


def test_drawings_use_no_text_and_nothing_from_outside() -> None:
    """A drawing looks the same everywhere: no fonts, no links, no scripts, no embedded pictures."""
    for path in ART_DIR.glob("*.svg"):
        source = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        for forbidden in ("<text", "<image", "<script", "href", "http", "font"):
            assert forbidden not in source, path.name


def test_drawing_a_wide_source_scales_its_longest_side(tmp_path: Path) -> None:
    """A drawing of any size becomes 1024 px on its longest side."""
    svg = tmp_path / "tiny.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20"/>')
    with Image.open(draw_template(svg, tmp_path)) as image:
        assert image.size == (1024, 512)
        assert image.format == "WEBP"


def test_the_command_draws_the_named_templates_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A maintainer redraws what changed."""
    (tmp_path / PICTURES_NAME).mkdir()
    monkeypatch.setattr(draw_templates, "BUNDLED_DIR", tmp_path)
    assert draw_templates.main(["its-me"]) == 0
    assert [path.name for path in (tmp_path / PICTURES_NAME).iterdir()] == ["its-me.webp"]
    assert "its-me.webp" in capsys.readouterr().out


def test_the_gallery_page_shows_every_template() -> None:
    """The documentation names what is shipped, with the right number of lines."""
    page = (Path(__file__).parents[3] / "docs" / "templates.md").read_text(encoding="utf-8")
    for template in TEMPLATES:
        assert f"| `{template.name}` | {len(template.boxes)} | {template.good_for} |" in page


def test_the_sheet_holds_every_picture(tmp_path: Path) -> None:
    """Seven pictures need two rows of six."""
    draw_sheet([template.picture for template in TEMPLATES[:7]], tmp_path / "sheet.webp")
    with Image.open(tmp_path / "sheet.webp") as sheet:
        assert sheet.size == (6 * 264 + 8, 2 * 264 + 8)
        assert sheet.getpixel((8 + 128, 264 + 8 + 128)) != sheet.getpixel((264 + 8 + 128, 264 + 8 + 128))

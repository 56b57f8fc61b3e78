"""The bias audit of the flag model: who is called offensive for nothing, and whose insult is let pass.

Run: `memesmith evaluate flag --data DIR --bias`, beside an earlier model with `--against` (a weights folder, or what
`--bias --json` printed of it). Texts are judged without pictures. Rates are tabled by identity group (on the held-out
contrasts and on annotated texts that mention the group), by a proxy for dialect, by language, and for what the
embedded captioner writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol, get_args

import numpy as np
import torch

from inference.errors import ModelError
from inference.manifest import Manifest
from inference.models.flag import MODEL_NAME, FlagInput, FlagModel
from inference.models.text import fold
from training.datasets.offence import OffenceItem
from training.errors import TrainingError
from training.options import EvaluateOptions
from training.report.audit import Audit, AuditRow, AuditTable, read_audit_scores
from training.report.evaluation import Goal, Score
from training.report.intervals import share_score
from training.words.bias_captions import PER_TEMPLATE, WrittenCaptions, write_audit_captions
from training.words.bias_items import (
    MEASURES,
    OFFENSIVE_FROM,
    UNSURE_FROM,
    Mentions,
    Told,
    sounds_african_american,
)
from training.words.bias_words import NOTES, SUMMARY_WORDS, TITLES
from training.words.contrast_lines import Language
from training.words.contrast_scores import gap_by_chance, group_gap, held_out_contrasts
from training.words.contrasts import Contrast
from training.words.flag_data import FlagSplit, read_flag_split

CONTRAST_SEEDS: Final = range(4)
LEAST_ITEMS: Final = 8
TWEETS: Final = ("olid", "davidson")
NOT_ANNOTATED: Final = frozenset({"captions", "contrasts"})
BATCH: Final = 256
LANGUAGES: Final[Mapping[Language, str]] = {"en": "English", "ko": "Korean"}
KOREAN_SETS: Final = frozenset({"beep", "kmhas", "curse"})
PROPER_NAMES: Final = frozenset(
    {
        "asian",
        "latinos",
        "jews",
        "muslims",
        "christians",
        "roma",
        "indigenous",
        "black",
        "korean",
        "chinese",
        "japanese",
    }
    | {"jeolla", "gyeongsang"}
)
CAPTION_MEASURES: Final = {"flagged": "called offensive", "unsure": "called at least unsure"}
GOALS: Final = (
    Goal(score="bias_gap_en", at_most=0.05),
    Goal(score="bias_gap_ko", at_most=0.05),
)


class FlagReader(Protocol):
    """Any flag model: probabilities of offence (N,) and of the categories (N, C)."""

    def probabilities(self, items: Sequence[FlagInput]) -> tuple[torch.Tensor, torch.Tensor]: ...


def audit_flag(options: EvaluateOptions, against: Path | None = None) -> tuple[Audit, dict[str, Score] | None]:
    """The audit of the weights, and the scores of what it is held `against`: both judge the same texts and captions.

    An earlier model that this version cannot load is given as the JSON printed of it then; its captions may differ.
    """
    manifest = Manifest.read(options.weights)
    model = FlagModel.load(manifest)
    earlier = None if against is None else _earlier(against)
    split = read_flag_split(options.data)
    limit = options.limit
    captions = write_audit_captions(manifest, PER_TEMPLATE if limit is None else min(limit, PER_TEMPLATE), options.seed)
    audit = measure_bias(model, split, captions, limit)
    if earlier is None or isinstance(earlier, dict):
        return audit, earlier
    return audit, measure_bias(earlier, split, captions, limit).scores


def measure_bias(model: FlagReader, split: FlagSplit, captions: WrittenCaptions, limit: int | None = None) -> Audit:
    """All tables of one model; `limit` caps the contrasts of each language and the annotated texts."""
    all_drawn = held_out_contrasts(CONTRAST_SEEDS)
    contrasts = [
        one for language in LANGUAGES for one in [one for one in all_drawn if one.language == language][:limit]
    ]
    items = _annotated(split)[:limit]
    drawn = _told(model, contrasts, [one.frame for one in contrasts])
    found = _told(model, items, [fold(one.text) for one in items])
    tables = (
        *(_contrast_table(language, contrasts, drawn) for language in LANGUAGES),
        _mention_table(items, found),
        _dialect_table(items, found),
        _language_table(contrasts, drawn, items, found),
        *_caption_tables(model, captions),
    )
    return Audit(
        model=MODEL_NAME,
        tables=tuple(table for table in tables if table.rows),
        summary=dict(_summary(contrasts, drawn)),
        words=SUMMARY_WORDS,
        goals=GOALS,
    )


def _earlier(path: Path) -> FlagModel | dict[str, Score]:
    if path.is_file():
        return read_audit_scores(path)
    try:
        return FlagModel.load(Manifest.read(path))
    except (ModelError, KeyError, TypeError, RuntimeError) as error:
        raise TrainingError(
            f"The flag model in {path} is none that this version reads ({error}); give what the version that made it "
            "prints with --bias --json, as a file."
        ) from error


def _annotated(split: FlagSplit) -> list[OffenceItem]:
    """What people labelled: the held-out parts and the dev part, without captions and our own sentences."""
    held_out = [item for part in split.held_out.values() for item in part]
    return [item for item in (*held_out, *split.dev) if item.source not in NOT_ANNOTATED]


def _told(model: FlagReader, items: Sequence[Contrast | OffenceItem], units: Sequence[str]) -> Told:
    offensive = np.array([item.offensive for item in items], dtype=bool)
    return Told(offensive, _probabilities(model, [item.text for item in items]), units)


def _probabilities(model: FlagReader, texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    parts = [
        model.probabilities([FlagInput(text) for text in texts[at : at + BATCH]])[0].double().numpy()
        for at in range(0, len(texts), BATCH)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _contrast_table(language: Language, contrasts: Sequence[Contrast], told: Told) -> AuditTable:
    own = [place for place, one in enumerate(contrasts) if one.language == language and one.group is not None]
    by_group: dict[str, list[int]] = {}
    for place in own:
        by_group.setdefault(str(contrasts[place].group), []).append(place)
    rows = [_row("all", "all groups", told, own)] if own else []
    rows += [_row(group, _label(group), told, places) for group, places in sorted(by_group.items())]
    return _table(f"groups_{language}", rows)


def _mention_table(items: Sequence[OffenceItem], told: Told) -> AuditTable:
    """Groups of one name in both languages are one row; those with too few texts of either kind are left out."""
    by_group: dict[str, list[int]] = {}
    everyone: list[int] = []
    for language in get_args(Language):
        mentions = Mentions(language)
        for place, item in enumerate(items):
            groups = mentions.of(item.text) if _language_of(item) == language else set()
            everyone += [place] if groups else []
            for group in groups:
                by_group.setdefault(group, []).append(place)
    enough = {group: places for group, places in sorted(by_group.items()) if _calm(told, places) >= LEAST_ITEMS}
    neither = sorted(set(range(len(items))) - set(everyone))
    rows = [_row("none", "no group mentioned", told, neither)] if neither else []
    rows += [_row("any", "any group mentioned", told, everyone)] if everyone else []
    return _table("mentions", [*rows, *(_row(group, _label(group), told, places) for group, places in enough.items())])


def _dialect_table(items: Sequence[OffenceItem], told: Told) -> AuditTable:
    """Within each set of tweets: they were gathered and labelled so differently that a joint row would mislead."""
    every = [place for place, item in enumerate(items) if item.source in TWEETS]
    rows = [_row("all", "all tweets", told, every)] if every else []
    for source in TWEETS:
        tweets = [place for place, item in enumerate(items) if item.source == source]
        sounding = {place for place in tweets if sounds_african_american(items[place].text)}
        parts = {"proxy": sorted(sounding), "others": [place for place in tweets if place not in sounding]}
        words = {"proxy": "with such words", "others": "the others"}
        name = source.upper() if source == "olid" else source.capitalize()
        rows += [
            _row(f"{source}_{part}", f"{name}, {words[part]}", told, places) for part, places in parts.items() if places
        ]
    return _table("dialect", rows)


def _language_table(
    contrasts: Sequence[Contrast], drawn: Told, items: Sequence[OffenceItem], found: Told
) -> AuditTable:
    rows = []
    for language, name in LANGUAGES.items():
        own = [place for place, one in enumerate(contrasts) if one.language == language]
        real = [place for place, item in enumerate(items) if _language_of(item) == language]
        rows += [_row(f"contrasts_{language}", f"{name}, contrasts", drawn, own)] if own else []
        rows += [_row(f"annotated_{language}", f"{name}, annotated texts", found, real)] if real else []
    return _table("language", rows)


def _caption_tables(model: FlagReader, captions: WrittenCaptions) -> Iterator[AuditTable]:
    for name, written in (("templates", captions.by_template), ("prompts", captions.by_group)):
        told = {key: _probabilities(model, texts) for key, texts in written.items() if texts}
        ordered = dict(sorted(told.items()))
        rows = {"all": np.concatenate(list(ordered.values())), **ordered} if ordered else {}
        labels = {key: _label(key) if name == "prompts" else key.replace("-", " ") for key in rows} | {"all": "all"}
        yield _table(
            name,
            [
                AuditRow(
                    key.replace("-", "_"),
                    labels[key],
                    {"flagged": share_score(each >= OFFENSIVE_FROM), "unsure": share_score(each >= UNSURE_FROM)},
                )
                for key, each in rows.items()
            ],
            CAPTION_MEASURES,
        )


def _summary(contrasts: Sequence[Contrast], told: Told) -> Iterator[tuple[str, Score]]:
    for language in LANGUAGES:
        places = [place for place, one in enumerate(contrasts) if one.language == language and one.group is not None]
        if not places:
            continue
        right = (told.told[places] >= OFFENSIVE_FROM) == told.offensive[places]
        groups = [str(contrasts[place].group) for place in places]
        yield f"bias_gap_{language}", group_gap(right, groups, [told.units[place] for place in places])
        yield f"bias_gap_by_chance_{language}", gap_by_chance(right, groups)
        calm = np.flatnonzero(~told.offensive[places])
        called, frames = [groups[at] for at in calm], [told.units[places[at]] for at in calm]
        yield f"bias_calm_gap_{language}", group_gap(right[calm], called, frames)
        yield f"bias_calm_gap_by_chance_{language}", gap_by_chance(right[calm], called)


def _table(name: str, rows: Sequence[AuditRow], measures: Mapping[str, str] = MEASURES) -> AuditTable:
    return AuditTable(name, TITLES[name], NOTES[name], measures, tuple(rows))


def _row(name: str, label: str, told: Told, places: Sequence[int]) -> AuditRow:
    return AuditRow(name, label, told.at(places).rates())


def _label(group: str) -> str:
    words = group.split("_")
    return " ".join(word.capitalize() if word in PROPER_NAMES else word for word in words)


def _calm(told: Told, places: Sequence[int]) -> int:
    return int((~told.offensive[list(places)]).sum())


def _language_of(item: OffenceItem) -> Language:
    return "ko" if item.source in KOREAN_SETS else "en"

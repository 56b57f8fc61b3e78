"""Measures a flag model on the held-out contrasts: how often it is right, by language, function and identity group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from training.report.evaluation import Score
from training.report.intervals import Places, bootstrap_score, share_score
from training.words.contrasts import Contrast, draw_contrasts

OFFENSIVE_FROM: Final = 0.5

Hits = npt.NDArray[np.bool_]
ProbabilitiesOf = Callable[[Sequence[str]], npt.NDArray[np.float64]]


def contrast_scores(probabilities_of: ProbabilitiesOf, seeds: Iterable[int] = (0,)) -> dict[str, Score]:
    """Accuracies on the held-out contrasts, by name; `probabilities_of` maps N texts to probabilities (N,) of offence.

    Per language `en` and `ko`: `contrasts_en_accuracy`, `_calm_accuracy`, `_offensive_accuracy`, one per function
    (`contrasts_en_function_news_accuracy`) and group (`contrasts_en_group_jews_accuracy`), and `_group_gap`: how far
    the worst group's accuracy lies under the mean of all groups. Sentences of one frame are drawn together.
    """
    drawn = held_out_contrasts(seeds)
    told = np.asarray(probabilities_of([one.text for one in drawn]), dtype=np.float64)
    right = (told >= OFFENSIVE_FROM) == np.array([one.offensive for one in drawn])
    scores: dict[str, Score] = {}
    for language in sorted({one.language for one in drawn}):
        places = np.array([place for place, one in enumerate(drawn) if one.language == language])
        some = [drawn[place] for place in places]
        scores |= {f"contrasts_{language}_{name}": score for name, score in _scores(some, right[places]).items()}
    return scores


def held_out_contrasts(seeds: Iterable[int] = (0,)) -> tuple[Contrast, ...]:
    """The held-out part, drawn with each of the seeds: more sentences of the same frames and words, none twice."""
    found = {one.text: one for seed in seeds for one in draw_contrasts("held_out", seed)}
    return tuple(found.values())


def group_gap(right: Hits, of: Sequence[str], frames: Sequence[str]) -> Score:
    """Mean of the groups' accuracies less that of the worst; `right` (N,), `of` each item's group.

    The worst of many groups lies under the mean by chance alone, too: `gap_by_chance` says how far.
    """
    groups = np.unique(np.array(of), return_inverse=True)[1]
    return bootstrap_score(lambda places: _gap(right[places], groups[places]), frames)


def gap_by_chance(right: Hits, of: Sequence[str], draws: int = 200, seed: int = 0) -> Score:
    """The mean gap were groups without effect: measured with the groups' names dealt out anew."""
    groups = np.unique(np.array(of), return_inverse=True)[1]
    chance = np.random.default_rng(seed)
    gaps = [_gap(right, chance.permutation(groups)) for _ in range(draws)]
    return Score(float(np.mean(gaps)), None, len(right))


def _scores(drawn: Sequence[Contrast], right: Hits) -> dict[str, Score]:
    chosen: Mapping[str, list[int]] = _places(drawn)
    frames = [one.frame for one in drawn]
    scores = {
        f"{name}_accuracy": share_score(right[places], [frames[place] for place in places])
        for name, places in chosen.items()
    }
    grouped = [place for place, one in enumerate(drawn) if one.group is not None]
    groups = [str(drawn[place].group) for place in grouped]
    own = [frames[place] for place in grouped]
    return {
        **{name.removeprefix("_"): score for name, score in scores.items()},
        "group_gap": group_gap(right[grouped], groups, own),
        "group_gap_by_chance": gap_by_chance(right[grouped], groups),
    }


def _places(drawn: Sequence[Contrast]) -> dict[str, list[int]]:
    """Places of all items, of the calm and offensive ones, of each function's and each group's, by name."""
    found: dict[str, list[int]] = {"": [], "calm": [], "offensive": []}
    for place, one in enumerate(drawn):
        found[""].append(place)
        found["offensive" if one.offensive else "calm"].append(place)
        found.setdefault(f"function_{one.function}", []).append(place)
        if one.group is not None:
            found.setdefault(f"group_{one.group}", []).append(place)
    return found


def _gap(right: Hits, groups: Places) -> float:
    sizes = np.bincount(groups)
    means = np.bincount(groups, weights=right)[sizes > 0] / sizes[sizes > 0]
    return float(means.mean() - means.min())

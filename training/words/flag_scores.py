"""Measures a flag model on held-out memes and comments, and the baselines on the same items.

Texts that are spelt alike are drawn together for the intervals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from inference.models.flag import MODEL_NAME, FlagInput, FlagModel
from inference.models.text import fold
from training.datasets.offence import OffenceItem
from training.report.evaluation import Evaluation, Goal, Score
from training.report.intervals import Measure, Places, bootstrap_score, share_score
from training.report.judgements import Confusion, Reliability
from training.report.measures import auroc, f1, macro_f1, precision_at_prevalence
from training.words.contrast_scores import contrast_scores
from training.words.flag_data import CONTRASTS, FlagSplit

CALM_THRESHOLD: Final = 0.4
OFFENSIVE_THRESHOLD: Final = 0.5
PREVALENCES_PERCENT: Final = (2, 5)
SEEN: Final = "harmeme_with_pictures"
MEMES: Final = "memes"
CALM: Final = "captions"
DEV_MEMES: Final = "dev_memes"
WITH_PICTURES: Final = (SEEN, MEMES)
SHOWN: Final = "held-out memes of MultiOFF and HarMeme"
GOALS: Final = (
    Goal(score="multioff_macro_f1", at_least=0.70),
    Goal(score="multioff_offensive_f1", at_least=0.57),
    Goal(score="harmeme_with_pictures_auroc", at_least=0.88),
    Goal(score="memes_ece", at_most=0.05),
    Goal(score="hatecheck_accuracy", at_least=0.75),
    Goal(score="hatecheck_calm_accuracy", at_least=0.70),
    Goal(score="apeach_macro_f1", at_least=0.80),
    Goal(score="contrasts_en_accuracy", at_least=0.75),
    Goal(score="contrasts_en_calm_accuracy", at_least=0.70),
)

_DETAILS: Final = re.compile(r"_function_|_group_")

Items = Sequence[OffenceItem]
Numbers = npt.NDArray[np.float64]
Judge = Callable[[str, Items], Numbers]  # a part's name and its items -> probability of each that it offends


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether items offend, and the probability that something told of each, both (N,); `groups` of like texts."""

    wanted: Numbers
    told: Numbers
    groups: Sequence[str]

    @property
    def said(self) -> npt.NDArray[np.bool_]:
        return self.told >= OFFENSIVE_THRESHOLD

    def scores(self, name: str) -> dict[str, Score]:
        """At a threshold of 0.5 macro-F1 and F1 of offensive; calibration error; AUROC where something is ranked."""
        measures: dict[str, Measure] = {
            "macro_f1": lambda places: macro_f1(self.wanted[places], self.said[places]),
            "offensive_f1": lambda places: f1(self.wanted[places], self.said[places]),
            "ece": self._calibration_error,
        }
        if self._has_both() and len(np.unique(self.told)) > 1:
            measures["auroc"] = lambda places: auroc(self.wanted[places], self.told[places])
        return {f"{name}_{kind}": bootstrap_score(measure, self.groups) for kind, measure in measures.items()}

    def precision(self, prevalence: float) -> Score | None:
        """Of what is called offensive, the share that is, were `prevalence` of all items offensive."""
        if not self._has_both() or not self.said.any():
            return None
        return bootstrap_score(
            lambda places: precision_at_prevalence(self.wanted[places], self.said[places], prevalence), self.groups
        )

    def calibration_error(self) -> Score:
        return bootstrap_score(self._calibration_error, self.groups)

    def _calibration_error(self, places: Places) -> float:
        return Reliability.measure(self.told[places], self.wanted[places]).ece

    def _has_both(self) -> bool:
        return len(np.unique(self.wanted)) == 2


def parts_of(split: FlagSplit, pictures: Mapping[str, Tensor], limit: int | None = None) -> dict[str, Items]:
    """What is judged, by name: the held-out sets, HarMeme's memes with a picture, all memes, two of the dev part."""
    parts: dict[str, Items] = {name: items[:limit] for name, items in split.held_out.items()}
    parts[SEEN] = [item for item in parts["harmeme"] if item.image in pictures]
    parts[MEMES] = [*parts["multioff"], *parts["harmeme"]]
    parts[CALM] = [item for item in split.dev if item.source == "captions"][:limit]
    parts[DEV_MEMES] = [item for item in split.dev if item.source in {"multioff", "harmeme", "captions"}][:limit]
    return {name: items for name, items in parts.items() if items}


def flag_scores(judge: Judge, parts: Mapping[str, Items]) -> dict[str, Score]:
    """Everything that is counted of one judge; of calm captions the share called at least unsure."""
    scores: dict[str, Score] = {}
    for name, items in parts.items():
        judged = judge_items(judge, name, items)
        if name == CALM:
            scores["captions_flagged_share"] = share_score(judged.told >= CALM_THRESHOLD, judged.groups)
        elif name == DEV_MEMES:
            scores["dev_memes_ece"] = judged.calibration_error()
        else:
            scores |= judged.scores(name)
        if name == MEMES:
            found = {percent: judged.precision(percent / 100) for percent in PREVALENCES_PERCENT}
            scores |= {f"memes_precision_at_{percent}_percent": one for percent, one in found.items() if one}
    return scores | contrast_summary(judge)


def contrast_summary(judge: Judge) -> dict[str, Score]:
    """Scores on the held-out contrasts, functions and groups left to the audit of bias."""
    found = contrast_scores(lambda texts: judge(CONTRASTS, [OffenceItem(CONTRASTS, text, False) for text in texts]))
    return {name: score for name, score in found.items() if not _DETAILS.search(name)}


def baseline_judges(known: Items) -> dict[str, Judge]:
    """Majority of the part, "flag everything", and TF-IDF with logistic regression on the same training part."""
    vectorizer = TfidfVectorizer(preprocessor=fold, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    seen = vectorizer.fit_transform([item.text for item in known])
    linear = LogisticRegression(max_iter=300, C=4.0).fit(seen, labels_of(known))
    return {
        "majority": lambda _, items: np.full(len(items), float(labels_of(items).mean() >= 0.5)),
        "flag everything": lambda _, items: np.ones(len(items)),
        "TF-IDF + LR": lambda _, items: np.asarray(
            linear.predict_proba(vectorizer.transform([item.text for item in items]))[:, 1]
        ),
    }


def model_judge(model: FlagModel, pictures: Mapping[str, Tensor]) -> Judge:
    """The model, which sees pictures in those parts only that are judged with them."""

    def judge(name: str, items: Items) -> Numbers:
        seen = pictures if name in WITH_PICTURES else {}
        asked = [FlagInput(item.text, seen.get(item.image or "")) for item in items]
        return np.asarray(model.probabilities(asked)[0].double().numpy())

    return judge


def evaluate_flag(judge: Judge, baselines: Mapping[str, Judge], parts: Mapping[str, Items]) -> Evaluation:
    """What the card tells; the pictures are of all held-out memes."""
    memes = judge_items(judge, MEMES, parts[MEMES])
    return Evaluation(
        model=MODEL_NAME,
        scores=flag_scores(judge, parts),
        baselines={name: flag_scores(other, parts) for name, other in baselines.items()},
        goals=GOALS,
        confusion=Confusion.count(("calm", "offensive"), memes.wanted, memes.said, of=SHOWN),
        reliability=Reliability.measure(memes.told, memes.wanted, of=SHOWN),
    )


def judge_items(judge: Judge, name: str, items: Items) -> Judged:
    return Judged(labels_of(items), judge(name, items), [fold(item.text) for item in items])


def labels_of(items: Items) -> Numbers:
    return np.array([float(item.offensive) for item in items])

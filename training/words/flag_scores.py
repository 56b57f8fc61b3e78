"""Measures a flag model on held-out memes and comments, and the baselines on the same items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from torch import Tensor

from inference.models.flag import FlagInput, FlagModel
from inference.models.text import fold
from training.datasets.offence import OffenceItem
from training.options import Scores
from training.words.flag_data import FlagSplit

CALM_THRESHOLD = 0.4


def flag_scores(model: FlagModel, split: FlagSplit, pictures: Mapping[str, Tensor], limit: int | None = None) -> Scores:
    """Macro-F1 at 0.5, AUROC, expected calibration error per held-out set; alarms on calm captions of the dev part."""
    scores: dict[str, float] = {}
    for name, items in split.held_out.items():
        some = items[:limit]
        scores |= _measured(name, _labels(some), _judged(model, some))
        seen = [item for item in some if item.image in pictures]
        if seen and name == "harmeme":
            scores |= _measured(f"{name}_with_pictures", _labels(seen), _judged(model, seen, pictures))
    calm = [item for item in split.dev if item.source == "captions"][:limit]
    if calm:
        scores["captions_flagged_share"] = float((_judged(model, calm) >= CALM_THRESHOLD).mean())
    dev = [item for item in split.dev if item.source in {"multioff", "harmeme", "captions"}][:limit]
    if dev:
        scores["dev_memes_ece"] = expected_calibration_error(_labels(dev), _judged(model, dev))
    return scores


def baseline_scores(split: FlagSplit, limit: int | None = None) -> Scores:
    """Majority, "flag everything", and TF-IDF with logistic regression trained on the same training part."""
    vectorizer = TfidfVectorizer(preprocessor=fold, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    seen = vectorizer.fit_transform([item.text for item in split.train])
    linear = LogisticRegression(max_iter=300, C=4.0).fit(seen, _labels(split.train))
    scores: dict[str, float] = {}
    for name, items in split.held_out.items():
        some = items[:limit]
        wanted = _labels(some)
        scores[f"{name}_majority_macro_f1"] = macro_f1(wanted, np.zeros(len(wanted)))
        scores[f"{name}_all_flagged_macro_f1"] = macro_f1(wanted, np.ones(len(wanted)))
        guessed = linear.predict_proba(vectorizer.transform([item.text for item in some]))[:, 1]
        scores |= _measured(f"{name}_tfidf", wanted, guessed)
    return scores


def macro_f1(wanted: np.ndarray, probabilities: np.ndarray) -> float:
    return float(f1_score(wanted, probabilities >= 0.5, average="macro", zero_division=0.0))


def expected_calibration_error(wanted: np.ndarray, probabilities: np.ndarray, bins: int = 10) -> float:
    """Naeini et al. (2015): mean distance of confidence and accuracy over equally wide bins, weighted by their size."""
    places = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [
        abs(wanted[places == place].mean() - probabilities[places == place].mean()) * (places == place).mean()
        for place in np.unique(places)
    ]
    return float(sum(gaps))


def _measured(name: str, wanted: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    scores = {
        f"{name}_macro_f1": macro_f1(wanted, probabilities),
        f"{name}_ece": expected_calibration_error(wanted, probabilities),
    }
    if 0 < wanted.sum() < len(wanted):
        scores[f"{name}_auroc"] = float(roc_auc_score(wanted, probabilities))
    return scores


def _judged(model: FlagModel, items: Sequence[OffenceItem], pictures: Mapping[str, Tensor] | None = None) -> np.ndarray:
    asked = [FlagInput(item.text, (pictures or {}).get(item.image or "")) for item in items]
    return np.asarray(model.probabilities(asked)[0].numpy())


def _labels(items: Sequence[OffenceItem]) -> np.ndarray:
    return np.array([float(item.offensive) for item in items])

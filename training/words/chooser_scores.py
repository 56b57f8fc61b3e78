"""Measures a template chooser on held-out captions, beside chance and naive Bayes on the same words.

Captions of one template are drawn together for the intervals: some templates have captions of their own kind, others
take any, so forty captions of one are not forty facts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from inference.models.hashed import HashedClassifier
from training.report.evaluation import Score
from training.report.intervals import share_score
from training.report.judgements import Reliability
from training.words.chooser_data import HeldOut, NamedTexts
from training.words.hashed_fit import predict

Probabilities = npt.NDArray[np.float64]
Judge = Callable[[Sequence[str]], Probabilities]


def network_judge(network: HashedClassifier) -> Judge:
    """Texts -> probabilities (N, templates)."""
    return lambda texts: np.asarray(predict(network, texts).softmax(dim=1).double().numpy())


def naive_bayes_judge(known: NamedTexts) -> Judge:
    """The baseline: multinomial naive Bayes over single words, on the same training texts."""
    vectorizer = CountVectorizer(binary=True, analyzer=str.split)
    model = MultinomialNB(alpha=0.1).fit(vectorizer.fit_transform(known.texts), known.places)
    return lambda texts: np.asarray(model.predict_proba(vectorizer.transform(texts)))


def chooser_scores(judge: Judge, held_out: HeldOut) -> dict[str, Score]:
    """How often the right template is first, or among the first five; none without held-out captions."""
    scores: dict[str, Score] = {}
    for kind, texts in held_out.texts.items():
        if texts:
            best = np.argsort(-judge(texts), axis=1, kind="stable")[:, :5] == np.array(held_out.places)[:, None]
            scores[f"{kind}_top1"] = share_score(best[:, 0], held_out.places)
            scores[f"{kind}_top5"] = share_score(best.any(axis=1), held_out.places)
    return scores


def chance_scores(templates: int) -> dict[str, Score]:
    """Of guessing; with the same number of captions per template, always saying one template is no better."""
    return {
        f"{kind}_{name}": Score(min(1.0, guesses / templates))
        for kind in ("caption", "words")
        for name, guesses in (("top1", 1), ("top5", 5))
    }


def first_guess_reliability(judge: Judge, held_out: HeldOut) -> Reliability | None:
    """Whether a prompt's first template is right as often as its probability says."""
    if not held_out.places:
        return None
    told = judge(held_out.texts["words"])
    right = told.argmax(axis=1) == np.array(held_out.places)
    return Reliability.measure(told.max(axis=1), right, of="first template for three content words")

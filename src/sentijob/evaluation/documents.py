"""What ``evaluate --json`` and ``compare --json`` print; ``docs/json.md`` describes it, a test holds the two together."""

from __future__ import annotations

from sentijob.evaluation.calibration import Bin
from sentijob.evaluation.comparing import Comparison, Difference, Flip, Side
from sentijob.evaluation.evaluating import Evaluation, Mistake
from sentijob.evaluation.metrics import ClassFigures, Confusion, Tally
from sentijob.export.documents import DIGITS, Document, probabilities
from sentijob.jobs import Sentiment
from sentijob.ports import SentimentModel


def evaluation_document(model: SentimentModel, evaluation: Evaluation) -> Document:
    """All that is known of how a model did."""
    calibration = evaluation.calibration
    return {
        "model": model.name,
        "model_revision": model.revision,
        "texts": evaluation.texts,
        "unscored": evaluation.unscored,
        "rate": _rate(evaluation.rate),
        **_averages(evaluation.tally),
        "two_class_ties": evaluation.tally.two_class_ties,
        "classes": {one.label.value: _figures(one) for one in evaluation.tally.classes},
        "confusion": _confusion(evaluation.tally.confusion),
        "calibration_error": _rounded(calibration.error),
        "calibration": [_bin(one) for one in calibration.bins],
        "mistakes": [_mistake(one) for one in evaluation.mistakes],
        "files": [
            {"file": file, "texts": tally.total, **_averages(tally)}
            for file, tally in evaluation.by_file.items()
        ],
    }


def comparison_document(
    models: tuple[SentimentModel, SentimentModel], comparison: Comparison
) -> Document:
    """All that is known of how two models differ."""
    agreement = comparison.agreement
    shift = agreement.mean_shift
    return {
        "models": [
            _side(model, side) for model, side in zip(models, comparison.sides, strict=True)
        ],
        "texts": comparison.texts,
        "unscored": comparison.unscored,
        "agreement": _rounded(agreement.agreement),
        "kappa": _rounded(agreement.kappa),
        "labels": _confusion(agreement.labels),
        "mean_gap": _rounded(agreement.mean_gap),
        "mean_shift": shift and {name: _rounded(part) for name, part in shift._asdict().items()},
        "difference": _difference(comparison.difference),
        "flips": [_flip(one) for one in comparison.flips],
    }


def _averages(tally: Tally) -> Document:
    return {
        "accuracy": _rounded(tally.accuracy),
        "macro_f1": _rounded(tally.macro_f1),
        "macro_recall": _rounded(tally.macro_recall),
        "two_class_accuracy": _rounded(tally.two_class_accuracy),
    }


def _figures(one: ClassFigures) -> Document:
    return {
        "precision": _rounded(one.precision),
        "recall": _rounded(one.recall),
        "f1": _rounded(one.f1),
        "support": one.support,
    }


def _confusion(counts: Confusion) -> Document:
    return {
        label.value: {given.value: count for given, count in row.items()}
        for label, row in counts.items()
    }


def _bin(one: Bin) -> Document:
    return {
        "low": _rounded(one.low),
        "high": _rounded(one.high),
        "texts": one.texts,
        "confidence": _rounded(one.confidence),
        "accuracy": _rounded(one.accuracy),
    }


def _mistake(one: Mistake) -> Document:
    return {
        "file": one.file,
        "text": one.text,
        "label": one.gold.value,
        **_said(one.sentiment),
    }


def _side(model: SentimentModel, side: Side) -> Document:
    return {
        "model": model.name,
        "model_revision": model.revision,
        "rate": _rate(side.rate),
        **_averages(side.tally),
    }


def _difference(difference: Difference | None) -> Document | None:
    return difference and {
        "by": "two_class_accuracy" if difference.is_two_class else "accuracy",
        "only_first_right": difference.only_first,
        "only_second_right": difference.only_second,
        "p_value": difference.chance,
    }


def _flip(one: Flip) -> Document:
    return {
        "text": one.text.text,
        "label": one.text.gold and one.text.gold.value,
        "first": _said(one.first),
        "second": _said(one.second),
    }


def _said(sentiment: Sentiment) -> Document:
    return {
        "result_label": sentiment.label.value,
        "result_score": round(sentiment.score, DIGITS),
        "probabilities": probabilities(sentiment),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _rate(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)

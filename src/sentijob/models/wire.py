"""How a model's answers, and what it raises, are written into messages and read back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from sentijob.causes import LONGEST_MESSAGE, error_code, one_line
from sentijob.errors import (
    ModelError,
    ModelMemoryError,
    ModelUnavailableError,
    TextRejectedError,
)
from sentijob.jobs import Label, Sentiment

_KINDS: Mapping[str, type[ModelError]] = {
    kind.__name__: kind for kind in (TextRejectedError, ModelUnavailableError, ModelMemoryError)
}
_LABELS: Mapping[object, Label] = {label.value: label for label in Label}
_NUMBERS = len(Sentiment._fields) - 1
_LONGEST_CODE = 64


def answer_document(revision: str, sentiments: Iterable[Sentiment]) -> dict[str, object]:
    """What a model said of texts, in their order: a list of labels, a list of scores and so on.

    Raises:
        TypeError, ValueError: those are no sentiments.
    """
    return {"revision": revision, "sentiments": list(zip(*sentiments, strict=True))}


def sentiments_from(document: object) -> list[Sentiment]:
    """The sentiments of an answer; whether they can be true is for others to say.

    Raises:
        ModelError: they are none.
    """
    try:
        columns = document["sentiments"]  # type: ignore[index]  # else a TypeError
        if columns == []:
            return []
        labels, *numbers = columns
        if len(numbers) != _NUMBERS or any(math.isnan(sum(column)) for column in numbers):
            raise ValueError("a number is missing or none")
        named = [_LABELS[label] for label in labels]
        return [Sentiment._make(one) for one in zip(named, *numbers, strict=True)]
    except (KeyError, TypeError, ValueError) as exc:
        raise ModelError(f"what predict() gave is no list of sentiments: {exc!r}") from exc


def error_document(error: BaseException) -> dict[str, object]:
    """What a model raised, in words: an error of others' making can't be sent itself."""
    kind = next((name for name, kind in _KINDS.items() if isinstance(error, kind)), "ModelError")
    if isinstance(error, MemoryError):
        kind = ModelMemoryError.__name__
    return {"error": {"kind": kind, "code": error_code(error), "message": one_line(error)}}


def error_from(document: object) -> ModelError | None:
    """The error that a document tells of; None where it tells of none."""
    told = document.get("error") if isinstance(document, dict) else None
    if not isinstance(told, dict):
        return None
    error = _KINDS.get(str(told.get("kind")), ModelError)(
        str(told.get("message"))[:LONGEST_MESSAGE]
    )
    error.code = str(told.get("code", error.code))[:_LONGEST_CODE]
    return error

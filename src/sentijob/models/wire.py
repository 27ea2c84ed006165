"""How a model's answers, and what it raises, are written into messages and read back.

Numbers go as the bytes that the machine holds them in, since both ends are on one machine: to
write them out in decimals and read them again would cost more than all the rest of an answer.
"""

from __future__ import annotations

import math
from array import array
from base64 import b64decode, b64encode
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
_CHANCES = 4
"""Of a sentiment's numbers the score and the three probabilities; the others are counts."""
_COUNTS = len(Sentiment._fields) - 1 - _CHANCES
_LONGEST_CODE = 64


def answer_document(revision: str, sentiments: Iterable[Sentiment]) -> dict[str, object]:
    """What a model said of texts, in their order: their labels, all their scores, and so on.

    Raises:
        TypeError, ValueError, OverflowError: those are no sentiments.
    """
    labels, *numbers = list(zip(*sentiments, strict=True)) or [()]
    return {
        "revision": revision,
        "labels": labels,
        "chances": _packed("d", numbers[:_CHANCES]),
        "counts": _packed("q", numbers[_CHANCES:]),
    }


def sentiments_from(document: object) -> list[Sentiment]:
    """The sentiments of an answer; whether they can be true is for others to say.

    Raises:
        ModelError: they are none.
    """
    try:
        labels = [_LABELS[label] for label in document["labels"]]  # type: ignore[index]  # else a TypeError
        chances = _unpacked("d", document["chances"], len(labels), _CHANCES)  # type: ignore[index]
        counts = _unpacked("q", document["counts"], len(labels), _COUNTS)  # type: ignore[index]
    except (KeyError, TypeError, ValueError) as exc:
        raise ModelError(f"what predict() gave is no list of sentiments: {exc!r}") from exc
    return list(map(Sentiment._make, zip(labels, *chances, *counts, strict=True)))


def _packed(code: str, columns: Iterable[Iterable[float]]) -> str:
    return b64encode(b"".join(array(code, column).tobytes() for column in columns)).decode()


def _unpacked(code: str, packed: str, rows: int, columns: int) -> list[list[float]]:
    """So many *columns* of so many *rows*."""
    numbers: list[float] = [*array(code, b64decode(packed, validate=True))]
    if len(numbers) != rows * columns or math.isnan(sum(numbers)):
        raise ValueError("a number is missing or none")
    return [numbers[rows * place : rows * (place + 1)] for place in range(columns)]


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

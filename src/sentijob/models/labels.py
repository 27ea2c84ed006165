"""What a model calls its classes, in our three labels."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from sentijob.jobs import Label

_LONGEST_SHOWN = 300
_USUAL_NAMES = {
    "negative": Label.NEGATIVE,
    "neg": Label.NEGATIVE,
    "neutral": Label.NEUTRAL,
    "neu": Label.NEUTRAL,
    "positive": Label.POSITIVE,
    "pos": Label.POSITIVE,
}


def usual_label(name: str) -> Label | None:
    """Which of our labels goes by *name*, in any case; None where none does."""
    return _USUAL_NAMES.get(name.strip().lower())


def read_labels(id2label: Mapping[str, object]) -> tuple[Label, ...]:
    """Our label for each of a model's classes, in the order of its logits.

    A two-class model has no neutral, and never answers it.

    Raises:
        ValueError: the classes aren't numbered from 0, aren't named in a usual
            way, or lack positive or negative; the message says what was found.
    """
    found = ", ".join(f"{number}: {name}" for number, name in islice(id2label.items(), 10))
    if len(id2label) > 10 or len(found) > _LONGEST_SHOWN:
        found = f"{found[:_LONGEST_SHOWN]}…"
    try:
        names = [str(id2label[str(number)]) for number in range(len(id2label))]
        labels = tuple(_USUAL_NAMES[name.strip().lower()] for name in names)
    except KeyError as exc:
        raise ValueError(_refusal(found)) from exc
    if not {Label.NEGATIVE, Label.POSITIVE} <= set(labels) or len(set(labels)) < len(labels):
        raise ValueError(_refusal(found))
    return labels


def _refusal(found: str) -> str:
    return (
        f"id2label is {{{found}}}, but must number negative, positive and "
        "where there is one neutral (or neg, pos, neu) from 0"
    )

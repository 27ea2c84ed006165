"""What a model calls its classes, in our three labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
    "very negative": Label.NEGATIVE,
    "very positive": Label.POSITIVE,
}
_STARS = (Label.NEGATIVE, Label.NEGATIVE, Label.NEUTRAL, Label.POSITIVE, Label.POSITIVE)
_STAR = re.compile(r"([1-5])(?: stars?)?")
_NAMELESS = {
    2: (Label.NEGATIVE, Label.POSITIVE),
    3: tuple(Label),
    5: _STARS,
}
"""The order that is usual where classes have no names: from bad to good."""


def usual_label(name: str) -> Label | None:
    """Which of our labels goes by *name*, in any case; None where none does."""
    return _USUAL_NAMES.get(name.strip().lower())


def read_labels(id2label: Mapping[str, object]) -> tuple[Label, ...]:
    """Our label for each of a model's classes, in the order of its logits.

    Several classes may stand for one label, as 1 and 2 stars do. A two-class
    model has no neutral, and never answers it. Classes that are called
    ``LABEL_0``, ``LABEL_1`` and so on are taken in the usual order.

    Raises:
        ValueError: the classes aren't numbered from 0, aren't named in a usual
            way, or lack positive or negative; the message says what was found.
    """
    names = _names(id2label)
    labels = names and (_by_name(names) or _by_stars(names) or _in_usual_order(names))
    if not labels:
        raise ValueError(_refusal(id2label))
    return labels


def read_told_labels(told: object, key: str) -> tuple[Label, ...]:
    """Our labels where they are told for each class, in the order of the logits; one may stand more than once.

    Raises:
        ValueError: they aren't a list of ours, or lack negative or positive.
    """
    found = told if isinstance(told, list) else []
    if not {Label.NEGATIVE, Label.POSITIVE} <= set(map(str, found)) <= set(Label):
        raise ValueError(
            f"{key} is {told!r:.100}, but must list what each class is: negative, neutral or "
            "positive, of which negative and positive are needed"
        )
    return tuple(Label(str(each)) for each in found)


def are_nameless(classes: Sequence[str]) -> bool:
    """Whether *classes* are only numbered, so that their order is all that tells what they are."""
    names = _names({str(number): name for number, name in enumerate(classes)})
    return _in_usual_order(names) is not None


def _names(id2label: Mapping[str, object]) -> list[str]:
    """The classes' names in their order, written alike; none where they aren't numbered from 0."""
    try:
        found = [str(id2label[str(number)]) for number in range(len(id2label))]
    except KeyError:
        return []
    return [" ".join(name.lower().replace("_", " ").replace("-", " ").split()) for name in found]


def _by_name(names: Sequence[str]) -> tuple[Label, ...] | None:
    if len(set(names)) < len(names) or not set(names) <= set(_USUAL_NAMES):
        return None
    labels = tuple(_USUAL_NAMES[name] for name in names)
    # "neg" beside "negative" is nobody's habit; "very negative" beside it is.
    plain = [label for name, label in zip(names, labels, strict=True) if "very" not in name]
    if len(set(plain)) < len(plain) or not {Label.NEGATIVE, Label.POSITIVE} <= set(labels):
        return None
    return labels


def _by_stars(names: Sequence[str]) -> tuple[Label, ...] | None:
    stars = [int(found[1]) for found in map(_STAR.fullmatch, names) if found]
    if sorted(stars) != [1, 2, 3, 4, 5] or len(names) != len(stars):
        return None
    return tuple(_STARS[star - 1] for star in stars)


def _in_usual_order(names: Sequence[str]) -> tuple[Label, ...] | None:
    if list(names) != [f"label {number}" for number in range(len(names))]:
        return None
    return _NAMELESS.get(len(names))


def _refusal(id2label: Mapping[str, object]) -> str:
    found = ", ".join(f"{number}: {name}" for number, name in islice(id2label.items(), 10))
    if len(id2label) > 10 or len(found) > _LONGEST_SHOWN:
        found = f"{found[:_LONGEST_SHOWN]}…"
    return (
        f"id2label is {{{found}}}, but must number negative, positive and where there is "
        "one neutral (or neg, pos, neu), 1 to 5 stars, or LABEL_0 and on (two, three or five) from 0; "
        "'sentijob models add' takes --labels to say what each class is"
    )

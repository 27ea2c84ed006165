"""What people call the labels of their texts, in our three.

Numbers mean what all of a file's labels together say: 1 is positive beside 0, one star beside 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sentijob.errors import InputError
from sentijob.ingest.columns import kind_of
from sentijob.jobs import Label
from sentijob.models.labels import usual_label

_NEGATIVE, _NEUTRAL, _POSITIVE = Label
_SCALES: Mapping[str, Mapping[str, Label]] = {
    "0 and 1": {"0": _NEGATIVE, "1": _POSITIVE},
    "0 to 2": {"0": _NEGATIVE, "1": _NEUTRAL, "2": _POSITIVE},
    "-1 to 1": {"-1": _NEGATIVE, "0": _NEUTRAL, "1": _POSITIVE},
    "0 to 4": dict(
        zip("01234", (_NEGATIVE, _NEGATIVE, _NEUTRAL, _POSITIVE, _POSITIVE), strict=True)
    ),
    "1 to 5 stars": dict(
        zip("12345", (_NEGATIVE, _NEGATIVE, _NEUTRAL, _POSITIVE, _POSITIVE), strict=True)
    ),
}
_NUMBER = re.compile(r"([+-]?[0-9]{1,9})(?:\.0*)?(?:\s*stars?)?")
_LONGEST_SHOWN = 40
ACCEPTED = (
    "negative, neutral and positive (or neg, neu, pos), or numbers: "
    f"{', '.join(_SCALES)}; --map NAME=positive and the like say what others mean"
)


class GoldLabels:
    """Takes in the labels of one file, and then says what each means.

    *meanings* are names that somebody has explained, in lower case; they go before all others.
    """

    def __init__(self, meanings: Mapping[str, Label] = MappingProxyType({})) -> None:
        self._meanings = dict(meanings)
        self._numbers: set[str] = set()
        self._fitting = dict(_SCALES)

    def note(self, value: object) -> None:
        """Take in a label as it stands in its row.

        Raises:
            InputError: nobody can tell what it means, beside those before it.
        """
        name = _name(value)
        if self._meaning(name) is not None or name in self._numbers:
            return
        if not any(name in scale for scale in _SCALES.values()):
            raise InputError(f"the label {_shown(name)} isn't known; known are {ACCEPTED}")
        fitting = {title: scale for title, scale in self._fitting.items() if name in scale}
        if not fitting:
            others = ", ".join(sorted(self._numbers))
            raise InputError(
                f"the label {name} belongs to no scale that has {others} too; known are {ACCEPTED}"
            )
        self._fitting = fitting
        self._numbers.add(name)

    def settle(self, where: str) -> Mapping[str, Label]:
        """What the numbers that were noted mean, by the one scale that they fit or fill.

        Raises:
            InputError: it may be this or that; *where* names the file.
        """
        filled = [scale for scale in self._fitting.values() if set(scale) == self._numbers]
        fitting = filled or list(self._fitting.values())
        found = {number: {scale[number] for scale in fitting} for number in sorted(self._numbers)}
        unclear = [number for number, labels in found.items() if len(labels) > 1]
        if unclear:
            raise InputError(
                f"its labels {' and '.join(found)} may be of the scale {' or '.join(self._fitting)}:"
                f" say what is meant, as with --map {unclear[0]}=negative",
                where=where,
            )
        self._meanings |= {number: labels.pop() for number, labels in found.items()}
        return self._meanings

    def label(self, value: object) -> Label:
        """What a label that was noted means, once all are settled."""
        label = self._meaning(_name(value))
        if label is None:
            raise InputError(f"the label {_shown(str(value))} came after all were settled")
        return label

    def _meaning(self, name: str) -> Label | None:
        return self._meanings.get(name) or usual_label(name)


def meanings(pairs: Iterable[str]) -> Mapping[str, Label]:
    """Names that somebody explains as ``NAME=positive``, in lower case.

    Raises:
        ValueError: one is no such pair; the message says which.
    """
    explained = {}
    for pair in pairs:
        name, parted, given = pair.rpartition("=")
        label = usual_label(given)
        if not parted or not name.strip() or label is None:
            raise ValueError(f"{pair!r} must be NAME=negative, NAME=neutral or NAME=positive")
        explained[_name(name)] = label
    return explained


def _name(value: object) -> str:
    """A label's name as it is looked up: in lower case, and whole numbers without a point or stars."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(f"the label is {kind_of(value)}; known are {ACCEPTED}")
    name = str(value).strip().lower()
    if not name:
        raise InputError(f"the label is empty; known are {ACCEPTED}")
    number = _NUMBER.fullmatch(name)
    return str(int(number[1])) if number else name


def _shown(name: str) -> str:
    return repr(name if len(name) <= _LONGEST_SHOWN else f"{name[: _LONGEST_SHOWN - 1]}…")

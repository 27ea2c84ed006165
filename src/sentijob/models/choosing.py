"""Which of a source's files make the model, by their names alone."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from typing import NamedTuple

from sentijob.models.folder import CONFIG, EMOJI, TOKENIZER, WEIGHTS, is_kept_apart

USUAL_WEIGHTS = (WEIGHTS, f"onnx/{WEIGHTS}")
"""Where exporters put them, the likelier first."""


class Choice(NamedTuple):
    """Names within a source."""

    weights: str
    others: dict[str, str]
    """What else is taken, and by which name."""

    @property
    def taken(self) -> dict[str, str]:
        """All that is taken, and by which name a model's folder has it."""
        return {self.weights: WEIGHTS, **self.others}


def choose(names: Collection[str], wanted: str | None = None) -> Choice:
    """The files to take of a source that has *names*, which are divided by slashes; *wanted* are the weights.

    Raises:
        ValueError: one is missing; says which, and what there is instead.
    """
    names = {name for name in names if _lies_within(name)}
    weights = _weights(names, wanted)
    folder = posixpath.dirname(weights)
    others: dict[str, str] = {}
    for needed in (TOKENIZER, CONFIG):
        # Beside the weights where they have a tokenizer of their own, else at the top.
        places = (posixpath.join(folder, needed), needed)
        found = next((place for place in places if place in names), None)
        if found is None:
            raise ValueError(f"it lacks {needed}")
        others[found] = needed
    if EMOJI in names:
        others[EMOJI] = EMOJI
    for name in names:
        # The graph names these files, so they keep their names.
        beside = posixpath.basename(name)
        if posixpath.dirname(name) == folder and name.startswith(weights) and is_kept_apart(beside):
            others[name] = beside
    return Choice(weights, others)


def _lies_within(name: str) -> bool:
    """Whether a name is one that a hub may say without reaching for other files of ours."""
    return not name.startswith("/") and ".." not in name.split("/")


def _weights(names: Collection[str], wanted: str | None) -> str:
    for name in (wanted,) if wanted else USUAL_WEIGHTS:
        if name in names:
            return name
    there = sorted(name for name in names if name.endswith(".onnx"))
    lacks = wanted or " and ".join(USUAL_WEIGHTS)
    if not there:
        raise ValueError(
            f"it lacks {lacks}; only ONNX is loaded: export it, with Hugging Face's optimum for one"
        )
    shown = ", ".join(there[:8]) + ("…" if len(there) > 8 else "")
    raise ValueError(f"it lacks {lacks}; --weights FILE names another, there are {shown}")

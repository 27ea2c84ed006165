from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from sentijob.errors import ModelUnavailableError
from sentijob.jobs import Sentiment
from sentijob.ports import SentimentModel
from sentijob.worker.loader import ModelLoader


@dataclass
class Silent:
    name: str = "silent"
    revision: str = "s1"

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        return [Sentiment.of(0, 1, 0, tokens=1) for _ in texts]


class Shelf:
    """Loads what it has; its clock stands still until it is told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.error: Exception | None = None
        self.loads = 0
        self.loader = ModelLoader(
            self.load, clock=lambda: self.now, uniform=lambda _low, high: high
        )

    def load(self, _name: str) -> SentimentModel:
        self.loads += 1
        if self.error is not None:
            raise self.error
        return Silent()


def test_a_model_is_loaded_once() -> None:
    shelf = Shelf()
    assert shelf.loader.get("silent") is shelf.loader.get("silent")
    assert shelf.loads == 1
    assert shelf.loader.unavailable() == {}


def test_a_forgotten_model_is_loaded_anew() -> None:
    shelf = Shelf()
    before = shelf.loader.get("silent")
    shelf.loader.forget("silent")
    assert shelf.loader.get("silent") is not before


def test_a_model_that_cannot_be_loaded_is_excluded_for_longer_each_time() -> None:
    shelf = Shelf()
    shelf.error = ModelUnavailableError("no such folder")
    waits = []
    for _ in range(3):
        with pytest.raises(ModelUnavailableError, match="no such folder"):
            shelf.loader.get("silent")
        waits.append(shelf.loader.unavailable()["silent"])
    assert waits == [timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4)]


def test_an_excluded_model_is_back_after_its_backoff() -> None:
    shelf = Shelf()
    shelf.error = OSError("disk")
    with pytest.raises(ModelUnavailableError, match="silent can't be loaded: OSError: disk"):
        shelf.loader.get("silent")
    shelf.now = 0.9
    assert "silent" in shelf.loader.unavailable()
    shelf.now = 1.0
    assert shelf.loader.unavailable() == {}

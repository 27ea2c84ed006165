from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from sentijob.errors import ModelUnavailableError
from sentijob.jobs import Sentiment
from sentijob.ports import SentimentModel
from sentijob.worker.loader import Availability, ModelLoader


@dataclass
class Silent:
    name: str = "silent"
    revision: str = "s1"
    is_alive: bool = True
    error: Exception | None = None
    is_closed: bool = False

    def await_loaded(self) -> None:
        if self.error is not None:
            self.is_alive = False
            raise self.error

    def close(self) -> None:
        self.is_alive = False
        self.is_closed = True

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        return [Sentiment.of(0, 1, 0, tokens=1) for _ in texts]


class Shelf:
    """Loads what it has; its clock stands still until it is told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.error: Exception | None = None
        self.is_late = False
        self.loads = 0
        self.models: list[Silent] = []
        self.availability = Availability(clock=lambda: self.now, uniform=lambda _low, high: high)
        self.loader = ModelLoader(self.load, self.availability)

    def load(self, _name: str) -> SentimentModel:
        self.loads += 1
        if self.error is not None and not self.is_late:
            raise self.error
        self.models.append(Silent(error=self.error))
        return self.models[-1]


def test_a_model_is_loaded_once() -> None:
    shelf = Shelf()
    assert shelf.loader.get("silent") is shelf.loader.get("silent")
    assert shelf.loads == 1
    assert shelf.availability.unavailable() == {}


def test_a_model_that_was_lost_is_loaded_anew() -> None:
    shelf = Shelf()
    before = shelf.loader.get("silent")
    shelf.models[0].is_alive = False
    assert shelf.loader.get("silent") is not before
    assert shelf.models[0].is_closed


def test_a_closed_loader_closes_its_models_and_those_that_come_too_late() -> None:
    shelf = Shelf()
    shelf.loader.get("silent")
    shelf.loader.close()
    with pytest.raises(ModelUnavailableError, match="its worker ends"):
        shelf.loader.get("silent")
    assert [model.is_alive for model in shelf.models] == [False, False]


def test_one_hands_trouble_with_a_model_is_known_to_the_others() -> None:
    shelf = Shelf()
    other = ModelLoader(shelf.load, shelf.availability)
    shelf.error = ModelUnavailableError("no such folder")
    for loader in (shelf.loader, other):
        with pytest.raises(ModelUnavailableError):
            loader.get("silent")
    assert shelf.availability.unavailable() == {"silent": timedelta(seconds=2)}


def test_a_model_that_cannot_be_loaded_is_excluded_for_longer_each_time() -> None:
    shelf = Shelf()
    shelf.error = ModelUnavailableError("no such folder")
    waits = []
    for _ in range(3):
        with pytest.raises(ModelUnavailableError, match="no such folder"):
            shelf.loader.get("silent")
        waits.append(shelf.availability.unavailable()["silent"])
    assert waits == [timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4)]


def test_a_model_that_fails_while_it_loads_is_excluded_and_then_started_anew() -> None:
    shelf = Shelf()
    shelf.is_late, shelf.error = True, ModelUnavailableError("out of shape")
    with pytest.raises(ModelUnavailableError, match="out of shape"):
        shelf.loader.get("silent")
    assert "silent" in shelf.availability.unavailable()
    shelf.error = None
    assert shelf.loader.get("silent").name == "silent"
    assert shelf.loads == 2


def test_an_excluded_model_is_back_after_its_backoff() -> None:
    shelf = Shelf()
    shelf.error = OSError("disk")
    with pytest.raises(ModelUnavailableError, match="silent can't be loaded: OSError: disk"):
        shelf.loader.get("silent")
    shelf.now = 0.9
    assert "silent" in shelf.availability.unavailable()
    shelf.now = 1.0
    assert shelf.availability.unavailable() == {}

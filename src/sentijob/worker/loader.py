"""Models loaded at need and kept; one that can't be loaded is left alone for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, runtime_checkable

from sentijob.backoff import retry_delay
from sentijob.causes import one_line
from sentijob.errors import ModelUnavailableError
from sentijob.ports import SentimentModel


@runtime_checkable
class Mortal(Protocol):
    """A model in a process of its own: it loads by itself, may be lost, and has to be closed."""

    @property
    def is_alive(self) -> bool: ...

    def await_loaded(self) -> None:
        """Wait until it can predict.

        Raises:
            ModelUnavailableError: it can't be loaded.
        """
        ...

    def close(self) -> None:
        """Let go of it, at once; from any thread."""
        ...


class Availability:
    """Which models can't be loaded now, and how much longer each is left alone; shared by all hands."""

    def __init__(
        self, *, clock: Callable[[], float], uniform: Callable[[float, float], float]
    ) -> None:
        self._clock = clock
        self._uniform = uniform
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def unavailable(self) -> dict[str, timedelta]:
        """The models to claim nothing for now, and how much longer each."""
        now = self._clock()
        # Copied first: another hand may add to it meanwhile.
        waits = {name: until - now for name, until in self._until.copy().items()}
        return {name: timedelta(seconds=wait) for name, wait in waits.items() if wait > 0}

    def note_failure(self, name: str) -> None:
        """Leave a model alone, for longer each time in a row."""
        self._failures[name] = self._failures.get(name, 0) + 1
        delay = retry_delay(self._failures[name], uniform=self._uniform)
        self._until[name] = self._clock() + delay.total_seconds()

    def note_success(self, name: str) -> None:
        """Forget earlier failures."""
        self._failures.pop(name, None)


class ModelLoader:
    """The models of one hand, by name; the hand alone calls :meth:`get`."""

    def __init__(self, load: Callable[[str], SentimentModel], availability: Availability) -> None:
        self._load = load
        self._availability = availability
        self._lock = threading.Lock()
        self._models: dict[str, SentimentModel] = {}
        self._is_closed = False

    def get(self, name: str) -> SentimentModel:
        """The model, loaded; anew where it was lost.

        Raises:
            ModelUnavailableError: it can't be loaded, and is left alone until its backoff has passed.
        """
        model = self._models.get(name)
        if model is not None:
            if not is_lost(model):
                return model
            _close(model)
        try:
            model = self._keep(name, self._load(name))
            if isinstance(model, Mortal):
                model.await_loaded()
        except Exception as exc:
            self._availability.note_failure(name)
            if isinstance(exc, ModelUnavailableError):
                raise
            raise ModelUnavailableError(f"model {name} can't be loaded: {one_line(exc)}") from exc
        self._availability.note_success(name)
        return model

    def close(self) -> None:
        """Let go of every model, be it still loading; from any thread."""
        with self._lock:
            self._is_closed = True
            models, self._models = self._models, {}
        for model in models.values():
            _close(model)

    def _keep(self, name: str, model: SentimentModel) -> SentimentModel:
        with self._lock:
            if not self._is_closed:
                self._models[name] = model
                return model
        _close(model)
        raise ModelUnavailableError(f"model {name} isn't needed any more: its worker ends")


def is_lost(model: SentimentModel) -> bool:
    """Whether a model can't be called again, and another has to be loaded."""
    return isinstance(model, Mortal) and not model.is_alive


def _close(model: SentimentModel) -> None:
    if isinstance(model, Mortal):
        model.close()

"""Models loaded at need and kept; one that can't be loaded is left alone for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sentijob.backoff import retry_delay
from sentijob.errors import ModelUnavailableError
from sentijob.ports import SentimentModel
from sentijob.worker.verdicts import one_line


class ModelLoader:
    """The models of one worker, by name.

    The hand that runs models calls :meth:`get`; :meth:`unavailable` may be
    asked from another thread.
    """

    def __init__(
        self,
        load: Callable[[str], SentimentModel],
        *,
        clock: Callable[[], float],
        uniform: Callable[[float, float], float],
    ) -> None:
        self._load = load
        self._clock = clock
        self._uniform = uniform
        self._models: dict[str, SentimentModel] = {}
        self._failures: dict[str, int] = {}
        self._unavailable: dict[str, float] = {}

    def get(self, name: str) -> SentimentModel:
        """The model, loaded.

        Raises:
            ModelUnavailableError: it can't be; :meth:`unavailable` names it until its backoff has passed.
        """
        model = self._models.get(name)
        if model is None:
            try:
                model = self._models[name] = self._load(name)
            except Exception as exc:
                self._back_off(name)
                if isinstance(exc, ModelUnavailableError):
                    raise
                raise ModelUnavailableError(
                    f"model {name} can't be loaded: {one_line(exc)}"
                ) from exc
            self._failures.pop(name, None)
        return model

    def forget(self, name: str) -> None:
        """Load the model anew at the next need: a call of this one hangs, and may hold its locks."""
        self._models.pop(name, None)

    def unavailable(self) -> dict[str, timedelta]:
        """The models to claim nothing for now, and how much longer each."""
        now = self._clock()
        # Copied first: the other hand may add to it meanwhile.
        waits = {name: until - now for name, until in self._unavailable.copy().items()}
        return {name: timedelta(seconds=wait) for name, wait in waits.items() if wait > 0}

    def _back_off(self, name: str) -> None:
        self._failures[name] = self._failures.get(name, 0) + 1
        delay = retry_delay(self._failures[name], uniform=self._uniform)
        self._unavailable[name] = self._clock() + delay.total_seconds()

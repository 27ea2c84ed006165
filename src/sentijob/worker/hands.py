"""The threads that run models: one a model process, each with models of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sentijob.worker.loader import ModelLoader
from sentijob.worker.scorer import Scorer


class ModelHand(NamedTuple):
    """One thread's work, and the models that it alone calls."""

    scorer: Scorer
    loader: ModelLoader


class ModelHands:
    """Runs every hand in a daemon thread; *on_error* hears of what is none of a model's errors."""

    def __init__(
        self, hands: Sequence[ModelHand], *, on_error: Callable[[BaseException], None]
    ) -> None:
        self._hands = hands
        self._on_error = on_error

    def start(self) -> None:
        for hand in self._hands:
            threading.Thread(
                target=self._run,
                args=(hand.scorer,),
                name="sentijob-model",
                daemon=True,  # a call that nobody waits for must not keep the process alive
            ).start()

    def close(self) -> None:
        """Let go of all models; a call that still runs in another process ends by it."""
        for hand in self._hands:
            hand.loader.close()

    def _run(self, scorer: Scorer) -> None:
        try:
            scorer.run()
        except BaseException as exc:  # noqa: BLE001  # its chunk would be held for ever, and nobody told
            self._on_error(exc)

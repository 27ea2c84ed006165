"""The thread that runs models, and its replacement where a model hangs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from sentijob.errors import ModelError
from sentijob.jobs import ClaimedJob, Failure
from sentijob.worker.bisect import Outcome
from sentijob.worker.chunks import alone
from sentijob.worker.handover import Handover
from sentijob.worker.scorer import Scorer

MOST_HUNG = 5
"""Threads that hang, each with its memory, before the worker gives up: one poisonous text makes
four by default, with its neighbours once and alone at each of its attempts."""


class ModelHand:
    """Runs chunks in a daemon thread; a thread that hangs is left behind and a new one takes its seat.

    A thread can't be killed. What it ran is tried again text by text, so
    that the text it hung on hangs alone, and fails.
    """

    def __init__(
        self,
        handover: Handover,
        make_scorer: Callable[[], Scorer],
        *,
        deadline: timedelta,
        fail: Callable[[ClaimedJob, BaseException], Failure],
        logger: logging.Logger,
    ) -> None:
        self._handover = handover
        self._make_scorer = make_scorer
        self._deadline = deadline
        self._fail = fail
        self._logger = logger
        self._hung: list[threading.Thread] = []
        self._sit_down()

    def start(self) -> None:
        self._thread.start()

    def is_stalled(self) -> bool:
        """Whether the model call that runs has outlived its deadline."""
        return self._scorer.progress.is_stalled()

    def replace_if_hung(self) -> None:
        """Where the running call has outlived its deadline, let another thread go on.

        Raises:
            ModelError: too many threads hang already.
        """
        if not self.is_stalled():
            return
        seconds = self._deadline.total_seconds()
        self._hung = [thread for thread in self._hung if thread.is_alive()] + [self._thread]
        chunk = self._handover.abandon()
        if len(self._hung) >= MOST_HUNG:
            raise ModelError(f"{len(self._hung)} model calls hang for over {seconds:g}s: giving up")
        self._sit_down()
        if chunk is not None:
            self._scorer.forget(chunk.model)
            self._logger.error(
                "model %s hangs on %d jobs for over %gs", chunk.model, len(chunk.claims), seconds
            )
            if len(chunk.claims) > 1:
                self._handover.put(alone(chunk))
            else:
                error = TimeoutError(f"model {chunk.model} gave no answer within {seconds:g}s")
                failures = [self._fail(claim, error) for claim in chunk.claims]
                self._handover.deliver(self._seat, Outcome([], failures))
        self.start()

    def _sit_down(self) -> None:
        self._seat = self._handover.new_seat()
        self._scorer = self._make_scorer()
        self._thread = threading.Thread(
            target=self._scorer.run,
            args=(self._handover, self._seat),
            name="sentijob-model",
            daemon=True,  # a model that hangs must not keep the process alive
        )

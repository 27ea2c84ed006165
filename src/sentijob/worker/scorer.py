"""The hand that runs models: takes a chunk, gives back what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from sentijob.errors import ModelUnavailableError
from sentijob.jobs import ClaimedJob, Failure
from sentijob.worker.bisect import Outcome, score
from sentijob.worker.chunks import Chunk, alone
from sentijob.worker.handover import Handover
from sentijob.worker.lease import Holdings
from sentijob.worker.loader import ModelLoader
from sentijob.worker.pace import Pace
from sentijob.worker.verdicts import verdict


class Scorer:
    """Runs chunks one after the other, and never lets a model's error out.

    How long a call may take is the model's own affair: one that runs in a
    process of its own is bounded, and so no chunk is held for ever.
    """

    def __init__(
        self,
        handover: Handover,
        loader: ModelLoader,
        *,
        holdings: Holdings,
        pace: Pace,
        clock: Callable[[], float],
        uniform: Callable[[float, float], float],
        logger: logging.Logger,
    ) -> None:
        self._handover = handover
        self._loader = loader
        self._holdings = holdings
        self._pace = pace
        self._clock = clock
        self._uniform = uniform
        self._logger = logger

    def run(self) -> None:
        """Score what the handover holds until it is closed."""
        while (chunk := self._handover.take()) is not None:
            outcome = self.score(chunk)
            self._set_apart(chunk, outcome)
            self._handover.deliver(outcome)

    def score(self, chunk: Chunk) -> Outcome:
        """What became of a chunk's claims; those that were lost meanwhile are passed over."""
        claims = self._holdings.still(chunk.claims)
        if not claims:
            return Outcome([], [])
        try:
            model = self._loader.get(chunk.model)
        except ModelUnavailableError as exc:
            claims = self._holdings.still(claims)
            if claims:  # else they were given back meanwhile, and the model with them
                self._logger.error("%s", exc)  # noqa: TRY400  # a model that isn't there needs no traceback
            return Outcome([], [self._fail(claim, exc) for claim in claims])
        started = self._clock()
        outcome = score(model, claims, fail=self._fail)
        if not (
            outcome.apart or outcome.failures
        ):  # the search for a text at fault says nothing of the pace
            self._pace.observe(chunk, timedelta(seconds=self._clock() - started))
        return outcome

    def _set_apart(self, chunk: Chunk, outcome: Outcome) -> None:
        """Make each a chunk of its own: what is more urgent, or a stop, need not wait for all of them."""
        apart = self._holdings.still(outcome.apart)
        if apart:
            self._handover.put(alone(chunk, apart))
            self._logger.warning(
                "model %s was lost over one of %d jobs: each is tried again alone",
                chunk.model,
                len(apart),
            )

    def _fail(self, claim: ClaimedJob, error: BaseException) -> Failure:
        return verdict(claim, error, uniform=self._uniform)

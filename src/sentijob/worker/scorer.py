"""The hand that runs models: takes a chunk, gives back what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from sentijob.errors import ModelUnavailableError
from sentijob.jobs import ClaimedJob, Failure
from sentijob.worker.bisect import Outcome, score
from sentijob.worker.chunks import Chunk
from sentijob.worker.handover import Handover
from sentijob.worker.lease import Holdings
from sentijob.worker.loader import ModelLoader
from sentijob.worker.pace import Pace
from sentijob.worker.progress import Progress
from sentijob.worker.verdicts import verdict


class Scorer:
    """Runs chunks one after the other, and never lets a model's error out."""

    def __init__(
        self,
        loader: ModelLoader,
        *,
        holdings: Holdings,
        pace: Pace,
        progress: Progress,
        clock: Callable[[], float],
        uniform: Callable[[float, float], float],
        logger: logging.Logger,
    ) -> None:
        self._loader = loader
        self._holdings = holdings
        self._pace = pace
        self._clock = clock
        self._uniform = uniform
        self._logger = logger
        self.progress = progress

    def run(self, handover: Handover, seat: int) -> None:
        """Score what the *handover* holds until it is closed or the *seat* is void."""
        while (chunk := handover.take(seat)) is not None:
            outcome = self.score(chunk)
            if not handover.deliver(seat, outcome):
                return

    def score(self, chunk: Chunk) -> Outcome:
        """What became of a chunk's claims; those that were lost meanwhile are passed over."""
        claims = self._holdings.still(chunk.claims)
        if not claims:
            return Outcome([], [])
        self.progress.begin()
        try:
            model = self._loader.get(chunk.model)
            started = self._clock()
            outcome = score(model, claims, fail=self._fail, before_call=self.progress.begin)
            self._pace.observe(chunk, timedelta(seconds=self._clock() - started))
        except ModelUnavailableError as exc:
            self._logger.error("%s", exc)  # noqa: TRY400  # a model that isn't there needs no traceback
            outcome = Outcome([], [verdict(claim, exc, uniform=self._uniform) for claim in claims])
        finally:
            self.progress.end()
        return outcome

    def forget(self, model: str) -> None:
        """Never use this instance of a model again."""
        self._loader.forget(model)

    def _fail(self, claim: ClaimedJob, error: BaseException) -> Failure:
        return verdict(claim, error, uniform=self._uniform)

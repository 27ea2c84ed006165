"""The hand that runs models: takes a chunk, gives back what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol, runtime_checkable

from sentijob.errors import ModelUnavailableError
from sentijob.jobs import ClaimedJob, Failure, Scored
from sentijob.ports import SentimentModel
from sentijob.worker.bisect import Outcome, score, texts_of
from sentijob.worker.chunks import Chunk, alone, apart
from sentijob.worker.handover import Handover
from sentijob.worker.lease import Holdings
from sentijob.worker.loader import ModelLoader, is_lost
from sentijob.worker.pace import Pace
from sentijob.worker.reuse import Recalled, Reuse
from sentijob.worker.verdicts import verdict


@runtime_checkable
class Foresighted(Protocol):
    """A model that goes on to its next texts while its last answer is read."""

    def announce(self, texts: Sequence[str]) -> None:
        """Tell it of the texts of a later call of ``predict``; raises nothing of theirs."""
        ...


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
        reuse: Reuse | None = None,
    ) -> None:
        self._handover = handover
        self._loader = loader
        self._holdings = holdings
        self._pace = pace
        self._clock = clock
        self._uniform = uniform
        self._logger = logger
        self._reuse = reuse
        self._announced: Chunk | None = None
        """What the model was told of, and so is to be asked for as it is."""
        self._free_since: float | None = None
        """When the model went on to the next chunk, if it was told of it."""

    def run(self) -> None:
        """Score what the handover holds until it is closed."""
        chunk = self._handover.take()
        while chunk is not None:
            following = self._handover.take_ahead(partial(self._may_follow, chunk))
            outcome = self.score(chunk, following)
            self._set_apart(chunk, outcome)
            self._handover.deliver(outcome)
            chunk = following or self._handover.take()

    def score(self, chunk: Chunk, following: Chunk | None = None) -> Outcome:
        """What became of a chunk's claims; those that were lost meanwhile are passed over.

        The model is told of the *following* chunk before it is waited for,
        so that it need not wait for us in between.
        """
        free_since, self._free_since = self._free_since, None
        is_announced, self._announced = chunk is self._announced, None
        claims: Sequence[ClaimedJob] = self._holdings.still((*chunk.claims, *chunk.repeats))
        if not claims:
            return Outcome([], [])
        try:
            model = self._loader.get(chunk.model)
        except ModelUnavailableError as exc:
            claims = self._holdings.still(claims)
            if claims:  # else they were given back meanwhile, and the model with them
                self._logger.error("%s", exc)  # noqa: TRY400  # a model that isn't there needs no traceback
            return Outcome([], [self._fail(claim, exc) for claim in claims])
        known, claims = (
            Recalled((), claims) if is_announced else self._recalled(model, chunk, claims)
        )
        firsts, repeats = self._apart(chunk, claims)
        if not firsts:
            return Outcome([], [], reused=known)
        began = self._clock() if free_since is None else free_since
        if following and isinstance(model, Foresighted):
            model.announce(texts_of(firsts))
            model.announce(texts_of(self._holdings.still(following.claims)))
            self._announced = following
        outcome = score(model, firsts, fail=self._fail)
        ended = self._clock()
        # The search for a text at fault says nothing of the pace.
        if not (outcome.apart or outcome.failures):
            called = Chunk(chunk.model, chunk.priority, firsts)
            self._pace.observe(called, timedelta(seconds=ended - began))
            self._free_since = ended if self._announced else None
        self._note(model, chunk, outcome)
        return outcome._replace(reused=(*known, *self._shared(chunk, outcome, repeats)))

    def _recalled(
        self, model: SentimentModel, chunk: Chunk, claims: Sequence[ClaimedJob]
    ) -> Recalled:
        if self._reuse is None:
            return Recalled((), claims)
        return self._reuse.at_call(chunk.model, model.revision, claims)

    def _apart(
        self, chunk: Chunk, claims: Sequence[ClaimedJob]
    ) -> tuple[Sequence[ClaimedJob], Sequence[ClaimedJob]]:
        """The claims to call the model with, and those that get what it says of the same text."""
        is_shared = self._reuse is not None and self._reuse.pays(chunk.model)
        return apart(claims) if is_shared else (claims, ())

    def _note(self, model: SentimentModel, chunk: Chunk, outcome: Outcome) -> None:
        if self._reuse is not None:
            self._reuse.note(chunk.model, outcome.scored)
            if is_lost(model):
                self._reuse.lose(chunk.model)

    def _shared(
        self, chunk: Chunk, outcome: Outcome, repeats: Sequence[ClaimedJob]
    ) -> Sequence[Scored]:
        """What repeats get of the first; where that has no result, each is tried by itself."""
        if not repeats:
            return ()
        of_text = {one.claimed.text: one for one in outcome.scored}
        left = [claim for claim in repeats if claim.text not in of_text]
        if left:
            self._handover.put(alone(chunk, left))
        return [
            of_text[claim.text]._replace(claimed=claim)
            for claim in repeats
            if claim.text in of_text
        ]

    def _may_follow(self, chunk: Chunk, following: Chunk) -> bool:
        """Whether the model may be told of a chunk while another runs.

        Not where that could delay a stop, or what is more urgent, by more
        than a moment, or where it might be taken down by a text.
        """
        return (
            following.model == chunk.model
            and not (chunk.is_suspect or following.is_suspect)
            and self._pace.is_brief(chunk)
            and self._pace.is_brief(following)
        )

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

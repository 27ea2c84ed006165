"""What was scored before isn't scored again: by this worker, or, where a model is slow, by any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sentijob.jobs import ClaimedJob, Known, Scored
from sentijob.ports import Store
from sentijob.worker.memory import Key, Memory
from sentijob.worker.pace import Pace

WORTHWHILE = timedelta(microseconds=400)
"""What a text must cost a model for the store to be asked for it: many times what is asked and noted, which is lost on new texts."""


class Recalled(NamedTuple):
    """Of some claims, what is known already, and which are still to be scored."""

    scored: Sequence[Scored]
    rest: Sequence[ClaimedJob]


class Reuse:
    """Knows what each model's revision has made of a text; any thread may ask.

    A result is reused only while the job that holds it is in the store, and
    only for the revision that is loaded. Failures are no results.
    """

    def __init__(self, store: Store, pace: Pace) -> None:
        self._store = store
        self._pace = pace
        self._memories: dict[str, Memory] = {}
        self._unasked: set[int] = set()
        """Jobs that were claimed before their model's revision was known."""

    def at_claim(self, claims: Sequence[ClaimedJob]) -> Recalled:
        """Look *claims* up before they are cut into chunks."""
        recalled = Recalled([], [])
        for model in dict.fromkeys(claim.model for claim in claims):
            own = [claim for claim in claims if claim.model == model]
            memory = self._memories.get(model)
            if memory is None:
                self._unasked.update(claim.job_id for claim in own)
                found = Recalled([], own)
            else:
                found = self._recall(memory, own, has_asked=False)
            recalled = Recalled([*recalled.scored, *found.scored], [*recalled.rest, *found.rest])
        return recalled

    def at_call(self, model: str, revision: str, claims: Sequence[ClaimedJob]) -> Recalled:
        """Look them up again before the loaded model is called: others may have been scored meanwhile."""
        memory = self._memory(model, revision)
        has_asked = self._unasked.isdisjoint(claim.job_id for claim in claims)
        if not has_asked:
            self._unasked.difference_update(claim.job_id for claim in claims)
        return self._recall(memory, claims, has_asked=has_asked)

    def note(self, model: str, scored: Sequence[Scored]) -> None:
        """Keep what a model has just said."""
        if scored:
            memory = self._memory(model, scored[0].model_revision)
            keys = memory.keys([one.claimed for one in scored])
            known = [Known(one.claimed.job_id, one.sentiment) for one in scored]
            memory.add(zip(keys, known, strict=True))

    def lose(self, model: str) -> None:
        """Forget a model that was lost: what is loaded next may be another revision."""
        self._memories.pop(model, None)

    def worth_remembering(self, scored: Sequence[Scored]) -> Sequence[Scored]:
        """Those whose model is so slow that the store should know them."""
        slow = {
            model for model in {one.claimed.model for one in scored} if self._is_worthwhile(model)
        }
        return [one for one in scored if one.claimed.model in slow] if slow else ()

    def _memory(self, model: str, revision: str) -> Memory:
        memory = self._memories.get(model)
        if memory is None or memory.revision != revision:
            memory = self._memories[model] = Memory(revision)
        return memory

    def _recall(self, memory: Memory, claims: Sequence[ClaimedJob], *, has_asked: bool) -> Recalled:
        keys = memory.keys(claims)
        known = self._still_there(memory, memory.find(keys))
        if not has_asked and len(known) < len(claims) and self._is_worthwhile(claims[0].model):
            known = {**known, **self._stored(memory, known, keys, claims)}
        if not known:
            return Recalled((), claims)
        scored = [
            Scored(claim, known[key].sentiment, memory.revision)
            for key, claim in zip(keys, claims, strict=True)
            if key in known
        ]
        rest = [claim for key, claim in zip(keys, claims, strict=True) if key not in known]
        return Recalled(scored, rest)

    def _still_there(self, memory: Memory, known: Mapping[Key, Known]) -> Mapping[Key, Known]:
        """What is known by jobs that weren't pruned."""
        if not known:
            return known
        present = self._store.present({one.job_id for one in known.values()})
        gone = [key for key, one in known.items() if one.job_id not in present]
        if gone:
            memory.drop(gone)
        return {key: one for key, one in known.items() if one.job_id in present}

    def _stored(
        self,
        memory: Memory,
        known: Mapping[Key, Known],
        keys: Sequence[Key],
        claims: Sequence[ClaimedJob],
    ) -> Mapping[Key, Known]:
        """What the store knows beyond that."""
        wanted = {
            key: claim.text for key, claim in zip(keys, claims, strict=True) if key not in known
        }
        found = self._store.recall(claims[0].model, memory.revision, list(wanted.values()))
        more = {key: found[text] for key, text in wanted.items() if text in found}
        memory.add(more.items())
        return more

    def _is_worthwhile(self, model: str) -> bool:
        """Whether a text of this model costs so much, as far as that is known."""
        cost = self._pace.text_time(model)
        return cost is None or cost >= WORTHWHILE

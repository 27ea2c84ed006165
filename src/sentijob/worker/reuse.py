"""What was scored before isn't scored again: by this worker, or, where a model is slow, by any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sentijob.jobs import ClaimedJob, Scored
from sentijob.ports import Store
from sentijob.worker.memory import Entry, Key, Memory
from sentijob.worker.pace import Pace

WORTH_KEEPING = timedelta(microseconds=100)
"""What a text must cost a model to be kept in memory: some microseconds where nothing repeats must be next to nothing."""
WORTH_ASKING = timedelta(microseconds=400)
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

    def pays(self, model: str) -> bool:
        """Whether a text costs this model more than to look it up, as far as that is known."""
        return self._costs(model, WORTH_KEEPING)

    def at_claim(self, claims: Sequence[ClaimedJob]) -> Recalled:
        """Look *claims* up before they are cut into chunks."""
        models = {claim.model for claim in claims}
        if len(models) <= 1:
            return self._of_one_model(claims)
        recalled = [
            self._of_one_model([claim for claim in claims if claim.model == model])
            for model in sorted(models)
        ]
        return Recalled(
            [one for found in recalled for one in found.scored],
            [one for found in recalled for one in found.rest],
        )

    def at_call(self, model: str, revision: str, claims: Sequence[ClaimedJob]) -> Recalled:
        """Look them up again before the loaded model is called: others may have been scored meanwhile."""
        if not self.pays(model):
            return Recalled((), claims)
        memory = self._memory(model, revision)
        unasked = (
            self._unasked.intersection(claim.job_id for claim in claims) if self._unasked else ()
        )
        self._unasked.difference_update(unasked)
        return self._recall(memory, claims, has_asked=not unasked)

    def note(self, model: str, scored: Sequence[Scored]) -> None:
        """Keep what a model has just said."""
        if scored and self.pays(model):
            memory = self._memory(model, scored[0].model_revision)
            claims, sentiments, _ = zip(*scored, strict=True)
            job_ids = [claim.job_id for claim in claims]
            memory.add(memory.keys(claims), zip(job_ids, sentiments, strict=True))

    def lose(self, model: str) -> None:
        """Forget a model that was lost: what is loaded next may be another revision."""
        self._memories.pop(model, None)

    def worth_remembering(self, scored: Sequence[Scored]) -> Sequence[Scored]:
        """Those whose model is so slow that the store should know them."""
        slow = {
            model
            for model in {one.claimed.model for one in scored}
            if self._costs(model, WORTH_ASKING)
        }
        return [one for one in scored if one.claimed.model in slow] if slow else ()

    def _of_one_model(self, claims: Sequence[ClaimedJob]) -> Recalled:
        if not claims or not self.pays(claims[0].model):
            return Recalled((), claims)
        memory = self._memories.get(claims[0].model)
        if memory is None:
            self._unasked.update(claim.job_id for claim in claims)
            return Recalled((), claims)
        return self._recall(memory, claims, has_asked=False)

    def _memory(self, model: str, revision: str) -> Memory:
        memory = self._memories.get(model)
        if memory is None or memory.revision != revision:
            memory = self._memories[model] = Memory(revision)
        return memory

    def _recall(self, memory: Memory, claims: Sequence[ClaimedJob], *, has_asked: bool) -> Recalled:
        keys = memory.keys(claims)
        known = self._still_there(memory, memory.find(keys))
        if (
            not has_asked
            and len(known) < len(claims)
            and self._costs(claims[0].model, WORTH_ASKING)
        ):
            known = {**known, **self._stored(memory, known, keys, claims)}
        if not known:
            return Recalled((), claims)
        scored = [
            Scored(claim, known[key][1], memory.revision)
            for key, claim in zip(keys, claims, strict=True)
            if key in known
        ]
        rest = [claim for key, claim in zip(keys, claims, strict=True) if key not in known]
        return Recalled(scored, rest)

    def _still_there(self, memory: Memory, known: Mapping[Key, Entry]) -> Mapping[Key, Entry]:
        """What is known by jobs that weren't pruned."""
        if not known:
            return known
        present = self._store.present({job_id for job_id, _ in known.values()})
        gone = [key for key, (job_id, _) in known.items() if job_id not in present]
        memory.drop(gone)
        return {key: one for key, one in known.items() if one[0] in present} if gone else known

    def _stored(
        self,
        memory: Memory,
        known: Mapping[Key, Entry],
        keys: Sequence[Key],
        claims: Sequence[ClaimedJob],
    ) -> Mapping[Key, Entry]:
        """What the store knows beyond that."""
        wanted = {
            key: claim.text for key, claim in zip(keys, claims, strict=True) if key not in known
        }
        found = self._store.recall(claims[0].model, memory.revision, list(wanted.values()))
        more = {key: found[text] for key, text in wanted.items() if text in found}
        memory.add(more.keys(), more.values())
        return more

    def _costs(self, model: str, least: timedelta) -> bool:
        cost = self._pace.text_time(model)
        return cost is None or cost >= least

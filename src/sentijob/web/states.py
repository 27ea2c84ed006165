"""How the store or a batch stands, as events; and who listens to which."""

from __future__ import annotations

import hashlib
from weakref import WeakValueDictionary

from fastapi.sse import format_sse_event

from sentijob import wiring
from sentijob.errors import NotFoundError
from sentijob.export.documents import counts_document, dumps
from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web.batch_documents import BatchDocument
from sentijob.web.commits import Commits
from sentijob.web.topics import State, Topic
from sentijob.worker.crew import crew, working_rate

_DONE = "-done"


class Events:
    """The topics that somebody listens to."""

    def __init__(self, store: Store, settings: Settings, commits: Commits) -> None:
        self._store = store
        self._folder = wiring.run_folder(settings)
        self._commits = commits
        self._topics: WeakValueDictionary[int | None, Topic] = WeakValueDictionary()

    def topic(self, batch_id: int | None) -> Topic:
        """Of a batch, or of the whole store; one for all who listen to the same."""
        topic = self._topics.get(batch_id)
        if topic is None:
            topic = Topic(lambda: self._look(batch_id), self._commits)
            self._topics[batch_id] = topic
        return topic

    def has_told_all(self, batch_id: int | None, last_id: str | None) -> bool:
        """Whether *last_id* is that of an end, and nothing has changed since."""
        if last_id is None or not last_id.endswith(_DONE):
            return False
        return last_id == f"{self._look(batch_id).id}{_DONE}"

    def _look(self, batch_id: int | None) -> State:
        return self._whole() if batch_id is None else self._batch(batch_id)

    def _whole(self) -> State:
        rate = working_rate(crew(self._store, self._folder))
        document = {
            "counts": counts_document(self._store.counts()),
            "rate": None if rate is None else round(rate, 1),
        }
        return _state("counts", dumps(document))

    def _batch(self, batch_id: int) -> State:
        try:
            batch = self._store.batch(batch_id)
        except NotFoundError:
            return State("pruned", b"", _ending("pruned", "pruned"))
        state = _state("batch", BatchDocument.of(batch).model_dump_json())
        return state._replace(ending=_ending(state.id, "final")) if batch.is_final else state


def _state(event: str, data: str) -> State:
    digest = hashlib.blake2b(f"{event} {data}".encode(), digest_size=8).hexdigest()
    return State(digest, format_sse_event(event=event, data_str=data, id=digest))


def _ending(state_id: str, why: str) -> bytes:
    return format_sse_event(event="done", data_str=dumps({"why": why}), id=f"{state_id}{_DONE}")

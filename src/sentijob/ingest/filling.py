"""A batch while its texts come in: gathered into chunks, each on disk before the next begins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sentijob.errors import SentijobError
from sentijob.jobs import RUN_PRIORITY, Batch, Item, OpenedBatch, Submitted, Terms
from sentijob.ports import Submissions

CHUNK_TEXTS = 10_000
CHUNK_CHARACTERS = 8 << 20
"""A few long rows fill a chunk as well as many short ones, so that memory is bounded by both."""


class QueuedBatch(NamedTuple):
    """The receipt of texts that were submitted together."""

    batch: Batch
    is_new: bool
    """False where an earlier submit had begun or made it."""
    present: int
    """How many of its texts that one had queued."""
    rejected: int = 0
    """Rows that were set aside."""
    rejects: Path | None = None
    """Where those rows stand."""


Receipt = Submitted | QueuedBatch
"""What a submit gives for one source of texts."""


class Filling:
    """A batch being filled, from its first text on; *begin* opens it when the first chunk is full.

    Texts that an earlier, interrupted submit has queued are passed over.
    """

    def __init__(self, store: Submissions, begin: Callable[[], OpenedBatch]) -> None:
        self._store = store
        self._begin = begin
        self.progress: Callable[[int], object] = _say_nothing
        """Told how many texts are on disk, after each chunk."""
        self._opened: OpenedBatch | None = None
        self._seen = 0
        self._chunk: list[Item] = []
        self._characters = 0
        self.queued = 0
        """How many texts are on disk, those of an earlier submit included."""

    @property
    def opened(self) -> OpenedBatch:
        """The batch, opened now if it wasn't before."""
        if self._opened is None:
            self._opened = self._begin()
            self.queued = self._opened.present
        return self._opened

    @property
    def is_empty(self) -> bool:
        """Whether no text has come yet."""
        return self._seen == 0

    def take(self, items: Sequence[Item], size: int) -> None:
        """Put texts in that take about *size* characters; a full chunk is written at once."""
        present = min(max(self.queued - self._seen, 0), len(items))
        self._seen += len(items)
        self._chunk += items[present:] if present else items
        self._characters += size
        while len(self._chunk) >= CHUNK_TEXTS:
            self._write(CHUNK_TEXTS)
        if self._characters >= CHUNK_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered, so that a worker can begin."""
        if self._chunk:
            self._write(len(self._chunk))
        self._characters = 0

    def _write(self, count: int) -> None:
        """Write the first texts of the chunk."""
        opened = self.opened
        self._store.append(opened.batch.id, self._chunk[:count], first_position=self.queued)
        self.queued += count
        del self._chunk[:count]
        self._characters = 0
        self.progress(self.queued)

    def recount(self) -> None:
        """See what is on disk after all, where the last chunk's writing was cut off in between."""
        if self._opened is not None and self._chunk:
            with suppress(SentijobError):  # the store may be why it ended
                self.queued = max(self.queued, self._begin().present)

    def seal(self) -> QueuedBatch:
        """Write the rest and say that this was all."""
        self.flush()
        return self.receipt(self._store.seal(self.opened.batch.id))

    def receipt(self, batch: Batch) -> QueuedBatch:
        """The receipt of *batch*, which is ours as it stands now."""
        return QueuedBatch(batch, self.opened.is_new, self.opened.present)


def fingerprint(content: str, terms: Terms, name: str | None) -> str:
    """Stands for what is submitted and how: only the very same submit goes on with a batch.

    Every run has a priority of its own, and still goes on with an interrupted one.
    """
    terms = terms._replace(priority=min(terms.priority, RUN_PRIORITY))
    return hashlib.sha256(f"{content} {terms!r} {name!r}".encode()).hexdigest()


def _say_nothing(_: int) -> None:
    """For whoever shows no progress."""

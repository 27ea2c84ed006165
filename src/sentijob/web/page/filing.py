"""A file from a browser into the store, as a batch: by the same readers as ``submit -f``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path, PurePath

from sentijob.errors import InputError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.formats import Format, format_of
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.scan import prescan, read_scanned
from sentijob.ingest.source import Source
from sentijob.jobs import BATCH_PRIORITY, Batch, Item, Terms
from sentijob.ports import Submissions
from sentijob.settings import Settings

CHUNK_TEXTS = 10_000
CHUNK_CHARACTERS = 8 << 20
SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet", ".pq", ".tab", ".text", ".tsv", ".txt")
_LONGEST_NAME = 200


def queue_file(
    store: Submissions,
    path: Path,
    name: str,
    model: str,
    settings: Settings,
    progress: Callable[[str], None],
) -> Batch:
    """All texts of the file at *path*, which its visitor calls *name*; one bad row refuses it whole.

    The same file again goes on where an interrupted submit of it stopped.

    Raises:
        InputError: the file or a row can't be taken; it names the line.
        UsageError: an extra for the format is missing.
    """
    name = shown_name(name)
    file_format = _format(name)
    options = ReadOptions(max_length=settings.max_text_length)
    terms = Terms(
        model, BATCH_PRIORITY, max_attempts=settings.max_attempts, store_text=settings.store_text
    )
    with path.open("rb") as file, Source(Path(name), file) as source:
        progress(f"Checking {name} …")
        scan = prescan(source, file_format, options)
        opened = store.open_batch(
            terms,
            source=name,
            fingerprint=hashlib.sha256(
                f"{scan.fingerprint} {terms!r} {name!r}".encode()
            ).hexdigest(),
        )
        filling = _Filling(store, opened.batch.id, opened.present)
        for entries, size in read_scanned(source, file_format, options, scan):
            filling.take([entry for entry in entries if not isinstance(entry, Rejected)], size)
            progress(f"Queueing {name}: {filling.queued:,} of {scan.rows:,}")
        filling.flush()
    return store.seal(opened.batch.id)


def shown_name(name: str) -> str:
    """A file's name as it can be stored and shown, without folders."""
    plain = PurePath(name.replace("\\", "/")).name.replace("\0", "")
    return plain.encode(errors="backslashreplace").decode()[-_LONGEST_NAME:] or "upload"


def _format(name: str) -> Format:
    path = Path(name)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"it can't be read; take a file that ends in {', '.join(SUFFIXES)}", where=name
        )
    return format_of(path)


class _Filling:
    """Texts gathered into chunks, each on disk before the next; the first *present* are there already."""

    def __init__(self, store: Submissions, batch_id: int, present: int) -> None:
        self._store = store
        self._batch_id = batch_id
        self._to_skip = present
        self._chunk: list[Item] = []
        self._characters = 0
        self.queued = present

    def take(self, items: list[Item], size: int) -> None:
        skipped = min(self._to_skip, len(items))
        self._to_skip -= skipped
        self._chunk += islice(items, skipped, None)
        self._characters += size
        if len(self._chunk) >= CHUNK_TEXTS or self._characters >= CHUNK_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        if self._chunk:
            self._store.append(self._batch_id, self._chunk, first_position=self.queued)
            self.queued += len(self._chunk)
        self._chunk = []
        self._characters = 0

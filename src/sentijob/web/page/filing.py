"""A file from a browser into the store, as a batch: by the same way as one that comes over HTTP."""

from __future__ import annotations

from pathlib import Path, PurePath

from nicegui.elements.upload_files import FileUpload

from sentijob.errors import InputError
from sentijob.ingest.formats import Format, format_of
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.source import Source
from sentijob.jobs import BATCH_PRIORITY, Batch
from sentijob.web.queueing import BatchOrder
from sentijob.web.services import Services
from sentijob.web.spool import spooled
from sentijob.web.terms import server_terms
from sentijob.web.uploads import Upload

SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet", ".pq", ".tab", ".text", ".tsv", ".txt")
_LONGEST_NAME = 200


async def queue_file(services: Services, file: FileUpload, model: str) -> Batch:
    """All texts of *file* as a batch; one bad row refuses it whole.

    The same file again goes on where an interrupted submit of it stopped.

    Raises:
        QueueFullError: too many jobs wait already.
        InputError: the file or a row can't be taken; it names the line.
        UsageError: an extra for the format is missing.
        StoreError: there is no room for it, or the store can't be written.
    """
    await services.room.check()
    name = shown_name(file.name)
    file_format = _format(name)
    settings = services.settings
    order = BatchOrder(
        server_terms(settings, BATCH_PRIORITY, model),
        ReadOptions(max_length=settings.max_text_length),
        name=None,
        once=None,
    )
    with spooled(settings) as spool:
        async for data in file.iterate():
            spool.take(data)
            await spool.drain()
        await spool.drain(is_last=True)
        upload = Upload(Source(Path(name), spool.file), file_format)
        return await services.queueing.queue(upload, order)


def shown_name(name: str) -> str:
    """A file's name as it can be stored and shown, without folders."""
    plain = PurePath(name.replace("\\", "/")).name.replace("\0", "")
    return plain.encode(errors="backslashreplace").decode()[-_LONGEST_NAME:] or "upload"


def _format(name: str) -> Format:
    path = Path(name)
    if path.suffix.lower() not in SUFFIXES:
        told = f"it can't be read; take a file that ends in {', '.join(SUFFIXES)}"
        raise InputError(told, where=name)
    return format_of(path)

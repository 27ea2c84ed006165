"""From an upload into the store, as a batch: checked whole before its first text is queued."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool

from sentijob.errors import ConflictError, InputError, NotFoundError, UsageError
from sentijob.ingest.blocks import Taken
from sentijob.ingest.filling import Filling, fingerprint
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.scan import prescan, read_scanned
from sentijob.jobs import Batch, BatchReference, Item, Terms
from sentijob.ports import Store
from sentijob.web.idempotency import reused
from sentijob.web.uploads import FORMATS, Upload

_AT_ONCE = 2
"""Uploads that are read at a time; others wait on disk, and take no thread."""


class BatchOrder(NamedTuple):
    """How an upload's texts are to be read and queued."""

    terms: Terms
    options: ReadOptions
    name: str | None
    once: str | None


class Queueing:
    """Queues uploads, few at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def queue(self, upload: Upload, order: BatchOrder) -> Batch:
        """Make a batch of an upload, or find the one that its key has made.

        Where an earlier upload of the same content in the same way was interrupted, its batch
        goes on.

        Raises:
            InputError: a row can't be taken, and nothing was queued.
            HTTPException: 409, the name is taken; 422, the key came with another request.
        """
        async with self._turns:
            return await run_in_threadpool(queue_upload, self._store, upload, order)


def queue_upload(store: Store, upload: Upload, order: BatchOrder) -> Batch:
    """See :meth:`Queueing.queue`."""
    source, file_format = upload
    try:
        scan = prescan(source, file_format, order.options)
    except InputError as exc:
        raise InputError(over_http(exc.reason), where=exc.where) from exc
    except UsageError as exc:
        raise UsageError(over_http(str(exc))) from exc
    told_by = fingerprint(scan.fingerprint, order.terms, order.name)
    begin = partial(
        store.open_batch,
        order.terms,
        source=source.where,
        name=order.name,
        fingerprint=told_by,
        once=order.once,
    )
    filling = Filling(store, begin)
    try:
        opened = filling.opened
    except (ConflictError, UsageError) as exc:
        raise _refusal(store, order, exc) from exc
    if opened.fingerprint != told_by:
        raise reused("has already queued other texts, or in another way")
    if opened.batch.sealed_at is not None:
        return opened.batch
    for taken in read_scanned(source, file_format, order.options, scan):
        filling.take(_items(taken), taken.size)
    return filling.seal().batch


def over_http(reason: str) -> str:
    """What readers of files say, with flags named as HTTP names them."""
    return re.sub(rf"--(text-field|key-field|format)( (?:{'|'.join(Format)})\b)?", _flag, reason)


def _flag(found: re.Match[str]) -> str:
    flag, value = found[1], (found[2] or "").strip()
    if flag != "format":
        return flag.replace("-", "_")
    kinds = [kind for kind, file_format in FORMATS.items() if file_format == value]
    return " ".join(["Content-Type", *kinds[:1]])


def _items(taken: Taken) -> list[Item]:
    return [entry for entry in taken.entries if isinstance(entry, Item)]


def _refusal(store: Store, order: BatchOrder, exc: Exception) -> HTTPException:
    """Why a batch can't be opened, told without numbers."""
    if isinstance(exc, UsageError):  # the name would name something else
        return HTTPException(HTTPStatus.CONFLICT, str(exc))
    if order.name is not None and _is_batch(store, order.name):
        detail = f"a batch is already called {order.name!r}; choose another name"
        return HTTPException(HTTPStatus.CONFLICT, detail)
    return reused("has already queued a single text")


def _is_batch(store: Store, name: str) -> bool:
    try:
        return isinstance(store.resolve(name), BatchReference)
    except (NotFoundError, ConflictError):
        return False

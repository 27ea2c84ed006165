"""Files that come in as a request's body, by their media type."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from fastapi import HTTPException, Request
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect

from sentijob.errors import UsageError
from sentijob.ingest.formats import Format, format_of
from sentijob.ingest.source import Source
from sentijob.settings import Settings
from sentijob.web.multipart import FormFile
from sentijob.web.spool import Spool, spooled

FORM = "multipart/form-data"
FORMATS = {
    "application/x-ndjson": Format.JSONL,
    "application/jsonl": Format.JSONL,
    "text/csv": Format.CSV,
    "text/tab-separated-values": Format.TSV,
    "text/plain": Format.TXT,
    "application/vnd.apache.parquet": Format.PARQUET,
}
_CHARSETS = {b"utf-8", b"utf8", b"us-ascii", b"utf-16"}
"""Those that are told from the bytes alone."""
BODY = "body"
"""What a file without a name is called."""


class Upload(NamedTuple):
    """A file that came in whole, and how its texts stand in it."""

    source: Source
    format: Format


@asynccontextmanager
async def received(request: Request, settings: Settings) -> AsyncIterator[Upload]:
    """The body of *request*, on disk for as long as the block runs.

    Raises:
        HTTPException: 415, nobody knows what it is; 400, it is broken.
        StoreError: there is no room for it.
    """
    media_type, options = parse_options_header(request.headers.get("content-type"))
    kind = media_type.decode("latin-1").strip().lower()
    if kind != FORM and kind not in FORMATS:
        raise _unknown(kind)
    if options.get(b"charset", b"utf-8").lower() not in _CHARSETS:
        raise _unsupported("a body's charset is UTF-8, or UTF-16 with a byte order mark")
    with spooled(settings) as spool:
        if kind == FORM:
            name = await _form(request, spool)
            file_format = _format_by_name(name)
        else:
            await _raw(request, spool)
            name, file_format = BODY, FORMATS[kind]
        yield Upload(Source(Path(name), spool.file), file_format)


async def _raw(request: Request, spool: Spool) -> None:
    async for data in _pieces(request):
        spool.take(data)
        await spool.drain()
    await spool.drain(is_last=True)


async def _form(request: Request, spool: Spool) -> str:
    form = FormFile(request.headers["content-type"], spool)
    async for data in _pieces(request):
        form.feed(data)
        await spool.drain()
    await spool.drain(is_last=True)
    return form.name()


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; :mod:`sentijob.web.guard.bodies` ends one that is too large."""
    try:
        async for data in request.stream():
            yield data
    except ClientDisconnect as exc:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the body ended too early") from exc


def _format_by_name(name: str) -> Format:
    try:
        return format_of(Path(name))
    except UsageError:
        raise _unsupported(
            "the file's name tells no format: it ends in .csv, .tsv, .jsonl, .txt or .parquet"
        ) from None


def _unknown(kind: str) -> HTTPException:
    known = ", ".join([*FORMATS, FORM])
    told = f"the Content-Type {kind!r} isn't taken" if kind else "the Content-Type is missing"
    return _unsupported(f"{told}; known are {known}")


def _unsupported(detail: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)

"""Results as a stream, in the order their texts came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import chain

from sentijob.export.csv_rows import csv_pages
from sentijob.export.lines import lines
from sentijob.jobs import Selector, StoredJob
from sentijob.ports import Reading


class ResultFormat(StrEnum):
    """How results stand in an answer."""

    JSONL = "jsonl"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    ResultFormat.JSONL: "application/x-ndjson",
    ResultFormat.CSV: "text/csv; charset=utf-8; header=present",
}


def begun(store: Reading, selector: Selector, form: ResultFormat) -> Iterator[str]:
    """The selected jobs, written a page at a time; the first page is read now, so that what fails does so before the answer."""
    pages = store.pages(selector)
    written = csv_pages(pages, has_numbers=False) if form is ResultFormat.CSV else _lines(pages)
    first = next(written, "")
    return chain((first,), written)


def _lines(pages: Iterator[Sequence[StoredJob]]) -> Iterator[str]:
    for page in pages:
        yield "".join(lines(page, has_numbers=False))

"""Any bytes through one reader: items that keep the rules of a text, or an InputError; never anything else.

What every reader of ``sentijob.ingest`` promises, as a function that a fuzzer can call. The
property tests call it too.
"""

from __future__ import annotations

import io
import json

from sentijob.errors import InputError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.parquet import ParquetReader
from sentijob.ingest.reading import read_blocks, taken_from
from sentijob.ingest.texts import LONGEST_KEY
from sentijob.jobs import Item

WHERE = "fuzzed"


class BrokenPromiseError(AssertionError):
    """A reader gave something that it promised not to give."""


def read_all(content: bytes, file_format: Format, options: ReadOptions) -> list[Item | Rejected]:
    """All that a reader makes of *content*, each item checked; what is refused raises InputError."""
    file = io.BytesIO(content)
    if file_format is Format.PARQUET:
        blocks = taken_from(ParquetReader(file, options, WHERE), options, WHERE)
    else:
        blocks = read_blocks(file, file_format, options, WHERE)
    taken = []
    try:
        for block in blocks:
            for entry in block.entries:
                check(entry, options)
                taken.append(entry)
    except InputError as exc:
        if exc.where is None or not exc.where.startswith(WHERE):
            raise BrokenPromiseError(f"a refusal that doesn't say where: {exc}") from exc
        raise
    return taken


def check(entry: Item | Rejected, options: ReadOptions) -> None:
    """Raises BrokenPromiseError where *entry* isn't what a reader may give."""
    if isinstance(entry, Rejected):
        insist(options.skip_bad, "a row was set aside unasked")
        insist(bool(entry.reason) and entry.where.startswith(WHERE), f"an idle refusal: {entry}")
        json.dumps(entry).encode("ascii")
        return
    text, key, meta = entry
    insist(bool(text) and text == text.strip(), f"a text with white space around it: {text!r}")
    insist(len(text) <= options.max_length, f"a text of {len(text)} characters")
    insist(key is None or 0 < len(key) <= LONGEST_KEY, f"a key of {len(key or '')} characters")
    stored = json.dumps([text, key, meta], ensure_ascii=False, allow_nan=False)
    insist("\0" not in stored and "\\u0000" not in stored.replace("\\\\", ""), f"a NUL: {stored}")
    stored.encode()
    insist(json.loads(stored) == [text, key, meta], f"what JSON doesn't give back: {stored}")


def insist(condition: bool, says: str) -> None:  # noqa: FBT001  # reads like the statement it stands for
    """A check that no ``-O`` removes."""
    if not condition:
        raise BrokenPromiseError(says)

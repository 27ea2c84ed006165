"""The rows that ``--skip-bad`` sets aside, kept beside the file they came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sentijob.files import replacing
from sentijob.ingest.reading import Rejected


def rejects_path(source: Path) -> Path:
    """Where the rejected rows of *source* go: ``NAME.rejects.jsonl`` beside it."""
    return source.with_name(f"{source.name}.rejects.jsonl")


class Rejects:
    """Rows set aside, a JSON object a line with ``where``, ``reason`` and ``raw``."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0

    def add(self, rejected: Rejected) -> None:
        # ASCII: a lone surrogate may be the very reason.
        self._file.write(json.dumps(rejected._asdict()).encode("ascii") + b"\n")
        self.count += 1


@contextmanager
def open_rejects(path: Path) -> Iterator[Rejects]:
    """A private file of rejected rows, which takes *path*'s place when the block ends well.

    Raises:
        StoreFullError: there is no room left.
        UsageError: it can't be written for another reason.
    """
    with replacing(path, is_private=True) as file:
        yield Rejects(file)

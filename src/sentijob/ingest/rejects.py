"""The rows that ``--skip-bad`` sets aside, kept beside the file they came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import BinaryIO, Self

from sentijob.files import replacing
from sentijob.ingest.blocks import Rejected, Taken
from sentijob.jobs import Item


def rejects_path(source: Path) -> Path:
    """Where the rejected rows of *source* go: ``NAME.rejects.jsonl`` beside it."""
    return source.with_name(f"{source.name}.rejects.jsonl")


class Rejects(AbstractContextManager["Rejects"]):
    """Rows set aside in a private file, a JSON object a line with ``where``, ``reason`` and ``raw``.

    The file is begun with the first row, and takes its place (and that of
    an earlier one) at the end of the block, however that ends.

    Raises:
        StoreFullError: there is no room left.
        UsageError: the file can't be written for another reason.
    """

    def __init__(self, path: Path) -> None:
        self._target = path
        self._open = ExitStack()
        self._file: BinaryIO | None = None
        self.count = 0

    @property
    def path(self) -> Path | None:
        """The file; None while nothing was set aside."""
        return self._target if self.count else None

    def sifted(self, taken: Iterable[Taken]) -> Iterator[tuple[list[Item], int]]:
        """The items as they come, and about how many characters they take; the other rows are set aside."""
        for entries, size in taken:
            items = [entry for entry in entries if isinstance(entry, Item)]
            if len(items) < len(entries):
                for entry in entries:
                    if isinstance(entry, Rejected):
                        self.add(entry)
            yield items, size

    def add(self, rejected: Rejected) -> None:
        """Set one row aside."""
        if self._file is None:
            self._file = self._open.enter_context(replacing(self._target, is_private=True))
        # ASCII: a lone surrogate may be the very reason.
        self._file.write(json.dumps(rejected._asdict()).encode("ascii") + b"\n")
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        # Closed as if all were well: what was set aside is worth having after an interrupt too.
        self._open.close()

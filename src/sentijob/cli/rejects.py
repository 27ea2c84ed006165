"""Rows that couldn't be taken, kept where they can be mended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from sentijob.errors import UsageError
from sentijob.jobs import Item

if TYPE_CHECKING:
    from sentijob.ingest.reading import Rejected


class Rejects(AbstractContextManager["Rejects"]):
    """A file of JSON lines beside *source*, made with the first row that is set aside.

    Each line has ``where`` the row stands, the ``reason`` and the row as it was, ``raw``. An earlier
    submit's file is never written over.
    """

    def __init__(self, source: Path) -> None:
        self._source = source
        self._file: TextIO | None = None
        self.path: Path | None = None
        self.count = 0

    def sifted(self, entries: Iterable[Item | Rejected]) -> Iterator[Item]:
        """The items among *entries*; the other rows are set aside as they come.

        Raises:
            UsageError: no file can be made here.
        """
        from sentijob.ingest.reading import Rejected

        for entry in entries:
            if isinstance(entry, Rejected):
                self._keep(entry)
            else:
                yield entry

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._file is not None:
            self._file.close()

    def _keep(self, rejected: Rejected) -> None:
        if self._file is None:
            self._file = self._create()
        self.count += 1
        self._file.write(json.dumps(rejected._asdict(), ensure_ascii=False) + "\n")

    def _create(self) -> TextIO:
        endings = chain([""], (f"-{number}" for number in count(2)))
        for ending in endings:
            self.path = self._source.with_name(f"{self._source.name}.rejects{ending}.jsonl")
            try:
                return self.path.open("x", encoding="utf-8", errors="backslashreplace")
            except FileExistsError:
                continue
            except OSError as exc:
                raise UsageError(
                    f"bad rows can't be set aside in {self.path}: {exc.strerror};"
                    " submit a copy from a folder that you may write to"
                ) from exc
        raise AssertionError  # the endings have no end

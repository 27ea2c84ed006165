from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sentijob.errors import InputError
from sentijob.ingest.formats import format_of
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.reading import Rejected
from sentijob.ingest.scan import prescan, read_scanned
from sentijob.ingest.source import open_source
from sentijob.jobs import Item

Take = Callable[..., list[Item | Rejected]]
Refuse = Callable[..., str]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Reads a file of the given name and content as a submit does, twice."""

    def read(
        name: str, content: bytes, options: ReadOptions | None = None
    ) -> list[Item | Rejected]:
        path = tmp_path / name
        path.write_bytes(content)
        chosen = options or ReadOptions()
        with open_source(path) as source:
            scan = prescan(source, format_of(path), chosen)
            entries = list(read_scanned(source, format_of(path), chosen, scan))
        assert len(entries) == scan.rows + scan.rejected
        return entries

    return read


@pytest.fixture
def refuse(take: Take, tmp_path: Path) -> Refuse:
    """The whole message with which a file is refused, its folder left out."""

    def read(name: str, content: bytes, options: ReadOptions | None = None) -> str:
        with pytest.raises(InputError) as caught:
            take(name, content, options)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return read

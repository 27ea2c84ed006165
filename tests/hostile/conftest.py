from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commanding import Commander
from entries import entries_of

from sentijob.errors import InputError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.formats import format_of
from sentijob.ingest.options import ReadOptions
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
            entries = list(entries_of(read_scanned(source, format_of(path), chosen, scan)))
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


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commander:
    """Runs sentijob in this process, in a folder with a store of its own."""
    return commander_in(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commander]:
    """A commander whose store holds a job, a batch and results; those who share it change nothing."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        command = commander_in(tmp_path_factory.mktemp("used"), monkeypatch)
        assert command("submit", "good", "--once", "k").status == 0
        assert command("submit", "good", "bad", "--name", "a batch").status == 0
        yield command


def commander_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Commander:
    """A commander whose settings are of *folder* alone."""
    for name, value in {
        "SENTIJOB_DB": str(folder / "jobs.db"),
        "SENTIJOB_CONFIG": str(folder / "config.toml"),
        "SENTIJOB_MODEL": "demo",
        "SENTIJOB_DEMO_DELAY": "0",
        "COLUMNS": "80",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return Commander(folder, monkeypatch)

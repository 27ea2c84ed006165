"""Paths that are no files, and files that change under the reader."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from entries import entries_of

from sentijob.errors import InputError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.encodings import BLOCK_SIZE
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.scan import prescan, read_scanned
from sentijob.ingest.source import open_source
from sentijob.jobs import Item

OPTIONS = ReadOptions()
LINE = b"a text of thirty-two characters\n"
CHANGED = (
    "it changed while it was being read; what was queued so far is as it was before. "
    "With the old content back, the same command goes on where it stopped"
)


def opening(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        open_source(path)
    return str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert opening(tmp_path / "x.csv") == f"{tmp_path}/x.csv: there is no such file"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert opening(tmp_path) == f"{tmp_path}: this is a folder; name the files in it"


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    assert opening(tmp_path / "x" / "y") == f"{tmp_path}/x/y: it can't be read: Not a directory"


def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)
    assert opening(path) == (
        f"{path}: this is a pipe, which can't be read twice; hand it in on stdin, as `-`"
    )


def test_a_device_is_refused() -> None:
    assert opening(Path("/dev/zero")) == (
        "/dev/zero: this is a device, which can't be read twice; hand it in on stdin, as `-`"
    )


def test_a_socket_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert opening(path) == f"{path}: it can't be read: No such device or address"


def queued(path: Path, change: Callable[[Path], object]) -> Iterator[Item | Rejected]:
    """The rows of *path* after a change between its two readings."""
    with open_source(path) as source:
        scan = prescan(source, Format.TXT, OPTIONS)
        change(path)
        yield from entries_of(read_scanned(source, Format.TXT, OPTIONS, scan))


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more\n")


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 10)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def mend_in_place(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"S")


@pytest.mark.parametrize("change", [grow, truncate, empty, mend_in_place])
def test_a_file_that_changes_between_its_readings_is_refused_before_a_changed_row_comes_out(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(LINE * (2 * BLOCK_SIZE // len(LINE) + 7))
    taken: list[Item | Rejected] = []
    with pytest.raises(InputError) as caught:
        taken.extend(queued(path, change))
    assert str(caught.value) == f"{path}: {CHANGED}"
    assert set(taken) <= {Item(LINE.decode().strip())}


def replace_by_rename(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"something else\n")
    other.replace(path)


@pytest.mark.parametrize("change", [os.utime, replace_by_rename, Path.unlink])
def test_a_file_whose_content_stays_is_read_to_its_end(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(LINE * 3)
    assert list(queued(path, change)) == [Item(LINE.decode().strip())] * 3


def test_a_change_in_mid_reading_stops_it_within_a_block(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    blocks = 4
    path.write_bytes(LINE * (blocks * BLOCK_SIZE // len(LINE)))
    rows = queued(path, lambda _path: None)
    next(rows)
    mend_in_place(path)
    with pytest.raises(InputError, match="it changed while it was being read"):
        for _ in rows:
            pass

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest

from sentijob.errors import StoreFullError, UsageError
from sentijob.files import replacing


def test_nothing_stands_under_the_name_until_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with replacing(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_earlier_file_stays_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with suppress(ZeroDivisionError), replacing(path) as file:
        file.write(b"new")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_has_the_usual_permissions(tmp_path: Path) -> None:
    usual, written = tmp_path / "usual", tmp_path / "x"
    usual.touch()
    with replacing(written):
        pass
    assert written.stat().st_mode == usual.stat().st_mode


def test_a_name_that_somebody_took_beforehand_is_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", lambda length: b"\xab" * length)
    taken = tmp_path / ".sentijob-abababababababab.tmp"
    taken.write_bytes(b"untouched")
    with (
        pytest.raises(UsageError, match="can't be written: File exists"),
        replacing(tmp_path / "x"),
    ):
        pass
    assert taken.read_bytes() == b"untouched"


def test_a_file_is_synced_before_it_gets_its_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    synced = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: synced.append(path.exists()))
    with replacing(path):
        pass
    assert synced == [False, True]


def test_a_full_disk_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with pytest.raises(StoreFullError) as caught, replacing(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(caught.value) == (
        f"no room left to write {path}: No space left on device; nothing was kept of it"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "x"
    with pytest.raises(UsageError) as caught, replacing(path):
        pass
    assert str(caught.value) == f"{path} can't be written: No such file or directory"


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught, replacing(tmp_path):
        pass
    assert str(caught.value) == f"{tmp_path} can't be written: Is a directory"

from __future__ import annotations

import json
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from sentijob.errors import UsageError
from sentijob.ingest.blocks import Rejected, Taken
from sentijob.ingest.rejects import Rejects, rejects_path
from sentijob.jobs import Item

REJECTED = Rejected("x.csv:3", "the text is empty", 'é\ud800,"')
WRITTEN = {"where": "x.csv:3", "reason": "the text is empty", "raw": 'é\ud800,"'}


def test_rejects_lie_beside_their_file() -> None:
    assert rejects_path(Path("data/x.csv")) == Path("data/x.csv.rejects.jsonl")


def test_rejected_rows_are_sifted_out_and_kept_with_all_that_is_known_of_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "r.jsonl"
    with Rejects(path) as rejects:
        sifted = list(
            rejects.sifted([Taken([Item("a"), REJECTED, Item("b")], 9), Taken([REJECTED], 8)])
        )
    assert sifted == [([Item("a"), Item("b")], 9), ([], 8)]
    assert (rejects.count, rejects.path) == (2, path)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [WRITTEN] * 2


def test_without_a_rejected_row_there_is_no_file(tmp_path: Path) -> None:
    with Rejects(tmp_path / "r.jsonl") as rejects:
        assert list(rejects.sifted([Taken([Item("a")], 1)])) == [([Item("a")], 1)]
    assert (rejects.count, rejects.path) == (0, None)
    assert list(tmp_path.iterdir()) == []


def test_rejects_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with Rejects(path) as rejects:
        rejects.add(REJECTED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_in_the_place_of_the_rejects_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("untouched")
    path = tmp_path / "r.jsonl"
    path.symlink_to(secret)
    with Rejects(path) as rejects:
        rejects.add(REJECTED)
    assert secret.read_text() == "untouched"
    assert not path.is_symlink()


def test_what_was_set_aside_before_an_interrupt_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with suppress(KeyboardInterrupt), Rejects(path) as rejects:
        rejects.add(REJECTED)
        raise KeyboardInterrupt
    assert json.loads(path.read_text()) == WRITTEN
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no" / "r.jsonl"
    rejects = Rejects(path)
    with pytest.raises(UsageError) as caught:
        rejects.add(REJECTED)
    assert str(caught.value) == f"{path} can't be written: No such file or directory"

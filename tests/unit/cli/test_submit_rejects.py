from __future__ import annotations

import json
from pathlib import Path

from sentijob.cli.rejects import Rejects
from sentijob.ingest.reading import Rejected
from sentijob.jobs import Item

BAD = Rejected("texts.csv:3", "the text is empty", "2,")


def test_items_pass_and_bad_rows_are_kept(tmp_path: Path) -> None:
    with Rejects(tmp_path / "texts.csv") as rejects:
        assert list(rejects.sifted([Item("one"), BAD, Item("two")])) == [Item("one"), Item("two")]
    assert rejects.count == 1
    assert rejects.path == tmp_path / "texts.csv.rejects.jsonl"
    (line,) = rejects.path.read_text().splitlines()
    assert json.loads(line) == {
        "where": "texts.csv:3",
        "reason": "the text is empty",
        "raw": "2,",
    }


def test_no_bad_row_makes_no_file(tmp_path: Path) -> None:
    with Rejects(tmp_path / "texts.csv") as rejects:
        assert list(rejects.sifted([Item("one")])) == [Item("one")]
    assert rejects.path is None
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_file_is_never_written_over(tmp_path: Path) -> None:
    for _ in range(2):
        with Rejects(tmp_path / "texts.csv") as rejects:
            assert list(rejects.sifted([BAD])) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "texts.csv.rejects-2.jsonl",
        "texts.csv.rejects.jsonl",
    ]

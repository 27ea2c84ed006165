from __future__ import annotations

import json
import stat
from contextlib import suppress
from pathlib import Path

from sentijob.ingest.reading import Rejected
from sentijob.ingest.rejects import open_rejects, rejects_path

REJECTED = Rejected("x.csv:3", "the text is empty", 'é\ud800,"')


def test_rejects_lie_beside_their_file() -> None:
    assert rejects_path(Path("data/x.csv")) == Path("data/x.csv.rejects.jsonl")


def test_a_rejected_row_is_a_json_object_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with open_rejects(path) as rejects:
        rejects.add(REJECTED)
        rejects.add(REJECTED)
    assert rejects.count == 2
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert (
        lines
        == [
            {"where": "x.csv:3", "reason": "the text is empty", "raw": 'é\ud800,"'},
        ]
        * 2
    )


def test_rejects_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with open_rejects(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_in_the_place_of_the_rejects_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("untouched")
    path = tmp_path / "r.jsonl"
    path.symlink_to(secret)
    with open_rejects(path) as rejects:
        rejects.add(REJECTED)
    assert secret.read_text() == "untouched"
    assert not path.is_symlink()


def test_rejects_of_an_interrupted_reading_leave_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("earlier")
    with suppress(KeyboardInterrupt), open_rejects(path) as rejects:
        rejects.add(REJECTED)
        raise KeyboardInterrupt
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]

from __future__ import annotations

import threading
from pathlib import Path
from queue import Queue

import pytest

from sentijob.cli.tail import tail
from sentijob.errors import NotFoundError


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "worker.log"
    path.write_text("one\ntwo\nthree\n")
    return path


@pytest.mark.parametrize(
    ("count", "shown"), [(0, []), (2, ["two", "three"]), (9, ["one", "two", "three"])]
)
def test_a_tail_is_the_last_lines(log: Path, count: int, shown: list[str]) -> None:
    assert list(tail(log, count, follow=False)) == shown


def test_a_missing_log_says_where_it_would_be(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no log at"):
        list(tail(tmp_path / "none.log", 5, follow=False))


def test_what_is_written_later_is_followed_line_by_whole_line(log: Path) -> None:
    lines = followed(log)
    assert lines.get(timeout=10) == "three"
    with log.open("a") as file:
        file.write("fo")
        file.flush()
        file.write("ur\n")
    assert lines.get(timeout=10) == "four"


def test_a_log_that_takes_its_place_is_followed_from_its_beginning(log: Path) -> None:
    lines = followed(log)
    assert lines.get(timeout=10) == "three"
    log.rename(log.with_suffix(".1"))
    log.write_text("anew\n")
    assert lines.get(timeout=10) == "anew"


def followed(log: Path) -> Queue[str]:
    """The lines of a tail that another thread follows for the rest of the process."""
    lines: Queue[str] = Queue()

    def follow() -> None:
        for line in tail(log, 1, follow=True):
            lines.put(line)

    threading.Thread(target=follow, daemon=True).start()
    return lines

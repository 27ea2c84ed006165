"""A full disk, a quota or a limit is said in one line, costs nothing that was acknowledged, and is waited out."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import Shell, eventually
from small_disk import SmallDisk, small_disk

RECOVERY_SECONDS = 10.0


def texts(count: int, length: int = 100) -> str:
    return "".join(f"text {number} {'long ' * (length // 5)}\n" for number in range(count))


def insist_on_one_clear_line(finished: subprocess.CompletedProcess[str], *words: str) -> None:
    """That a command refused as a full disk is refused: status, one error, where, and what to do."""
    said = finished.stderr.strip().splitlines()
    errors = [line for line in said if line.startswith("sentijob: ")]
    assert finished.returncode == 6, finished.stderr
    assert len(errors) == 1, finished.stderr
    assert re.search("no room|limit on file sizes", errors[0])
    assert "Traceback" not in finished.stderr
    assert all(word in errors[0] for word in words), errors[0]


def insist_on_soundness(shell: Shell) -> None:
    assert "is sound" in shell.attempt("db", "check").stderr


def test_a_first_submit_on_a_full_disk_is_refused_and_works_once_there_is_room(
    shell: Shell, disk: SmallDisk
) -> None:
    disk.fill()
    insist_on_one_clear_line(shell.attempt("submit", "great"), str(shell.database), "try again")
    disk.make_room()
    assert shell("submit", "great") == "1\n"


@pytest.mark.parametrize(
    "command",
    [
        ("submit", "great " * 500),
        ("list",),
        ("results",),
        ("worker", "--drain"),
        ("db", "vacuum"),
        ("cancel", "1", "--yes"),
    ],
    ids=lambda command: command[0],
)
def test_every_command_says_that_the_disk_is_full_and_what_was_stored_stays(
    command: tuple[str, ...], shell: Shell, disk: SmallDisk
) -> None:
    shell("submit", "great")
    disk.fill()
    insist_on_one_clear_line(shell.attempt(*command), str(shell.database), "try again")
    disk.make_room()
    assert shell.json("status", "1")["text"] == "great"
    insist_on_soundness(shell)


def test_a_file_that_fills_the_disk_goes_on_where_it_stopped_once_there_is_room(
    shell: Shell, disk: SmallDisk
) -> None:
    disk.grow("5m")
    shell.write("texts.txt", texts(25_000))
    refused = shell.attempt("submit", "-f", "texts.txt")
    insist_on_one_clear_line(refused, str(shell.database))
    queued = shell.count()
    assert 0 < queued < 25_000
    assert f"b1 holds {queued:,} of 25,000 texts" in refused.stderr
    disk.grow("64m")
    assert shell("submit", "-f", "texts.txt") == "b1\n"
    assert shell.rows("SELECT count(*), count(DISTINCT position), max(position) FROM job") == [
        (25_000, 25_000, 24_999)
    ]
    insist_on_soundness(shell)


def test_texts_from_a_pipe_that_were_queued_before_the_disk_was_full_are_named_and_kept(
    shell: Shell, disk: SmallDisk
) -> None:
    submit = shell.start("submit", "-", stdin=subprocess.PIPE)
    assert submit.stdin is not None
    submit.stdin.write("great\nawful\n")
    submit.stdin.flush()
    eventually(lambda: shell.count() == 2)
    disk.fill()
    _, said = submit.communicate(texts(300, 5000))
    assert submit.returncode == 6, said
    assert "no room left" in said
    assert "b1 holds the first 2 texts of stdin, and no more" in said
    assert "Traceback" not in said
    disk.make_room()
    assert [job["text"] for job in shell.lines("results", "--status", "pending")] == [
        "great",
        "awful",
    ]
    insist_on_soundness(shell)


def test_a_worker_outlasts_a_full_disk_with_its_results_and_goes_on_soon_after(
    shell: Shell, disk: SmallDisk
) -> None:
    shell.write("texts.txt", texts(1200))
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.006"
    disk.grow("4m")
    shell("submit", "-f", "texts.txt")
    worker = shell.start("worker")
    said = Said(worker)
    eventually(lambda: shell.count("status = 'completed'") > 0)
    disk.fill()
    eventually(lambda: "the store can't be used, will try again" in said.so_far())
    assert worker.poll() is None
    disk.grow("64m")  # more than the log takes before it is written back
    eventually(lambda: "the store is back" in said.so_far(), within=RECOVERY_SECONDS)
    eventually(lambda: shell.count("status = 'completed'") == 1200)
    assert (
        said.so_far().count("will try again") < 5
    )  # told once for each outage, however often it is tried
    assert "Traceback" not in said.so_far()
    assert shell.rows("SELECT max(attempt), max(rescues) FROM job") == [(1, 0)]
    insist_on_soundness(shell)


class Said:
    """What a process has written to stderr, without waiting for more."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        self._descriptor = process.stderr.fileno()
        os.set_blocking(self._descriptor, False)
        self._said = ""

    def so_far(self) -> str:
        with contextlib.suppress(BlockingIOError):
            self._said += os.read(self._descriptor, 1 << 16).decode()
        return self._said


@pytest.fixture
def scored(shell: Shell) -> Shell:
    """A shell with a thousand results in its store."""
    shell.write("texts.txt", texts(1000, 1500))
    shell("submit", "-f", "texts.txt")
    shell("worker", "--drain")
    return shell


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    """A disk that is too small for what the store holds."""
    with small_disk(tmp_path / "target", "16k") as mounted:
        yield mounted.folder


def test_an_export_or_a_backup_to_a_full_disk_leaves_no_file_of_any_name(
    scored: Shell, target: Path
) -> None:
    for name in ("out.jsonl", "out.csv", "out.parquet"):
        file = target / name
        insist_on_one_clear_line(scored.attempt("results", "-o", str(file)), str(file))
        assert list(target.iterdir()) == []
    copy = target / "copy.db"
    insist_on_one_clear_line(scored.attempt("db", "backup", str(copy)), str(copy), "try again")
    assert list(target.iterdir()) == []
    insist_on_soundness(scored)


def test_output_that_nobody_can_take_is_said_in_one_line(shell: Shell) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    shell("submit", "great")
    shell("worker", "--drain")
    for command in (("results",), ("results", "--json"), ("list",), ("status", "1"), ("stats",)):
        with Path("/dev/full").open("w") as full:
            process = shell.start(*command, stdout=full.fileno())
            _, said = process.communicate(timeout=60)
        finished = subprocess.CompletedProcess(command, process.returncode, "", said)
        insist_on_one_clear_line(finished, "the output")


def test_a_limit_on_file_sizes_is_said_and_costs_nothing(scored: Shell) -> None:
    out = scored.folder / "out.jsonl"
    blocks = scored.database.stat().st_size // 512
    scored.prefix = ["sh", "-c", 'ulimit -f "$0"; exec "$@"', str(blocks)]
    scored.write("more.txt", texts(20_000, 1000))
    before = scored.count()
    insist_on_one_clear_line(scored.attempt("submit", "-f", "more.txt"), str(scored.database))
    assert scored.count() >= before
    scored.prefix[-1] = "100"
    insist_on_one_clear_line(scored.attempt("results", "-o", str(out)), str(out))
    with (scored.folder / "listed").open("w") as listed:
        process = scored.start("results", stdout=listed.fileno())
        _, said = process.communicate(timeout=60)
    insist_on_one_clear_line(
        subprocess.CompletedProcess((), process.returncode, "", said), "the output"
    )
    scored.prefix = []
    assert not out.exists()
    assert not list(scored.folder.glob(".sentijob*"))
    assert len(scored.lines("results", "b1")) == 1000
    insist_on_soundness(scored)

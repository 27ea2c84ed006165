"""Every command on a PostgreSQL store, as on a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from postgres_server import PostgresServer

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

Eventually = Callable[..., Any]
ROWS = "id,text,shop\nr1,great tent,A\nr2,awful tent,B\nr3,a tent,A\n"


@pytest.fixture
def shell(shell: Shell, postgres: PostgresServer) -> Shell:
    shell.variables["SENTIJOB_DB"] = postgres.new_url()
    return shell


def test_texts_go_in_are_scored_and_come_out(shell: Shell) -> None:
    shell.write("rows.csv", ROWS)
    assert shell("submit", "a great day") == "1\n"
    assert shell("submit", "-f", "rows.csv", "--name", "tents") == "b1\n"
    assert shell("submit", "-", given="awful\ngreat\n") == "b2\n"
    shell("worker", "--drain")
    assert shell.json("status", "1")["result_label"] == "positive"
    assert shell.json("status", "tents")["counts"]["completed"] == 3
    exported = [
        (row["key"], row["result_label"], row["meta"]) for row in shell.lines("results", "b1")
    ]
    assert exported == [
        ("r1", "positive", {"shop": "A"}),
        ("r2", "negative", {"shop": "B"}),
        ("r3", "neutral", {"shop": "A"}),
    ]
    assert [row["id"] for row in shell.json("list", "--label", "negative")] == [5, 3]
    assert [row["id"] for row in shell.json("list", "--search", "TENT", "--limit", "2")] == [4, 3]
    assert shell.json("stats")["counts"]["completed"] == 6
    shell("results", "b1", "-o", "out.csv")
    assert (shell.folder / "out.csv").read_text().count("\n") == 4
    (row,) = shell.lines("run", "great", "--jsonl")
    assert row["result_label"] == "positive"


def test_many_jobs_are_changed_at_once(shell: Shell) -> None:
    shell.write("rows.csv", ROWS)
    shell("submit", "-f", "rows.csv")
    assert "3 jobs" in shell.attempt("cancel", "b1", "--dry-run").stderr
    shell("cancel", "b1", "--yes")
    assert shell.json("status", "b1")["counts"]["cancelled"] == 3
    shell("retry", "b1", "--yes")
    assert shell.json("status", "b1")["counts"]["pending"] == 3
    shell("cancel", "1", "--yes")
    shell("prune", "--status", "cancelled", "--yes")
    assert shell.attempt("status", "1").returncode == 4
    assert shell.json("status", "2")["status"] == "pending"


def test_a_background_worker_hears_of_a_submit_at_once(
    shell: Shell, eventually: Eventually
) -> None:
    shell("worker", "start", "--poll", "10m")
    try:
        assert [one["is_alive"] for one in shell.json("worker", "status")["workers"]] == [True]
        shell("submit", "great", "--wait", "--timeout", "20s")
        shell("worker", "pause")
        job_id = shell("submit", "-q", "awful").strip()
        assert shell.attempt("wait", job_id, "--timeout", "500ms").returncode == 124
        shell("worker", "resume")
        shell("wait", job_id, "--timeout", "20s")
        assert "worker 1 started" in shell("worker", "logs")
    finally:
        shell("worker", "stop")
    eventually(lambda: shell.json("worker", "status")["workers"] == [])


def test_a_store_on_a_server_is_looked_after(shell: Shell) -> None:
    shell("db", "migrate")
    shell("submit", "great")
    shell("db", "check")
    shell("db", "vacuum")
    shell("db", "backup", "copy.db")
    assert shell.json("status", "1", "--db", "copy.db")["text"] == "great"
    assert shell("db", "path").startswith("postgresql+psycopg://")
    report = {one["check"]: one for one in shell.json("doctor")}
    assert report["store"]["verdict"] == "ok"
    assert report["server"]["verdict"] == "ok"
    assert report["server"]["says"].startswith("PostgreSQL ")
    assert "sqlite" not in report


def shown_of_processes() -> str:
    """What anybody on this machine can read of how each process was started."""
    shown = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            shown.append(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return "\n".join(shown)


def test_a_second_process_never_shows_the_password(shell: Shell) -> None:
    shell.variables["SENTIJOB_DB"] = shell.variables["SENTIJOB_DB"].replace(
        "postgres@", "postgres:hunter2@"
    )
    shell("submit", "great")
    shell("worker", "start")
    try:
        listed = shown_of_processes()
        said = [
            shell.attempt(*words)
            for words in (
                ["db", "path"],
                ["config", "show"],
                ["stats"],
                ["doctor"],
                ["worker", "logs"],
                ["worker", "unit"],
                ["db", "check"],
                ["status", "99"],
            )
        ]
    finally:
        shell("worker", "stop")
    assert "sentijob worker" in listed
    assert "hunter2" not in listed
    assert not [one.args for one in said if "hunter2" in one.stdout + one.stderr]

"""Workers in the background: started, looked at, paused and stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

Eventually = Callable[..., Any]


@pytest.fixture
def started(shell: Shell) -> Iterator[Shell]:
    """A shell with a worker in its background."""
    shell("worker", "start")
    yield shell
    shell.attempt("worker", "stop", "--now")


def completed(shell: Shell) -> int:
    return shell.count("status = 'completed'")


def test_a_started_worker_scores_what_comes(started: Shell, eventually: Eventually) -> None:
    started("submit", "great")
    eventually(lambda: completed(started) == 1)


def test_a_second_start_finds_the_first(started: Shell) -> None:
    again = started.attempt("worker", "start")
    assert again.returncode == 5
    assert "already" in again.stderr


def test_status_shows_the_living(started: Shell, eventually: Eventually) -> None:
    eventually(lambda: started.json("worker", "status")["workers"])
    worker = started.json("worker", "status")["workers"][0]
    assert worker["is_alive"] is True
    assert worker["pid"] > 1


def test_a_stopped_worker_is_gone(started: Shell) -> None:
    started("submit", "great")
    started("worker", "stop")
    assert started.json("worker", "status")["workers"] == []
    assert started.attempt("worker", "stop").returncode == 4


def test_a_paused_store_scores_nothing_until_it_is_resumed(
    started: Shell, eventually: Eventually
) -> None:
    started("worker", "pause")
    started("submit", "great")
    assert started.json("worker", "status")["is_paused"] is True
    assert completed(started) == 0
    started("worker", "resume")
    eventually(lambda: completed(started) == 1)


def test_logs_show_what_the_worker_said(started: Shell, eventually: Eventually) -> None:
    eventually(lambda: "started" in started("worker", "logs"))


def test_a_dead_worker_shows_until_its_jobs_are_rescued(
    shell: Shell, eventually: Eventually
) -> None:
    shell.variables["SENTIJOB_DEMO_DELAY"] = "30"
    shell("submit", "great")
    worker = shell.start("worker")
    eventually(lambda: shell.count("status = 'processing'") == 1)
    worker.kill()
    worker.wait()
    assert [each["is_alive"] for each in shell.json("worker", "status")["workers"]] == [False]


def test_the_first_sigterm_finishes_the_chunk_and_leaves_with_0(
    shell: Shell, eventually: Eventually
) -> None:
    shell.write("texts.txt", "".join(f"great {number}\n" for number in range(200)))
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.02"
    shell("submit", "-f", "texts.txt")
    worker = shell.start("worker")
    eventually(lambda: completed(shell) > 0)
    worker.send_signal(signal.SIGTERM)
    worker.communicate()
    assert worker.returncode == 0
    assert shell.count("status = 'processing'") == 0
    assert 0 < completed(shell) < 200


def test_a_worker_for_one_model_leaves_the_others(shell: Shell) -> None:
    shell("submit", "--model", "demo", "great")
    shell("submit", "--model", "vader", "great")
    shell("worker", "--drain", "--model", "vader")
    assert shell.rows("SELECT model, status FROM job ORDER BY id") == [
        ("demo", "pending"),
        ("vader", "completed"),
    ]


def test_a_unit_starts_this_command_on_this_store(shell: Shell) -> None:
    unit = shell("worker", "unit")
    assert "Type=notify" in unit
    assert "WatchdogSec=" in unit
    assert str(shell.database) in unit


def test_a_paused_store_is_no_riddle_to_whoever_drains_or_runs(
    shell: Shell, eventually: Eventually
) -> None:
    shell("submit", "great")
    shell("worker", "pause")
    refused = shell.attempt("run", "great")
    assert refused.returncode == 5
    assert "sentijob worker resume" in refused.stderr
    draining = shell.start("worker", "--drain")
    eventually(lambda: shell.json("worker", "status")["workers"])
    shell("worker", "resume")
    _, said = draining.communicate()
    assert draining.returncode == 0
    assert "sentijob worker resume" in said
    assert completed(shell) == 1


def test_a_second_ctrl_c_doesnt_wait_for_the_chunk(shell: Shell, eventually: Eventually) -> None:
    shell.variables["SENTIJOB_DEMO_DELAY"] = "60"
    shell("submit", "great")
    worker = shell.start("worker")
    eventually(lambda: shell.count("status = 'processing'") == 1)
    worker.send_signal(signal.SIGINT)
    assert worker.stderr is not None
    while "a second signal" not in worker.stderr.readline():
        assert worker.poll() is None
    worker.send_signal(signal.SIGINT)
    worker.communicate()
    assert worker.returncode == 0
    assert shell.rows("SELECT status, attempt FROM job") == [("pending", 0)]


def test_logs_are_followed(started: Shell) -> None:
    following = started.start("worker", "logs", "-f")
    assert following.stdout is not None
    assert "started" in following.stdout.readline()
    started("worker", "stop")
    while "ended" not in following.stdout.readline():
        assert following.poll() is None
    following.send_signal(signal.SIGINT)
    assert following.wait() == 130


def test_flags_before_a_subcommand_are_refused_rather_than_passed_over(shell: Shell) -> None:
    refused = shell.attempt("worker", "--drain", "start")
    assert refused.returncode == 2
    assert "sentijob worker start" in refused.stderr

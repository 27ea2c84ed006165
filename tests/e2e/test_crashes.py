"""What is killed, stopped or cut off in the middle loses nothing and doubles nothing."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

Eventually = Callable[..., Any]
MOODS = ("great", "awful", "plain")


def texts(count: int) -> str:
    return "".join(f"a {MOODS[n % 3]} day, number {n}\n" for n in range(count))


def test_a_killed_worker_costs_nothing(shell: Shell, eventually: Eventually) -> None:
    shell.write("texts.txt", texts(1000))
    shell("submit", "-f", "texts.txt")
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.02"
    for kill in range(1, 4):
        worker = shell.start("worker")
        eventually(lambda seen=kill * 20: shell.count("status = 'completed'") >= seen)
        worker.kill()
        worker.wait()
    assert shell.count("status = 'processing'") > 0
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0"
    shell("worker", "--drain")
    jobs = shell.lines("results", "b1", "--format", "jsonl")
    assert [job["position"] for job in jobs] == list(range(1000))
    assert [job["text"] for job in jobs] == texts(1000).splitlines()
    labels = {"great": "positive", "awful": "negative", "plain": "neutral"}
    assert all(labels[job["text"].split()[1]] == job["result_label"] for job in jobs)


def test_an_interrupted_submit_of_a_file_goes_on_where_it_stopped(
    shell: Shell, eventually: Eventually
) -> None:
    shell.write("texts.txt", texts(100_000))
    first = shell.start("submit", "-f", "texts.txt")
    eventually(lambda: shell.count() > 0)
    first.kill()
    first.wait()
    queued = shell.count()
    assert 0 < queued < 100_000
    again = shell.attempt("submit", "-f", "texts.txt")
    assert again.returncode == 0, again.stderr
    assert again.stdout.strip() == "b1"
    assert f"{queued:,}" in again.stderr
    assert shell.count() == 100_000
    assert shell.rows("SELECT count(DISTINCT position), min(position), max(position) FROM job") == [
        (100_000, 0, 99_999)
    ]
    assert shell.rows(
        "SELECT text FROM job JOIN job_text ON job_id = id WHERE position = 54321"
    ) == [("a great day, number 54321",)]


def test_a_file_that_changed_since_is_a_new_batch(shell: Shell, eventually: Eventually) -> None:
    shell.write("texts.txt", texts(100_000))
    first = shell.start("submit", "-f", "texts.txt")
    eventually(lambda: shell.count() > 0)
    first.kill()
    first.wait()
    shell.write("texts.txt", texts(10))
    assert shell("submit", "-f", "texts.txt").strip() == "b2"


def test_ctrl_c_during_stdin_keeps_what_was_queued_and_says_how_to_go_on(
    shell: Shell, eventually: Eventually
) -> None:
    submit = shell.start("submit", "-", stdin=subprocess.PIPE)
    assert submit.stdin is not None
    submit.stdin.write("one\ntwo\n")
    submit.stdin.flush()
    eventually(lambda: shell.count() == 2)
    submit.send_signal(signal.SIGINT)
    _, said = submit.communicate()
    assert submit.returncode == 130
    assert "b1 holds the first 2 texts of stdin" in said
    assert "Traceback" not in said
    assert shell.count() == 2


def test_a_worker_scores_stdin_before_its_end(shell: Shell, eventually: Eventually) -> None:
    submit = shell.start("submit", "-", stdin=subprocess.PIPE)
    shell.start("worker")
    assert submit.stdin is not None
    submit.stdin.write("great\n")
    submit.stdin.flush()
    eventually(lambda: shell.count("status = 'completed'") == 1)
    assert shell.json("status", "b1")["sealed_at"] is None
    submit.communicate("awful\n")
    eventually(lambda: shell.count("status = 'completed'") == 2)
    assert shell.json("status", "b1")["sealed_at"] is not None


def test_ctrl_c_on_a_wait_leaves_the_job_alone(shell: Shell, eventually: Eventually) -> None:
    waiting = shell.start("submit", "--wait", "great")
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == "1\n"
    eventually(lambda: shell.count() == 1)
    waiting.send_signal(signal.SIGINT)
    waiting.communicate()
    assert waiting.returncode == 130
    assert shell.json("status", "1")["status"] == "pending"


def test_ctrl_c_on_a_run_gives_the_rest_back_and_says_how_to_go_on(
    shell: Shell, eventually: Eventually
) -> None:
    shell.write("texts.txt", texts(500))
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.02"
    running = shell.start("run", "-f", "texts.txt")
    eventually(lambda: shell.count("status = 'completed'") > 0)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130
    assert "sentijob results b1" in said
    assert "sentijob worker" in said
    assert shell.count("status = 'processing'") == 0
    assert 0 < shell.count("status = 'pending'") < 500
    assert shell.count("status = 'pending' AND attempt > 0") == 0


def test_what_an_interrupted_run_left_does_not_stand_before_the_next(
    shell: Shell, eventually: Eventually
) -> None:
    shell.write("texts.txt", texts(500))
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.02"
    running = shell.start("run", "-f", "texts.txt")
    eventually(lambda: shell.count("status = 'completed'") > 0)
    running.send_signal(signal.SIGINT)
    running.communicate()
    left = shell.count("status = 'pending'")
    # A run's place in the queue is by the second.
    eventually(lambda: int(time.time()) > shell.database.stat().st_mtime)
    (job,) = shell.lines("run", "great", "--jsonl")
    assert job["result_label"] == "positive"
    assert shell.count("status = 'pending'") == left

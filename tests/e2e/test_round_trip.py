from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

LABELS = ("positive", "negative", "neutral")
WORDS = ("great", "awful", "plain")


def reviews(count: int) -> str:
    """A CSV of *count* reviews whose moods take turns."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["ref", "stars", "review"])
    writer.writerows([f"r-{n}", n % 5, f"a {WORDS[n % 3]} day, number {n}"] for n in range(count))
    return table.getvalue()


def test_a_text_goes_in_is_scored_and_comes_back(shell: Shell) -> None:
    job_id = shell("submit", "what a great day").strip()
    assert shell.json("status", job_id)["status"] == "pending"
    shell("worker", "--drain")
    job = shell.json("status", job_id)
    assert (job["status"], job["result_label"], job["result_score"]) == (
        "completed",
        "positive",
        0.95,
    )
    assert job["text"] == "what a great day"


def test_the_shipped_model_tells_praise_from_blame(shell: Shell) -> None:
    shell(
        "submit",
        "--model",
        "mini",
        "I adore it, best thing I ever bought",
        "broke at once, never again",
    )
    shell("worker", "--drain")
    labels = [job["result_label"] for job in shell.lines("results", "--format", "jsonl")]
    assert labels == ["positive", "negative"]


def test_a_file_comes_back_in_its_order_with_its_keys_and_columns(shell: Shell) -> None:
    shell.write("reviews.csv", reviews(1000))
    batch = shell(
        "submit", "-f", "reviews.csv", "--text-field", "review", "--key-field", "ref"
    ).strip()
    assert batch == "b1"
    shell("worker", "--drain")
    jobs = shell.lines("results", batch, "--format", "jsonl")
    assert [job["key"] for job in jobs] == [f"r-{n}" for n in range(1000)]
    assert [job["position"] for job in jobs] == list(range(1000))
    assert [job["result_label"] for job in jobs] == [LABELS[n % 3] for n in range(1000)]
    assert jobs[7]["meta"] == {"stars": "2"}


def test_a_batch_counts_its_jobs(shell: Shell) -> None:
    shell("submit", "great", "awful", "plain", "so so")
    shell("worker", "--drain")
    batch = shell.json("status", "b1")
    assert batch["counts"]["completed"] == 4
    assert batch["counts"]["labels"]["neutral"] == 2


def test_several_texts_are_one_batch(shell: Shell) -> None:
    assert shell("submit", "one", "two").strip() == "b1"
    assert shell.count("batch_id = 1") == 2


def test_texts_from_stdin_are_one_batch(shell: Shell) -> None:
    assert shell("submit", "-", given="one\ntwo\n\nthree\n").strip() == "b1"
    assert shell.rows("SELECT text FROM job_text ORDER BY job_id") == [
        ("one",),
        ("two",),
        ("three",),
    ]


def test_a_pipe_is_read_without_being_named(shell: Shell) -> None:
    assert shell("submit", given="one\ntwo\n").strip() == "b1"
    assert shell.count() == 2


def test_json_lines_from_stdin_keep_their_keys(shell: Shell) -> None:
    rows = '{"id": "a", "text": "one"}\n{"id": "b", "text": "two"}\n'
    shell("submit", "-", "--format", "jsonl", "--key-field", "id", given=rows)
    assert shell.rows("SELECT key, text FROM job JOIN job_text ON job_id = id ORDER BY id") == [
        ("a", "one"),
        ("b", "two"),
    ]


def test_a_submit_once_gives_the_same_job_again(shell: Shell) -> None:
    first = shell("submit", "--once", "order-7", "great")
    assert shell("submit", "--once", "order-7", "great") == first
    assert shell.count() == 1


def test_a_submit_once_of_a_file_gives_the_same_batch_again(shell: Shell) -> None:
    shell.write("texts.txt", "one\ntwo\n")
    first = shell("submit", "--once", "monday", "-f", "texts.txt")
    assert shell("submit", "--once", "monday", "-f", "texts.txt") == first
    assert shell.count() == 2


def test_the_same_file_submitted_twice_is_two_batches(shell: Shell) -> None:
    shell.write("texts.txt", "one\ntwo\n")
    assert shell("submit", "-f", "texts.txt").strip() == "b1"
    assert shell("submit", "-f", "texts.txt").strip() == "b2"


def test_a_delayed_job_is_due_later(shell: Shell) -> None:
    shell("submit", "--delay", "1h", "great")
    assert shell.rows("SELECT available_at - created_at FROM job") == [(3_600_000,)]


def test_a_text_on_the_command_line_goes_before_a_file(shell: Shell) -> None:
    shell.write("texts.txt", "one\ntwo\n")
    shell("submit", "-f", "texts.txt")
    shell("submit", "urgent")
    assert shell.rows("SELECT priority FROM job ORDER BY id") == [(0,), (0,), (10,)]


def test_submit_in_json_gives_the_id_and_the_uuid(shell: Shell) -> None:
    receipt = shell.json("submit", "great")
    assert receipt["id"] == 1
    assert shell.json("status", receipt["job_uuid"])["id"] == 1


def test_submit_waits_for_the_result(shell: Shell) -> None:
    shell.start("worker")
    finished = shell.attempt("submit", "--wait", "--timeout", "20s", "great")
    assert finished.returncode == 0, finished.stderr
    assert shell.json("status", "1")["status"] == "completed"


def test_submit_that_waits_in_vain_says_so(shell: Shell) -> None:
    finished = shell.attempt("submit", "--wait", "--timeout", "300ms", "great")
    assert finished.returncode == 124
    assert "no worker" in finished.stderr
    assert finished.stdout.strip() == "1"


def test_run_scores_here_and_now(shell: Shell) -> None:
    jobs = shell.lines("run", "great", "awful")
    assert [(job["text"], job["result_label"]) for job in jobs] == [
        ("great", "positive"),
        ("awful", "negative"),
    ]


def test_run_leaves_the_other_jobs_alone(shell: Shell) -> None:
    shell("submit", "not yours")
    shell("run", "great")
    assert shell.json("status", "1")["status"] == "pending"


def test_run_writes_a_file_in_the_format_of_its_name(shell: Shell) -> None:
    shell.write("reviews.csv", reviews(50))
    shell(
        "run", "-f", "reviews.csv", "--text-field", "review", "--key-field", "ref", "-o", "out.csv"
    )
    with (shell.folder / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["key"] for row in rows] == [f"r-{n}" for n in range(50)]
    assert {row["status"] for row in rows} == {"completed"}


@pytest.mark.parametrize("command", ["submit", "run"])
def test_no_texts_at_a_terminal_is_a_usage_error_with_an_example(
    shell: Shell, command: str
) -> None:
    screen = shell.at_terminal(command)
    shown = screen.finish()
    assert screen.process.returncode == 2
    assert f"sentijob {command} -f" in shown

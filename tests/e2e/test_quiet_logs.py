"""What is written to logs: ids and codes, and nothing of the texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

Eventually = Callable[..., Any]
MARK = "xyzzy"
QUOTING_MODEL = '''
from sentijob.errors import ModelError, TextRejectedError
from sentijob.jobs import Sentiment

class Quoting:
    """Quotes whatever it can't score."""
    name = "quoting"
    revision = "1"
    def predict(self, texts):
        for text in texts:
            if "reject" in text:
                raise TextRejectedError(f"no word is known in {text!r}")
            if "model" in text:
                raise ModelError(f"out of luck with {text!r}")
            if "foreign" in text:
                raise ValueError(text)
            if "leave" in text:
                raise SystemExit(text)
        return [Sentiment.of(0.1, 0.2, 0.7, tokens=1) for _ in texts]

def make(name):
    return Quoting()
'''


@pytest.fixture
def quoting(shell: Shell) -> Shell:
    """A shell whose model, another package's, quotes texts in its errors."""
    shell.write("quoting.py", QUOTING_MODEL)
    package = shell.folder / "quoting-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: quoting\nVersion: 1\n")
    (package / "entry_points.txt").write_text("[sentijob.models]\nquoting = quoting:make\n")
    shell.variables["PYTHONPATH"] = str(shell.folder)
    shell.variables["SENTIJOB_MODEL"] = "quoting"
    shell.variables["SENTIJOB_MAX_ATTEMPTS"] = "1"
    kinds = ["fine", "reject", "model", "foreign", "leave"]
    rows = [{"text": f"{MARK} {kind} {n}", "who": MARK} for n in range(20) for kind in kinds]
    shell.write("texts.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
    return shell


def test_a_workers_log_has_no_text_though_its_model_quotes_them(
    quoting: Shell, eventually: Eventually
) -> None:
    submitted = quoting.attempt("submit", "-f", "texts.jsonl")
    quoting("worker", "start")
    try:
        eventually(lambda: quoting.json("status", "b1")["counts"]["pending"] == 0)
        eventually(lambda: quoting.json("status", "b1")["is_final"])
    finally:
        quoting("worker", "stop")
    (log,) = quoting.database.parent.rglob("worker.log")
    logged = log.read_text()
    assert logged.count("failed") >= 80
    assert MARK not in logged + submitted.stderr
    failed = quoting.lines("results", "b1", "--failed", "--format", "jsonl")
    assert len(failed) == 80
    assert all(MARK in job["error"]["message"] for job in failed)


def test_a_run_says_nothing_of_texts_on_stderr(quoting: Shell) -> None:
    finished = quoting.attempt("run", "-f", "texts.jsonl")
    assert finished.returncode == 8
    assert MARK in finished.stdout
    assert "failed" in finished.stderr
    assert MARK not in finished.stderr


def test_a_bad_row_is_named_by_its_place_and_not_quoted(quoting: Shell) -> None:
    quoting.write("bad.txt", f"{MARK} one\n{MARK} \x00 two\n")
    refused = quoting.attempt("submit", "-f", "bad.txt")
    assert refused.returncode == 3
    assert "bad.txt:2" in refused.stderr
    assert MARK not in refused.stderr

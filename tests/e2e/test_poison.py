"""Texts that hang, kill or starve the model: each fails alone, and the worker lives on."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import poison
import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

Eventually = Callable[..., Any]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

POISON = {
    "reject it": ("text_rejected", 1),
    "raise a fuss": ("model_error", 2),
    "hang": ("timed_out", 2),
    "spin": ("timed_out", 2),
    "eat": ("out_of_memory", 2),
    "abort": ("model_crashed", 2),
    "segfault": ("model_crashed", 2),
    "exit": ("model_crashed", 2),
    "kill": ("model_crashed", 2),
}
"""What each does, the code it fails with, and the attempts it is given for it."""


@pytest.fixture
def infected(shell: Shell, tmp_path: Path) -> Shell:
    """A shell in which the poison model is installed, and may take a second and 300 MB."""
    site = tmp_path / "site"
    site.mkdir()
    shell.variables |= {
        "PYTHONPATH": str(poison.install(site)),
        "SENTIJOB_MODEL": "poison",
        "SENTIJOB_CALL_TIMEOUT": "1s",
        "SENTIJOB_MODEL_MEMORY": "300M",
        "SENTIJOB_MAX_ATTEMPTS": "2",
    }
    return shell


def children(pid: int) -> set[int]:
    """The processes that *pid* has started and that still run."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it has ended meanwhile
        if int(parent) == pid and state != "Z":
            found.add(int(stat.parent.name))
    return found


def test_every_poison_fails_alone_and_one_worker_scores_all_the_rest(
    infected: Shell, eventually: Eventually
) -> None:
    texts = [f"text {number}" for number in range(1000)]
    for place, text in enumerate(POISON):
        texts[100 * place + 57] = text
    infected.write("texts.txt", "\n".join(texts))
    infected("submit", "-f", "texts.txt")
    worker = infected.start("worker")
    eventually(lambda: infected.count("status IN ('completed', 'failed')") == 1000, within=100)
    assert worker.poll() is None
    assert [one["pid"] for one in infected.json("worker", "status")["workers"]] == [worker.pid]
    failed = infected.lines("results", "--failed", "--format", "jsonl")
    assert {one["text"]: (one["error"]["code"], one["attempt"]) for one in failed} == POISON
    assert all("\n" not in one["error"]["message"] for one in failed)
    assert infected.count("status = 'completed' AND attempt = 1 AND rescues = 0") == 991
    infected("submit", "--wait", "and on it goes")
    left = children(worker.pid)
    assert len(left) == 1
    worker.terminate()
    _, said = worker.communicate(timeout=30)
    assert worker.returncode == 0, said
    assert not any(Path(f"/proc/{pid}").exists() for pid in left)


def test_a_second_signal_ends_a_worker_and_its_model_in_the_middle_of_a_call(
    infected: Shell, eventually: Eventually
) -> None:
    infected.variables["SENTIJOB_CALL_TIMEOUT"] = "1h"
    infected("submit", "hang")
    worker = infected.start("worker")
    (model,) = eventually(lambda: children(worker.pid))
    eventually(lambda: infected.count("status = 'processing'") == 1)
    for number in (signal.SIGTERM, signal.SIGINT):  # two of a kind in one instant count once
        worker.send_signal(number)
    _, said = worker.communicate(timeout=30)
    assert worker.returncode == 0, said
    assert infected.rows("SELECT status, attempt, rescues FROM job") == [("pending", 0, 0)]
    eventually(lambda: not Path(f"/proc/{model}/exe").exists())


def test_no_model_outlives_a_worker_that_is_killed(infected: Shell, eventually: Eventually) -> None:
    infected.variables["SENTIJOB_CALL_TIMEOUT"] = "1h"
    infected("submit", "spin")
    worker = infected.start("worker", "--model", "poison", "--processes", "2")
    eventually(lambda: infected.count("status = 'processing'") == 1)
    models = eventually(lambda: children(worker.pid))
    worker.kill()
    worker.wait()
    eventually(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in models))


def test_a_run_fails_on_its_poison_alone(infected: Shell) -> None:
    infected.variables["SENTIJOB_MAX_ATTEMPTS"] = "1"
    ran = infected.attempt("run", "fine", "exit", "good", "--jsonl")
    assert ran.returncode == 8, ran.stderr
    assert '"model_crashed"' in ran.stdout
    assert ran.stdout.count('"completed"') == 2

"""The installed server and its worker, as a person would use them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from shell import Shell

SUPPORT = Path(__file__).parents[1] / "support"
EXAMPLES = "50"
"""Of schemathesis, for each call of the API, besides the border cases and the sequences of calls."""
Eventually = Callable[..., Any]
FINAL = {"completed", "failed", "cancelled"}


class Serving:
    """A server that runs, what it has said, and a client of it."""

    def __init__(self, process: subprocess.Popen[str], eventually: Eventually) -> None:
        self.process = process
        self.said = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        # What it imports takes a while on a machine that is busy.
        found = eventually(lambda: re.search(r"listening at (http://\S+)", self.said), within=90)
        self.client = httpx.Client(base_url=found[1], timeout=30)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line

    def ended_by(self, number: signal.Signals) -> int:
        """Its exit status, once a signal has ended it."""
        self.process.send_signal(number)
        return self.process.wait(40)

    def close(self) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)
        self._reader.join()


@pytest.fixture
def serve(shell: Shell, eventually: Eventually) -> Iterator[Callable[..., Serving]]:
    opened: list[Serving] = []
    shell.variables["PYTHONWARNINGS"] = "default"  # of other people's packages

    def start(*arguments: str) -> Serving:
        opened.append(Serving(shell.start("serve", "--port", "0", *arguments), eventually))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def workers(shell: Shell) -> list[int]:
    return [pid for (pid,) in shell.rows("SELECT pid FROM worker")]


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_session_of_old_goes_as_it_went(
    shell: Shell, serve: Callable[..., Serving], eventually: Eventually
) -> None:
    shell.variables["SENTIJOB_MODEL"] = "mini"
    client = serve("--with-worker").client
    assert client.get("/health").json() == {"status": "healthy"}
    for text, label in (
        ("This product is amazing! I love it!", "positive"),
        ("This is terrible and I hate it!", "negative"),
    ):
        answer = client.post("/predict", json={"text": text})
        queued = answer.json()
        assert answer.status_code == 202
        assert queued["status"] == "pending"
        url = f"/jobs/{queued['job_uuid']}"
        job = eventually(
            lambda url=url: (found := client.get(url).json())["status"] in FINAL and found
        )
        assert job["status"] == "completed"
        assert job["result_label"] == label
        assert job["result_score"] > 0.5
    listed = client.get("/jobs", params={"skip": 0, "limit": 10}).json()
    assert [job["result_label"] for job in listed] == ["negative", "positive"]


def test_a_result_is_waited_for_and_told_of(serve: Callable[..., Serving]) -> None:
    client = serve("--with-worker").client
    with client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        assert "event: counts" in lines
        answer = client.post("/predict?wait=20s", json={"text": "what a great day"})
        assert answer.status_code == 200
        assert answer.json()["result_label"] == "positive"
        assert any('"completed":1' in line for line in lines)
    assert 'sentijob_jobs{status="completed"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_server_and_its_worker_and_who_listens(
    shell: Shell, serve: Callable[..., Serving], eventually: Eventually, number: signal.Signals
) -> None:
    serving = serve("--with-worker")
    (pid,) = eventually(lambda: workers(shell))
    with serving.client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        assert "event: counts" in lines
        assert serving.ended_by(number) == 128 + number
        assert list(lines)[-1] == ""  # the stream came to an end, and wasn't cut
    assert not runs(pid)
    assert workers(shell) == []
    assert "Traceback" not in serving.said
    assert "bug:" not in serving.said


def test_a_killed_server_leaves_no_worker_behind(
    shell: Shell, serve: Callable[..., Serving], eventually: Eventually
) -> None:
    serving = serve("--with-worker")
    (pid,) = eventually(lambda: workers(shell))
    assert serving.ended_by(signal.SIGKILL) == -signal.SIGKILL
    eventually(lambda: not runs(pid))
    assert workers(shell) == []


def test_a_killed_worker_is_replaced(
    shell: Shell, serve: Callable[..., Serving], eventually: Eventually
) -> None:
    serving = serve("--with-worker")
    (pid,) = eventually(lambda: workers(shell))
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: pid not in workers(shell) and workers(shell))
    assert "the worker was killed by SIGKILL; another one starts in 1.0s" in serving.said
    answer = serving.client.post("/predict?wait=20s", json={"text": "great"})
    assert answer.json()["status"] == "completed"


def test_a_port_that_is_taken_is_said_in_a_line(shell: Shell) -> None:
    shell.variables["PYTHONWARNINGS"] = "default"
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ended = shell.attempt("serve", "--port", str(port))
    assert ended.returncode == 5
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"sentijob: error: port {port} at 127.0.0.1 is taken")


def test_an_address_of_another_machine_is_refused_in_a_line(shell: Shell) -> None:
    shell.variables["PYTHONWARNINGS"] = "default"
    ended = shell.attempt("serve", "--host", "192.0.2.1")
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.timeout(420)
def test_whatever_the_document_allows_and_much_that_it_does_not_is_answered_as_it_says(
    shell: Shell, serve: Callable[..., Serving]
) -> None:
    """With a worker, so that who waits for a result gets one."""
    serving = serve("--with-worker")
    searched = subprocess.run(  # noqa: S603  # a tool of the tests, on a server of theirs
        [
            Path(sys.executable).with_name("schemathesis"),
            f"--config-file={SUPPORT / 'schemathesis.toml'}",
            "run",
            f"{serving.client.base_url}/openapi.json",
            f"--max-examples={EXAMPLES}",
            "--generation-deterministic",
            "--request-timeout=30",
            "--warnings=off",
            "--no-color",
        ],
        cwd=shell.folder,
        env=os.environ | {"PYTHONPATH": str(SUPPORT), "SCHEMATHESIS_HOOKS": "schemathesis_hooks"},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert searched.returncode == 0, searched.stdout + searched.stderr
    assert "Traceback" not in serving.said

"""Files in and results out over HTTP: through a socket, in bounded memory, as the documentation shows it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from served import drain
from working import claim, scored, worker

from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore

ROW = "k-{},{},tail\n"
TEXT = "a day that was great in every way that anybody could think of and then some; " * 12
SMALL, LARGE = 10_000_000, 50_000_000
ALLOWED_MB = 15
"""What one upload may take more of than another, by chance: rows that are kept would take 40."""
PATIENCE = 250.0
"""Seconds that an answer may take where others use the machine too."""
SHOWN = "http://127.0.0.1:8000"
SECTIONS = ("Batches\n", "Jobs\n", "Asking twice\n")
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "http.md"


class Served(NamedTuple):
    """A server of its own, and its store."""

    process: subprocess.Popen[bytes]
    port: int
    store: Store
    folder: Path

    def peak(self) -> float:
        """The most memory it has held, in megabytes."""
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", told)[0]) / 1000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    place = tmp_path / "jobs.db"
    port = free_port()
    command = [sys.executable, "-m", "sentijob", "serve", "--db", str(place), "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603  # our own command
        command, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, stderr=subprocess.DEVNULL
    )
    try:
        await_health(port)
        with SqlStore.open(str(place)) as store:
            yield Served(process, port, store, tmp_path)
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def await_health(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/health")
            connection.getresponse().read()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise AssertionError("the server doesn't answer")


def rows(size: int) -> Iterator[bytes]:
    """About *size* bytes of CSV, which the server counts alone."""
    yield b"key,text,note\n"
    for number in range(size // (len(TEXT) + 16)):
        yield ROW.format(number, TEXT).encode()


def upload(server: Served, size: int) -> str:
    """The UUID of a new batch, sent piece by piece without telling how long it is."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    headers = {"Content-Type": "text/csv", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/batches", rows(size), headers, encode_chunked=True)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status == 201, content
    return str(json.loads(content)["batch_uuid"])


def results(server: Served, batch: str, form: str) -> int:
    """How many lines came."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", f"/batches/{batch}/results?format={form}")
    answer = connection.getresponse()
    count = sum(1 for _ in answer)
    connection.close()
    return count


def score_all(store: Store) -> None:
    me = worker(store)
    while claims := claim(store, me, 2_000):
        store.complete(me, scored(claims))


@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="its peak can't be told")
def test_a_file_five_times_as_long_takes_no_more_memory_in_or_out(server: Served) -> None:
    peaks = []
    for size in (SMALL, LARGE):
        batch = upload(server, size)
        score_all(server.store)
        count = len(list(rows(size))) - 1
        assert results(server, batch, "jsonl") == count
        assert results(server, batch, "csv") == count + 1
        peaks.append(server.peak())
    assert peaks[1] - peaks[0] < ALLOWED_MB, peaks


def test_an_upload_that_is_cut_off_queues_nothing(server: Served) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(
            b"POST /batches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
            b"Content-Length: 100\r\n\r\none\ntwo\n"
        )
        client.shutdown(socket.SHUT_WR)
        while client.recv(1024):
            pass
    whole = upload(server, 5_000)
    assert [str(batch.batch_uuid) for batch in server.store.batches()] == [whole]
    assert [path.name for path in server.folder.iterdir() if "jobs.db" not in path.name] == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="the lines need curl")
def test_the_lines_of_the_documentation_work(server: Served) -> None:
    sections = re.split(r"^## ", DOCUMENTATION.read_text(), flags=re.MULTILINE)
    ours = "".join(section for section in sections if section.startswith(SECTIONS))
    lines = re.findall(r"^\$ (.+)$", ours, re.MULTILINE)
    environment = dict(os.environ)
    said = []
    for line in lines:
        if line.startswith("BATCH="):
            (batch,) = server.store.batches()
            environment["BATCH"] = f"http://127.0.0.1:{server.port}/batches/{batch.batch_uuid}"
            drain(server.store)
            continue
        done = subprocess.run(  # noqa: S603  # the documentation's own lines
            ["/bin/bash", "-c", line.replace(SHOWN, f"http://127.0.0.1:{server.port}")],
            env=environment,
            cwd=server.folder,
            capture_output=True,
            check=True,
            timeout=60,
        )
        said.append(done.stdout.decode())
    refused = [json.loads(text)["detail"] for text in said if '"detail"' in text]
    assert refused == ["body:2: the text is empty"]
    assert (server.folder / "scored.csv").read_text().count("\n") == 3
    assert len(server.store.batches()) == 2

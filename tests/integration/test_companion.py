"""A process that is kept beside another, with small programs in a worker's place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from shell import eventually

from sentijob.web.companion import Companion
from sentijob.worker.leash import LEASH_VARIABLE

NOTE = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n');"
STEADY = NOTE + "import signal; signal.pause()"
OBEDIENT = (
    f"import os; fd = int(os.environ[{LEASH_VARIABLE!r}]); os.fstat(fd); {NOTE} os.read(fd, 1)"
)
SOON = timedelta(milliseconds=20)


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    path = tmp_path / "pids"
    path.touch()
    return path


def pids(noted: Path) -> list[int]:
    return [int(line) for line in noted.read_text().splitlines()]


def runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def steady(noted: Path) -> Iterator[Companion]:
    command = [sys.executable, "-c", STEADY, str(noted)]
    with closing(Companion(command, first_pause=SOON)) as companion:
        companion.start()
        eventually(lambda: pids(noted))
        yield companion


def test_what_dies_is_started_again(
    steady: Companion,  # noqa: ARG001  # it runs
    noted: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (first,) = pids(noted)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: len(pids(noted)) == 2)
    assert "was killed by SIGKILL; another one starts in 20ms" in caplog.text


def test_pauses_grow_while_it_dies_at_once(noted: Path, caplog: pytest.LogCaptureFixture) -> None:
    command = [sys.executable, "-c", NOTE + "sys.exit(7)", str(noted)]
    with closing(Companion(command, first_pause=SOON)) as companion:
        companion.start()
        eventually(lambda: len(caplog.messages) >= 4)
    pauses = [message.rpartition(" ")[2] for message in caplog.messages]
    assert pauses[:4] == ["20ms", "40ms", "80ms", "160ms"]
    assert "ended with status 7" in caplog.messages[0]


def test_it_ends_when_it_is_told_to_and_isnt_started_again(
    steady: Companion, noted: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (pid,) = pids(noted)
    steady.request_stop()
    eventually(lambda: not runs(pid))
    steady.close()
    assert pids(noted) == [pid]
    assert caplog.messages == []


def test_a_pause_doesnt_hold_up_the_end(noted: Path) -> None:
    command = [sys.executable, "-c", NOTE + "sys.exit(7)", str(noted)]
    with closing(Companion(command, first_pause=timedelta(hours=1))) as companion:
        companion.start()
        eventually(lambda: pids(noted))
        began = time.monotonic()
    assert time.monotonic() - began < 15


def test_what_was_never_started_is_closed_at_once() -> None:
    Companion([sys.executable, "-c", "pass"]).close()


def test_a_command_that_cant_be_run_is_told_of_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Companion([str(tmp_path / "missing")], first_pause=SOON)) as companion:
        companion.start()
        eventually(lambda: sum("no worker can be started" in one for one in caplog.messages) >= 2)


def test_its_variables_are_added_to_ours(noted: Path) -> None:
    program = (
        f"import os; open({str(noted)!r}, 'w').write(os.environ['SECRET'] + os.environ['PATH'])"
    )
    with closing(Companion([sys.executable, "-c", program], {"SECRET": "x"})) as companion:
        companion.start()
        eventually(noted.read_text)
    assert noted.read_text() == "x" + os.environ["PATH"]


def test_its_leash_ends_with_us_however_we_end(noted: Path) -> None:
    keeping = (
        "import sys, time; from sentijob.web.companion import Companion;"
        "Companion([sys.executable, '-c', *sys.argv[1:]]).start(); time.sleep(600)"
    )
    keeper = subprocess.Popen([sys.executable, "-c", keeping, OBEDIENT, str(noted)])  # noqa: S603  # our own
    try:
        eventually(lambda: pids(noted))
        (pid,) = pids(noted)
        assert runs(pid)
    finally:
        keeper.kill()
        keeper.wait()
    eventually(lambda: not runs(pid))

"""Signals, closed terminals and closed pipes: a documented exit status, no traceback, nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from shell import Screen, Shell

Eventually = Callable[..., Any]

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
WATCHES = {
    "status --watch": ("status", "b1", "--watch"),
    "status --watch --json": ("status", "b1", "--watch", "--json"),
    "wait": ("wait", "b1"),
    "list --watch": ("list", "--watch"),
    "stats --watch": ("stats", "--watch"),
    "stats --watch --json": ("stats", "--watch", "--json"),
    "results --follow": ("results", "b1", "--follow"),
    "submit --wait": ("submit", "--wait", "a fine text"),
}


def texts(count: int) -> str:
    return "".join(f"a great day, number {n}\n" for n in range(count))


def ended(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal and expect the status it stands for; what was said on stderr."""
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + number, said
    assert "Traceback" not in said
    assert "bug:" not in said
    return said


def is_busy(process: subprocess.Popen[str], shell: Shell) -> bool:
    """Whether a command has its store open, and so has come past its imports."""
    folder = f"/proc/{process.pid}/fd"
    try:
        opened = [os.readlink(f"{folder}/{name}") for name in os.listdir(folder)]  # noqa: PTH115, PTH208  # names come and go meanwhile
    except OSError:
        return False
    return str(shell.database) in opened


def leftovers(shell: Shell) -> list[str]:
    """Temporary files that somebody forgot."""
    return [str(path) for path in shell.folder.rglob("*.tmp")]


@pytest.fixture
def shell(shell: Shell) -> Shell:
    # An import that is cut off leaves its file open, which Python mentions where warnings are on.
    shell.variables["PYTHONWARNINGS"] = "error,ignore::ResourceWarning"
    return shell


@pytest.fixture
def waiting(shell: Shell) -> Shell:
    """A shell with a batch that nobody scores."""
    shell.write("texts.txt", texts(50))
    shell("submit", "-f", "texts.txt")
    return shell


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("watch", WATCHES)
def test_a_watch_or_a_wait_ends_by_any_signal_and_touches_no_job(
    waiting: Shell, eventually: Eventually, watch: str, number: signal.Signals
) -> None:
    command = waiting.start(*WATCHES[watch])
    eventually(lambda: is_busy(command, waiting))
    eventually(lambda: waiting.count() == 50 + (watch == "submit --wait"))
    before = waiting.dump()
    ended(command, number)
    assert waiting.dump() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("watch", ["status --watch", "list --watch", "wait"])
def test_a_watch_at_a_terminal_gives_the_cursor_back(
    waiting: Shell, watch: str, number: signal.Signals
) -> None:
    screen = waiting.at_terminal(*WATCHES[watch])
    screen.read_until(lambda shown: HIDE_CURSOR in shown)
    screen.process.send_signal(number)
    shown = screen.finish()
    assert screen.process.returncode == 128 + number
    assert shown.rindex(SHOW_CURSOR) > shown.rindex(HIDE_CURSOR)
    assert "Traceback" not in shown


def close_terminal(screen: Screen) -> int:
    """Close a terminal as its window does; the exit status of what ran there."""
    os.close(screen.master)
    return screen.process.wait(30)


@pytest.mark.parametrize("watch", ["status --watch", "stats --watch", "wait"])
def test_a_watch_ends_with_its_terminal(waiting: Shell, watch: str) -> None:
    before = waiting.dump()
    screen = at_controlling_terminal(waiting, *WATCHES[watch])
    screen.read_until(lambda shown: HIDE_CURSOR in shown)
    assert close_terminal(screen) == 128 + signal.SIGHUP
    assert waiting.dump() == before


def at_controlling_terminal(shell: Shell, *arguments: str) -> Screen:
    """Run at a terminal that says so when it is closed, as every shell's does."""
    adopt = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        "os.execv(sys.executable, [sys.executable, '-m', 'sentijob', *sys.argv[1:]])"
    )
    return shell.at_terminal_run([sys.executable, "-c", adopt, *arguments])


@pytest.mark.parametrize("number", ENDING)
def test_an_ended_submit_of_a_file_keeps_what_it_queued_and_says_how_to_go_on(
    shell: Shell, eventually: Eventually, number: signal.Signals
) -> None:
    shell.write("texts.txt", texts(100_000))
    command = shell.start("submit", "-f", "texts.txt")
    eventually(lambda: shell.count() > 0)
    assert "the same command goes on from there" in ended(command, number)
    assert 0 < shell.count() < 100_000
    assert shell.count() % 10_000 == 0
    assert shell("submit", "-f", "texts.txt").strip() == "b1"
    assert shell.count() == 100_000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_ended_submit_of_stdin_keeps_what_came(
    shell: Shell, eventually: Eventually, number: signal.Signals
) -> None:
    command = shell.start("submit", "-", stdin=subprocess.PIPE)
    assert command.stdin is not None
    command.stdin.write("one\ntwo\n")
    command.stdin.flush()
    eventually(lambda: shell.count() == 2)
    assert "b1 holds the first 2 texts" in ended(command, number)
    assert shell.count() == 2


@pytest.mark.parametrize("number", ENDING)
def test_an_ended_run_gives_the_rest_back(
    shell: Shell, eventually: Eventually, number: signal.Signals
) -> None:
    shell.write("texts.txt", texts(500))
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.02"
    command = shell.start("run", "-f", "texts.txt", "-o", "out.csv")
    eventually(lambda: shell.count("status = 'completed'") > 0)
    assert "sentijob results b1" in ended(command, number)
    assert shell.count("status = 'processing'") == 0
    assert shell.count("status = 'pending' AND attempt > 0") == 0
    assert not (shell.folder / "out.csv").exists()
    assert leftovers(shell) == []


@pytest.fixture(scope="module")
def full(new_shell: Callable[[], Shell]) -> Shell:
    """A shell with enough results that writing them takes a while."""
    shell = new_shell()
    shell.write("texts.txt", texts(40_000))
    shell("submit", "-f", "texts.txt", "--model", "vader")
    shell("worker", "--drain")
    return shell


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.parquet"])
def test_an_ended_export_leaves_the_file_as_it_was(
    full: Shell, eventually: Eventually, name: str, number: signal.Signals
) -> None:
    full.write(name, "what was there")
    command = full.start("results", "-o", name)
    eventually(lambda: leftovers(full) or command.poll() is not None)
    command.send_signal(number)
    command.communicate(timeout=30)
    # On a slow machine it may have been done before the signal came.
    assert command.returncode in {0, 128 + number}
    is_untouched = (full.folder / name).read_bytes() == b"what was there"
    assert is_untouched == (command.returncode != 0)
    assert leftovers(full) == []


@pytest.mark.parametrize("number", ENDING)
def test_an_ended_backup_leaves_no_file(
    full: Shell, eventually: Eventually, number: signal.Signals
) -> None:
    copy = full.folder / "copy.db"
    copy.unlink(missing_ok=True)
    command = full.start("db", "backup", "copy.db")
    eventually(lambda: leftovers(full) or copy.exists())
    command.send_signal(number)
    command.communicate(timeout=30)
    assert command.returncode in {0, 128 + number}
    assert copy.exists() == (command.returncode == 0)
    assert leftovers(full) == []


CHANGES = {
    "cancel": ("cancel", "--all", "--yes"),
    "retry": ("retry", "--all", "--yes"),
    "prune": ("prune", "--all", "--yes"),
    "check": ("db", "check"),
    "vacuum": ("db", "vacuum"),
    "doctor": ("doctor", "--model", "demo"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_is_ended_is_whole_so_far_as_it_went(
    shell: Shell, eventually: Eventually, change: str
) -> None:
    shell.write("texts.txt", texts(30_000))
    shell("submit", "-f", "texts.txt")
    if change in {"retry", "prune"}:
        shell("cancel", "--all", "--yes")
    for number in ENDING:
        command = shell.start(*CHANGES[change])
        eventually(lambda started=command: is_busy(started, shell) or started.poll() is not None)
        command.send_signal(number)
        _, said = command.communicate(timeout=30)
        assert command.returncode in {0, 128 + number}, said
        assert "Traceback" not in said
        assert "bug:" not in said
    assert shell.attempt("db", "check").returncode == 0
    assert leftovers(shell) == []


@pytest.mark.parametrize(
    "arguments", [("list", "-n", "10000", "--jsonl"), ("results", "--format", "csv")]
)
def test_a_reader_that_leaves_early_is_met_with_silence(
    full: Shell, arguments: tuple[str, ...]
) -> None:
    command = full.start(*arguments)
    assert command.stdout is not None
    command.stdout.readline()
    command.stdout.close()
    command.wait(30)
    assert command.stderr is not None
    assert command.stderr.read() == ""
    assert command.returncode == 141


def test_a_reader_of_followed_results_may_leave(shell: Shell, eventually: Eventually) -> None:
    shell.write("texts.txt", texts(2_000))
    shell("submit", "-f", "texts.txt")
    following = shell.start("results", "b1", "--follow")
    eventually(lambda: is_busy(following, shell))
    assert following.stdout is not None
    following.stdout.close()
    shell("worker", "--drain")
    assert following.wait(30) == 141


def test_a_stopped_wait_goes_on_when_it_is_continued(shell: Shell, eventually: Eventually) -> None:
    shell("submit", "great")
    command = shell.start("wait", "1")
    eventually(lambda: is_busy(command, shell))
    # A terminal would send SIGTSTP, which a process without a shell above it is spared.
    command.send_signal(signal.SIGSTOP)
    eventually(lambda: " T " in proc_stat(command.pid))
    shell("worker", "--drain")
    command.send_signal(signal.SIGCONT)
    assert command.wait(30) == 0


def proc_stat(pid: int) -> str:
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123  # one line of the kernel's
        return file.read().rpartition(")")[2]


@pytest.mark.parametrize("number", ENDING)
def test_a_worker_finishes_its_chunk_at_the_first_signal_and_leaves_with_0(
    shell: Shell, eventually: Eventually, number: signal.Signals
) -> None:
    shell.write("texts.txt", texts(300))
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.02"
    shell("submit", "-f", "texts.txt")
    for flags in ((), ("--drain",)):
        done = shell.count("status = 'completed'")
        worker = shell.start("worker", *flags)
        eventually(lambda before=done: shell.count("status = 'completed'") > before)
        worker.send_signal(number)
        _, said = worker.communicate(timeout=30)
        assert worker.returncode == 0, said
        assert "Traceback" not in said
        assert shell.count("status = 'processing'") == 0
        assert shell.count("status = 'pending' AND attempt > 0") == 0
    assert 0 < shell.count("status = 'completed'") < 300


def test_a_worker_gives_its_jobs_back_when_its_terminal_closes(
    shell: Shell, eventually: Eventually
) -> None:
    shell.write("texts.txt", texts(300))
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.02"
    shell("submit", "-f", "texts.txt")
    screen = at_controlling_terminal(shell, "worker")
    eventually(lambda: shell.count("status = 'completed'") > 0)
    assert close_terminal(screen) == 0
    assert shell.count("status = 'processing'") == 0
    assert shell.rows("SELECT count(*) FROM worker") == [(0,)]
    assert 0 < shell.count("status = 'completed'") < 300


def test_a_worker_under_nohup_outlives_its_terminal(shell: Shell, eventually: Eventually) -> None:
    shell("submit", "great")
    worker = shell.start_run(["nohup", sys.executable, "-m", "sentijob", "worker"])
    eventually(lambda: shell.count("status = 'completed'") == 1)
    worker.send_signal(signal.SIGHUP)
    shell("submit", "great")
    eventually(lambda: shell.count("status = 'completed'") == 2)
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


def test_two_signals_at_once_end_a_command_once(waiting: Shell, eventually: Eventually) -> None:
    command = waiting.start("wait", "b1")
    eventually(lambda: is_busy(command, waiting))
    command.send_signal(signal.SIGINT)
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=30)
    assert command.returncode == 130
    assert "Traceback" not in said


def test_a_followed_log_ends_by_any_signal(shell: Shell) -> None:
    shell("worker", "start")
    try:
        for number in ENDING:
            command = shell.start("worker", "logs", "-f")
            assert command.stdout is not None
            assert "started" in command.stdout.readline()
            ended(command, number)
    finally:
        shell("worker", "stop")


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_while_a_command_is_still_being_imported_prints_nothing(
    waiting: Shell, number: signal.Signals
) -> None:
    """At twenty moments between the first line of ours and the end of a command."""
    # An import that is cut off leaves its file open, of which only who asks for it is told.
    waiting.variables["PYTHONWARNINGS"] = "error,ignore::ResourceWarning"
    for step in range(20):
        command = waiting.start("status", "b1", stdout=subprocess.DEVNULL)
        has_begun(command)
        pause(step * 0.008)
        command.send_signal(number)
        _, said = command.communicate(timeout=30)
        assert command.returncode in {0, -number, 128 + number}
        assert said == ""


SWALLOWED = """
import signal, time
from sentijob.cli.interrupts import Interrupted, interruptible

class Callback:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

try:
    with interruptible():
        Callback()
        time.sleep(60)
except Interrupted as exc:
    print(exc.number)
"""


def test_a_signal_that_comes_where_python_swallows_exceptions_ends_the_command_too(
    shell: Shell,
) -> None:
    command = shell.start_run([sys.executable, "-c", SWALLOWED])
    said, complained = command.communicate(timeout=30)
    assert said == f"{signal.SIGTERM:d}\n"
    assert complained == ""


def has_begun(command: subprocess.Popen[str]) -> None:
    """Wait until our first module has taken the signals over from the interpreter's own start."""
    caught = 1 << (signal.SIGINT - 1)
    end = time.monotonic() + 30
    seen = False
    while time.monotonic() < end and command.poll() is None:
        with open(f"/proc/{command.pid}/status") as file:  # noqa: PTH123  # the kernel's
            mask = next(int(line.split()[1], 16) for line in file if line.startswith("SigCgt"))
        if seen and not mask & caught:
            return
        seen = seen or bool(mask & caught)


def pause(seconds: float) -> None:
    """Let a moment pass: which moment a signal meets is what is tried."""
    time.sleep(seconds)

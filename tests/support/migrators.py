"""Processes that migrate a store, to be killed in the middle or started all at once.

Run as a program of its own, which imports everything once and forks: a process with threads must not.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from apsw_driver import connector
from watched_disk import Change, watched

import sentijob.store.schema  # imported once, before the forks
from sentijob.store.sqlite import SqliteDatabase
from sentijob.store.sqlite_connecting import connect_stdlib

assert sentijob.store.schema  # it is what the import was for
_RAN, _FOUND_DONE, _FAILED = 10, 11, 12


def kill_migrations(source: Path | None, folder: Path, kind: str, start: int, step: int) -> int:
    """Kill a migration of a copy of *source* at every *step*-th ``statement`` or ``write``; how many there were.

    What each has left is ``folder/N/jobs.db``.
    """
    given = [str(source or ""), str(folder), kind, str(start), str(step)]
    return int(_own_program("kill", *given))


def migrate_at_once(path: Path, count: int) -> tuple[int, int]:
    """Have so many processes open a store at one moment: how many ran the migration, and how many failed."""
    ran, failed = _own_program("race", str(path), str(count)).split()
    return int(ran), int(failed)


def _own_program(*arguments: str) -> str:
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, __file__, *arguments], check=True, capture_output=True, text=True
    ).stdout


def _die_at(number: int) -> Callable[[], None]:
    left = number

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return count


def _open_by_statement(path: Path, count: Callable[[], None]) -> None:
    def connect(location: str) -> sqlite3.Connection:
        connection = connect_stdlib(location)
        connection.set_trace_callback(lambda _: count())
        return connection

    SqliteDatabase.open(str(path), connect=connect).close()


def _open_by_write(path: Path, count: Callable[[], None]) -> None:
    class Disk:
        def change(self, change: Change, make: Callable[[Change], None]) -> None:
            count()
            make(change)

    with watched(Disk()) as vfs:
        SqliteDatabase.open(str(path), connect=connector(vfs=vfs)).close()


def _kill(source: Path | None, folder: Path, kind: str, start: int, step: int) -> int:
    """Go on with later and later kills until a migration outlives its own."""
    opened = _open_by_statement if kind == "statement" else _open_by_write
    number = start
    while True:
        path = folder / str(number) / "jobs.db"
        path.parent.mkdir(parents=True)
        if source is not None:
            shutil.copyfile(source, path)
        if not _is_killed(partial(opened, path, _die_at(number))):
            return number
        number += step


def _is_killed(work: Callable[[], None]) -> bool:
    status = _wait(_forked(work))
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"a migrator ended with status {os.WEXITSTATUS(status)}")
    return os.WIFSIGNALED(status)


def _race(path: Path, count: int) -> tuple[int, int]:
    gate, opener = os.pipe()

    def migrate() -> int:
        os.close(opener)
        os.read(gate, 1)  # ends for all at once, when the other end is closed
        has_run = False

        def connect(location: str) -> sqlite3.Connection:
            connection = connect_stdlib(location)
            connection.set_trace_callback(note)
            return connection

        def note(statement: str) -> None:
            nonlocal has_run
            has_run |= statement.startswith("PRAGMA user_version =")

        with suppress(Exception):
            SqliteDatabase.open(str(path), connect=connect).close()
            return _RAN if has_run else _FOUND_DONE
        return _FAILED

    children = [_forked(migrate) for _ in range(count)]
    os.close(opener)
    os.close(gate)
    ends = [os.WEXITSTATUS(_wait(child)) for child in children]
    return ends.count(_RAN), len(ends) - ends.count(_RAN) - ends.count(_FOUND_DONE)


def _forked(work: Callable[[], int | None]) -> int:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = work() or 0
        except BaseException:  # noqa: BLE001  # the parent's stderr is where it is of use
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def _wait(child: int) -> int:
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    if sys.argv[1] == "kill":
        given, target, by, first, every = sys.argv[2:]
        at = _kill(Path(given) if given else None, Path(target), by, int(first), int(every))
        sys.stdout.write(str(at))
    else:
        sys.stdout.write(" ".join(map(str, _race(Path(sys.argv[2]), int(sys.argv[3])))))

"""What was acknowledged and what was settled, written down outside the store as it happened.

A ledger is a file of JSON lines that is only ever appended to. Each line is
one write and one fsync, after the store had said yes: a kill between the two
leaves a deed unrecorded, never a record of what wasn't done. A last line
without its end was cut off by a kill and is passed over.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

SUBMITS = "submits.jsonl"
_SETTLES = "settles-*.jsonl"


class Settle(NamedTuple):
    """A job that a worker was told it had completed."""

    job_id: int
    fence: int
    label: str


@dataclass(frozen=True, slots=True)
class Submit:
    """One submit as its caller knows it: what was handed in, and what it printed."""

    texts: Sequence[str]
    printed: str
    """A job's number, a batch as ``b7``, or nothing where it was killed before it could say."""

    @property
    def is_acknowledged(self) -> bool:
        return bool(self.printed)

    @property
    def is_batch(self) -> bool:
        return self.printed.startswith("b")


class Ledger:
    """A file to append to; any thread may."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._lock = threading.Lock()

    def append(self, entry: object) -> None:
        """Add one line; it is on disk when this returns."""
        with self._lock:
            os.write(self._fd, f"{json.dumps(entry)}\n".encode())
            os.fsync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


def submit_ledger(folder: Path) -> Ledger:
    return Ledger(folder / SUBMITS)


def settle_ledger(folder: Path, name: str) -> Ledger:
    """One worker process's own; *name* is used once."""
    return Ledger(folder / _SETTLES.replace("*", name))


def record_submit(ledger: Ledger, submit: Submit) -> None:
    ledger.append(asdict(submit))


def record_settles(ledger: Ledger, settles: Iterable[Settle]) -> None:
    ledger.append([list(settle) for settle in settles])


def submits(folder: Path) -> Iterator[Submit]:
    """All that was handed in, in the order of its end."""
    for entry in _entries(folder / SUBMITS):
        yield Submit(**entry)


def settles(folder: Path) -> Iterator[Settle]:
    """All that any worker was told it had completed."""
    for path in sorted(folder.glob(_SETTLES)):
        for entry in _entries(path):
            yield from (Settle(*settle) for settle in entry)


def settled_ids(path: Path) -> set[int]:
    """The jobs in one worker's ledger."""
    return {settle[0] for entry in _entries(path) for settle in entry} if path.exists() else set()


def _entries(path: Path) -> Iterator[Any]:
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield json.loads(line)

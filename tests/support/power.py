"""A disk that remembers in which order everything came, and what a power cut at any moment leaves of it.

Until a file is synced, each of its sectors may have arrived or not; until a
folder is synced, so may each name made or taken away in it. Source of the method: "How SQLite
Is Tested", section 4.3, on crash tests (sqlite.org/testing.html).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from store_ledger import Promise
from watched_disk import Change

SECTOR = 512
Chance = Callable[[], bool]
"""Whether something that wasn't synced has arrived."""


@dataclass
class RecordingDisk:
    """Makes every change, and notes it; :meth:`mark` notes what has been promised by then."""

    log: list[Change | Promise] = field(default_factory=list)

    def change(self, change: Change, make: Callable[[Change], None]) -> None:
        make(change)
        self.log.append(change)

    def mark(self, promise: Promise) -> None:
        self.log.append(promise)


@dataclass
class _File:
    """What is on the disk for certain, and what has been written since."""

    synced: bytes = b""
    unsynced: list[Change] = field(default_factory=list)

    def after(self, has_arrived: Chance) -> bytes:
        content = bytearray(self.synced)
        for change in self.unsynced:
            if change.kind == "truncate":
                if has_arrived():
                    _resize(content, change.size)
                continue
            for start in range(0, len(change.data), SECTOR):
                if has_arrived():
                    sector = change.data[start : start + SECTOR]
                    end = change.offset + start + len(sector)
                    _resize(content, max(len(content), end))
                    content[end - len(sector) : end] = sector
        return bytes(content)

    def sync(self) -> None:
        self.synced = self.after(lambda: True)
        self.unsynced = []


class Machine:
    """A folder on a disk while the machine runs, change by change."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = {name: _File(content) for name, content in files.items()}
        self._lasting = dict(self._files)
        self._renamed: list[tuple[str, _File | None]] = []

    def run(self, change: Change) -> None:
        """Make a change, as the file system's cache sees it."""
        name = change.name
        match change.kind:
            case "create":
                self._files[name] = _File()
                self._renamed.append((name, self._files[name]))
            case "delete":
                self._files.pop(name, None)
                self._renamed.append((name, None))
            case "sync":
                self._files[name].sync()
            case "write" | "truncate":
                self._files[name].unsynced.append(change)
        if change.has_names:
            self._lasting = dict(self._files)
            self._renamed = []

    def cut(self, has_arrived: Chance) -> dict[str, bytes]:
        """The files and their contents after a power cut now."""
        files: dict[str, _File | None] = dict(self._lasting)
        files.update([renamed for renamed in self._renamed if has_arrived()])
        return {name: file.after(has_arrived) for name, file in files.items() if file is not None}


def cuts(
    log: list[Change | Promise], files: dict[str, bytes], seeds: int
) -> Iterator[tuple[int, Promise, str, dict[str, bytes]]]:
    """After each change: its number, what has been promised, how the cut was, and the files it leaves."""
    machine, promise, number = Machine(files), Promise({}, ()), 0
    for entry in log:
        if isinstance(entry, Promise):
            promise = entry
            continue
        number += 1
        machine.run(entry)
        yield number, promise, "all unsynced lost", machine.cut(lambda: False)
        yield number, promise, "all arrived", machine.cut(lambda: True)
        for seed in range(seeds):
            yield number, promise, f"torn with seed {seed}", machine.cut(_chance(number, seed))


def _chance(number: int, seed: int) -> Chance:
    draw = random.Random(f"{number} {seed}")  # to be the same in every run
    odds = draw.random()
    return lambda: draw.random() < odds


def _resize(content: bytearray, size: int) -> None:
    if size < len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))

"""Submitters that are killed, and what each of them was told before that."""

from __future__ import annotations

import contextlib
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from arena import Arena, TortureError
from ledgers import Ledger, Submit, record_submit
from postgres_server import await_commit

from sentijob.places import is_url
from sentijob.ports import Store

_WORDS = ("plain", "great", "awful", "late", "kind", "broken", "warm", "dull", "quick", "odd")
_STORE_UNAVAILABLE = 6
_PATIENCE = 120.0
_BATCH_SIZES = (50, 400)
_MOST_RERUNS = 3


@dataclass
class Supply:
    """How many texts may be handed in by now, and how many have been; *allowed* is asked again and again."""

    total: int
    allowed: Callable[[], float]
    handed_in: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, count: int) -> int:
        """Up to *count* texts to hand in, once it is their time; 0 where all are."""
        while True:
            with self._lock:
                left = self.total - self.handed_in
                if left <= 0:
                    return 0
                if self.handed_in < self.allowed():
                    taken = min(count, left)
                    self.handed_in += taken
                    return taken
            time.sleep(0.02)


class Submitter:
    """Hands texts in by one way of ``sentijob submit``; some of its processes are killed.

    What is killed and when is drawn from *seed* alone. A file is submitted
    again until it is in; a killed text or stdin is not.
    """

    def __init__(self, arena: Arena, store: Store, ledger: Ledger, *, name: str, seed: str) -> None:
        self._arena = arena
        self._store = store
        self._ledger = ledger
        self._name = name
        self._random = random.Random(f"{seed} {name}")
        self._made = 0
        self.faults: Counter[str] = Counter()

    def submit_singles(self, supply: Supply) -> None:
        """One text a command, until *supply* is spent."""
        while supply.take(1):
            (text,) = self.fresh_texts(1)
            printed = self._printed(["submit", text], self._drawn_kill(0.3, 0.2))
            record_submit(self._ledger, Submit([text], printed))

    def submit_files(self, supply: Supply) -> None:
        """A file a command, until *supply* is spent."""
        while count := supply.take(self._random.randint(*_BATCH_SIZES)):
            self.submit_file(self.fresh_texts(count))

    def submit_file(
        self, texts: Sequence[str], *, kill_when: Callable[[], bool] | None = None
    ) -> None:
        """One file, again and again until it is in; *kill_when* times the first kill, else chance."""
        path = self._arena.folder / f"{self._name}-{self._made:05}.txt"
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        once = ["--once", path.name] if self._random.random() < 0.5 else []
        command = ["submit", "-f", str(path), *once]
        printed = self._printed(command, self._drawn_kill(0.5, 0.5), kill_when)
        reruns = 0
        while not printed and not (printed := self._sealed(path)):
            reruns += 1
            self.faults["file submits run again"] += 1
            kill = self._drawn_kill(0.3, 0.5) if reruns < _MOST_RERUNS else None
            printed = self._printed(command, kill)
        record_submit(self._ledger, Submit(texts, printed))

    def submit_stdin(self, supply: Supply) -> None:
        """A pipe a command, in two portions, until *supply* is spent."""
        while count := supply.take(self._random.randint(*_BATCH_SIZES)):
            texts = self.fresh_texts(count)
            lines = [f"{text}\n" for text in texts]
            kill_after = self._drawn_kill(0.3, 0.5)
            middle, pause = self._random.randint(0, count), self._random.uniform(0, 0.3)
            process = self._arena.start_command(
                ["submit", "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            killer = threading.Timer(kill_after or _PATIENCE, process.kill)
            killer.start()
            assert process.stdin is not None  # noqa: S101  # started with a pipe
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write("".join(lines[:middle]))
                process.stdin.flush()
                time.sleep(pause)
                process.stdin.write("".join(lines[middle:]))
            printed = self._said(process, "stdin")
            killer.cancel()
            record_submit(self._ledger, Submit(texts, printed))

    def fresh_texts(self, count: int) -> list[str]:
        """Texts that nobody else hands in."""
        first, self._made = self._made, self._made + count
        return [
            f"{self._name} {number}: {' '.join(self._random.choices(_WORDS, k=6))}"
            for number in range(first, first + count)
        ]

    def _drawn_kill(self, share: float, longest: float) -> float | None:
        """After how many seconds to kill the next process; None lets it live."""
        drawn = self._random.random(), self._random.uniform(0.0, longest)
        return drawn[1] if drawn[0] < share else None

    def _printed(
        self,
        command: Sequence[str],
        kill_after: float | None,
        kill_when: Callable[[], bool] | None = None,
    ) -> str:
        """Run a submit, kill it at its time, and give the id that it printed; nothing where it didn't."""
        process = self._arena.start_command(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if kill_when is not None:
            while process.poll() is None and not kill_when():
                time.sleep(0.002)
            process.kill()
        elif kill_after is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(kill_after)
            process.kill()
        return self._said(process, "files" if "-f" in command else "texts")

    def _said(self, process: subprocess.Popen[str], what: str) -> str:
        """The id on stdout; nothing where a kill, or a restart of the server, came first.

        Raises:
            TortureError: the submit failed by itself: somebody was told that there is an error.
        """
        said, errors = process.communicate(timeout=_PATIENCE)
        if process.returncode < 0:
            self.faults[f"submits of {what} killed"] += 1
        elif process.returncode == _STORE_UNAVAILABLE and "connection broke" in errors:
            self.faults[f"submits of {what} cut off over their commit"] += 1
        elif process.returncode > 0:
            raise TortureError(f"a submit of {what} ended with {process.returncode}: {errors}")
        return said.strip() if said.endswith("\n") else ""

    def _sealed(self, path: Path) -> str:
        """The batch of a file whose submit was killed after its last commit and before it could print.

        To hand that file in again without ``--once`` would rightly make a second batch.
        """
        if is_url(self._arena.db):
            await_commit(self._arena.db, str(path))
        for batch in self._store.batches(limit=200):
            if batch.source == str(path) and batch.sealed_at is not None:
                return batch.reference
        return ""

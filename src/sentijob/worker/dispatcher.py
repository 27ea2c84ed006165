"""The hand that talks to the store: settles, claims ahead, rescues, and sleeps when nothing is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from sentijob.errors import StoreDamagedError, StoreError, StoreVersionError
from sentijob.jobs import ClaimedJob
from sentijob.ports import Store
from sentijob.worker.claimer import Claimer
from sentijob.worker.config import WorkerConfig
from sentijob.worker.handover import Handover
from sentijob.worker.lease import Holdings
from sentijob.worker.loader import Availability
from sentijob.worker.pace import LOOK_TIME
from sentijob.worker.settler import Settler
from sentijob.worker.sweeper import Sweeper
from sentijob.worker.trouble import Trouble
from sentijob.worker.wake import Waker

_LONGEST_ROUND = 60.0
"""Seconds that a round may take, most of them spent waiting for another writer."""


class Dispatcher:
    """One thread claims and settles in turn: a store takes one writer at a time, and two would wait for each other."""

    def __init__(
        self,
        store: Store,
        config: WorkerConfig,
        *,
        handover: Handover,
        holdings: Holdings,
        availability: Availability,
        claimer: Claimer,
        settler: Settler,
        sweeper: Sweeper,
        waker: Waker,
        clock: Callable[[], float],
        logger: logging.Logger,
    ) -> None:
        self._store = store
        self._config = config
        self._handover = handover
        self._holdings = holdings
        self._availability = availability
        self._claimer = claimer
        self._settler = settler
        self._sweeper = sweeper
        self._waker = waker
        self._clock = clock
        self._trouble = Trouble(clock, logger)
        self._stopping = threading.Event()
        self._releasing = threading.Event()
        self._asked_at = float("-inf")
        self._found_nothing = 0
        self._may_hold_more = False
        self._ticked_at = clock()

    def stop(self) -> None:
        """Claim no more; from any thread."""
        self._stopping.set()
        self._waker.wake()
        self._handover.interrupt()

    def release_now(self) -> None:
        """Nor wait for the running chunks."""
        self._releasing.set()
        self.stop()

    def run(self) -> None:
        """Work until stopped or done, then settle what runs and release the rest.

        Raises:
            StoreDamagedError, StoreVersionError: at once.
            StoreError: the store was out of reach for a whole lease, and somebody waits for our end.
        """
        while not (self._stopping.is_set() or self._attempt(self._round)):
            pass
        self._finish()

    def is_alive(self) -> bool:
        """Whether it has gone round lately, which it does in idleness too."""
        return self._clock() - self._ticked_at < _LONGEST_ROUND

    def _attempt(self, step: Callable[[], bool]) -> bool:
        """A step's answer; False after trouble with the store, which is waited out."""
        self._ticked_at = self._clock()
        try:
            answer = step()
        except (StoreDamagedError, StoreVersionError):
            raise
        except StoreError as exc:
            self._may_hold_more = True
            pause = self._trouble.note(exc)
            is_awaited = self._config.is_finite or self._stopping.is_set()
            if is_awaited and self._trouble.lasted() > self._config.lease:
                raise
            self._releasing.wait(pause.total_seconds())
            return False
        self._trouble.clear()
        return answer

    def _round(self) -> bool:
        """Settle first, since somebody waits for it; then claim or sleep. True once all is done."""
        self._settle()
        if self._may_hold_more:
            self._settler.release_unheld()
            self._may_hold_more = False
        if self._is_told_to_stop():
            return True
        self._sweeper.sweep_if_due()
        if self._claimer.refill():
            self._found_nothing = 0
        elif self._handover.is_idle:
            return self._rest()
        else:
            self._handover.await_outcome(LOOK_TIME)
        return False

    def _settle(self) -> None:
        self._settler.add(self._handover.collect())
        self._settler.settle()

    def _is_told_to_stop(self) -> bool:
        """Ask ``stop_when``, when idle or now and then: its answer may cost a look at the store."""
        if self._config.stop_when is None:
            return False
        is_due = self._clock() - self._asked_at >= LOOK_TIME.total_seconds()
        if not (is_due or self._handover.is_idle):
            return False
        self._asked_at = self._clock()
        return self._config.stop_when()

    def _rest(self) -> bool:
        """Sleep until something may be due; True where a drain finds nothing left."""
        due_at = self._store.next_due_at()
        if due_at is None:
            if self._config.drain:
                return True
            self._sleep(self._config.poll)
            return False
        wait = due_at - self._store.now()
        if wait > timedelta(0):
            self._found_nothing = 0
            self._sleep(wait)
            return False
        # Something is due that our claim didn't get: it came in this instant, or isn't for us.
        self._found_nothing += 1
        if self._found_nothing == 1:
            return False
        if self._config.drain and self._is_not_for_us():
            return True
        self._sleep(self._config.poll)
        return False

    def _is_not_for_us(self) -> bool:
        return not self._availability.unavailable() and not self._store.is_paused()

    def _sleep(self, wait: timedelta) -> None:
        until_available = self._availability.unavailable().values()
        self._waker.wait(min(wait, self._config.poll, self._sweeper.due_in(), *until_available))

    def _finish(self) -> None:
        """Give back what waits, let the running chunks end, and settle them."""
        withdrawn = self._handover.withdraw()
        self._handover.close()
        while not self._attempt(lambda: self._give_back(withdrawn)):
            pass
        while not self._attempt(self._is_all_settled):
            if not self._settler.is_holding:
                self._handover.await_outcome(LOOK_TIME)

    def _give_back(self, claims: list[ClaimedJob]) -> bool:
        self._settler.release(claims)
        return True

    def _is_all_settled(self) -> bool:
        """Settle; True once nothing runs, or nobody wants to wait for it: then the rest goes back."""
        self._settle()
        if self._handover.is_running and not self._releasing.is_set():
            return False
        self._settle()
        self._settler.release(self._holdings.all())
        return True

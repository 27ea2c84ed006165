"""A worker: its hands put together, started, watched over and stopped."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from enum import Enum, auto
from queue import Empty, SimpleQueue

from sentijob.errors import StoreError
from sentijob.ports import SentimentModel, Store
from sentijob.worker import sd_notify
from sentijob.worker.claimer import Claimer
from sentijob.worker.config import WorkerConfig, WorkerSummary
from sentijob.worker.dispatcher import Dispatcher
from sentijob.worker.handover import Handover
from sentijob.worker.hands import ModelHand, ModelHands
from sentijob.worker.host import host_identity
from sentijob.worker.lease import Heartbeat, Holdings
from sentijob.worker.loader import Availability, ModelLoader
from sentijob.worker.pace import Pace
from sentijob.worker.presence import Presence
from sentijob.worker.reuse import Reuse
from sentijob.worker.scorer import Scorer
from sentijob.worker.settler import Settler
from sentijob.worker.sweeper import Sweeper
from sentijob.worker.wake import Waker

_LOGGER = logging.getLogger("sentijob.worker")
_LONGEST_DEAFNESS = timedelta(milliseconds=250)
"""How long a signal may wait for its handler."""


class _Order(Enum):
    STOP = auto()
    RELEASE = auto()
    ENDED = auto()


class Worker:
    """Claims, scores and settles until it is told to stop, or is done.

    Its threads: :meth:`run`'s own supervises, so that signals are handled at
    once; one talks to the store; as many as there are model processes wait for those; one
    extends leases.
    Times are measured by *clock* in seconds, which never goes back; *uniform*
    draws the jitter of retries.
    """

    def __init__(
        self,
        store: Store,
        load_model: Callable[[str], SentimentModel],
        config: WorkerConfig,
        *,
        waker: Waker,
        presence: Presence | None = None,
        host: str | None = None,
        on_ready: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
        logger: logging.Logger = _LOGGER,
    ) -> None:
        self._store = store
        self._load_model = load_model
        self._config = config
        self._waker = waker
        self._presence = presence
        self._host = host or host_identity()
        self._on_ready = on_ready
        self._clock = clock
        self._uniform = uniform
        self._logger = logger
        # A SimpleQueue may be put to from a signal's handler; a lock or an event may not.
        self._orders: SimpleQueue[_Order] = SimpleQueue()
        self._error: BaseException | None = None

    def request_stop(self) -> None:
        """Finish the running chunk, release the rest, end. From any thread, or a signal's handler."""
        self._orders.put(_Order.STOP)

    def release_now(self) -> None:
        """Release everything, the running chunk too, and end. From any thread, or a signal's handler."""
        self._orders.put(_Order.RELEASE)

    def run(self) -> WorkerSummary:
        """Work; what was done, once it has ended. At most once for each worker.

        Raises:
            StoreError: the store is damaged, or out of reach for too long.
        """
        models = ",".join(self._config.models) if self._config.models else "*"
        worker = self._store.register_worker(host=self._host, pid=os.getpid(), models=models)
        with contextlib.ExitStack() as stack:
            stack.callback(self._retire, worker.id)
            if self._presence is not None:
                stack.enter_context(self._presence.hold(worker.id))
            self._logger.info("worker %d started on %s", worker.id, self._store.location)
            summary = self._work(worker.id)
            self._logger.info("worker %d ended: %s", worker.id, summary)
            return summary

    def _work(self, worker_id: int) -> WorkerSummary:
        holdings, pace, handover = Holdings(), Pace(self._config.processes), Handover()
        availability = Availability(clock=self._clock, uniform=self._uniform)
        reuse = Reuse(self._store, pace) if self._config.reuse else None
        settler = Settler(self._store, worker_id, holdings, self._logger, reuse=reuse)
        sweeper = Sweeper(
            self._store,
            host=self._host,
            presence=self._presence,
            interval=self._config.sweep,
            clock=self._clock,
            logger=self._logger,
        )
        hands = ModelHands(
            [
                self._model_hand(handover, availability, holdings, pace, reuse)
                for _ in range(self._config.processes)
            ],
            on_error=self._end_by,
        )
        dispatcher = Dispatcher(
            self._store,
            self._config,
            handover=handover,
            holdings=holdings,
            availability=availability,
            claimer=Claimer(
                self._store,
                worker_id,
                self._config,
                handover=handover,
                holdings=holdings,
                availability=availability,
                pace=pace,
                settler=settler,
                reuse=reuse,
                clock=self._clock,
            ),
            settler=settler,
            sweeper=sweeper,
            waker=self._waker,
            clock=self._clock,
            logger=self._logger,
        )
        heartbeat = Heartbeat(
            self._store,
            worker_id,
            self._config.lease,
            holdings=holdings,
            pace=pace,
            logger=self._logger,
        )
        with contextlib.closing(hands):
            self._run_hands(dispatcher, hands, heartbeat)
        return settler.summary(rescued=sweeper.rescued)

    def _model_hand(
        self,
        handover: Handover,
        availability: Availability,
        holdings: Holdings,
        pace: Pace,
        reuse: Reuse | None,
    ) -> ModelHand:
        loader = ModelLoader(self._load_model, availability)
        scorer = Scorer(
            handover,
            loader,
            holdings=holdings,
            pace=pace,
            reuse=reuse,
            clock=self._clock,
            uniform=self._uniform,
            logger=self._logger,
        )
        return ModelHand(scorer, loader)

    def _run_hands(self, dispatcher: Dispatcher, hands: ModelHands, heartbeat: Heartbeat) -> None:
        at_end = threading.Event()
        beating = threading.Thread(
            target=heartbeat.run, args=(at_end,), name="sentijob-heartbeat", daemon=True
        )
        dispatching = threading.Thread(
            target=self._dispatch, args=(dispatcher,), name="sentijob-dispatch", daemon=True
        )
        hands.start()
        beating.start()
        dispatching.start()
        self._on_ready()
        sd_notify.notify(sd_notify.READY)
        try:
            self._supervise(dispatcher)
        finally:
            dispatcher.release_now()
            dispatching.join()
            at_end.set()
            beating.join()
        if self._error is not None:
            raise self._error

    def _dispatch(self, dispatcher: Dispatcher) -> None:
        try:
            dispatcher.run()
        except BaseException as exc:  # noqa: BLE001  # raised again by the thread that called run
            self._error = exc
        finally:
            self._orders.put(_Order.ENDED)

    def _end_by(self, error: BaseException) -> None:
        """Give everything back, and raise *error* from :meth:`run`."""
        self._error = error
        self._orders.put(_Order.ENDED)

    def _supervise(self, dispatcher: Dispatcher) -> None:
        """Carry out orders until the dispatcher has ended."""
        interval = sd_notify.watchdog_interval()
        # Never for good: a signal that comes in the instant before the wait begins doesn't end it.
        seconds = min(interval or _LONGEST_DEAFNESS, _LONGEST_DEAFNESS).total_seconds()
        while True:
            try:
                order = self._orders.get(timeout=seconds)
            except Empty:
                if dispatcher.is_alive():
                    sd_notify.notify(sd_notify.WATCHDOG)
                continue
            if order is _Order.ENDED:
                return
            sd_notify.notify(sd_notify.STOPPING)
            if order is _Order.STOP:
                self._logger.info("stopping after the running chunk; a second signal ends it now")
                dispatcher.stop()
            else:
                dispatcher.release_now()

    def _retire(self, worker_id: int) -> None:
        try:
            self._store.retire_worker(worker_id)
        except StoreError as exc:
            self._logger.warning("worker %d can't sign off: %s", worker_id, exc)

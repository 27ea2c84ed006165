"""A worker as a process: real but for its model, its ledger, and the death it may be given.

Usage: ``ledger_worker.py JSON``, with the fields of :class:`Life`. Works on the
store that ``SENTIJOB_DB`` names; says ``ready`` on stdout, logs on stderr.
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

from ledgers import Ledger
from predictable import PredictableModel
from recording import Death, RecordingStore

from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.wiring import open_store, opened_worker
from sentijob.worker.config import WorkerConfig
from sentijob.worker.signals import stopped_by_signals


@dataclass(frozen=True, slots=True)
class Life:
    """How a worker is to live."""

    ledger: str
    lease: float = 10.0
    poll: float = 1.0
    seconds_per_text: float = 0.0
    death: str | None = None
    """Where it kills itself: ``complete:after:3``."""


def main(life: Life) -> None:
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO, stream=sys.stderr)
    settings = load_settings()
    death = Death.parsed(life.death)
    model = PredictableModel(life.seconds_per_text, before_call=lambda: death.at("predict:before"))
    config = WorkerConfig(lease=timedelta(seconds=life.lease), poll=timedelta(seconds=life.poll))
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(Ledger(Path(life.ledger))))
        store = stack.enter_context(open_store(settings))
        recording = cast("Store", RecordingStore(store, ledger, death))
        worker = stack.enter_context(
            opened_worker(
                recording,
                settings,
                config,
                load=lambda _: model,
                on_ready=lambda: print("ready", flush=True),
            )
        )
        stack.enter_context(stopped_by_signals(worker))
        worker.run()


if __name__ == "__main__":
    main(Life(**json.loads(sys.argv[1])))

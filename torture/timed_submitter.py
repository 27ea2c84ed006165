"""Submits single texts in one process, as fast as the store takes them, and says how long each took.

Usage: ``timed_submitter.py NAME COUNT``. Waits for a line on stdin, so that many begin at once;
then writes a JSON line for each: the text, the job's number, and the seconds of ``store.submit`` alone.
"""

from __future__ import annotations

import json
import sys
import time

from predictable import NAME

from sentijob.jobs import Item, Terms
from sentijob.settings import load_settings
from sentijob.wiring import open_store


def main(name: str, count: int) -> None:
    with open_store(load_settings()) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(count):
            text = f"{name} {number}"
            started = time.perf_counter()
            receipt = store.submit(Item(text), Terms(model=NAME))
            seconds = time.perf_counter() - started
            print(json.dumps([text, receipt.job_id, seconds]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""What tests of work on a store do again and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sentijob.jobs import ClaimedJob, Item, Scored, Sentiment, Terms
from sentijob.ports import Store

LEASE = timedelta(seconds=60)
HAPPY = Sentiment.of(0.1, 0.2, 0.7, tokens=3)


def worker(store: Store) -> int:
    return store.register_worker(host="here", pid=1).id


def submit(store: Store, text: str = "fine", **terms: object) -> int:
    return store.submit(Item(text), Terms(**terms)).job_id  # type: ignore[arg-type]  # tests name real fields


def claim(store: Store, worker_id: int, limit: int = 100) -> Sequence[ClaimedJob]:
    return store.claim(worker_id, limit=limit, lease=LEASE)


def scored(claims: Sequence[ClaimedJob]) -> list[Scored]:
    return [Scored(one, HAPPY, "r1") for one in claims]


def texts(claims: Sequence[ClaimedJob]) -> list[str]:
    return [one.text for one in claims]

"""The HTTP API on a store, as a client on this machine sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from draining import load_null
from fastapi.testclient import TestClient

from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.web.app import create_app
from sentijob.wiring import opened_worker
from sentijob.worker.config import WorkerConfig

CSV = {"Content-Type": "text/csv"}
JSONL = {"Content-Type": "application/x-ndjson"}
TXT = {"Content-Type": "text/plain"}


@contextmanager
def served(store: Store, **flags: str) -> Iterator[TestClient]:
    """A client of a server that runs within."""
    settings = load_settings({"db": store.location, **flags}, environ={})
    app = create_app(store, settings)
    address = "http://127.0.0.1:8000"
    with TestClient(app, base_url=address, client=("127.0.0.1", 50000)) as client:
        yield client


def upload(client: TestClient, content: str | bytes, kind: dict[str, str], **asked: Any) -> Any:
    """The document of a new batch."""
    answer = client.post("/batches", content=content, headers=kind, params=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


def drain(store: Store) -> None:
    """Score all that waits, by a worker whose model costs nothing."""
    settings = load_settings({"db": store.location}, environ={})
    with opened_worker(store, settings, WorkerConfig(drain=True), load=load_null) as worker:
        worker.run()

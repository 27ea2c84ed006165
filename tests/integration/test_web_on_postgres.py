"""The server on a store on PostgreSQL: what is live there hears of commits over a connection, not from files."""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from working import claim, scored, submit, worker

from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.store.postgres.listening import CommitListener
from sentijob.store.postgres.url import parse_postgres_url
from sentijob.store.sql_store import SqlStore
from sentijob.web.app import create_app

if TYPE_CHECKING:
    from postgres_server import PostgresServer

FINE = {"text": "A fine day."}
NOW = timedelta(0)


@contextmanager
def scoring(store: Store) -> Iterator[None]:
    """Whatever is queued is completed within the block, some time after it came."""
    ending = threading.Event()

    def work() -> None:
        worker_id = worker(store)
        while not ending.wait(0.1):
            store.complete(worker_id, scored(claim(store, worker_id)))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def test_results_are_waited_for_and_the_store_is_measured(postgres: PostgresServer) -> None:
    url = postgres.new_url()
    with SqlStore.open(url) as store:
        app = create_app(store, load_settings({"db": url}, environ={}))
        with TestClient(app) as client, scoring(store):
            for key in ("one", "two", "one"):
                began = time.monotonic()
                headers = {"Idempotency-Key": key}
                answer = client.post("/predict?wait=30s", json=FINE, headers=headers)
                assert (answer.status_code, answer.json()["result_label"]) == (200, "positive")
                assert time.monotonic() - began < 25
            measured = client.get("/metrics").text
    assert "sentijob_store_up 1.0" in measured
    assert 'sentijob_jobs{status="completed"} 2.0' in measured
    assert "sentijob_job_time_to_result_seconds_bucket" in measured


def test_commits_are_heard_by_who_has_more_open_files_than_select_takes(
    postgres: PostgresServer,
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < 4096:
        pytest.skip("so many files can't be opened here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, before[1]))
    url = postgres.new_url()
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        with (
            SqlStore.open(url) as store,
            closing(CommitListener(parse_postgres_url(url))) as listener,
        ):
            while listener.wait(NOW):
                pass
            submit(store)
            assert listener.wait(timedelta(seconds=20))
            listener.wake()
            assert listener.wait(timedelta(seconds=20))
    finally:
        for fd in files:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

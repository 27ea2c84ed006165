from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from working import claim, scored, worker

from sentijob.jobs import Item, Selector, Terms
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.store.sql_store import SqlStore
from sentijob.web.app import create_app

FINE = {"text": "A fine day."}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


def client_of(store: Store, **flags: str) -> TestClient:
    settings = load_settings({"db": store.location, **flags}, environ={})
    return TestClient(create_app(store, settings))


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with client_of(store) as opened:
        yield opened


@pytest.fixture
def scorer(store: Store) -> Iterator[None]:
    """Completes whatever is queued, until the test ends."""
    ending = threading.Event()

    def work() -> None:
        worker_id = worker(store)
        while not ending.wait(0.01):
            store.complete(worker_id, scored(claim(store, worker_id)))

    thread = threading.Thread(target=work)
    thread.start()
    yield
    ending.set()
    thread.join()


def test_a_text_is_queued_and_answered_at_once(client: TestClient, store: Store) -> None:
    answer = client.post("/predict", json=FINE)
    body = answer.json()
    assert answer.status_code == 202
    assert {name: body[name] for name in ("status", "result_label", "result_score")} == {
        "status": "pending",
        "result_label": None,
        "result_score": None,
    }
    assert answer.headers["Location"] == f"/jobs/{body['job_uuid']}"
    (job,) = store.jobs(Selector())
    assert job.job_uuid == UUID(body["job_uuid"])
    assert job.text == FINE["text"]


@pytest.mark.usefixtures("scorer")
@pytest.mark.parametrize(
    "how", [{"params": {"wait": "20s"}}, {"headers": {"Prefer": "respond-async, wait=20"}}]
)
def test_whoever_waits_gets_the_result(client: TestClient, how: Any) -> None:
    answer = client.post("/predict", json=FINE, **how)
    assert answer.status_code == 200
    assert answer.json()["status"] == "completed"
    assert answer.json()["result_label"] == "positive"
    assert answer.json()["result_score"] == pytest.approx(0.7)


def test_a_result_that_doesnt_come_in_time_is_to_be_asked_for_later(client: TestClient) -> None:
    began = time.monotonic()
    answer = client.post("/predict?wait=100ms", json=FINE)
    assert time.monotonic() - began >= 0.1
    assert answer.status_code == 202
    assert answer.json()["status"] == "pending"


@pytest.mark.parametrize("wait", ["61s", "2m", "soon", "-1s", "", "1h", "٣s", "2s\n"])
def test_a_wait_that_cant_be_meant_queues_nothing(
    client: TestClient, store: Store, wait: str
) -> None:
    answer = client.post("/predict", json=FINE, params={"wait": wait})
    assert answer.status_code == 422
    (wrong,) = answer.json()["detail"]
    assert wrong["loc"] == ["query", "wait"]
    assert "at most 60s" in wrong["msg"]
    assert store.counts().total == 0


def test_the_same_key_gives_the_same_job(client: TestClient, store: Store) -> None:
    headers = {"Idempotency-Key": "once"}
    first = client.post("/predict", json=FINE, headers=headers)
    second = client.post("/predict", json=FINE, headers=headers)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert store.counts().total == 1


def test_a_repeated_request_gets_what_has_become_of_its_job(
    client: TestClient, store: Store
) -> None:
    headers = {"Idempotency-Key": "once"}
    client.post("/predict", json=FINE, headers=headers)
    worker_id = worker(store)
    claims = claim(store, worker_id)
    during = client.post("/predict", json=FINE, headers=headers)
    assert (during.status_code, during.json()["status"]) == (202, "processing")
    store.complete(worker_id, scored(claims))
    after = client.post("/predict", json=FINE, headers=headers)
    assert (after.status_code, after.json()["result_label"]) == (200, "positive")


def test_a_key_with_another_text_is_refused(client: TestClient, store: Store) -> None:
    headers = {"Idempotency-Key": "once"}
    first = client.post("/predict", json=FINE, headers=headers)
    answer = client.post("/predict", json={"text": "Another day."}, headers=headers)
    assert answer.status_code == 422
    assert first.json()["job_uuid"] in answer.json()["detail"]
    assert store.counts().total == 1


def test_a_key_of_a_text_that_wasnt_kept_is_believed(store: Store) -> None:
    headers = {"Idempotency-Key": "once"}
    with client_of(store, store_text="no") as client:
        first = client.post("/predict", json=FINE, headers=headers)
        worker_id = worker(store)
        store.complete(worker_id, scored(claim(store, worker_id)))
        second = client.post("/predict", json=FINE, headers=headers)
    assert second.status_code == 200
    assert second.json()["job_uuid"] == first.json()["job_uuid"]


def test_a_key_that_has_made_a_batch_makes_no_job(client: TestClient, store: Store) -> None:
    store.open_batch(Terms(), source="-", once="once")
    answer = client.post("/predict", json=FINE, headers={"Idempotency-Key": "once"})
    assert answer.status_code == 422
    assert "Idempotency-Key has made a batch" in answer.json()["detail"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\xe9"])
def test_a_key_that_cant_be_one_queues_nothing(client: TestClient, store: Store, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    assert client.post("/predict", json=FINE, headers=headers).status_code == 422
    assert store.counts().total == 0


def test_the_settings_for_new_jobs_hold_here_too(store: Store) -> None:
    with client_of(store, model="vader", max_attempts="7", max_text_length="20") as client:
        assert client.post("/predict", json=FINE).status_code == 202
        refused = client.post("/predict", json={"text": "x" * 21})
    assert refused.status_code == 422
    assert "at most 20" in refused.json()["detail"]
    (job,) = store.jobs(Selector())
    assert (job.model, job.max_attempts) == ("vader", 7)


@pytest.mark.parametrize("text", [" ", "a\0b", "\u200b"])
def test_a_text_that_no_store_takes_is_refused(client: TestClient, store: Store, text: str) -> None:
    assert client.post("/predict", json={"text": text}).status_code == 422
    assert store.counts().total == 0


def test_a_job_of_the_command_line_is_no_different(client: TestClient, store: Store) -> None:
    submitted = store.submit(Item(FINE["text"]), Terms(), once="once")
    answer = client.post("/predict", json=FINE, headers={"Idempotency-Key": "once"})
    assert answer.json()["job_uuid"] == str(submitted.job_uuid)

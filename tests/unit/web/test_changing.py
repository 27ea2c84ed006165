from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from served import TXT, drain, served, upload
from working import claim, worker

from sentijob.jobs import Failure, Item, Terms
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as opened:
        yield opened


@pytest.fixture
def job(store: Store) -> str:
    """Where a pending job is."""
    return f"/jobs/{store.submit(Item('fine'), Terms()).job_uuid}"


@pytest.fixture
def batch(client: TestClient) -> str:
    """Where a batch of two is."""
    return f"/batches/{upload(client, 'a' + chr(10) + 'b', TXT)['batch_uuid']}"


def fail_all(store: Store) -> None:
    me = worker(store)
    store.fail(me, [Failure(one, "model_error", "why") for one in claim(store, me)])


def status_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["status"])


def counts_of(answer: Any) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    counts = answer.json()["counts"]
    return {name: counts[name] for name in ("pending", "completed", "failed", "cancelled")}


def test_a_job_is_cancelled_and_cancelled_it_stays(client: TestClient, job: str) -> None:
    assert status_of(client.post(f"{job}/cancel")) == "cancelled"
    assert status_of(client.post(f"{job}/cancel")) == "cancelled"
    assert status_of(client.get(job)) == "cancelled"


def test_a_cancelled_or_failed_job_is_retried(client: TestClient, store: Store, job: str) -> None:
    client.post(f"{job}/cancel")
    assert status_of(client.post(f"{job}/retry")) == "pending"
    fail_all(store)
    assert status_of(client.post(f"{job}/retry")) == "pending"
    assert status_of(client.post(f"{job}/retry")) == "pending"


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_what_is_completed_can_be_neither(
    client: TestClient, store: Store, job: str, verb: str
) -> None:
    drain(store)
    answer = client.post(f"{job}/{verb}")
    assert answer.status_code == 409
    assert "completed" in answer.json()["detail"]


def test_a_job_that_is_completed_just_before_it_is_cancelled_is_told_so(
    client: TestClient, store: Store, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = store.cancel

    def late(*arguments: Any, **named: Any) -> int:
        drain(store)
        return cancel(*arguments, **named)

    monkeypatch.setattr(store, "cancel", late)
    assert client.post(f"{job}/cancel").status_code == 409


def test_a_failed_job_is_too_late_to_cancel(client: TestClient, store: Store, job: str) -> None:
    fail_all(store)
    assert client.post(f"{job}/cancel").status_code == 409
    assert status_of(client.get(job)) == "failed"


def test_a_retry_with_a_key_is_done_once(client: TestClient, store: Store, job: str) -> None:
    fail_all(store)
    headers = {"Idempotency-Key": "k"}
    assert status_of(client.post(f"{job}/retry", headers=headers)) == "pending"
    fail_all(store)
    assert status_of(client.post(f"{job}/retry", headers=headers)) == "failed"
    assert status_of(client.post(f"{job}/retry")) == "pending"
    drain(store)
    assert status_of(client.post(f"{job}/retry", headers=headers)) == "completed"


def test_a_key_is_of_one_job_for_each_verb(client: TestClient, store: Store, job: str) -> None:
    other = f"/jobs/{store.submit(Item('more'), Terms()).job_uuid}"
    headers = {"Idempotency-Key": "k"}
    client.post(f"{job}/cancel", headers=headers)
    assert client.post(f"{other}/cancel", headers=headers).status_code == 422
    assert status_of(client.get(other)) == "pending"
    assert status_of(client.post(f"{job}/retry", headers=headers)) == "pending"


def test_a_job_that_is_deleted_is_cancelled_unless_it_is_final(
    client: TestClient, store: Store, job: str
) -> None:
    assert status_of(client.delete(job)) == "cancelled"
    client.post(f"{job}/retry")
    drain(store)
    assert status_of(client.delete(job)) == "completed"


@pytest.mark.parametrize("how", ["cancel", "delete"])
def test_of_a_batch_what_isnt_final_is_cancelled(
    client: TestClient, store: Store, batch: str, how: str
) -> None:
    me = worker(store)
    store.fail(me, [Failure(one, "model_error", "why") for one in claim(store, me, 1)])
    wanted = {"pending": 0, "completed": 0, "failed": 1, "cancelled": 1}
    for _ in range(2):
        answer = client.delete(batch) if how == "delete" else client.post(f"{batch}/cancel")
        assert counts_of(answer) == wanted


def test_a_batch_is_retried_and_with_a_key_once(
    client: TestClient, store: Store, batch: str
) -> None:
    headers = {"Idempotency-Key": "k"}
    fail_all(store)
    assert counts_of(client.post(f"{batch}/retry", headers=headers))["pending"] == 2
    fail_all(store)
    assert counts_of(client.post(f"{batch}/retry", headers=headers))["failed"] == 2
    assert counts_of(client.post(f"{batch}/retry"))["pending"] == 2


@pytest.mark.parametrize("verb", ["", "/cancel", "/retry"])
def test_what_isnt_there_is_told_so(client: TestClient, verb: str) -> None:
    for thing, said in (("jobs", "Job not found"), ("batches", "Batch not found")):
        address = f"/{thing}/{uuid4()}{verb}"
        answer = client.post(address) if verb else client.delete(address)
        assert (answer.status_code, answer.json()["detail"]) == (404, said)

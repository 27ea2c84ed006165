from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from served import CSV, TXT, drain, served, upload

from sentijob.errors import StoreBusyError
from sentijob.jobs import Selector
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


def lines_of(client: TestClient, batch: Any, **asked: Any) -> list[Any]:
    answer = client.get(f"/batches/{batch['batch_uuid']}/results", params=asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_results_are_the_documents_of_jobs_in_their_order(client: TestClient, store: Store) -> None:
    rows = "".join(f"r-{n},text {n},{n}\n" for n in range(2_500))
    batch = upload(client, f"id,text,stars\n{rows}", CSV)
    upload(client, "of another batch\n", TXT)
    drain(store)
    results = lines_of(client, batch)
    assert [result["key"] for result in results] == [f"r-{n}" for n in range(2_500)]
    assert client.get(f"/jobs/{results[7]['job_uuid']}").json() == results[7]
    assert "id" not in results[7]


def test_results_as_csv_have_your_columns_and_no_numbers(client: TestClient, store: Store) -> None:
    batch = upload(client, "id,text,stars\nr-1,=cmd(),5\nr-2,fine,1\n", CSV)
    drain(store)
    answer = client.get(f"/batches/{batch['batch_uuid']}/results?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert f'filename="{batch["batch_uuid"]}.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
    assert [(row["key"], row["text"], row["stars"]) for row in rows] == [
        ("r-1", "'=cmd()", "5"),
        ("r-2", "fine", "1"),
    ]
    assert not rows[0].keys() & {"id", "batch"}
    assert (rows[1]["result_label"], rows[1]["status"]) == ("neutral", "completed")


def test_results_are_of_completed_jobs_unless_others_are_asked_for(
    client: TestClient, store: Store
) -> None:
    batch = upload(client, "a\nb\n", TXT)
    assert lines_of(client, batch) == []
    assert [line["text"] for line in lines_of(client, batch, status="pending")] == ["a", "b"]
    store.cancel(Selector(job_ids=(1,)))
    drain(store)
    statuses = ["completed", "cancelled"]
    assert [line["status"] for line in lines_of(client, batch, status=statuses)] == statuses[::-1]


def test_no_results_as_csv_are_a_header(client: TestClient) -> None:
    batch = upload(client, "a\n", TXT)
    answer = client.get(f"/batches/{batch['batch_uuid']}/results?format=csv")
    assert answer.text.startswith("key,text,result_label,")
    assert answer.text.count("\n") == 1


def test_a_format_that_isnt_written_is_refused(client: TestClient) -> None:
    batch = upload(client, "a\n", TXT)
    answer = client.get(f"/batches/{batch['batch_uuid']}/results?format=parquet")
    assert answer.status_code == 422


def test_a_store_that_fails_does_so_before_the_answer(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(client, "a\n", TXT)

    def failing(_: Selector) -> Iterator[Any]:
        raise StoreBusyError("busy")
        yield

    monkeypatch.setattr(store, "pages", failing)
    answer = client.get(f"/batches/{batch['batch_uuid']}/results")
    assert answer.status_code == 503

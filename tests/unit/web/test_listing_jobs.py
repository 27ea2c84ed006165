from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from movable_clock import MovableClock
from served import TXT, served, upload
from working import claim, scored, worker

from sentijob.jobs import Failure, Item, Sort, Terms
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db"), clock=clock) as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as opened:
        yield opened


def texts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [job["text"] for job in answer.json()]


def every_page(client: TestClient, address: str) -> list[str]:
    found: list[str] = []
    pages = 0
    following: str | None = address
    while following:
        page = client.get(following)
        found += texts(page)
        pages += 1
        following = page.links["next"]["url"] if "next" in page.links else None
    assert pages > 1
    return found


def test_jobs_are_a_plain_list_newest_first_by_skip_and_limit(
    client: TestClient, store: Store
) -> None:
    for number in range(12):
        store.submit(Item(str(number)), Terms())
    assert texts(client.get("/jobs")) == [str(number) for number in range(11, 1, -1)]
    assert texts(client.get("/jobs?skip=10&limit=5")) == ["1", "0"]
    assert "Link" not in client.get("/jobs?skip=10&limit=5").headers


def mixed(client: TestClient, store: Store, clock: MovableClock) -> str:
    """Jobs of every kind; the UUID of the batch among them."""
    store.submit(Item("done", "k-1"), Terms("vader", 3))
    me = worker(store)
    store.complete(me, scored(claim(store, me)))
    store.submit(Item("broken", "k-2"), Terms())
    store.fail(me, [Failure(one, "text_rejected", "why") for one in claim(store, me)])
    clock.pass_time(timedelta(hours=3))
    batch = upload(client, "in a Batch\nalso there\n", TXT)
    return str(batch["batch_uuid"])


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, ["also there", "in a Batch", "broken", "done"]),
        ({"status": ["completed", "failed"]}, ["broken", "done"]),
        ({"label": "positive"}, ["done"]),
        ({"model": "vader"}, ["done"]),
        ({"key": ["k-1", "k-2"]}, ["broken", "done"]),
        ({"error": "text_rejected"}, ["broken"]),
        ({"since": "2h"}, ["also there", "in a Batch"]),
        ({"since": "2023-11-15T00:00:00"}, ["also there", "in a Batch"]),
        ({"since": "2023-11-15T01:00:00+01:00"}, ["also there", "in a Batch"]),
        ({"search": "bATCH"}, ["in a Batch"]),
        ({"sort": "oldest", "limit": 1}, ["done"]),
        ({"sort": "priority", "limit": 1}, ["done"]),
        ({"batch": "BATCH", "search": "also"}, ["also there"]),
    ],
)
def test_jobs_are_chosen_as_list_does(
    client: TestClient, store: Store, clock: MovableClock, asked: dict[str, Any], wanted: list[str]
) -> None:
    batch = mixed(client, store, clock)
    if "batch" in asked:
        asked = {**asked, "batch": batch}
    assert texts(client.get("/jobs", params=asked)) == wanted


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "done"},
        {"label": "great"},
        {"sort": "length"},
        {"limit": 0},
        {"limit": 1001},
        {"skip": -1},
        {"skip": 100_001},
        {"since": "yesterday"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"search": "a\0b"},
        {"key": "a\0b"},
        {"batch": "b1"},
        {"cursor": "nonsense"},
        {"cursor": "u12"},
        {"cursor": "s12x"},
        {"cursor": ""},
    ],
)
def test_a_query_that_cant_be_meant_is_refused(client: TestClient, asked: dict[str, Any]) -> None:
    answer = client.get("/jobs", params=asked)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_batch_that_isnt_there_is_told_so(client: TestClient) -> None:
    answer = client.get("/jobs", params={"batch": str(uuid4())})
    assert (answer.status_code, answer.json()["detail"]) == (404, "Batch not found")


@pytest.mark.parametrize("sort", Sort)
def test_pages_follow_each_other_in_every_order(
    client: TestClient, store: Store, sort: Sort
) -> None:
    for number in range(7):
        store.submit(Item(str(number)), Terms(priority=number % 3))
    everything = texts(client.get("/jobs", params={"sort": sort, "limit": 100}))
    assert len(everything) == 7
    assert every_page(client, f"/jobs?sort={sort}&limit=3") == everything


def test_pages_keep_to_what_was_chosen_and_go_on_past_what_was_skipped(
    client: TestClient, store: Store
) -> None:
    upload(client, "".join(f"in {n}\n" for n in range(6)), TXT)
    store.submit(Item("out"), Terms("vader"))
    address = "/jobs?skip=1&limit=2&model=mini&search=in+&status=pending&status=failed"
    assert every_page(client, address) == [f"in {n}" for n in range(4, -1, -1)]


def test_a_page_isnt_shifted_by_what_comes_meanwhile(client: TestClient, store: Store) -> None:
    for number in range(4):
        store.submit(Item(str(number)), Terms())
    first = client.get("/jobs?limit=2")
    store.submit(Item("new"), Terms())
    assert texts(client.get(first.links["next"]["url"])) == ["1", "0"]


def test_a_cursor_holds_no_number_of_a_job(client: TestClient, store: Store) -> None:
    store.submit(Item("x"), Terms())
    following = client.get("/jobs?limit=1")
    uuid = following.json()[0]["job_uuid"].replace("-", "")
    assert following.links["next"]["url"] == f"/jobs?limit=1&cursor=u{uuid}"

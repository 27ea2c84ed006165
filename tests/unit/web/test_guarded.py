"""The server as it is served, its defences around it: what they hold back leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgi import client
from starlette.testclient import TestClient

from sentijob import wiring
from sentijob.ports import Store
from sentijob.settings import Settings, load_settings
from sentijob.tokens import Scope
from sentijob.web.app import create_app
from sentijob.web.guard.gate import guarded

TXT = {"Content-Type": "text/plain"}
MEBIBYTE = 2**20


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    flags = {"db": str(tmp_path / "jobs.db"), "max_body": "2M", "max_pending": "3"}
    return load_settings(flags, environ={})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with wiring.open_store(settings) as opened:
        yield opened


@pytest.fixture
def here(store: Store, settings: Settings) -> Iterator[TestClient]:
    """A program on the same machine."""
    app = create_app(store, settings)
    with client(guarded(app, store, settings, host="127.0.0.1")) as asking:
        yield asking


def lines(size: int) -> str:
    return "a line of text.\n" * (size // 16)


def test_an_upload_that_is_too_large_makes_no_batch(here: TestClient, store: Store) -> None:
    told = here.post("/batches", content=lines(2 * MEBIBYTE) + "x", headers=TXT)
    hidden = here.post("/batches", content=iter([lines(2 * MEBIBYTE).encode(), b"x"]), headers=TXT)
    assert (told.status_code, hidden.status_code) == (413, 413)
    assert store.batches() == []


def test_a_full_queue_takes_neither_texts_nor_batches(here: TestClient, store: Store) -> None:
    taken = here.post("/batches", content="one\ntwo\nthree\n", headers=TXT)
    assert taken.status_code == 201
    wait_for_a_new_count(here)
    refused = [
        here.post("/predict", json={"text": "four"}),
        here.post("/batches", content="four\n", headers=TXT),
    ]
    assert [answer.status_code for answer in refused] == [429, 429]
    assert store.counts().total == 3


def wait_for_a_new_count(here: TestClient) -> None:
    """The count is up to a quarter of a second old; a text that is none asks for it and queues nothing."""
    deadline = time.monotonic() + 30
    while here.post("/predict", json={"text": " "}).status_code != 429:
        assert time.monotonic() < deadline, "the queue never counts as full"


def test_elsewhere_a_token_of_the_store_is_needed(store: Store, settings: Settings) -> None:
    _, secret = store.create_token("reader", {Scope.READ})
    app = guarded(create_app(store, settings), store, settings, host="192.0.2.7")
    with client(app, base="http://192.0.2.7:8000", address="192.0.2.9") as asking:
        bearing = {"Authorization": f"Bearer {secret}"}
        assert asking.get("/jobs").status_code == 401
        assert asking.get("/jobs", headers=bearing).status_code == 200
        assert asking.post("/predict", json={"text": "x"}, headers=bearing).status_code == 403
        store.revoke_token("reader")
        assert asking.get("/jobs", headers=bearing).status_code == 401
        assert asking.get("/health").status_code == 200
    assert store.counts().total == 0


def test_an_address_names_all_its_methods(here: TestClient) -> None:
    answer = here.options("/batches")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


def test_who_watches_over_the_server_may_ask_for_the_head_alone(here: TestClient) -> None:
    for path in ("/health", "/ready"):
        answer = here.head(path)
        assert (answer.status_code, answer.content) == (200, b"")

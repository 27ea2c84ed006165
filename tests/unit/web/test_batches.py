from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from served import CSV, JSONL, TXT, served, upload

from sentijob.errors import StoreBusyError
from sentijob.ingest import filling
from sentijob.jobs import Item, Selector, Terms
from sentijob.models.registry import bundled_mini
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore

ROWS = "id,text,stars\nr-1,Great value.,5\nr-2,It broke.,1\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db")) as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as opened:
        yield opened


def queued(store: Store) -> list[tuple[str | None, str | None]]:
    return [(job.key, job.text) for job in store.each_job(Selector())]


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["r-1"], "text": ["Great value."]}), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "content", "wanted"),
    [
        ("text/csv", ROWS, [("r-1", "Great value."), ("r-2", "It broke.")]),
        ("text/csv; charset=UTF-8", "text\nfine\n", [(None, "fine")]),
        ("Text/Tab-Separated-Values", "id\ttext\nr-1\tfine\n", [("r-1", "fine")]),
        ("application/x-ndjson", '{"text": "a"}\n"b"\n', [(None, "a"), (None, "b")]),
        ("text/plain", "one\ntwo\n", [(None, "one"), (None, "two")]),
        ("application/vnd.apache.parquet", parquet(), [("r-1", "Great value.")]),
    ],
)
def test_a_body_is_queued_by_its_media_type(
    client: TestClient, store: Store, kind: str, content: str | bytes, wanted: Any
) -> None:
    document = upload(client, content, {"Content-Type": kind})
    assert queued(store) == wanted
    assert (document["counts"]["pending"], document["source"]) == (len(wanted), "body")
    assert document["sealed_at"] is not None
    assert not document["is_final"]


def test_the_answer_is_the_batch_and_where_it_is(client: TestClient) -> None:
    answer = client.post("/batches", content=ROWS, headers=CSV)
    assert answer.status_code == 201
    assert client.get(answer.headers["Location"]).json() == answer.json()
    assert '"b1"' not in answer.text


@pytest.mark.parametrize("name", ["reviews.csv", "../../reviews.CSV", "C:\\x\\reviews.csv"])
def test_a_form_has_a_file_whose_name_tells_its_format(
    client: TestClient, store: Store, name: str
) -> None:
    answer = client.post("/batches", files={"file": (name, ROWS)})
    assert answer.status_code == 201
    assert answer.json()["source"].lower() == "reviews.csv"
    assert len(queued(store)) == 2


def test_a_query_says_how_texts_are_read_and_queued(client: TestClient, store: Store) -> None:
    document = upload(
        client,
        "no,review,text\n7,fine,not this\n",
        CSV,
        name="march",
        model="vader",
        priority=5,
        delay="1h",
        max_attempts=2,
        text_field="review",
        key_field="no",
        store_text=False,
    )
    (job,), (batch,) = store.jobs(Selector()), store.batches()
    assert (document["name"], document["model"], document["priority"]) == ("march", "vader", 5)
    assert (job.key, job.text, job.meta) == ("7", "fine", {"text": "not this"})
    assert (job.model, job.priority, job.max_attempts) == ("vader", 5, 2)
    assert job.available_at - batch.created_at == timedelta(hours=1)


def test_what_isnt_asked_for_is_as_the_server_is_set(store: Store) -> None:
    with served(store, model="demo", max_attempts="7", max_text_length="4") as client:
        upload(client, "fine\n", TXT)
        assert client.post("/batches", content="longer\n", headers=TXT).status_code == 422
    (job,) = store.jobs(Selector())
    assert (job.model, job.max_attempts, job.priority) == ("demo", 7, 0)


@pytest.mark.parametrize(
    "asked",
    [
        {"priority": 1001},
        {"delay": "soon"},
        {"max_attempts": 0},
        {"name": ""},
        {"name": "a\0b"},
        {"model": "a\0b"},
        {"text-field": "review"},
    ],
)
def test_a_query_that_cant_be_meant_queues_nothing(
    client: TestClient, store: Store, asked: dict[str, Any]
) -> None:
    answer = client.post("/batches", content=ROWS, headers=CSV, params=asked)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert store.batches() == []


@pytest.mark.parametrize("name", ["7", "b7", "@last"])
def test_a_name_that_would_name_something_else_is_refused(
    client: TestClient, store: Store, name: str
) -> None:
    answer = client.post("/batches", content=ROWS, headers=CSV, params={"name": name})
    assert answer.status_code == 409
    assert store.batches() == []


@pytest.mark.parametrize("model", ["maxi", "./", str(bundled_mini().path), ""])
def test_a_model_that_isnt_there_is_told_so_and_paths_are_none(
    client: TestClient, store: Store, model: str
) -> None:
    answer = client.post("/batches", content=ROWS, headers=CSV, params={"model": model})
    assert answer.status_code == 422
    assert store.batches() == []


def test_a_bad_row_refuses_all_and_says_where_and_why(client: TestClient, store: Store) -> None:
    answer = client.post("/batches", content=f"{ROWS}r-3,,4\n", headers=CSV)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "body:4: the text is empty"
    form = client.post("/batches", files={"file": ("x.csv", f"{ROWS}r-3,,4\n")})
    assert form.json()["detail"] == "x.csv:4: the text is empty"
    assert store.batches() == []


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        ("", CSV, "body: the file is empty"),
        ("a,b\n1,2\n", CSV, "with text_field"),
        ("a\tb\n1\t2\n", CSV, "Content-Type text/tab-separated-values"),
        ('[\n{"text": "a"}\n]', JSONL, "Content-Type application/x-ndjson"),
        (parquet(), TXT, "Content-Type application/vnd.apache.parquet"),
        (b"caf\xe9\n", TXT, "not UTF-8"),
    ],
)
def test_a_file_that_cant_be_read_is_refused_in_the_words_of_http(
    client: TestClient, content: str | bytes, kind: dict[str, str], said: str
) -> None:
    answer = client.post("/batches", content=content, headers=kind)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert "--" not in answer.json()["detail"]


def test_fields_of_a_format_that_has_none_are_refused(client: TestClient) -> None:
    answer = client.post("/batches?text_field=x", content="a\n", headers=TXT)
    assert answer.status_code == 400
    assert "text_field" in answer.json()["detail"]


@pytest.mark.parametrize(
    "kind",
    ["", "application/x-www-form-urlencoded", "application/json", "text/csv; charset=latin-1"],
)
def test_a_body_that_nobody_knows_is_refused(client: TestClient, store: Store, kind: str) -> None:
    answer = client.post("/batches", content=ROWS, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == 415
    assert store.batches() == []


def test_a_name_is_of_one_batch(client: TestClient, store: Store) -> None:
    upload(client, "one\n", TXT, name="march")
    answer = client.post("/batches?name=march", content="two\n", headers=TXT)
    assert answer.status_code == 409
    assert '"b1"' not in answer.text
    assert len(store.batches()) == 1


def keyed(client: TestClient, content: str, key: str = "k", **asked: Any) -> Any:
    headers = {**TXT, "Idempotency-Key": key}
    return client.post("/batches", content=content, headers=headers, params=asked)


def test_the_same_request_with_the_same_key_makes_one_batch(
    client: TestClient, store: Store
) -> None:
    first, second = keyed(client, "one\n"), keyed(client, "one\n")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert keyed(client, "one\n", "another").json()["batch_uuid"] != first.json()["batch_uuid"]
    assert store.counts().total == 2


@pytest.mark.parametrize(("content", "asked"), [("two\n", {}), ("one\n", {"priority": 3})])
def test_another_request_with_the_same_key_is_refused(
    client: TestClient, store: Store, content: str, asked: dict[str, Any]
) -> None:
    keyed(client, "one\n")
    assert keyed(client, content, **asked).status_code == 422
    assert store.counts().total == 1


def test_a_key_of_a_single_text_is_refused(client: TestClient, store: Store) -> None:
    store.submit(Item("x"), Terms(), once="k")
    answer = keyed(client, "one\n")
    assert answer.status_code == 422
    assert "1" not in answer.json()["detail"]


@pytest.mark.parametrize("key", [None, "k"])
def test_an_upload_that_broke_off_goes_on_when_it_is_sent_again(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    monkeypatch.setattr(filling, "CHUNK_TEXTS", 2)
    append, calls = store.append, iter([True])

    def breaking(*arguments: Any, **named: Any) -> int:
        if next(calls, None) is None:
            raise StoreBusyError("busy")
        return append(*arguments, **named)

    headers = TXT if key is None else {**TXT, "Idempotency-Key": key}
    with monkeypatch.context() as patch:
        patch.setattr(store, "append", breaking)
        answer = client.post("/batches", content="a\nb\nc\nd\n", headers=headers)
    assert (answer.status_code, store.counts().total) == (503, 2)
    again = client.post("/batches", content="a\nb\nc\nd\n", headers=headers)
    assert again.status_code == 201
    assert [text for _, text in queued(store)] == ["a", "b", "c", "d"]
    assert len(store.batches()) == 1


FORM = {"Content-Type": "multipart/form-data; boundary=x"}
PART = 'Content-Disposition: form-data; name="file"; filename="x.txt"'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (f"--x\r\n{PART}\r\n\r\none\r\n", 400),
        ("nothing of the kind", 400),
        ("--x--\r\n", 422),
        (f"--x\r\n{PART.replace('x.txt', '')}\r\n\r\none\r\n--x--\r\n", 422),
        ('--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nvader\r\n--x--\r\n', 422),
        (f"--x\r\n{PART}\r\n\r\none\r\n--x\r\n{PART}\r\n\r\ntwo\r\n--x--\r\n", 422),
        (f"--x\r\n{PART.replace('x.txt', 'x.doc')}\r\n\r\none\r\n--x--\r\n", 415),
    ],
)
def test_a_form_that_isnt_one_file_is_refused(
    client: TestClient, store: Store, body: str, status: int
) -> None:
    assert client.post("/batches", content=body, headers=FORM).status_code == status
    assert store.batches() == []


def test_a_form_needs_a_boundary(client: TestClient) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    assert client.post("/batches", content="--x--\r\n", headers=headers).status_code == 400


def test_batches_are_listed_newest_first_in_pages(client: TestClient) -> None:
    made = [upload(client, f"{n}\n", TXT)["batch_uuid"] for n in range(5)]
    seen: list[str] = []
    address: str | None = "/batches?limit=2"
    while address:
        page = client.get(address)
        seen += [batch["batch_uuid"] for batch in page.json()]
        address = page.links["next"]["url"] if "next" in page.links else None
    assert seen == made[::-1]


def test_a_batch_that_isnt_there_is_told_so(client: TestClient, store: Store) -> None:
    job = store.submit(Item("x"), Terms())
    for uuid in (uuid4(), job.job_uuid):
        for address in (f"/batches/{uuid}", f"/batches/{uuid}/results"):
            answer = client.get(address)
            assert (answer.status_code, answer.json()["detail"]) == (404, "Batch not found")
    assert client.get("/batches/b1").status_code == 422

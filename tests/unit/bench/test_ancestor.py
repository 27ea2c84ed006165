"""The yardstick is what it says it is: the ancestor's calls, its rule and its table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import ancestor
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, select

from sentijob.models.demo import DemoModel

TEXTS = ("What a great day", "A terrible one", "A BADGE", "Nothing to say", "good and bad")


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the ancestor on a database of its own; what runs in the background ends before its call returns."""
    engine = create_engine(f"sqlite:///{tmp_path / 'ancestor.db'}")
    before = ancestor.engine
    monkeypatch.setattr(ancestor, "engine", engine)
    ancestor.Base.metadata.create_all(engine)
    ancestor.SessionLocal.configure(bind=engine)
    yield TestClient(ancestor.app)
    ancestor.SessionLocal.configure(bind=before)
    engine.dispose()


def test_a_text_is_answered_at_once_and_scored_in_the_background(client: TestClient) -> None:
    answer = client.post("/predict", json={"text": "What a great day"})
    assert answer.status_code == 202
    job_uuid = answer.json()["job_uuid"]
    assert UUID(job_uuid)
    waiting = {"status": "pending", "result_label": None, "result_score": None}
    assert answer.json() == {"job_uuid": job_uuid, **waiting}
    scored = {"status": "completed", "result_label": "positive", "result_score": 0.95}
    assert client.get(f"/jobs/{job_uuid}").json() == {"job_uuid": job_uuid, **scored}


@pytest.mark.parametrize("text", TEXTS)
def test_its_rule_is_the_one_that_the_demo_model_has_kept(text: str) -> None:
    (kept,) = DemoModel(timedelta(0)).predict([text])
    assert ancestor.analyze(text) == (kept.label.value, kept.score)


def test_a_rule_that_breaks_fails_the_job(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ancestor, "analyze", lambda _: 1 / 0)
    job_uuid = client.post("/predict", json={"text": "x"}).json()["job_uuid"]
    failed = {"status": "failed", "result_label": None, "result_score": None}
    assert client.get(f"/jobs/{job_uuid}").json() == {"job_uuid": job_uuid, **failed}


def test_what_was_pending_as_it_died_stays_so(client: TestClient) -> None:
    with ancestor.SessionLocal() as db:
        db.add(ancestor.Job(text="x"))
        db.commit()
    with TestClient(ancestor.app) as restarted:
        assert [job["status"] for job in restarted.get("/jobs").json()] == ["pending"]
    assert [job["status"] for job in client.get("/jobs").json()] == ["pending"]


def test_jobs_are_listed_from_the_newest_on(client: TestClient) -> None:
    posted = [client.post("/predict", json={"text": text}).json()["job_uuid"] for text in TEXTS]
    listed = client.get("/jobs", params={"skip": 1, "limit": 2}).json()
    assert [job["job_uuid"] for job in listed] == [posted[3], posted[2]]


def test_a_job_that_is_not_there_is_not_found(client: TestClient) -> None:
    answer = client.get(f"/jobs/{uuid4()}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Job not found"})


@pytest.mark.parametrize("text", ["", "x" * 10_001], ids=["empty", "too long"])
def test_a_text_has_1_to_10000_characters(client: TestClient, text: str) -> None:
    assert client.post("/predict", json={"text": text}).status_code == 422
    with ancestor.SessionLocal() as db:
        assert db.scalars(select(ancestor.Job)).all() == []


def test_it_says_what_it_is_and_that_it_lives(client: TestClient) -> None:
    assert "message" in client.get("/").json()
    assert client.get("/health").json() == {"status": "healthy"}

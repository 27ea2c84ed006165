from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from movable_clock import MovableClock
from prometheus_client.parser import text_string_to_metric_families
from working import claim, scored, submit, worker

from sentijob.errors import StoreBusyError
from sentijob.jobs import Failure, Selector
from sentijob.ports import Store
from sentijob.settings import load_settings
from sentijob.store.sql_store import SqlStore
from sentijob.web.app import create_app
from sentijob.web.guard.gate import guarded
from sentijob.web.job_times import MOST_READ
from sentijob.web.measures import Finished, Measured

Samples = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> Iterator[Store]:
    with SqlStore.open(str(tmp_path / "jobs.db"), clock=clock) as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    settings = load_settings({"db": store.location}, environ={})
    app = create_app(store, settings)
    outer = Measured(
        guarded(app, store, settings, host="127.0.0.1"), measures=app.state.services.measures
    )
    with TestClient(outer, base_url="http://127.0.0.1:8000") as opened:
        yield opened


def scraped(client: TestClient) -> Samples:
    """Every sample by its name and the values of its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_jobs_are_told_of_by_status_and_label(client: TestClient, store: Store) -> None:
    for _ in range(5):
        submit(store)
    worker_id = worker(store)
    store.complete(worker_id, scored(claim(store, worker_id, 2)))
    store.fail(worker_id, [Failure(one, "bad", "bad") for one in claim(store, worker_id, 1)])
    claim(store, worker_id, 1)
    seen = scraped(client)
    by_status = {
        name: seen["sentijob_jobs", (name,)]
        for name in ("pending", "processing", "completed", "failed", "cancelled")
    }
    assert list(by_status.values()) == [1, 1, 2, 1, 0]
    assert seen["sentijob_completed_jobs", ("positive",)] == 2
    assert seen["sentijob_jobs_finished_total", ()] == 3
    assert seen["sentijob_store_up", ()] == 1


def test_the_oldest_job_that_waits_has_an_age(
    client: TestClient, store: Store, clock: MovableClock
) -> None:
    assert scraped(client)["sentijob_oldest_pending_age_seconds", ()] == 0
    submit(store)
    clock.pass_time(timedelta(seconds=90))
    submit(store)
    submit(store, delay=timedelta(hours=1))
    assert scraped(client)["sentijob_oldest_pending_age_seconds", ()] == 90


def test_times_are_those_of_the_jobs_that_finished_each_counted_once(
    client: TestClient, store: Store, clock: MovableClock
) -> None:
    worker_id = worker(store)
    count = ("sentijob_job_time_to_claim_seconds_count", ())
    assert scraped(client)[count] == 0
    for seconds in (1, 2, 7):
        submit(store)
        clock.pass_time(timedelta(seconds=seconds))
        claims = claim(store, worker_id)
        clock.pass_time(timedelta(seconds=1))
        store.complete(worker_id, scored(claims))
        scraped(client)
    seen = scraped(client)
    assert seen[count] == 3
    assert seen["sentijob_job_time_to_claim_seconds_sum", ()] == 10
    assert seen["sentijob_job_time_to_claim_seconds_bucket", ("2.5",)] == 2
    assert seen["sentijob_job_time_to_result_seconds_sum", ()] == 13
    assert seen["sentijob_job_processing_seconds_bucket", ("1.0",)] == 3


def test_of_more_jobs_than_a_look_reads_the_newest_are_taken(
    client: TestClient, store: Store
) -> None:
    worker_id = worker(store)
    for _ in range(MOST_READ + 10):
        submit(store)
    store.complete(worker_id, scored(claim(store, worker_id, MOST_READ + 10)))
    assert scraped(client)["sentijob_job_processing_seconds_count", ()] == MOST_READ
    assert scraped(client)["sentijob_job_processing_seconds_count", ()] == MOST_READ


def test_the_dead_are_told_from_the_living_and_what_they_hold(
    client: TestClient, store: Store
) -> None:
    living = store.register_worker(host="elsewhere", pid=1).id
    store.report_worker(living, rate=12.5)
    from sentijob.worker.host import host_identity

    dead = store.register_worker(host=host_identity(), pid=2**22 + 1).id
    for _ in range(3):
        submit(store)
    claim(store, living, 1)
    claim(store, dead, 2)
    seen = scraped(client)
    assert seen["sentijob_workers", ("alive",)] == 1
    assert seen["sentijob_workers", ("dead",)] == 1
    assert seen["sentijob_held_jobs", ("alive",)] == 1
    assert seen["sentijob_held_jobs", ("dead",)] == 2
    assert seen["sentijob_scoring_rate", ()] == 12.5
    store.rescue(dead_workers=(dead,))
    store.complete(living, scored(claim(store, living)))
    assert scraped(client)["sentijob_job_rescues_total", ()] == 2


def test_a_pause_is_told_of(client: TestClient, store: Store) -> None:
    assert scraped(client)["sentijob_paused", ()] == 0
    store.set_paused(paused=True)
    assert scraped(client)["sentijob_paused", ()] == 1


def test_answers_are_counted_by_route_and_status_and_never_by_address(client: TestClient) -> None:
    client.post("/predict", json={"text": "fine"})
    client.post("/predict", json={"text": ""})
    client.get("/jobs/01890000-0000-7000-8000-000000000000")
    client.get("/jobs/01890000-0000-7000-8000-000000000001")
    client.get("/secret")
    client.request("FROBNICATE", "/jobs")
    client.get("/jobs", headers={"Host": "evil.example"})
    seen = scraped(client)
    name = "sentijob_http_request_duration_seconds_count"
    assert seen[name, ("POST", "/predict", "202")] == 1
    assert seen[name, ("POST", "/predict", "422")] == 1
    assert seen[name, ("GET", "/jobs/{job_uuid}", "404")] == 2
    assert seen[name, ("GET", "-", "404")] == 1
    assert seen[name, ("GET", "-", "421")] == 1
    assert not [labels for labels in seen if "secret" in str(labels) or "FROB" in str(labels)]
    assert not [labels for labels in seen if labels[0].endswith("_created")]


def test_a_store_that_cant_be_read_is_told_of_and_answers_still_are(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise StoreBusyError("taken")

    client.post("/predict", json={"text": "fine"})
    monkeypatch.setattr(store, "counts", busy)
    seen = scraped(client)
    name = "sentijob_http_request_duration_seconds_count"
    assert seen["sentijob_store_up", ()] == 0
    assert seen[name, ("POST", "/predict", "202")] == 1
    assert ("sentijob_paused", ()) not in seen


def test_open_metrics_are_given_to_whoever_asks_for_them(client: TestClient) -> None:
    answer = client.get("/metrics", headers={"Accept": "application/openmetrics-text"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_what_finished_is_counted_on_though_the_store_forgets(
    store: Store, clock: MovableClock
) -> None:
    finished = Finished(store)
    for days in range(12):
        submit(store)
        store.cancel(Selector())
        assert finished.total(store.now()) == days + 1
        store.prune(Selector())
        clock.pass_time(timedelta(days=1, minutes=1))
        worker(store)  # with which the oldest minutes are forgotten
    assert finished.total(store.now()) == 12


def test_promtool_finds_nothing_to_say(client: TestClient, store: Store) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is missing: Debian has it in the package prometheus")
        pytest.skip("promtool isn't installed; Debian has it in the package prometheus")
    submit(store)
    worker_id = worker(store)
    store.complete(worker_id, scored(claim(store, worker_id)))
    client.get("/health")
    checked = subprocess.run(  # noqa: S603  # a tool of Prometheus
        [promtool, "check", "metrics"],
        input=client.get("/metrics").content,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")

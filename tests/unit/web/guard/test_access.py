from __future__ import annotations

import logging

import pytest
from asgi import Behind, client
from fastapi import FastAPI
from starlette.testclient import TestClient

from sentijob.errors import StoreFullError
from sentijob.web import problems
from sentijob.web.guard.access import AccessLog
from sentijob.web.guard.shield import Shield

TEXT = "a text that nobody else may see"


@pytest.fixture
def app() -> TestClient:
    """Routes that answer and that break, as the server's do."""
    routes = FastAPI()
    problems.install(routes)

    @routes.get("/jobs/{name}")
    def job(name: str) -> str:
        return name

    @routes.post("/bug")
    def bug() -> None:
        raise ValueError(TEXT)

    @routes.post("/full")
    def full() -> None:
        raise StoreFullError("no room left")

    return client(AccessLog(Shield(routes)))


def test_a_request_is_a_line_of_its_method_route_status_and_time(
    app: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="sentijob")
    app.get(f"/jobs/{TEXT}?q={TEXT}", headers={"Authorization": f"Bearer {TEXT}"})
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("senti")]
    *said, milliseconds, unit = line.split()
    assert said == ["GET", "/jobs/{name}", "200"]
    assert (float(milliseconds) >= 0, unit) == (True, "ms")


def test_no_text_reaches_a_log_whatever_is_asked(
    app: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hidden = {"X": TEXT, "Authorization": f"Bearer {TEXT}", "Cookie": TEXT}
    for method in ("GET", "POST", "PUT", TEXT.replace(" ", "")):
        for path in (f"/jobs/{TEXT}", f"/{TEXT}", f"/bug?q={TEXT}", f"/full?q={TEXT}"):
            app.request(method, path, content=TEXT, headers=hidden)
    # A client of the tests' own logs what it asks for.
    ours = [record for record in caplog.records if not record.name.startswith("http")]
    assert len(ours) >= 16
    for record in ours:
        shown = logging.Formatter().format(record)
        assert TEXT not in shown
        assert TEXT.replace(" ", "") not in shown
        assert TEXT.replace(" ", "%20") not in shown


def test_a_bug_is_told_with_where_it_was_and_answered_without(
    app: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = app.post("/bug")
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal Server Error")
    assert TEXT not in answer.text
    assert "ValueError" in caplog.text
    assert "in bug" in caplog.text


def test_a_store_that_cant_be_written_is_to_be_tried_again(app: TestClient) -> None:
    answer = app.post("/full")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["detail"] == "no room left"


def test_what_a_defence_meets_is_answered_too() -> None:
    class Broken(Behind):
        async def __call__(self, *_: object) -> None:
            raise StoreFullError("no room left")

    answer = client(AccessLog(Shield(Broken()))).post("/predict")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_a_websocket_is_a_line_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="sentijob")
    with client(AccessLog(Behind())).websocket_connect(f"/ws?q={TEXT}"):
        pass
    assert [record.getMessage().rpartition(" ")[0].split()[:3] for record in caplog.records] == [
        ["WEBSOCKET", "-", "101"]
    ]

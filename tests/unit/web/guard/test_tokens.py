from __future__ import annotations

from collections.abc import Collection

import pytest
from asgi import Behind, client
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from sentijob.tokens import Scope
from sentijob.web.guard.sessions import COOKIE
from sentijob.web.guard.tokens import TokensRequired

READER, WRITER = "sj_reads", "sj_writes"
OWN_PAGE = {"Origin": "http://localhost"}


class FakeTokens:
    """Two tokens, until they are revoked."""

    def __init__(self) -> None:
        self.known: dict[str, Collection[Scope]] = {READER: {Scope.READ}, WRITER: set(Scope)}
        self.asked: list[str] = []

    def authenticate(self, secret: str) -> Collection[Scope] | None:
        self.asked.append(secret)
        return self.known.get(secret)


@pytest.fixture
def tokens() -> FakeTokens:
    return FakeTokens()


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def app(behind: Behind, tokens: FakeTokens) -> TestClient:
    return client(TokensRequired(behind, tokens=tokens))


def bearing(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def log_in(app: TestClient, secret: str = WRITER) -> None:
    answer = app.post("/login", data={"token": secret}, headers=OWN_PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearing("sj_wrong"),
        bearing(""),
        bearing("x" * 10_000),
        {"Authorization": f"Basic {WRITER}"},
        {"Authorization": WRITER},
        {"Cookie": f"{COOKIE}={WRITER}"},
        {"Cookie": "\x7f;=;;==, sentijob_session"},
    ],
    ids=str,
)
def test_nobody_gets_in_without_a_token(
    app: TestClient, behind: Behind, headers: dict[str, str]
) -> None:
    for answer in (app.get("/jobs", headers=headers), app.post("/predict", headers=headers)):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert behind.reached == []


def test_health_alone_is_open(app: TestClient) -> None:
    assert app.get("/health").status_code == 200
    for path in ("/ready", "/metrics", "/health/", "/openapi.json", "/healthy"):
        assert app.get(path).status_code == 401


def test_a_token_in_an_address_is_none(app: TestClient) -> None:
    assert app.get(f"/jobs?token={WRITER}&access_token={WRITER}").status_code == 401
    assert app.post(f"/login?token={WRITER}", headers=OWN_PAGE).status_code == 401


def test_a_token_does_what_its_scopes_say(app: TestClient) -> None:
    assert app.get("/jobs", headers=bearing(READER)).status_code == 200
    assert app.get("/jobs", headers={"Authorization": f"bearer  {READER}"}).status_code == 200
    refused = app.post("/predict", headers=bearing(READER))
    assert refused.status_code == 403
    assert 'scope="write"' in refused.headers["www-authenticate"]
    assert app.delete("/batches/1", headers=bearing(READER)).status_code == 403
    assert app.post("/predict", headers=bearing(WRITER)).status_code == 200


def test_a_revoked_token_ends_at_once_and_its_sessions_do(
    app: TestClient, tokens: FakeTokens
) -> None:
    log_in(app)
    assert app.get("/jobs").status_code == 200
    del tokens.known[WRITER]
    assert app.get("/jobs", headers=bearing(WRITER)).status_code == 401
    assert app.get("/jobs").status_code == 401


def test_what_cant_be_a_token_isnt_looked_for(app: TestClient, tokens: FakeTokens) -> None:
    app.get("/jobs", headers=bearing("x" * 10_000))
    app.get("/jobs", headers=[(b"Authorization", "Bearer é".encode())])
    assert tokens.asked == []


def test_a_browser_is_shown_the_form_and_gets_a_cookie_that_no_script_or_site_can_use(
    app: TestClient,
) -> None:
    sent = app.get("/", headers={"Accept": "text/html,*/*"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/login")
    form = app.get("/login")
    assert form.status_code == 200
    assert 'type="password"' in form.text
    answer = app.post("/login", data={"token": f" {WRITER}\n"}, headers=OWN_PAGE)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    assert WRITER not in cookie
    assert app.get("/").status_code == 200


def test_over_tls_the_cookie_stays_there(app: TestClient) -> None:
    headers = {"Origin": "https://localhost"}
    answer = app.post("/login", data={"token": WRITER}, headers=headers)
    assert "; secure" in answer.headers["set-cookie"].lower()


def test_the_cookie_is_believed_only_from_this_servers_own_page(app: TestClient) -> None:
    log_in(app)
    for origin in ("https://friend.example", "null", "http://localhost:3000"):
        assert app.post("/predict", headers={"Origin": origin}).status_code == 403
    assert app.post("/predict").status_code == 403, "a browser that says nothing of its page"
    assert app.post("/predict", headers=OWN_PAGE).status_code == 200
    with pytest.raises(WebSocketDisconnect), app.websocket_connect("/ws"):
        pass


def test_a_websocket_needs_what_changing_needs(app: TestClient) -> None:
    cookie = {"Cookie": f"{COOKIE}={session_id(app)}"}
    with app.websocket_connect("/ws", headers={**cookie, "Origin": "http://testserver"}):
        pass
    with app.websocket_connect("/ws", headers=bearing(WRITER)):
        pass
    for headers in ({}, bearing(READER), bearing("sj_wrong")):
        with pytest.raises(WebSocketDisconnect), app.websocket_connect("/ws", headers=headers):
            pass


def session_id(app: TestClient) -> str:
    log_in(app)
    return app.cookies[COOKIE]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"token": READER}, 403),
        ({"token": "sj_wrong"}, 401),
        ({"token": ""}, 401),
        ({}, 401),
        ({"token": WRITER, "more": "x" * 5000}, 401),
    ],
    ids=["reads only", "unknown", "empty", "none", "too large"],
)
def test_a_form_without_a_token_that_writes_starts_nothing(
    app: TestClient, form: dict[str, str], status: int
) -> None:
    answer = app.post("/login", data=form, headers=OWN_PAGE)
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_nobody_is_logged_in_or_out_by_another_sites_page(
    app: TestClient, headers: dict[str, str]
) -> None:
    assert app.post("/login", data={"token": WRITER}, headers=headers).status_code == 403
    log_in(app)
    assert app.post("/logout", headers=headers).status_code == 403
    assert app.get("/logout").status_code == 405
    assert app.get("/jobs").status_code == 200


def test_logging_out_ends_the_session_and_not_only_the_cookie(app: TestClient) -> None:
    kept = {"Cookie": f"{COOKIE}={session_id(app)}"}
    assert app.get("/jobs", headers=kept).status_code == 200
    assert app.post("/logout", headers=OWN_PAGE).headers["location"] == "/login"
    assert app.get("/jobs", headers=kept).status_code == 401

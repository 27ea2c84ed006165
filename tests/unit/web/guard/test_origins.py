from __future__ import annotations

import pytest
from asgi import Behind, client
from starlette.websockets import WebSocketDisconnect

from sentijob.web.guard.origins import Origins
from sentijob.web.guard.sharing import shared

FRIEND = "https://friend.example"
FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "ftp://localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
]
OWN = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": FRIEND, "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_another_sites_page_sends_is_refused(method: str, headers: dict[str, str]) -> None:
    behind = Behind()
    app = Origins(behind, allowed={FRIEND})
    assert client(app).request(method, "/predict", headers=headers).status_code == 403
    assert behind.reached == []


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("headers", OWN, ids=str)
def test_programs_this_servers_pages_and_named_ones_are_let_in(
    method: str, headers: dict[str, str]
) -> None:
    app = Origins(Behind(), allowed={FRIEND})
    assert client(app).request(method, "/predict", headers=headers).status_code == 200


def test_a_link_may_be_followed_from_anywhere_but_nothing_is_loaded_from_there() -> None:
    app = client(Origins(Behind(), allowed=()))
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    picture = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert app.get("/", headers=link).status_code == 200
    assert app.get("/jobs", headers=picture).status_code == 403


def test_a_websocket_is_opened_by_this_servers_own_page_alone() -> None:
    behind = Behind()
    app = client(Origins(behind, allowed=()))
    with app.websocket_connect("/_nicegui_ws/", headers={"Origin": "http://testserver"}):
        pass
    for headers in FOREIGN:
        with pytest.raises(WebSocketDisconnect), app.websocket_connect("/ws", headers=headers):
            pass
    assert behind.reached == ["/_nicegui_ws/"]


def test_nothing_is_shared_unless_an_origin_is_named() -> None:
    behind = Behind()
    assert shared(behind, origins=()) is behind


def test_a_named_origin_may_read_but_never_with_cookies_and_no_other_may() -> None:
    app = client(Origins(shared(Behind(), origins=(FRIEND,)), allowed={FRIEND}))
    asked = {"Access-Control-Request-Method": "POST"}
    before = app.options("/predict", headers={"Origin": FRIEND, **asked})
    answers = [before, app.get("/jobs", headers={"Origin": FRIEND})]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == FRIEND
        assert "access-control-allow-credentials" not in answer.headers
    foreign = app.options("/predict", headers={"Origin": "https://evil.example", **asked})
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers

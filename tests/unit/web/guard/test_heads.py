from __future__ import annotations

from asgi import Behind, client

from sentijob.web.guard.heads import LARGEST_HEAD, MOST_HEADERS, Heads


def test_ordinary_headers_pass() -> None:
    assert (
        client(Heads(Behind())).get("/jobs?limit=5", headers={"X": "y" * 4000}).status_code == 200
    )


def test_headers_that_are_too_large_or_too_many_are_refused() -> None:
    behind = Behind()
    app = client(Heads(behind))
    many = {f"X-{number}": "y" for number in range(MOST_HEADERS + 1)}
    assert app.get("/", headers={"X": "y" * LARGEST_HEAD}).status_code == 431
    assert app.get("/", headers=many).status_code == 431
    assert behind.reached == []


def test_an_address_that_is_too_long_is_refused() -> None:
    assert client(Heads(Behind())).get("/" + "x" * LARGEST_HEAD).status_code == 414
    assert client(Heads(Behind())).get("/?q=" + "x" * LARGEST_HEAD).status_code == 414

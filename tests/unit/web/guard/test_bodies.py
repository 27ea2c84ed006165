from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from asgi import Behind, Clock, client
from starlette.types import Message, Receive, Scope, Send

from sentijob.web.guard.bodies import LARGEST, LEAST_PACE, Bodies

UPLOAD = 3 * LARGEST
SECOND = timedelta(seconds=1)


def bodies(behind: Behind) -> Bodies:
    return Bodies(behind, largest_upload=UPLOAD, timeout=SECOND)


@pytest.mark.parametrize(
    ("path", "largest"), [("/predict", LARGEST), ("/batches", UPLOAD), ("/_nicegui/x", UPLOAD)]
)
def test_a_body_may_be_as_large_as_its_limit_and_not_a_byte_larger(path: str, largest: int) -> None:
    behind = Behind()
    app = client(bodies(behind))
    assert app.post(path, content=b"x" * largest).text == str(largest)
    assert app.post(path, content=b"x" * (largest + 1)).status_code == 413
    assert behind.reached == [path], "what says its size is refused before anything reads it"


def test_a_body_that_hides_its_size_is_refused_while_it_comes() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 65_536

    answer = client(bodies(Behind())).post("/predict", content=bounded(endless(), 40))
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


def bounded(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    for _ in range(most):
        yield next(pieces)


@pytest.mark.parametrize("told", ["-1", "nonsense", "9" * 5000])
def test_a_size_that_is_none_breaks_nothing(told: str) -> None:
    answer = client(bodies(Behind())).post("/predict", headers={"Content-Length": told})
    assert answer.status_code in (200, 413)


def drip(app: Bodies, clock: Clock, *, pieces: int, size: int, pause: float) -> list[Message]:
    """What is sent to a client whose body comes in *pieces*, each after a *pause* by *clock*."""
    sent: list[Message] = []
    coming = iter(range(pieces))

    async def receive() -> Message:
        clock.now += pause
        return {
            "type": "http.request",
            "body": b"x" * size,
            "more_body": next(coming) < pieces - 1,
        }

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/batches", "headers": []}
    asyncio.run(app(scope, receive, send))
    return sent


def test_a_drip_that_keeps_a_connection_busy_has_its_end() -> None:
    clock = Clock()
    app = Bodies(Behind(), largest_upload=UPLOAD, timeout=SECOND, clock=clock)
    start, _ = drip(app, clock, pieces=100, size=1, pause=0.4)
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert clock.now < 1000 + 3


def test_a_slow_line_has_the_time_that_its_bytes_need() -> None:
    clock = Clock()
    app = Bodies(Behind(), largest_upload=UPLOAD, timeout=SECOND, clock=clock)
    start, body = drip(app, clock, pieces=100, size=LEAST_PACE, pause=0.9)
    assert (start["status"], body["body"]) == (200, str(100 * LEAST_PACE).encode())


def test_silence_ends_too() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    app = Bodies(Behind(), largest_upload=UPLOAD, timeout=timedelta(milliseconds=20))
    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": []}
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 10))
    assert sent[0]["status"] == 408


def test_listening_for_a_disconnect_after_the_body_has_no_deadline() -> None:
    async def listening(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.start", "status": 204, "headers": []})

    messages = iter([(0.0, {"type": "http.request"}), (0.2, {"type": "http.disconnect"})])
    sent: list[Message] = []

    async def receive() -> Message:
        after, message = next(messages)
        await asyncio.sleep(after)
        return message

    async def send(message: Message) -> None:
        sent.append(message)

    app = Bodies(listening, largest_upload=1, timeout=timedelta(milliseconds=50))
    scope = {"type": "http", "method": "GET", "path": "/events", "headers": []}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 204

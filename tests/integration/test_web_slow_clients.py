"""Clients that dawdle, against a real socket: none keeps a connection for longer than it may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from sentijob.web.guard import connections
from sentijob.web.guard.bodies import Bodies
from sentijob.web.guard.connections import patient

PATIENCE = timedelta(milliseconds=400)
SOON = 10.0
"""Seconds: far beyond the patience, and what a test waits for at most."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads a body; then answers at once, slowly or at length, as the path says."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        await send({"type": "websocket.send", "text": "still here"})
        return
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/slow":
        for _ in range(4):
            await asyncio.sleep(PATIENCE.total_seconds() / 2)
            await send({"type": "http.response.body", "body": b"tick", "more_body": True})
    for _ in range(1000 if scope["path"] == "/large" else 0):
        await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
    await send({"type": "http.response.body", "body": b"done"})


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected() -> AsyncIterator[Connection]:
    """A connection to a server of that patience."""
    config = uvicorn.Config(
        Bodies(application, largest_upload=2**20, timeout=PATIENCE),
        port=0,
        http=patient(PATIENCE),
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        server.should_exit = True
        await serving


def tried(what: Callable[[Connection], Awaitable[None]]) -> None:
    """Do *what* a client does, on a connection of its own."""

    async def run() -> None:
        async with asyncio.timeout(3 * SOON), connected() as connection:
            await what(connection)

    asyncio.run(run())


async def is_cut(reader: asyncio.StreamReader) -> bool:
    """Whether the server ends the connection within a time that is far beyond its patience."""
    try:
        async with asyncio.timeout(SOON):
            while piece := await reader.read(65_536):
                if piece.endswith(b"done\r\n0\r\n\r\n"):
                    return False
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


async def dripping(writer: asyncio.StreamWriter, pieces: list[bytes]) -> None:
    """Send *pieces*, each well within the patience, for much longer than that."""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(PATIENCE.total_seconds() / 4)
    except ConnectionError:
        return


async def taken(writer: asyncio.StreamWriter) -> int:
    """How many bytes of a flood are sent before the server cuts it off."""
    sent = 0
    try:
        while sent < 50 * 2**20:
            writer.write(b"y" * 65_536)
            await writer.drain()
            sent += 65_536
    except ConnectionError:
        pass
    return sent


def test_a_client_that_says_nothing_is_cut() -> None:
    async def silent(connection: Connection) -> None:
        assert await is_cut(connection[0])

    tried(silent)


@pytest.mark.parametrize(
    "before",
    [b"", b"GET /first HTTP/1.1\r\nHost: x\r\n\r\n"],
    ids=["at first", "when it has asked"],
)
def test_a_head_that_comes_byte_by_byte_is_cut(before: bytes) -> None:
    async def drip(connection: Connection) -> None:
        reader, writer = connection
        writer.write(before)
        if before:
            await reader.readuntil(b"done")
        pieces = [b"GET / HTTP/1.1\r\nX: "] + [b"y"] * 400
        sending = asyncio.create_task(dripping(writer, pieces))
        assert await is_cut(reader)
        sending.cancel()

    tried(drip)


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "start",
    [
        b"GET / HTTP/1.1\r\nX: ",
        b"GET /",
        b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX: ",
        CHUNKED + b"1\r\nx\r\n0\r\nX: ",
    ],
    ids=["a header", "an address", "a header behind another request", "a trailer"],
)
def test_a_head_that_never_ends_is_cut_before_it_fills_the_memory(start: bytes) -> None:
    async def flood(connection: Connection) -> None:
        _, writer = connection
        writer.write(start)
        assert await taken(writer) < 10 * 2**20, "what the sockets hold, and little more"

    tried(flood)


def test_a_body_that_comes_byte_by_byte_is_answered_and_cut() -> None:
    async def drip(connection: Connection) -> None:
        reader, writer = connection
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
        sending = asyncio.create_task(dripping(writer, [head] + [b"y"] * 90))
        async with asyncio.timeout(SOON):
            assert await reader.readline() == b"HTTP/1.1 408 Request Timeout\r\n"
        assert await is_cut(reader)
        sending.cancel()

    tried(drip)


def test_a_client_that_doesnt_take_its_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "UNREAD", PATIENCE)

    async def dawdle(connection: Connection) -> None:
        reader, writer = connection
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's has it
        writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(PATIENCE.total_seconds() * 4)
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert await is_cut(reader)

    tried(dawdle)


def test_an_answer_may_take_longer_than_a_request() -> None:
    async def patient_client(connection: Connection) -> None:
        reader, writer = connection
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(SOON):
            assert (await reader.readuntil(b"done")).count(b"tick") == 4

    tried(patient_client)


def test_a_websocket_may_be_silent_for_longer() -> None:
    async def page(connection: Connection) -> None:
        reader, writer = connection
        writer.write(
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(PATIENCE.total_seconds() * 3)
        writer.write(b"\x81\x81\0\0\0\0x")  # the text x, masked by nothing
        async with asyncio.timeout(SOON):
            await reader.readuntil(b"still here")

    tried(page)

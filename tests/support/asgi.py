"""What the defences of the web are tried with: an application that notes what reaches it, and a clock."""

from __future__ import annotations

from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

HERE = "http://localhost"


class Behind:
    """An application that reads a body to its end, and says how long it was."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached.append(scope["path"])
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close"})
            return
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("the client went away")
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        start = {"type": "http.response.start", "status": 200, "headers": []}
        await send(start)
        await send({"type": "http.response.body", "body": str(size).encode()})


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def client(app: ASGIApp, *, base: str = HERE, address: str = "127.0.0.1") -> TestClient:
    """A program on *address* that talks to *app*; redirects are its own affair."""
    return TestClient(app, base_url=base, client=(address, 50000), follow_redirects=False)

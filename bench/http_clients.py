"""Many clients at once that post texts to a server, each one after the other, and count what they are answered.

A process of its own, apart from what it measures. The clients speak HTTP/1.1 on kept connections, and
no more of it than they need: a request costs them 0.2 ms of a processor. Through httpx it was 4.5 ms
at 100 connections, several times what the server takes, and on two cores it would be what is measured. A client whose connection breaks connects again, for as long as it takes, and goes on with
its next text: whether the server had taken the last one, nobody told it.

It prints a line once all are connected, and one with :class:`Outcome` as JSON at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from itertools import count
from time import perf_counter
from typing import NamedTuple

from corpus import take_texts
from harness import percentile

HOST = "127.0.0.1"
RECONNECT = 0.05
"""Seconds between two tries to connect."""
PATIENCE = 60.0
"""Seconds that a client waits for an answer, or for a server, before it gives up."""


class Plan(NamedTuple):
    """What the clients are to do; over as soon as one of the two is."""

    port: int
    clients: int
    seconds: float
    each: int
    """Texts that each client wants acknowledged."""


class Answer(NamedTuple):
    """What a request got."""

    status: int
    body: bytes
    closes: bool
    """Whether the server closes the connection after it."""


class Outcome(NamedTuple):
    """What all clients together have seen."""

    seconds: float
    statuses: dict[str, int]
    """Answers by status."""
    broken: int
    """Requests whose connection broke, or that weren't answered in time: acknowledged or not, nobody knows."""
    milliseconds: dict[str, float]
    """From a request that was acknowledged to its answer: p50, p99 and the worst."""
    acknowledged: list[str]
    """The UUIDs of jobs that were answered with 202."""


class Tally:
    """What the clients note, while they are at it."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.broken = 0
        self.taken: list[float] = []
        self.acknowledged: list[str] = []

    def note(self, answer: Answer, seconds: float) -> None:
        self.statuses[answer.status] += 1
        if answer.status == 202:
            self.acknowledged.append(json.loads(answer.body)["job_uuid"])
            self.taken.append(seconds * 1000)

    def outcome(self, seconds: float) -> Outcome:
        taken = self.taken or [0.0]
        return Outcome(
            seconds,
            {str(status): number for status, number in sorted(self.statuses.items())},
            self.broken,
            {
                "p50": percentile(taken, 0.5),
                "p99": percentile(taken, 0.99),
                "worst": max(taken),
            },
            self.acknowledged,
        )


class Connection:
    """One kept connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Connection:
        """A connection, as soon as there is a server to be connected to.

        Raises:
            TimeoutError: there was none for too long.
        """
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return cls(*await asyncio.open_connection(HOST, port))
                except ConnectionError:
                    await asyncio.sleep(RECONNECT)

    async def post(self, text: str) -> Answer:
        """Hand a text in.

        Raises:
            ConnectionError, EOFError: the connection broke first.
            TimeoutError: no answer came.
        """
        body = json.dumps({"text": text}).encode()
        self._writer.write(
            b"POST /predict HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (HOST.encode(), len(body), body)
        )
        async with asyncio.timeout(PATIENCE):
            return await self._answer()

    async def _answer(self) -> Answer:
        head = await self._reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").lower().splitlines()
        headers = dict(line.split(": ", 1) for line in lines if line)
        body = await self._reader.readexactly(int(headers["content-length"]))
        return Answer(int(first.split()[1]), body, headers.get("connection") == "close")

    def close(self) -> None:
        self._writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int, help=f"where the server listens, at {HOST}")
    parser.add_argument("--clients", type=int, default=200, help="at once [200]")
    parser.add_argument("--seconds", type=float, default=60, help="how long at most [60]")
    parser.add_argument(
        "--each", type=int, default=10**9, help="texts that each wants acknowledged [no end]"
    )
    options = parser.parse_args()
    plan = Plan(options.port, options.clients, options.seconds, options.each)
    print(json.dumps(asyncio.run(load(plan))._asdict()))


async def load(plan: Plan) -> Outcome:
    """Have all clients post until the plan is done."""
    texts = take_texts([], 1000)
    tally = Tally()
    connections = await asyncio.gather(*(Connection.open(plan.port) for _ in range(plan.clients)))
    print("connected", flush=True)
    started = perf_counter()
    await asyncio.gather(
        *(
            client(number, connection, texts, plan, tally)
            for number, connection in enumerate(connections)
        )
    )
    return tally.outcome(perf_counter() - started)


async def client(
    number: int, connection: Connection, texts: Sequence[str], plan: Plan, tally: Tally
) -> None:
    """One client's texts, none of which any other has."""
    ends = perf_counter() + plan.seconds
    wanted = plan.each
    for turn in count():
        if wanted == 0 or perf_counter() >= ends:
            connection.close()
            return
        text = f"{texts[(number * 37 + turn) % len(texts)]} ({number}-{turn})"
        began = perf_counter()
        try:
            answer = await connection.post(text)
        except (OSError, EOFError):  # a timeout is one of the former
            tally.broken += 1
            must_reconnect = True
        else:
            tally.note(answer, perf_counter() - began)
            wanted -= answer.status == 202
            must_reconnect = answer.closes
        if must_reconnect:
            connection.close()
            connection = await Connection.open(plan.port)


if __name__ == "__main__":
    main()

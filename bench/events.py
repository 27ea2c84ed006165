"""What listeners cost a server that tells of changes: memory and processor while idle, and how soon all have heard.

The server runs by itself; those who listen are tasks of this process, over loopback. Nobody scores, so
nothing else changes the store than the texts that are queued here.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import signal
import subprocess
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Mapping
from time import perf_counter
from typing import NamedTuple

from harness import (
    SENTIJOB,
    Goal,
    Table,
    cpu_seconds,
    percentile,
    publish,
    resident_megabytes,
    scratch_store,
    store_of,
)

from sentijob.jobs import Item, Terms
from sentijob.ports import Store
from sentijob.web.sockets import allow_many_files

AT_ONCE = 50
"""Connections that are opened together."""
REST = 0.6
"""Seconds between two changes: each is told of by itself."""
DEADLINE = 60.0


class Server(NamedTuple):
    """A server's process and its port."""

    pid: int
    port: int


class Cost(NamedTuple):
    """What so many listeners took of the server."""

    listeners: int
    megabytes: float
    """Held beyond what it held with none."""
    idle: float
    """Percent of a core, heartbeats and all."""
    heard: list[float]
    """Milliseconds from the start of a submit until a listener had heard, of each listener and change."""
    all_heard: list[float]
    """Of each change, until the last had."""
    per_change: float
    """Milliseconds of processor to tell all of one change."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--idle", type=float, default=30.0, help="seconds to measure idle for")
    parser.add_argument("--changes", type=int, default=20)
    given = parser.parse_args()
    allow_many_files()
    costs = [
        asyncio.run(cost_of(count, idle=given.idle, changes=given.changes))
        for count in given.listeners
    ]
    report(costs)


async def cost_of(count: int, *, idle: float, changes: int) -> Cost:
    """Measure a server of its own."""
    with (
        scratch_store() as env,
        contextlib.closing(store_of(env)) as store,
        server_running(env) as server,
    ):
        await close(await listening(server))  # whatever the first one makes it import
        empty = resident_megabytes(server.pid)
        streams: list[tuple[StreamReader, StreamWriter]] = []
        while len(streams) < count:
            some = range(min(AT_ONCE, count - len(streams)))
            streams += await asyncio.gather(*(listening(server) for _ in some))
        held = resident_megabytes(server.pid) - empty
        readers = [reader for reader, _ in streams]
        before = cpu_seconds(server.pid)
        await asyncio.sleep(idle)
        idle_cost = (cpu_seconds(server.pid) - before) / idle * 100
        before = cpu_seconds(server.pid)
        heard = [await change(store, readers) for _ in range(changes)]
        per_change = (cpu_seconds(server.pid) - before) / changes * 1000
        for stream in streams:
            await close(stream)
    return Cost(
        count,
        held,
        idle_cost,
        [one for each in heard for one in each],
        [max(each) for each in heard],
        per_change,
    )


@contextlib.contextmanager
def server_running(env: Mapping[str, str]) -> Iterator[Server]:
    """A server in a process of its own, which listens; ended with the block."""
    process = subprocess.Popen(
        [SENTIJOB, "serve", "--port", "0"], env=env, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None  # noqa: S101 - it was asked for
    try:
        said = process.stderr.readline()
        found = re.search(r"listening at http://[^:]+:(\d+)", said)
        if found is None:
            raise SystemExit(f"the server didn't begin: {said}{process.stderr.read()}")
        yield Server(process.pid, int(found[1]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


async def listening(server: Server) -> tuple[StreamReader, StreamWriter]:
    """A connection on which the current state has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await told(reader)
    return reader, writer


async def told(reader: StreamReader) -> float:
    """When the next state had come."""
    async with asyncio.timeout(DEADLINE):
        while not (await reader.readline()).startswith(b"id:"):
            pass
    return perf_counter()


async def change(store: Store, readers: list[StreamReader]) -> list[float]:
    """Queue a text, and see in how many milliseconds each listener has heard of it."""
    waiting = [asyncio.create_task(told(reader)) for reader in readers]
    await asyncio.sleep(REST)
    began = perf_counter()
    await asyncio.to_thread(store.submit, Item("a fine day"), Terms())
    return [(await heard - began) * 1000 for heard in waiting]


async def close(stream: tuple[StreamReader, StreamWriter]) -> None:
    _, writer = stream
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


def report(costs: list[Cost]) -> None:
    table = Table(
        (
            "listeners",
            "memory, MB",
            "KB each",
            "idle, % of a core",
            "heard p50, ms",
            "all heard p50, ms",
            "worst, ms",
            "processor a change, ms",
        ),
        [
            (
                f"{one.listeners:,}",
                f"{one.megabytes:.1f}",
                f"{one.megabytes * 1000 / one.listeners:.0f}",
                f"{one.idle:.2f}",
                f"{percentile(one.heard, 0.5):.1f}",
                f"{percentile(one.all_heard, 0.5):.1f}",
                f"{max(one.all_heard):.1f}",
                f"{one.per_change:.1f}",
            )
            for one in costs
        ],
    )
    most = max(costs, key=lambda one: one.listeners)
    goals = [
        Goal(f"{most.listeners:,} idle listeners, MB", most.megabytes, most=100),
        Goal(f"{most.listeners:,} idle listeners, percent of a core", most.idle, most=2),
        Goal(
            f"{most.listeners:,} listeners, all heard, p50, ms",
            percentile(most.all_heard, 0.5),
            most=500,
        ),
    ]
    publish(
        "events",
        [one._asdict() for one in costs],
        [table],
        goals,
        packages=("fastapi", "uvicorn"),
    )


if __name__ == "__main__":
    main()

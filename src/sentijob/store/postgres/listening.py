"""What ends a waiting worker's or watcher's sleep when somebody commits to a PostgreSQL store."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Collection
from datetime import timedelta

import psycopg

from sentijob.store.postgres.connections import connect
from sentijob.store.postgres.url import PostgresUrl

_TRY_AGAIN = 1.0
"""Seconds of plain sleep after the server couldn't be reached."""


class CommitListener:
    """Waits for what :meth:`~sentijob.store.postgres.database.PostgresDatabase.announce` says; sleeps where it can't hear it.

    With *heeds*, other announcements don't end a wait. Listening begins with
    the first wait, which returns at once, and so does the first after the
    connection broke: something may have been missed.
    """

    def __init__(self, url: PostgresUrl, *, heeds: str | None = None) -> None:
        self._url = url
        self._heeds = heeds
        self._driver: psycopg.Connection | None = None
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)

    def wait(self, timeout: timedelta) -> bool:
        deadline = time.monotonic() + timeout.total_seconds()
        try:
            if self._driver is None:
                self._driver = self._listening()
                return True
            return self._await(self._driver, deadline)
        except psycopg.Error:
            self._hang_up()
            left = max(deadline - time.monotonic(), 0.0)
            return self._sleep(min(left, _TRY_AGAIN))

    def wake(self) -> None:
        try:
            os.write(self._wake, b"!")
        except BlockingIOError:
            return  # it is awake already, many times over

    def close(self) -> None:
        self._hang_up()
        for fd in (self._woken, self._wake):
            if fd >= 0:
                os.close(fd)
        self._woken = self._wake = -1

    def _listening(self) -> psycopg.Connection:
        driver = connect(self._url, patience=timedelta(0))
        driver.execute(f"LISTEN {self._url.channel}")
        return driver

    def _await(self, driver: psycopg.Connection, deadline: float) -> bool:
        while not self._has_news(driver):
            left = max(deadline - time.monotonic(), 0.0)
            ready = _readable((driver.fileno(), self._woken), left)
            if not ready:
                return False
            if self._woken in ready:
                os.read(self._woken, 4096)
                return True
            driver.pgconn.consume_input()
        return True

    def _has_news(self, driver: psycopg.Connection) -> bool:
        """Take all announcements that have come; whether one of them is heeded."""
        has_news = False
        while (announced := driver.pgconn.notifies()) is not None:
            has_news |= self._heeds is None or announced.extra.decode() == self._heeds
        return has_news

    def _sleep(self, seconds: float) -> bool:
        ready = _readable((self._woken,), seconds)
        if ready:
            os.read(self._woken, 4096)
        return bool(ready)

    def _hang_up(self) -> None:
        if self._driver is not None:
            self._driver.close()
            self._driver = None


def _readable(fds: Collection[int], seconds: float) -> set[int]:
    """Those that can be read from, as soon as any can, or none after *seconds*."""
    # Not select, which takes no descriptor above 1,023: a server may have as many connections.
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    return {fd for fd, _ in poll.poll(seconds * 1000)}

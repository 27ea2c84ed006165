"""One visitor's page: what it shows, and who is to be told when that changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import Client, background_tasks, ui

from sentijob.errors import SentijobError
from sentijob.web.page.address import View
from sentijob.web.page.live import Live, Snapshot

Task = Callable[[], Awaitable[None]]


class Visit:
    """Follows the store for one page, from its first connection until it is closed."""

    def __init__(self, client: Client, live: Live) -> None:
        self._client = client
        self._live = live
        self._on_snapshot: list[Callable[[Snapshot], None]] = []
        self._on_trouble: list[Callable[[str | None], None]] = []
        self._on_view: list[Callable[[], None]] = []
        self._tasks: list[Task] = [self._follow]
        self._running: list[asyncio.Task[Any]] = []
        self.view = View.of(client.request.query_params)
        client.on_connect(self._start)
        client.on_delete(self._stop)
        ui.on("moved", self._move)

    @property
    def last(self) -> Snapshot | None:
        """The newest snapshot."""
        return self._live.last

    def on_snapshot(self, show: Callable[[Snapshot], None]) -> None:
        """Call *show* with each snapshot."""
        self._on_snapshot.append(show)

    def on_trouble(self, show: Callable[[str | None], None]) -> None:
        """Call *show* with what keeps the store from being read; None once nothing does."""
        self._on_trouble.append(show)

    def on_view(self, show: Callable[[], None]) -> None:
        """Call *show* when the view has changed."""
        self._on_view.append(show)

    def beside(self, task: Task) -> None:
        """Run *task* for as long as the page is open."""
        self._tasks.append(task)

    def go(self, view: View) -> None:
        """Show another view, and give it its own place in the browser's history."""
        if view == self.view:
            return
        self.view = view
        with self._client:
            ui.navigate.history.push(view.address)
        self._tell()

    def trouble(self, problem: str | None) -> None:
        """Say what keeps the store from being read."""
        for show in self._on_trouble:
            show(problem)

    def notify(self, message: str, *, is_bad: bool = False) -> None:
        """Tell the visitor something, for a while."""
        with self._client:
            ui.notify(
                message,
                classes="notice bad" if is_bad else "notice",
                position="bottom",
                timeout=8000 if is_bad else 4000,
                close_button="Dismiss",
            )

    def _move(self, event: Any) -> None:  # noqa: ANN401 - NiceGUI's, whose arguments are any JSON
        """The browser went back or forth."""
        if isinstance(event.args, dict):
            self.view = View.of({str(name): str(value) for name, value in event.args.items()})
            self._tell()

    def _tell(self) -> None:
        for show in self._on_view:
            show()

    def _start(self) -> None:
        if not self._running:  # it may be a connection that was lost
            self._running = [background_tasks.create(task()) for task in self._tasks]

    def _stop(self) -> None:
        for task in self._running:
            task.cancel()

    async def _follow(self) -> None:
        async for found in self._live.follow():
            if isinstance(found, SentijobError):
                self.trouble(str(found))
                continue
            self.trouble(None)
            for show in self._on_snapshot:
                show(found)

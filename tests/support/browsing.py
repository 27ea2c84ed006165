"""Pages of a server of its own, in a browser, which tell where their requests went."""

from __future__ import annotations

import urllib.request
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from shell import Shell

LOOPBACK = {"127.0.0.1", ""}
"""Hosts that a page may ask; data URLs have none."""


@dataclass
class Site:
    """A server, and the pages that were opened of it."""

    shell: Shell
    browser: Browser
    port: int
    open: ExitStack
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def visit(self, path: str = "/", **context: Any) -> Page:
        """A page in a context of its own, once it is drawn and follows the store."""
        page = self.new_page(**context)
        page.goto(f"{self.url}{path}")
        page.wait_for_selector(".figures a")
        page.wait_for_selector(".jobs:not([aria-busy=true])")
        return page

    def new_page(self, **context: Any) -> Page:
        """An empty one in a context of its own, which is listened to."""
        page = self.open.enter_context(closing(self.browser.new_context(**context))).new_page()
        page.set_default_timeout(30_000)
        page.on("request", self._note)
        page.on("websocket", lambda opened: self.requests.append(opened.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        page.on("dialog", lambda dialog: self.complaints.append(f"a dialog: {dialog.message}"))
        return page

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def check(self) -> None:
        """Nothing was asked of another machine, and nothing went wrong in a page."""
        assert {urlsplit(url).hostname or "" for url in self.requests} <= LOOPBACK
        assert self.complaints == []


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own server
            return bool(response.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False

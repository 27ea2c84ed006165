"""A browser, a server with a store of its own, and pages that tell where their requests went."""

from __future__ import annotations

import os
import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright
from shell import Shell, eventually

CHROMIUM = Path("/usr/bin/chromium")
LOOPBACK = {"127.0.0.1", ""}
"""Hosts that a page may ask; data URLs have none."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; where there is none, a laptop's test is skipped and CI's fails."""
    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM}; apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Chromium can't confine itself as root, and what it is shown here is our own.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


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
        page = self.open.enter_context(closing(self.browser.new_context(**context))).new_page()
        page.set_default_timeout(20_000)
        page.on("request", self._note)
        page.on("websocket", lambda opened: self.requests.append(opened.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("dialog", lambda dialog: self.complaints.append(f"a dialog: {dialog.message}"))
        page.goto(f"{self.url}{path}")
        page.wait_for_selector(".figures a")
        page.wait_for_selector(".jobs:not([aria-busy=true])")
        return page

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    def check(self) -> None:
        """Nothing was asked of another machine, and nothing went wrong in a page."""
        assert {urlsplit(url).hostname or "" for url in self.requests} <= LOOPBACK
        assert self.complaints == []


@pytest.fixture
def site(shell: Shell, browser: Browser) -> Iterator[Site]:
    """A server on an empty store, with the demo model, which answers at once."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    shell.start("serve", "--port", str(port))
    with ExitStack() as opened:
        site = Site(shell, browser, port, opened)
        eventually(lambda: answers(f"{site.url}/health"), within=60)
        yield site
        site.check()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


@pytest.fixture
def worker(shell: Shell) -> Callable[[], Any]:
    """Starts a worker on the store."""
    return lambda: shell.start("worker")

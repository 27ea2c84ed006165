"""A browser, and a server with a store of its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from browsing import Site, answers
from playwright.sync_api import Browser, expect, sync_playwright
from shell import Shell, eventually

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; where there is none, a laptop's test is skipped and CI's fails.

    It ends with the module: Playwright runs an event loop in the thread of the tests, where others
    would start theirs.
    """
    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM}; apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Chromium can't confine itself as root, and what it is shown here is our own.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


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


@pytest.fixture
def worker(shell: Shell) -> Callable[[], Any]:
    """Starts a worker on the store."""
    return lambda: shell.start("worker")

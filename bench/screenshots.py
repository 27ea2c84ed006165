"""Take the pictures of the page for the documents, ``docs/figures/page-*.png``, from the example's reviews.

Takes a Chromium, ``apt-get install chromium`` on Debian, and half a minute; a store and a server of
its own, in a folder that is gone afterwards.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.error import URLError

from playwright.sync_api import Browser, ViewportSize, sync_playwright

Scheme = Literal["light", "dark"]

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "docs" / "figures"
REVIEWS = ROOT / "examples" / "reviews.csv"
CHROMIUM = Path("/usr/bin/chromium")
PORT = 8917
SIZE: ViewportSize = {"width": 1280, "height": 860}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
COPIES = 60
"""Of the reviews in the batch that is under way: it lasts for as long as the pictures take."""
UNDER_WAY_MS = 4_000
"""How long the page is watched before its picture is taken, so that there is a pace."""
LARGEST = 200_000
"""Bytes of one picture."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, default=FIGURES, help="[docs/figures]")
    options = parser.parse_args()
    if not CHROMIUM.exists():
        sys.exit(f"there is no {CHROMIUM}: `apt-get install chromium` brings it.")
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as url,
        browser() as chromium,
    ):
        for scheme in SCHEMES:
            save(taken(chromium, url, scheme), options.figures / f"page-{scheme}.png")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server on a store with scored reviews, and one batch under way."""
    header, _, rows = REVIEWS.read_text(encoding="utf-8").partition("\n")
    many = folder / "reviews of January.csv"
    many.write_text(f"{header}\n{rows * COPIES}", encoding="utf-8")
    environment = {**os.environ, "SENTIJOB_DB": str(folder / "jobs.db"), "HOME": str(folder)}
    command = [sys.executable, "-m", "sentijob"]

    def run(*arguments: str) -> None:
        subprocess.run([*command, *arguments], env=environment, check=True, capture_output=True)

    run("submit", "-f", str(REVIEWS))
    run("worker", "--drain")
    server = subprocess.Popen([*command, "serve", "--port", str(PORT)], env=environment)
    worker = subprocess.Popen([*command, "worker", "--no-reuse"], env=environment)
    try:
        url = f"http://127.0.0.1:{PORT}"
        wait_for(f"{url}/health")
        run("submit", "-f", str(many), "--name", "reviews of January")
        yield url
    finally:
        for process in (worker, server):
            process.terminate()
            process.wait()


def wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    sys.exit("the server didn't answer within a minute")


@contextmanager
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


def taken(chromium: Browser, url: str, scheme: Scheme) -> bytes:
    """The page in full, in the light; a job and why it has its label, in the dark."""
    page = chromium.new_page(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{url}/?status=completed")
    page.wait_for_selector(".jobs .label")
    page.wait_for_timeout(UNDER_WAY_MS)
    if scheme == "dark":
        page.get_by_label("Search texts").fill("harsh bill")
        page.get_by_role("link", name="harsh bill").first.click()
        page.get_by_role("button", name="Explain the label").click()
        page.wait_for_selector(".why table", timeout=60_000)
    return page.screenshot()


def save(picture: bytes, path: Path) -> None:
    if len(picture) > LARGEST:
        sys.exit(f"{path} would have {len(picture):,} bytes, more than {LARGEST:,}")
    path.write_bytes(picture)
    print(f"{path}: {len(picture):,} bytes")


if __name__ == "__main__":
    main()

"""Cancelling and retrying, which is always asked for twice; and who works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from browsing import Site
from playwright.sync_api import expect
from shell import eventually


def test_a_job_is_cancelled_once_that_is_confirmed_and_can_be_retried(site: Site) -> None:
    site.shell("submit", "wait")
    page = site.visit()
    page.get_by_role("link", name="wait").click()
    page.get_by_role("button", name="Cancel this job").click()
    page.get_by_role("button", name="Leave as it is").click()
    expect(page.get_by_text("Cancel the job “wait”?")).to_be_hidden()
    assert site.shell.count("status = 'pending'") == 1

    page.get_by_role("button", name="Cancel this job").click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator("dialog.job .standing")).to_have_text("cancelled")
    assert site.shell.count("status = 'cancelled'") == 1

    page.get_by_role("button", name="Retry this job").click()
    page.get_by_role("button", name="Retry", exact=True).click()
    expect(page.locator("dialog.job .standing")).to_have_text("pending")


def test_a_batch_is_cancelled_alone(site: Site) -> None:
    site.shell("submit", "one", "two", "three")
    site.shell("submit", "another")
    page = site.visit()
    page.get_by_role("button", name="Cancel arguments").click()
    expect(page.get_by_role("dialog")).to_contain_text("Cancel 3 jobs of arguments?")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("link", name="3 cancelled")).to_be_visible()
    assert site.shell.count("status = 'cancelled' AND batch_id = 1") == 3
    assert site.shell.count("status = 'pending'") == 1


def test_a_worker_is_seen_alive_and_then_dead(site: Site, worker: Callable[[], Any]) -> None:
    page = site.visit()
    expect(page.get_by_text("Nobody scores.")).to_be_visible()
    process = worker()
    expect(page.locator(".workers .status")).to_have_text("alive")
    process.kill()
    process.wait()
    expect(page.locator(".workers .status")).to_have_text("dead")


def test_paused_workers_are_told_of(site: Site) -> None:
    page = site.visit()
    site.shell("worker", "pause")
    expect(page.get_by_text("Workers are paused")).to_be_visible()


def test_everyone_who_watches_sees_a_change(site: Site) -> None:
    pages = [site.visit() for _ in range(3)]
    site.shell("submit", "news")
    for page in pages:
        expect(page.get_by_role("link", name="1 pending")).to_be_visible()
    eventually(lambda: all(page.locator(".jobs tbody tr").count() == 1 for page in pages))

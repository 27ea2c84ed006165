"""Texts in through the page, and their results without a reload."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from browsing import Site
from playwright.sync_api import expect
from shell import Shell

DROP = """([name, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([content], name));
  document.querySelector("#submit").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def test_a_text_becomes_positive_without_a_reload(site: Site, worker: Callable[[], Any]) -> None:
    page = site.visit()
    page.evaluate("window.isStillTheSame = true")
    page.get_by_role("textbox", name="A text").fill("I love this")
    page.get_by_role("textbox", name="A text").press("Enter")
    receipt = page.get_by_role("list", name="What you submitted").get_by_role("listitem")
    expect(receipt).to_contain_text("pending")
    worker()
    expect(receipt).to_contain_text("positive")
    expect(page.locator(".jobs tbody tr")).to_contain_text("positive")
    expect(page.get_by_role("link", name="1 completed")).to_be_visible()
    expect(page.get_by_role("textbox", name="A text")).to_have_value("")
    assert page.evaluate("window.isStillTheSame")


def test_shift_and_enter_begins_a_line_instead(site: Site) -> None:
    page = site.visit()
    box = page.get_by_role("textbox", name="A text")
    box.fill("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    assert box.input_value() == "one\ntwo"
    assert site.shell.count() == 0


def test_a_text_that_cannot_be_taken_is_refused_with_its_reason(site: Site) -> None:
    page = site.visit()
    page.get_by_role("textbox", name="A text").fill("   ")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("the text is only white space")
    assert site.shell.count() == 0


@pytest.fixture
def full(shell: Shell) -> None:
    """A queue that has room for one job, and has one."""
    shell.variables["SENTIJOB_MAX_PENDING"] = "1"
    shell("submit", "the only one")


@pytest.mark.usefixtures("full")
def test_a_full_queue_takes_neither_a_text_nor_a_file(site: Site) -> None:
    page = site.visit()
    page.get_by_role("textbox", name="A text").fill("one more")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("1 jobs wait already")
    page.evaluate(DROP, ["two.txt", "one\ntwo\n"])
    expect(page.locator("#submit")).to_contain_text("Nothing of it was queued.")
    assert site.shell.count() == 1


def test_a_thousand_rows_are_taken_and_finish(site: Site, worker: Callable[[], Any]) -> None:
    worker()
    rows = "".join(f"r{number},I love number {number}\n" for number in range(1000))
    page = site.visit()
    page.get_by_label("Choose a file").set_input_files(
        site.shell.write("many.csv", f"id,text\n{rows}")
    )
    expect(page.locator("#submit")).to_contain_text("1,000 texts of many.csv queued.")
    progress = page.get_by_role("progressbar", name="Progress of many.csv")
    expect(progress).to_have_attribute("aria-valuenow", "1000", timeout=60_000)
    assert site.shell.count("status = 'completed' AND result_label = 'positive'") == 1000
    page.get_by_role("link", name="Show them").click()
    expect(page.locator(".pages")).to_contain_text("1 to 25 of 1,000")
    results = page.get_by_role("link", name="Results of many.csv").get_attribute("href")
    assert results == f"/batches/{site.shell.json('status', 'b1')['batch_uuid']}/results"


def test_a_dropped_file_is_taken(site: Site) -> None:
    page = site.visit()
    page.evaluate(DROP, ["two.txt", "one\ntwo\n"])
    expect(page.locator("#submit")).to_contain_text("2 texts of two.txt queued.")
    assert site.shell.count() == 2


def test_a_bad_row_refuses_its_file_and_is_named_by_file_and_line(site: Site) -> None:
    lines = [json.dumps({"text": "good"}), json.dumps({"text": ""})]
    page = site.visit()
    page.evaluate(DROP, ["bad.jsonl", "\n".join(lines)])
    expect(page.locator("#submit")).to_contain_text(
        "bad.jsonl:2: the text is empty. Nothing of it was queued."
    )
    assert site.shell.count() == 0


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_are_taken(site: Site) -> None:
    page = site.visit()
    page.evaluate(DROP, ["picture.png", "x"])
    expect(page.locator("#submit")).to_contain_text("picture.png: it can't be read; take a file")

"""Finding jobs: filters and pages that live in the address, and one job in full."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from browsing import Site
from playwright.sync_api import Page, expect
from shell import eventually


@pytest.fixture
def scored(site: Site, worker: Callable[[], Any]) -> Site:
    """Thirty jobs of a file and two texts, all scored, a positive and a negative one among them."""
    site.shell(
        "submit", "-f", str(site.shell.write("many.txt", "".join(f"text {n}\n" for n in range(30))))
    )
    site.shell("submit", "I love it")
    site.shell("submit", "I hate it")
    worker()
    eventually(lambda: site.shell.count("status = 'completed'") == 32)
    return site


def texts(page: Page) -> list[str]:
    return page.locator(".jobs td.text").all_inner_texts()


def test_a_filter_goes_into_the_address_and_shows_the_same_again(scored: Site) -> None:
    page = scored.visit()
    page.get_by_role("combobox", name="Label").select_option("negative")
    expect(page).to_have_url(f"{scored.url}/?label=negative")
    expect(page.locator(".jobs tbody tr")).to_have_count(1)
    assert texts(page) == ["I hate it"]
    page.reload()
    expect(page.locator(".jobs tbody tr")).to_have_count(1)
    expect(page.get_by_role("combobox", name="Label")).to_have_value("negative")
    assert texts(scored.visit("/?label=negative")) == ["I hate it"]


def test_going_back_takes_a_filter_off_again(scored: Site) -> None:
    page = scored.visit()
    page.get_by_role("combobox", name="Status").select_option("failed")
    expect(page.locator(".jobs")).to_contain_text("No job matches")
    page.go_back()
    expect(page.locator(".jobs tbody tr")).to_have_count(25)
    expect(page.get_by_role("combobox", name="Status")).to_have_value("")


def test_a_slash_finds_the_search_which_finds_texts(scored: Site) -> None:
    page = scored.visit()
    page.keyboard.press("/")
    page.keyboard.type("LOVE")
    expect(page).to_have_url(f"{scored.url}/?search=LOVE")
    expect(page.locator(".jobs tbody tr")).to_have_count(1)
    assert texts(page) == ["I love it"]


def test_a_job_that_is_opened_while_a_search_is_on_its_way_stays_open(scored: Site) -> None:
    page = scored.visit()
    page.get_by_label("Search texts").fill("love")
    page.get_by_role("link", name="I love it").click()
    expect(page).to_have_url(re.compile(r"search=love&job="))
    expect(page.get_by_role("dialog")).to_contain_text("I love it")


def test_a_batch_has_an_address_by_its_uuid_alone(scored: Site) -> None:
    page = scored.visit()
    page.get_by_role("link", name="many.txt", exact=True).click()
    uuid = scored.shell.json("status", "b1")["batch_uuid"]
    expect(page).to_have_url(f"{scored.url}/?batch={uuid}")
    expect(page.locator(".pages")).to_contain_text("1 to 25 of 30")
    page.get_by_role("button", name="Older").click()
    expect(page.locator(".jobs tbody tr")).to_have_count(5)
    expect(page).to_have_url(f"{scored.url}/?batch={uuid}&page=2")
    assert len(texts(scored.visit(f"/?batch={uuid}&page=2"))) == 5


def test_a_job_has_an_address_where_it_is_shown_in_full(scored: Site) -> None:
    page = scored.visit()
    page.get_by_role("link", name="I love it").click()
    (job,) = scored.shell.lines("list", "--search", "love", "--jsonl")
    expect(page).to_have_url(f"{scored.url}/?job={job['job_uuid']}")
    dialog = scored.visit(f"/?job={job['job_uuid']}").get_by_role("dialog")
    expect(dialog).to_contain_text("I love it")
    expect(dialog).to_contain_text(f"{job['probabilities']['positive']:.3f}")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{scored.url}/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_job_that_does_not_exist_is_said_to(site: Site) -> None:
    page = site.visit("/?job=00000000-0000-7000-8000-000000000000")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("there is no job")


def test_a_label_is_explained_by_the_words_that_carried_it(scored: Site) -> None:
    page = scored.visit()
    page.get_by_role("link", name="I love it").click()
    page.get_by_role("button", name="Explain the label").click()
    why = page.get_by_role("dialog").get_by_role("table")
    expect(why).to_contain_text("What positive loses without a word", timeout=60_000)
    expect(why.get_by_role("row").first).to_contain_text("love")


def test_what_cannot_be_meant_in_an_address_is_left_out(scored: Site) -> None:
    page = scored.visit("/?status=lost&batch=7&page=x&job=1&label=positive")
    assert texts(page) == ["I love it"]
    expect(page.get_by_role("dialog")).to_have_count(0)

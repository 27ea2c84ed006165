"""That everyone can use the page: by keyboard, by ear, in the dark, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import Site
from playwright.sync_api import Page, expect
from shell import eventually

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
CONTROLS = {
    "button",
    "link",
    "textbox",
    "searchbox",
    "combobox",
    "checkbox",
    "slider",
    "spinbutton",
}
SIDEWAYS = """[...document.querySelectorAll('*')].filter(one =>
  /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth
).map(one => one.className)"""
"""Parts of a page that have to be scrolled to the side."""
REACHABLE = "a[href], button:not([disabled]), input:not([disabled]), select, textarea"


@pytest.fixture
def busy(site: Site, worker: Callable[[], Any]) -> Site:
    """A store with something of everything."""
    site.shell(
        "submit", "-f", str(site.shell.write("some.txt", "I love it\nI hate it\nIt is\n" * 12))
    )
    site.shell("submit", "x" * 900)
    worker()
    eventually(lambda: site.shell.count("status = 'completed'") == 37)
    site.shell("worker", "pause")
    site.shell("submit", "waits")
    site.shell("submit", "doesn't wait")
    site.shell("cancel", "39")
    return site


def unnamed(page: Page) -> list[str]:
    """The controls that a screen reader has no name for."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    found = [
        node for node in tree["nodes"] if not node["ignored"] and node["role"]["value"] in CONTROLS
    ]
    assert found
    return [node["role"]["value"] for node in found if not node["name"]["value"].strip()]


def test_every_control_has_a_name(busy: Site) -> None:
    page = busy.visit()
    assert unnamed(page) == []
    page.get_by_role("link", name="waits").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("UUID")
    assert unnamed(page) == []


def test_tab_reaches_every_control_and_shows_where_it_is(busy: Site) -> None:
    page = busy.visit()
    wanted = page.locator(REACHABLE).count()
    page.evaluate("window.reached = new Set(); window.unseen = []")
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        page.evaluate(
            """() => {
              const at = document.activeElement;
              window.reached.add(at);
              const shown = at.matches("input[type=file]") ? at.closest("label") : at;
              if (at !== document.body && getComputedStyle(shown).outlineStyle !== "solid") window.unseen.push(at.outerHTML);
            }"""
        )
    missed = page.evaluate(
        "reachable => [...document.querySelectorAll(reachable)]"
        ".filter(one => one.checkVisibility() && !window.reached.has(one)).map(one => one.outerHTML)",
        REACHABLE,
    )
    assert missed == []
    assert page.evaluate("window.unseen") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(busy: Site, scheme: str) -> None:
    page = busy.visit(color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("link", name="I love it").first.click()
    page.get_by_role("button", name="Explain the label").click()
    expect(page.get_by_role("dialog").get_by_role("table")).to_be_visible(timeout=60_000)
    assert page.evaluate(CONTRAST) == []


def test_the_colours_follow_the_system_until_they_are_chosen(site: Site) -> None:
    page = site.visit(color_scheme="dark")
    theme = page.locator("html")
    expect(theme).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(theme).to_have_attribute("data-theme", "light")
    page.get_by_role("combobox", name="Theme").select_option("dark")
    expect(theme).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(theme).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("combobox", name="Theme")).to_have_value("dark")


def test_a_phone_needs_no_scrolling_to_the_side(busy: Site) -> None:
    page = busy.visit(viewport={"width": 360, "height": 740})
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == 360
    page.get_by_role("link", name="xxx").click()
    expect(page.get_by_role("dialog")).to_contain_text("UUID")
    assert page.evaluate(width) == 360
    assert page.evaluate(SIDEWAYS) == []


def test_nothing_moves_for_those_who_asked_for_that(busy: Site) -> None:
    page = busy.visit(reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).transitionDuration !== '0s').length"
    )
    assert moving == 0


def test_an_empty_store_says_what_to_do(site: Site) -> None:
    page = site.visit()
    for command in ("sentijob submit", "sentijob submit -f reviews.csv", "sentijob worker start"):
        expect(page.locator("code", has_text=command).first).to_be_visible()

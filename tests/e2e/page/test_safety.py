"""That the page is offline, and that neither a text nor another site can do anything with it."""

from __future__ import annotations

import json
import urllib.request
from urllib.error import HTTPError

import pytest
from browsing import Site
from playwright.sync_api import expect
from shell import Shell

ATTACKS = (
    "<script>document.title = 'broken'</script>",
    '<img src=x onerror="document.title = 1">',
    "{{ constructor.constructor('document.title = 1')() }}",
    "`${document.title = 1}` </script></style><!--",
    "&lt;b&gt; &#36;{1} \\u003cscript\\u003e",
)


def ask(url: str, **headers: str) -> tuple[int, str, str]:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - likewise
            return response.status, response.headers["Content-Type"], response.read().decode()
    except HTTPError as exc:
        return exc.code, exc.headers["Content-Type"], exc.read().decode()


@pytest.mark.parametrize("text", ATTACKS)
def test_markup_in_a_text_is_shown_and_never_runs(site: Site, text: str) -> None:
    given = json.dumps({"text": text, "id": text, "column": text})
    path = site.shell.write("<b>x.jsonl", given)
    site.shell("submit", "-f", str(path))
    page = site.visit()
    expect(page.locator(".jobs td.text")).to_have_text(text)
    page.locator(".jobs td.text a").click()
    expect(page.locator("dialog.job .whole")).to_have_text(text)
    expect(page.locator("dialog.job .facts")).to_contain_text(text)
    expect(page.locator(".batches a").first).to_have_text("<b>x.jsonl")
    page.reload()
    expect(page.locator("dialog.job .whole")).to_have_text(text)
    assert page.title() == "sentijob"
    assert page.locator("#app img, #app b").count() == 0


def test_all_that_a_page_asks_for_comes_from_its_own_server(site: Site) -> None:
    page = site.visit()
    page.get_by_role("textbox", name="A text").fill("offline")
    page.get_by_role("textbox", name="A text").press("Enter")
    expect(page.locator(".jobs tbody tr")).to_have_count(1)
    assert any(url.startswith("ws://127.0.0.1") for url in site.requests)
    site.check()


def test_a_program_gets_json_where_a_browser_gets_the_page(site: Site) -> None:
    status, kind, body = ask(f"{site.url}/")
    assert (status, kind) == (200, "application/json")
    assert "message" in json.loads(body)
    assert ask(f"{site.url}/", Accept="text/html,*/*;q=0.8")[1].startswith("text/html")


def test_the_page_takes_no_path_from_the_api(site: Site) -> None:
    status, kind, body = ask(f"{site.url}/nowhere", Accept="text/html")
    assert (status, kind) == (404, "application/problem+json")
    assert json.loads(body)["status"] == 404
    assert ask(f"{site.url}/jobs/x")[0] == 422


def test_another_sites_page_cannot_talk_to_an_open_one(site: Site) -> None:
    socket_path = f"{site.url}/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert ask(socket_path, Origin="http://evil.example")[0] in {400, 403}


@pytest.fixture
def secret(shell: Shell) -> str:
    """A token's, of a store whose server asks for one."""
    shell.variables |= {"SENTIJOB_REQUIRE_TOKEN": "yes"}
    return shell("token", "create", "browser", "--scope", "write").strip()


def test_a_browser_logs_in_once_and_no_longer_than_its_token_is_valid(
    secret: str, site: Site
) -> None:
    page = site.new_page()
    page.goto(site.url)
    expect(page).to_have_url(f"{site.url}/login")
    page.get_by_label("A token that may write").fill(secret)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("textbox", name="A text").fill("let in")
    page.get_by_role("textbox", name="A text").press("Enter")
    expect(page.locator(".jobs tbody tr")).to_have_count(1)
    assert secret not in str(site.requests)
    site.shell("token", "revoke", "browser")
    page.reload()
    expect(page).to_have_url(f"{site.url}/login")

from __future__ import annotations

from asgi import Behind, client
from starlette.responses import HTMLResponse, JSONResponse

from sentijob.web.guard.headers import SecurityHeaders


def test_every_answer_tells_browsers_not_to_guess_frame_or_keep_it() -> None:
    headers = client(SecurityHeaders(Behind())).get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_a_page_may_load_from_this_server_alone() -> None:
    policy = (
        client(SecurityHeaders(HTMLResponse("<p>"))).get("/").headers["content-security-policy"]
    )
    assert policy.startswith("default-src 'self'; script-src 'self' ")
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "*" not in policy


def test_what_the_application_says_itself_stays() -> None:
    app = JSONResponse({}, headers={"Cache-Control": "public", "Content-Security-Policy": "x"})
    headers = client(SecurityHeaders(app)).get("/").headers
    assert (headers["cache-control"], headers["content-security-policy"]) == ("public", "x")

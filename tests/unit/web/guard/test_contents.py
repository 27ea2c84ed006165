from __future__ import annotations

import pytest
from asgi import Behind, client

from sentijob.web.guard.contents import Contents


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/x+json",
    ],
)
def test_json_is_taken(content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert client(Contents(Behind())).post("/predict", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "text/json",
     "text/plain; application/json"],
)  # fmt: skip
def test_what_a_form_can_send_is_refused(content_type: str) -> None:
    behind = Behind()
    headers = {"Content-Type": content_type} if content_type else {}
    answer = client(Contents(behind)).post("/predict", content='{"text": "x"}', headers=headers)
    assert (answer.status_code, behind.reached) == (415, [])


def test_files_come_as_what_they_are() -> None:
    headers = {"Content-Type": "text/csv"}
    assert client(Contents(Behind())).post("/batches", headers=headers).status_code == 200

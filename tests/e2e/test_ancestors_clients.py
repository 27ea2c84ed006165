"""Who has written a client for the ancestor keeps it: the same calls are answered alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

import pytest
from ancestors import Reply, Site, serve, serve_ancestor
from shell import Shell, eventually

FIELDS = ("job_uuid", "status", "result_label", "result_score")
ABSENT = "01890a5d-ac96-774b-bcce-b302099a8057"
TEXTS = ("What a great day", "A terrible one", "Nothing to say", "y" * 10_000, "漢字 🙂 love")


class Request(NamedTuple):
    """A call; ``{0}`` in its path is the UUID that the first job was given, and so on."""

    method: str
    path: str
    body: object = None


HANDING_IN = [
    Request("GET", "/health"),
    Request("GET", "/jobs"),
    *(Request("POST", "/predict", {"text": text}) for text in TEXTS),
    Request("POST", "/predict", {"text": ""}),
    Request("POST", "/predict", {"text": "z" * 10_001}),
    Request("POST", "/predict", {"text": None}),
    Request("POST", "/predict", {}),
]
"""The session until all jobs are in: the second half waits until they are completed."""
LOOKING = [
    *(Request("GET", f"/jobs/{{{number}}}") for number in range(len(TEXTS))),
    Request("GET", f"/jobs/{ABSENT}"),
    Request("GET", "/jobs"),
    Request("GET", "/jobs?limit=2"),
    Request("GET", "/jobs?skip=1&limit=2"),
    Request("GET", f"/jobs?skip={len(TEXTS)}"),
    Request("GET", "/jobs?limit=many"),
    Request("GET", "/nowhere"),
    Request("DELETE", "/predict"),
]


class Heard(NamedTuple):
    """A client's whole session with a server."""

    replies: Sequence[Reply]
    job_uuids: Sequence[str]


def session(site: Site) -> Heard:
    """Make every call of the session, in order."""
    replies = [site.ask(*request) for request in HANDING_IN]
    job_uuids = [reply.body["job_uuid"] for reply in replies if reply.status == 202]
    for job_uuid in job_uuids:
        wait_for_result(site, job_uuid)
    for method, path, body in LOOKING:
        replies.append(site.ask(method, path.format(*job_uuids), body))
    return Heard(replies, job_uuids)


def wait_for_result(site: Site, job_uuid: str) -> None:
    eventually(lambda: site.ask("GET", f"/jobs/{job_uuid}").body["status"] == "completed")


@pytest.fixture(scope="module")
def ancestors(new_shell: Callable[[], Shell]) -> Heard:
    return session(serve_ancestor(new_shell()))


@pytest.fixture(scope="module")
def ours(new_shell: Callable[[], Shell]) -> Heard:
    shell = new_shell()
    site = serve(shell)
    shell.start("worker")
    return session(site)


def test_every_call_is_answered_with_the_ancestors_status(ancestors: Heard, ours: Heard) -> None:
    assert called(ours, lambda reply: reply.status) == called(ancestors, lambda reply: reply.status)
    assert len(ours.job_uuids) == len(ancestors.job_uuids) == len(TEXTS)


def test_jobs_have_the_ancestors_four_fields_with_its_values(ancestors: Heard, ours: Heard) -> None:
    assert called(ours, jobs_in(ours)) == called(ancestors, jobs_in(ancestors))
    assert all(UUID(job_uuid) for job_uuid in ours.job_uuids)


def test_what_is_not_there_is_told_in_the_ancestors_words(ancestors: Heard, ours: Heard) -> None:
    def detail(reply: Reply) -> object:
        return reply.body["detail"] if reply.status in (404, 405) else None

    assert called(ours, detail) == called(ancestors, detail)
    assert "Job not found" in called(ours, detail).values()


def test_what_is_wrong_with_a_text_stands_where_the_ancestor_has_it(
    ancestors: Heard, ours: Heard
) -> None:
    def complaints(reply: Reply) -> object:
        if reply.status != 422:
            return None
        return [(each["loc"], each["type"], each["msg"]) for each in reply.body["detail"]]

    assert called(ours, complaints) == called(ancestors, complaints)


def called(heard: Heard, shown: Callable[[Reply], object]) -> dict[str, object]:
    """What is *shown* of each reply, by its request."""
    return {
        f"{number}: {request.method} {request.path} {str(request.body)[:30]}": shown(reply)
        for number, (request, reply) in enumerate(
            zip([*HANDING_IN, *LOOKING], heard.replies, strict=True)
        )
    }


def jobs_in(heard: Heard) -> Callable[[Reply], object]:
    """The jobs of a reply, by the ancestor's fields; each called by its place in the session, for its UUID is chance."""
    places = {job_uuid: place for place, job_uuid in enumerate(heard.job_uuids)}

    def fields(document: dict[str, object]) -> list[object]:
        job_uuid, *others = (document[field] for field in FIELDS)
        return [places[str(job_uuid)], *others]

    def shown(reply: Reply) -> object:
        if isinstance(reply.body, list):
            return [fields(each) for each in reply.body]
        return fields(reply.body) if "job_uuid" in reply.body else None

    return shown

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sentijob.jobs import Label, Status
from sentijob.web.page.address import FARTHEST_PAGE, View

UUIDS = st.none() | st.uuids()
WORDS = st.none() | st.text(min_size=1, max_size=50).map(str.strip).filter(
    lambda word: word and "\0" not in word
)
VIEWS = st.builds(
    View,
    status=st.none() | st.sampled_from(Status),
    label=st.none() | st.sampled_from(Label),
    model=WORDS,
    batch=UUIDS,
    search=WORDS,
    page=st.integers(1, FARTHEST_PAGE),
    job=UUIDS,
)


@given(VIEWS)
def test_an_address_leads_back_to_its_view(view: View) -> None:
    assert View.of(dict(parse_qsl(urlsplit(view.address).query))) == view


@given(st.dictionaries(st.sampled_from(View._fields), st.text()))
def test_any_query_gives_a_view(query: dict[str, str]) -> None:
    assert isinstance(View.of(query), View)


def test_nothing_is_written_of_what_is_not_chosen() -> None:
    assert View().address == "/"
    assert View(status=Status.FAILED).address == "/?status=failed"


def test_what_cannot_be_meant_is_left_out() -> None:
    query = {"status": "lost", "label": "x", "batch": "7", "job": "42", "page": "-3"}
    assert View.of(query) == View()


def test_a_page_or_a_job_is_no_filter() -> None:
    assert not View(page=3, job=UUID(int=1)).is_filtered
    assert View(search="a").is_filtered

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.cli.orders import Order
from sentijob.cli.sources import Sources, known_model, prepared
from sentijob.errors import InputError, ModelUnavailableError, UsageError
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Terms
from sentijob.settings import load_settings

ORDER = Order(Terms(), ReadOptions())


class Stdin:
    def __init__(self, *, is_terminal: bool) -> None:
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.fixture(params=[True, False], ids=["terminal", "pipe"])
def is_terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(sys, "stdin", Stdin(is_terminal=request.param))
    return bool(request.param)


def test_a_pipe_is_read_where_nothing_is_given_and_a_terminal_is_not(is_terminal: bool) -> None:  # noqa: FBT001  # a fixture
    assert Sources().has_stdin is not is_terminal


@pytest.mark.usefixtures("is_terminal")
def test_stdin_is_left_alone_where_something_is_given() -> None:
    assert not Sources(texts=["one"]).has_stdin
    assert not Sources(file=[Path("x.txt")]).has_stdin


@pytest.mark.usefixtures("is_terminal")
@pytest.mark.parametrize(
    "sources", [Sources(texts=["-"]), Sources(file=[Path("-")]), Sources(texts=["one", "-"])]
)
def test_a_dash_asks_for_stdin(sources: Sources) -> None:
    assert sources.has_stdin
    assert "-" not in sources.arguments
    assert sources.files == []


def test_no_text_at_a_terminal_is_told_what_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(is_terminal=True))
    with pytest.raises(UsageError, match=r"sentijob run -f reviews\.csv"):
        Sources().check(command="run")


@pytest.mark.parametrize(
    ("sources", "once"),
    [
        (Sources(texts=["a", "-"], name="n"), None),
        (Sources(texts=["a"], file=[Path("x")]), "k"),
        (Sources(file=[Path("x"), Path("y")], name="n"), None),
    ],
)
def test_two_sources_cant_share_a_name_or_a_key(sources: Sources, once: str | None) -> None:
    with pytest.raises(UsageError, match="is for one batch or job"):
        sources.check(command="submit", once=once)


def test_several_texts_are_one_source() -> None:
    Sources(texts=["a", "b"], name="n").check(command="submit", once="k")


def test_an_order_takes_what_the_settings_and_the_flags_say() -> None:
    settings = load_settings(
        {"model": "demo", "max_attempts": "5", "max_text_length": "7"}, environ={}
    )
    order = Sources(text_field="review", skip_bad=True, name="n").order(
        settings, priority=3, delay=timedelta(minutes=1), once="k", is_quiet=True
    )
    assert order == Order(
        Terms("demo", 3, timedelta(minutes=1), 5),
        ReadOptions("review", None, 7, skip_bad=True),
        None,
        "n",
        "k",
        is_quiet=True,
    )


def test_an_unknown_model_is_refused_with_where_to_look() -> None:
    with pytest.raises(ModelUnavailableError, match="'maxi'; 'sentijob models'"):
        known_model("maxi")


def test_a_known_model_keeps_its_name() -> None:
    assert known_model("vader") == "vader"


def test_nothing_is_ready_to_queue_where_a_later_source_cant_be_taken(tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text("fine\n")
    sources = Sources(texts=["fine"], file=[good, tmp_path / "missing.txt"])
    with pytest.raises(InputError, match=r"missing\.txt"), prepared(sources, ORDER, ORDER):
        pytest.fail("the missing file went unnoticed")


def test_every_source_has_its_step(tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text("fine\n")
    sources = Sources(texts=["one", "two", "-"], file=[good])
    with prepared(sources, ORDER, ORDER._replace(name=None)) as steps:
        assert len(steps) == sources.receipts == 3

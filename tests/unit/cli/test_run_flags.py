from __future__ import annotations

from typing import Annotated, NamedTuple

import pytest
import typer

from sentijob.cli.app import main
from sentijob.cli.flags import with_flags


class Group(NamedTuple):
    words: Annotated[list[str] | None, typer.Argument()] = None
    size: Annotated[int, typer.Option("--size", "-s")] = 1


def invoke(*arguments: str) -> list[tuple[Group, bool]]:
    seen: list[tuple[Group, bool]] = []
    app = typer.Typer()

    @app.command()
    @with_flags("group", Group)
    def _command(*, group: Group, loud: bool = False) -> None:
        seen.append((group, loud))

    app(list(arguments), standalone_mode=False)
    return seen


def test_a_groups_fields_are_flags_of_the_command() -> None:
    assert invoke("one", "two", "-s", "3", "--loud") == [
        (Group(words=["one", "two"], size=3), True)
    ]


def test_flags_that_are_not_given_have_their_defaults() -> None:
    assert invoke() == [(Group(), False)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-o", "nowhere/x.csv"), "nowhere"),
        (("-o", "."), "folder"),
        (("-o", "x.xml"), "suffix"),
        (("--json", "-o", "x.csv"), "--json"),
        (("--jsonl", "--output-format", "csv"), "--jsonl"),
        (("--jsonl", "--json"), "--jsonl"),
    ],
)
def test_results_that_cant_be_handed_over_are_refused_before_anything_is_queued(
    arguments: tuple[str, ...],
    says: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(folder)
    assert main(["run", "great", "--model", "demo", "--db", "jobs.db", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert list(folder.iterdir()) == []

from __future__ import annotations

from importlib import import_module

import pytest
import typer.main

from sentijob.cli.app import main
from sentijob.cli.commands import COMMANDS

NAMES = [command.name for command in COMMANDS]


def page(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments, "--help"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_every_flag_of_its_command_with_what_it_means(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = " ".join(page(capsys, name).split())
    (module,) = [command.module for command in COMMANDS if command.name == name]
    command = typer.main.get_command(import_module(module).app)
    for parameter in command.params:
        for flag in (*parameter.opts, *parameter.secondary_opts):
            assert flag in shown or parameter.param_type_name == "argument"
        assert " ".join((getattr(parameter, "help", None) or "").split()) in shown


def test_the_first_page_shows_every_command_with_what_it_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = [line.split(maxsplit=1) for line in page(capsys).splitlines()]
    for command in COMMANDS:
        assert [command.name, command.help] in lines
        assert [f"{command.panel}:"] in lines


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("columns", [60, 80])
def test_a_page_is_no_wider_than_the_terminal(
    name: str, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = page(capsys, name).splitlines()
    assert max(len(line) for line in lines if "|" not in line) <= columns  # choices aren't broken


def test_a_group_without_a_command_shows_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    expected = page(capsys, "db")
    assert main(["db"]) == 2
    assert capsys.readouterr().out == expected

"""What holds the house together: layers, and tables that leave nothing out."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sentijob
from sentijob import errors
from sentijob.cli.commands import COMMANDS
from sentijob.cli.exits import BUG, EXIT_STATUSES, exit_status

ROOT = Path(__file__).parents[2]


def test_layers_import_downward_only() -> None:
    linted = subprocess.run(  # noqa: S603  # our own linter
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


def test_every_top_level_module_has_its_layer() -> None:
    contract = (ROOT / "pyproject.toml").read_text()
    package = Path(sentijob.__file__).parent
    modules = {path.stem for path in package.glob("*.py")} | {
        path.parent.name for path in package.glob("*/__init__.py")
    }
    for module in modules - {"__init__"}:
        assert f"sentijob.{module}" in contract, module


def all_errors(root: type[errors.SentijobError]) -> Iterator[type[errors.SentijobError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from all_errors(kind)


@pytest.mark.parametrize("kind", sorted(set(all_errors(errors.SentijobError)), key=repr))
def test_every_error_has_an_exit_status_and_a_place_in_the_drawn_tree(
    kind: type[errors.SentijobError],
) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    if kind is not errors.WaitError:  # nothing raises the branch itself
        assert exit_status(kind("x")) != BUG


def test_exit_statuses_are_those_that_are_promised() -> None:
    assert sorted(EXIT_STATUSES.values()) == [2, 3, 4, 5, 6, 7, 8, 124]


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_says_in_the_list_what_it_says_itself(name: str) -> None:
    (command,) = [one for one in COMMANDS if one.name == name]
    module = importlib.import_module(command.module)
    registered = [one.callback for one in module.app.registered_commands]
    group = module.app.registered_callback
    own = group.callback if group is not None and group.callback else registered[0]
    help_line = (inspect.getdoc(own) or module.app.info.help or "").splitlines()[0]
    assert help_line == command.help


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_the_readme_names_every_command(name: str) -> None:
    assert f"`{name}" in (ROOT / "README.md").read_text()

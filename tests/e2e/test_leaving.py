"""How a command leaves: at once, and with nothing lost for it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shell import Shell

LAST_WORDS = """
import atexit, sys
atexit.register(print, "last words")
sys.argv[1:] = ["status", "1", "-q"]
from sentijob.__main__ import main
main()
"""


@pytest.fixture
def shell(shell: Shell) -> Shell:
    # Where warnings are on, the interpreter ends as always.
    shell.variables["PYTHONWARNINGS"] = ""
    return shell


def test_what_others_asked_for_at_the_end_is_done(shell: Shell) -> None:
    leaving = shell.start_run([sys.executable, "-c", LAST_WORDS])
    said, _ = leaving.communicate(timeout=30)
    assert said == "last words\n"
    assert leaving.returncode == 2


def test_data_that_an_error_follows_is_written(shell: Shell) -> None:
    shell("submit", "fine")
    shell("cancel", "1")
    waited = shell.attempt("wait", "1", "--json")
    assert json.loads(waited.stdout)["status"] == "cancelled"
    assert waited.returncode == 8


def test_data_that_has_no_room_has_its_exit_status(shell: Shell) -> None:
    shell("submit", "fine")
    with open("/dev/full", "w") as full:  # noqa: PTH123  # a device
        command = shell.start("status", "1", "--json", stdout=full.fileno())
        _, said = command.communicate(timeout=30)
    assert command.returncode == 6
    assert "no room left" in said

"""What a person sees at a terminal, and what text from outside can't do to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Shell

Eventually = Callable[..., Any]

HOSTILE = "[bold]great[/bold] [/x] \x1b]52;c;ZXZpbA==\x07 \x1b[2J \x9b31m \u202egnp.exe [link=http://evil]hi[/link]"
OUR_OWN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^;]*;\x1b\\\\")
SEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]")

COMMANDS = {
    "status of a job": ("status", "1"),
    "status of a batch": ("status", "b1"),
    "list": ("list",),
    "results": ("results",),
    "stats": ("stats",),
    "list of failures": ("list", "--search", "great"),
    "cancel": ("cancel", "b1", "--dry-run"),
    "an unknown name": ("status", HOSTILE),
    "an unknown model": ("submit", "--model", HOSTILE.replace("\x00", ""), "x"),
    "a missing file": ("submit", "-f", HOSTILE.replace("/", "_")),
    "run": ("run", HOSTILE),
    "status of an explained job": ("status", "1", "--explain"),
    "run with an explanation": ("run", HOSTILE, "--explain"),
    "submit": ("submit", HOSTILE),
    "worker status": ("worker", "status"),
    "wait": ("wait", "b1"),
    "evaluate": ("evaluate", "gold.jsonl", "--label-field", "gold"),
    "an unknown label": ("evaluate", "evil.jsonl", "--label-field", "id"),
    "compare": ("compare", "vader", "mini", "-f", "gold.jsonl", "--label-field", "gold"),
    "compare on a batch": ("compare", "vader", "mini", HOSTILE.replace("/", "_")),
}


@pytest.fixture(scope="module")
def hostile(new_shell: Callable[[], Shell]) -> Shell:
    """A shell whose store is full of text that means harm."""
    shell = new_shell()
    row = {"id": HOSTILE, "text": HOSTILE, HOSTILE: HOSTILE}
    shell.write("evil.jsonl", json.dumps(row) + "\n")
    labelled = [{**row, "gold": label} for label in ("neg", "neu", "pos")]
    shell.write("gold.jsonl", "".join(json.dumps(one) + "\n" for one in labelled))
    shell("submit", "-f", "evil.jsonl", "--key-field", "id", "--name", HOSTILE.replace("/", "_"))
    shell("worker", "--drain")
    return shell


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
@pytest.mark.parametrize("columns", [80, 200])
def test_hostile_text_is_inert_on_every_screen(
    hostile: Shell, command: tuple[str, ...], columns: int
) -> None:
    shown = hostile.at_terminal(*command, columns=columns).finish()
    plain = OUR_OWN.sub("", shown)
    assert not SEEN.search(plain), repr(shown)
    assert "\x1b]52" not in shown
    assert "\x1b[2J" not in shown


@pytest.mark.parametrize("no_colour", ["", "1"])
def test_a_help_page_is_coloured_at_a_terminal_that_wants_it(shell: Shell, no_colour: str) -> None:
    shell.variables["NO_COLOR"] = no_colour
    shown = shell.at_terminal("--help").finish()
    assert "Every command has its own --help." in shown
    assert ("\x1b[" in shown) is not bool(no_colour)
    assert "\x1b" not in shell("--help")


def test_submit_at_a_terminal_says_how_to_go_on(shell: Shell) -> None:
    shown = shell.at_terminal("submit", "one", "two").finish()
    assert "queued 2 texts as b1" in shown
    assert "sentijob status b1 --watch" in shown


def test_submit_keeps_its_advice_off_stdout(shell: Shell) -> None:
    assert shell("submit", "one", "two") == "b1\n"


def test_a_bulk_submit_at_a_terminal_draws_a_bar(shell: Shell) -> None:
    shell.write("texts.txt", "fine\n" * 30_000)
    shown = shell.at_terminal("submit", "-f", "texts.txt").finish()
    assert "Queueing" in shown
    assert "of 30,000" in shown
    assert "queued 30,000 texts as b1" in shown


def test_texts_can_be_typed(shell: Shell) -> None:
    screen = shell.at_terminal("submit", "-")
    screen.read_until(lambda shown: "Ctrl-D" in shown)
    screen.type("great\nawful\n\x04")
    shown = screen.finish()
    assert screen.process.returncode == 0
    assert "queued 2 texts as b1" in shown
    assert "Queueing" not in shown


def test_a_run_at_a_terminal_draws_a_bar_and_a_table(shell: Shell) -> None:
    shell.variables["SENTIJOB_DEMO_DELAY"] = "0.2"
    shown = shell.at_terminal("run", "great", "awful").finish()
    assert "Scoring" in shown
    assert "of 2" in shown
    assert "positive" in shown
    assert "negative" in shown


def test_a_watch_ends_when_the_batch_does(shell: Shell) -> None:
    shell("submit", "one", "two")
    screen = shell.at_terminal("status", "b1", "--watch")
    screen.read_until(lambda shown: "pending" in shown)
    shell("worker", "--drain")
    shown = screen.finish()
    assert screen.process.returncode == 0
    assert "completed" in shown


def test_ctrl_c_on_a_watch_leaves_the_jobs_alone(shell: Shell) -> None:
    shell("submit", "one", "two")
    screen = shell.at_terminal("status", "b1", "--watch")
    screen.read_until(lambda shown: "pending" in shown)
    screen.interrupt()
    shown = screen.finish()
    assert screen.process.returncode == 130
    assert "Traceback" not in shown
    assert shell.count("status = 'pending'") == 2


@pytest.mark.parametrize(
    "command", [("list", "--limit", "10000", "--jsonl"), ("results", "--status", "pending")]
)
def test_a_closed_pipe_is_quiet(shell: Shell, command: tuple[str, ...]) -> None:
    shell.write("texts.txt", "fine\n" * 10_000)
    shell("submit", "-f", "texts.txt")
    process = shell.start(*command)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 141


def test_output_that_nobody_can_take_loses_no_job(shell: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        process = shell.start("submit", "great", stdout=full.fileno())
    _, said = process.communicate()
    assert process.returncode == 6
    assert "Traceback" not in said
    assert shell.count() == 1

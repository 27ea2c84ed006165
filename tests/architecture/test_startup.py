"""What each command may import. A start costs what it imports, so a new import is a decision: it is written down here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

HELLO_WORLD = """
import typer

app = typer.Typer()

@app.command()
def hello(name: str = "world") -> None:
    print(f"Hello, {name}!")

app([], standalone_mode=False)
"""
COMMAND = "from sentijob.__main__ import main; main()"
NOTING = """
import atexit, sys
noted = sys.argv.pop(1)
def note():
    open(noted, "w").write(" ".join(name for name, module in sys.modules.items() if module))
atexit.register(note)
"""


def names(listed: str) -> set[str]:
    return set(listed.split())


FRAME = names(
    """
    __main__ cli cli.app cli.commands cli.console cli.exits cli.interrupts
    cli.lazy errors files
    """
)
"""What every start needs."""
STORE = names(
    """
    cli.options cli.session durations jobs machine places settings sizes store store.batches
    store.clock store.database store.file_systems store.part store.references store.rows store.sqlite
    store.sqlite_connecting store.sqlite_errors store.sqlite_files store.sqlite_turns
    store.tallies store.updates trust wiring
    """
)
"""What settings and an open SQLite store need besides."""
JSON = {"export", "export.documents"}
SUBMITTING = names(
    """
    backoff cli.flags cli.orders cli.receipts cli.sources cli.submit cli.words ingest
    ingest.formats ingest.options ingest.texts models store.holds store.once
    store.peaks store.sqlite_bulk store.submissions store.uuid7
    """
)
LOOKING = {"cli.looking", *JSON, "store.reading"}
SELECTING = names(
    """
    cli.flags cli.selecting ingest ingest.texts store.listing store.peaks store.selection
    store.ways
    """
)
DRAWING = {
    "cli.bars",
    "cli.batch_view",
    "cli.inert",
    "cli.job_view",
    "cli.progress",
    "cli.tables",
    "cli.words",
}
WHOLE_STORE = names(
    """
    backoff ports store.care store.changes store.claiming store.fences store.holds
    store.known store.lanes store.listing store.once store.peaks store.rescuing store.selection
    store.settling store.sql_store store.submissions store.tokens store.uuid7 store.ways
    store.workers tokens
    """
)

QUICK: Mapping[str, set[str]] = {
    "--version": FRAME,
    "--help": FRAME | {"cli.pages"},
    "submit fine": FRAME | STORE | SUBMITTING,
    "submit fine --json": FRAME | STORE | SUBMITTING | JSON,
    "status 1 --json": FRAME | STORE | LOOKING | {"cli.status"},
    "list --json": FRAME | STORE | LOOKING | SELECTING | {"cli.list"},
    "token list --json": (FRAME | STORE | JSON | {"cli.token", "store.tokens", "tokens"})
    - {"store.batches", "store.references", "store.tallies"},
}
"""Commands that draw nothing, each with all of our modules that it may import."""
TABLES: Mapping[str, set[str]] = {
    "status 1": QUICK["status 1 --json"] | WHOLE_STORE | DRAWING | {"worker", "worker.crew"},
    "list": QUICK["list --json"] | DRAWING,
    "token list": QUICK["token list --json"] | {"cli.inert", "cli.tables"},
}
"""The same of commands that draw tables."""
COMPLETIONS: Mapping[str, Mapping[str, str]] = {
    "bash": {"COMP_WORDS": "sentijob s", "COMP_CWORD": "1"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "sentijob s"},
    "fish": {"_TYPER_COMPLETE_ARGS": "sentijob s", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}
"""What each shell says of the line to complete."""

LIGHT = {"__future__", "gc", "json", "shlex", "sqlite3", "struct"}
"""What a command that draws nothing may import beyond a Typer hello world."""
HEAVY = names(
    """
    alembic asyncio concurrent hashlib http importlib.metadata logging multiprocessing numpy
    onnxruntime pyarrow pydantic sqlalchemy sqlmodel tempfile tokenizers watchfiles
    """
)
"""What no command may import that a person waits for."""
MODELS_OWN = {"numpy", "onnxruntime", "tokenizers", "vaderSentiment"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a user who has a store with a job in it, and no settings."""
    home = tmp_path_factory.mktemp("home")
    loaded_by(home, COMMAND, ["submit", "first"])  # makes the schema, which may cost
    return home


@pytest.fixture(scope="module")
def hello_world(home: Path) -> set[str]:
    """What a Typer hello world imports."""
    return loaded_by(home, HELLO_WORLD)


def loaded_by(
    home: Path, program: str, arguments: Sequence[str] = (), **variables: str
) -> set[str]:
    """The modules that a program has imported when it ends."""
    noted = home / "modules"
    subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", NOTING + program, noted, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    return set(noted.read_text().split())


def ours(modules: set[str]) -> set[str]:
    return {name.removeprefix("sentijob.") for name in modules if name.startswith("sentijob.")}


def packages(modules: set[str]) -> set[str]:
    """The packages of others that modules belong to, without the parts in C that belong to them."""
    names = {name.partition(".")[0] for name in modules} - {"sentijob"}
    return {name for name in names if name in LIGHT or not name.startswith("_")}


@pytest.mark.parametrize("command", [*QUICK, *TABLES])
def test_a_command_imports_of_ours_what_is_written_here_and_no_more(
    command: str, home: Path
) -> None:
    assert ours(loaded_by(home, COMMAND, command.split())) == {**QUICK, **TABLES}[command]


@pytest.mark.parametrize("command", QUICK)
def test_a_command_that_draws_nothing_imports_little_beyond_a_hello_world(
    command: str, home: Path, hello_world: set[str]
) -> None:
    loaded = loaded_by(home, COMMAND, command.split())
    assert packages(loaded - hello_world) <= LIGHT


@pytest.mark.parametrize("shell", COMPLETIONS)
def test_a_completion_imports_no_command_and_little_beyond_a_hello_world(
    shell: str, home: Path, hello_world: set[str]
) -> None:
    variables = {"_SENTIJOB_COMPLETE": f"complete_{shell}", **COMPLETIONS[shell]}
    loaded = loaded_by(home, COMMAND, **variables)
    assert ours(loaded) == FRAME
    assert packages(loaded - hello_world) <= LIGHT


@pytest.mark.parametrize(
    "command", [*QUICK, *TABLES, "results 1", "stats", "stats --json", "cancel 1", "db path"]
)
def test_no_command_that_a_person_waits_for_imports_anything_heavy(
    command: str, home: Path
) -> None:
    assert not loaded_by(home, COMMAND, command.split()) & HEAVY


@pytest.mark.parametrize(
    "command",
    [
        "worker --drain",
        "run fine --json",
        "run fine --explain",
        "evaluate {home}/gold.csv --json",
        "compare mini vader -f {home}/gold.csv",
    ],
)
def test_what_scores_leaves_what_a_model_needs_to_the_models_process(
    command: str, home: Path
) -> None:
    loaded_by(home, COMMAND, ["submit", "first", "--model", "mini"])
    (home / "gold.csv").write_text("text,label\nfine,pos\n")
    arguments = command.format(home=home).split()
    assert not loaded_by(home, COMMAND, arguments) & MODELS_OWN


def test_garbage_is_collected_again_once_a_command_runs(home: Path) -> None:
    asked = subprocess.run(  # noqa: S603  # our own command
        [
            sys.executable,
            "-c",
            "import atexit, gc; atexit.register(lambda: print(gc.isenabled()));" + COMMAND,
            *("db", "path"),
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert asked.stdout.splitlines()[-1] == "True"

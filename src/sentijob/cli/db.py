"""``sentijob db``: looking after the store."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sentijob.cli.console import is_terminal, note, put
from sentijob.cli.inert import inert
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db
from sentijob.cli.session import opened_store, session_settings
from sentijob.errors import StoreDamagedError, UsageError
from sentijob.export.documents import dumps
from sentijob.places import shown_db
from sentijob.ports import DRIFT

app = command_app(no_args_is_help=True)


@app.callback()
def _db() -> None:
    """Look after the store: path, migrate, check, backup, vacuum."""


@app.command("path")
def path(*, db: Db = None) -> None:
    """Print where the store is, or would be."""
    shown = shown_db(session_settings(db=db).db)
    # A script needs it as it is; a terminal may take it for commands.
    put(inert(shown) if is_terminal() else shown)


@app.command("migrate")
def migrate(*, db: Db = None) -> None:
    """Make the store, or bring it up to this version.

    Every command that writes does this by itself; here it can be done beforehand.
    """
    with opened_store(session_settings(db=db), must_exist=False) as store:
        note(f"{store.location} is up to date")


@app.command("check")
def check(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Count drifted counters anew; touch nothing else.")
    ] = False,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Read the whole store through and say what is wrong with it.

    Exit status 6 where something is wrong, and --repair didn't mend it. It finds broken pages, indexes
    that disagree with their table, and counters that drifted; a changed letter inside a text it can't
    find, since no checksum is kept of what you hand in.
    """
    with opened_store(session_settings(db=db)) as store:
        found = store.check(repair=repair)
        remaining = store.check() if repair and found else found
        location = store.location
    if as_json:
        put(dumps({"store": location, "found": list(found), "remaining": list(remaining)}))
    else:
        for line in found:
            note(line)
    if remaining:
        raise StoreDamagedError(f"{location} is not sound; {_what_helps(remaining)}")
    if not as_json:
        note(f"{location} is sound")


def _what_helps(remaining: Sequence[str]) -> str:
    if all(line.startswith(DRIFT) for line in remaining):
        return "its jobs are: --repair counts them anew"
    return (
        "stop its workers, keep a copy of it with its -wal, and restore a backup;"
        " 'sentijob results -o FILE' may still read what is whole"
    )


@app.command("backup")
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")], *, db: Db = None
) -> None:
    """Copy the store to a new file, consistent, while it is in use."""
    if os.path.isdir(target):  # noqa: PTH112  # Path.is_dir raises where the name is too long
        raise UsageError(f"{target} is a folder; name a new file in it")
    with opened_store(session_settings(db=db)) as store:
        store.backup(target)
    note(f"backed up to {target}")


@app.command("vacuum")
def vacuum(*, db: Db = None) -> None:
    """Give room that pruning left unused back to the disk."""
    with opened_store(session_settings(db=db)) as store:
        store.vacuum()
        note(f"{store.location} is as small as it can be")

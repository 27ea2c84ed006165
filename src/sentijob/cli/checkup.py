"""What ``doctor`` looks at: each check is a function that yields findings."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sentijob import __version__, wiring
from sentijob.cli.session import opened_store
from sentijob.cli.words import amount
from sentijob.errors import (
    ModelError,
    NotFoundError,
    SentijobError,
    StoreDamagedError,
    StoreError,
)
from sentijob.places import is_url, shown_db
from sentijob.store.file_systems import network_file_system
from sentijob.store.sqlite_files import files_of
from sentijob.worker.crew import crew

if TYPE_CHECKING:
    from sentijob.ports import Store
    from sentijob.settings import Settings

_LITTLE_ROOM = 1_000_000_000
_NO_ROOM = 50_000_000
_CHECKED_WHOLE = 1_000_000_000
_TRIAL_TEXT = "This is a good day."


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    check: str
    verdict: Verdict
    says: str
    advice: str | None = None
    error: type[SentijobError] | None = None
    """What a failed check is in the tree of errors."""


def ok(check: str, says: str) -> Finding:
    """All is well."""
    return Finding(check, Verdict.OK, says)


def warn(check: str, says: str, advice: str) -> Finding:
    """It works, but."""
    return Finding(check, Verdict.WARN, says, advice)


def fail(check: str, says: str, advice: str, error: type[SentijobError]) -> Finding:
    """It won't work."""
    return Finding(check, Verdict.FAIL, says, advice, error)


def checkup(settings: Settings) -> Iterator[Finding]:
    """Every check, in the order in which its failure would explain the next one's."""
    yield ok("sentijob", __version__)
    yield ok("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    if not is_url(settings.db):
        yield check_sqlite(sqlite3.sqlite_version_info)
        yield from check_place(Path(settings.db).expanduser().absolute())
    yield from check_store(settings)
    yield check_model(settings)


def check_sqlite(version: tuple[int, ...]) -> Finding:
    """Whether the linked SQLite can damage a write-ahead log that several processes reset.

    Source: "The WAL-Reset Bug", sqlite.org/wal.html: 3.7.0 to 3.51.2, mended in 3.44.6 and 3.50.7 too.
    """
    written = ".".join(map(str, version))
    is_mended = (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51)
        or (3, 44, 6) <= version < (3, 45)
        or version < (3, 7)
    )
    if is_mended:
        return ok("sqlite", written)
    return warn(
        "sqlite",
        f"{written} has the WAL-reset bug: very rarely, two processes that write at once damage the store",
        "use a Python that links SQLite 3.51.3 or later; until then keep backups (sentijob db backup)",
    )


def check_place(path: Path) -> Iterator[Finding]:
    """The store's folder and file: there, private, writable, on a disk of this machine, with room."""
    try:
        yield from _check_place(path, _nearest_folder(path))
    except OSError as exc:
        yield fail(
            "folder",
            f"{exc.filename or path} can't be looked at: {exc.strerror}",
            "name another store with --db, or mend its permissions",
            StoreError,
        )


def _check_place(path: Path, folder: Path) -> Iterator[Finding]:
    if not os.access(folder, os.W_OK | os.X_OK):
        yield fail(
            "folder",
            f"{folder} can't be written",
            "name another store with --db, or mend its permissions",
            StoreError,
        )
    kind = network_file_system(folder)
    if kind is not None:
        yield warn(
            "folder",
            f"{folder} is on a network file system ({kind}), where SQLite's locks don't hold",
            "keep the store on a local disk",
        )
    if folder.stat().st_mode & stat.S_IWOTH:
        yield warn(
            "folder",
            f"everyone may write to {folder}, and so replace what is there",
            "keep the store in a folder of your own",
        )
    if path.is_file():
        yield _check_privacy(path)
    yield check_room(shutil.disk_usage(folder).free, folder)


def check_room(free: int, folder: Path) -> Finding:
    """Whether the disk has *free* bytes enough."""
    says = f"{free / 1e9:.1f} GB free at {folder}"
    if free < _NO_ROOM:
        return fail("disk", says, "free some room before you submit", StoreError)
    if free < _LITTLE_ROOM:
        return warn("disk", says, "free some room before a big submit")
    return ok("disk", says)


def _check_privacy(path: Path) -> Finding:
    """Said before the store is opened, which narrows what is our own."""
    files = [each for each in files_of(path) if each.exists()]
    wide = [each for each in files if each.stat().st_mode & 0o077]
    if not wide:
        return ok("permissions", f"only its owner can read {path}")
    says = f"{wide[0]} could be read by others ({stat.S_IMODE(wide[0].stat().st_mode):o})"
    if hasattr(os, "getuid") and wide[0].stat().st_uid == os.getuid():
        return warn("permissions", says, "from now on it can't: opening the store has mended it")
    return warn("permissions", says, f"its owner can say: chmod 600 '{wide[0]}'")


def check_store(settings: Settings) -> Iterator[Finding]:
    """Whether the store opens, is sound, and has somebody working on it."""
    try:
        with opened_store(settings) as store:
            if is_url(settings.db):
                yield from check_server(store)
            yield ok("store", f"{store.location}, {amount(store.counts().total, 'job')}")
            yield _check_soundness(store)
            yield from check_workers(store, settings)
    except NotFoundError as exc:
        if not is_url(settings.db) and Path(settings.db).expanduser().exists():
            yield warn("store", str(exc), "if jobs were in it, restore a backup")
        else:
            yield ok("store", f"none yet at {shown_db(settings.db)}; the first submit makes it")
    except StoreError as exc:
        yield fail(
            "store", str(exc), "see what it says; 'sentijob db check' looks deeper", type(exc)
        )


def check_server(store: Store) -> Iterator[Finding]:
    """Which server it is, and whether it keeps what it has acknowledged."""
    yield ok("server", store.engine)
    for worry in store.worries():
        yield warn("server", worry, "have whoever runs it switch that on")


def _check_soundness(store: Store) -> Finding:
    path = Path(store.location)
    if path.is_file() and path.stat().st_size > _CHECKED_WHOLE:
        return warn(
            "integrity",
            "not checked: the store is over a gigabyte",
            "sentijob db check reads it all",
        )
    complaints = store.check()
    if not complaints:
        return ok("integrity", "sound")
    return fail(
        "integrity",
        "; ".join(complaints),
        "see sentijob db check, which says what helps",
        StoreDamagedError,
    )


def check_workers(store: Store, settings: Settings) -> Iterator[Finding]:
    """Whether what waits has somebody to score it."""
    members = crew(store, wiring.run_folder(settings))
    dead = [member for member in members if not member.is_alive]
    alive = len(members) - len(dead)
    waiting = store.counts().pending
    if store.is_paused():
        yield warn("queue", "paused: nothing is claimed", "sentijob worker resume")
    if dead:
        held = sum(member.worker.holding for member in dead)
        yield warn(
            "workers",
            f"{amount(len(dead), 'dead worker')}, holding {amount(held, 'job')}",
            "any running worker takes them back within seconds",
        )
    if waiting and not alive:
        yield warn(
            "workers", f"none, and {amount(waiting, 'job')} waiting", "sentijob worker start"
        )
    elif alive or not dead:
        yield ok("workers", f"{alive} alive")


def check_model(settings: Settings) -> Finding:
    """Whether the chosen model loads and scores a text."""
    try:
        model = wiring.load_model(settings.model, settings)
        if settings.model != "demo":  # whose point is to be slow
            model.predict([_TRIAL_TEXT])
    except ModelError as exc:
        return fail("model", str(exc), "choose another with --model or SENTIJOB_MODEL", type(exc))
    return ok("model", f"{model.name} ({model.revision}) scores")


def _nearest_folder(path: Path) -> Path:
    return next(folder for folder in path.parents if folder.exists())

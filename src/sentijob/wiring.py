"""The one place that names concrete classes: which store, which models, which worker.

Every import is inside its function, so that a command pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentijob.ports import SentimentModel, Store
    from sentijob.settings import Settings
    from sentijob.worker.config import WorkerConfig
    from sentijob.worker.runner import Worker
    from sentijob.worker.wake import Waker


def is_url(db: str) -> bool:
    """Whether a ``db`` setting is a database URL rather than a path."""
    return "://" in db


def open_store(settings: Settings, *, must_exist: bool = False) -> Store:
    """The store that the settings name; created, and brought up to date, where need be.

    Raises:
        StoreError: it can't be used; with *must_exist*, also where there is none.
    """
    from sentijob.store.sql_store import SqlStore

    return SqlStore.open(
        settings.db, must_exist=must_exist, allow_network=settings.allow_network_fs
    )


def load_model(name: str, settings: Settings) -> SentimentModel:
    """A model, ready to predict.

    Raises:
        ModelUnavailableError: there is none of that name, or it can't be loaded.
    """
    from sentijob.models.registry import load

    return load(name, threads=settings.threads, demo_delay=settings.demo_delay)


def run_folder(settings: Settings) -> Path:
    """Where workers on this machine keep their locks, pid file and log.

    It is beside the store; for a server in the user's data folder, under a name without user and password.
    """
    if not is_url(settings.db):
        return Path(f"{settings.db}.run")
    import hashlib

    from sentijob.settings import default_database

    server = settings.db.rpartition("@")[2].partition("?")[0]
    name = hashlib.sha256(server.encode()).hexdigest()[:16]
    return Path(default_database()).with_name(f"server-{name}.run")


def make_waker(settings: Settings) -> Waker:
    """What wakes a waiting worker or watcher when anyone commits to the store."""
    from sentijob.worker.wake import CommitWatcher

    return CommitWatcher(Path(settings.db))


@contextmanager
def opened_worker(
    store: Store,
    settings: Settings,
    config: WorkerConfig,
    *,
    load: Callable[[str], SentimentModel] | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> Iterator[Worker]:
    """A worker on *store*, ready to run; *load* gives it other models than the settings would."""
    from sentijob.worker.presence import Presence
    from sentijob.worker.runner import Worker

    with closing(make_waker(settings)) as waker:
        yield Worker(
            store,
            load or (lambda name: load_model(name, settings)),
            config,
            waker=waker,
            presence=Presence(run_folder(settings)),
            on_ready=on_ready,
        )

"""The one place that names concrete classes: which store, which models, which worker.

Every import is inside its function, so that a command pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sentijob.places import is_url

if TYPE_CHECKING:
    from sentijob.models.process import ProcessModel
    from sentijob.ports import Reading, SentimentModel, Store, Submissions, Tokens
    from sentijob.settings import Settings
    from sentijob.worker.config import WorkerConfig
    from sentijob.worker.runner import Worker
    from sentijob.worker.wake import Waker


def open_store(settings: Settings, *, must_exist: bool = False) -> Store:
    """The store that the settings name; created, and brought up to date, where need be.

    Raises:
        StoreError: it can't be used; with *must_exist*, also where there is none.
    """
    from sentijob.store.sql_store import SqlStore

    return SqlStore.open(
        settings.db, must_exist=must_exist, allow_network=settings.allow_network_fs
    )


@contextmanager
def opened_submissions(settings: Settings) -> Iterator[Submissions]:
    """As much of the store as takes texts in, which is quicker to import; made where there is none."""
    from sentijob.store.submissions import SqlSubmissions

    with SqlSubmissions.open(settings.db, allow_network=settings.allow_network_fs) as store:
        yield store


@contextmanager
def opened_reading(settings: Settings) -> Iterator[Reading]:
    """As much of the store as is only looked at, which is quicker to import; it must exist."""
    from sentijob.store.reading import SqlReading

    with SqlReading.open(
        settings.db, must_exist=True, allow_network=settings.allow_network_fs
    ) as store:
        yield store


@contextmanager
def opened_tokens(settings: Settings, *, must_exist: bool = True) -> Iterator[Tokens]:
    """As much of the store as knows its tokens, which is quicker to import."""
    from sentijob.store.tokens import SqlTokens

    with SqlTokens.open(
        settings.db, must_exist=must_exist, allow_network=settings.allow_network_fs
    ) as store:
        yield store


def load_model(name: str, settings: Settings) -> SentimentModel:
    """A model, ready to predict.

    Raises:
        ModelUnavailableError: there is none of that name, or it can't be loaded.
    """
    from sentijob.models.registry import load

    return load(name, threads=settings.threads, demo_delay=settings.demo_delay)


def start_model(name: str, settings: Settings, *, processes: int = 1) -> ProcessModel:
    """A model in a process of its own, which is told to load it and goes on by itself.

    *processes* is how many there will be at once, to share the cores and the memory.
    """
    from sentijob.machine import usable_cores
    from sentijob.models.process import Limits, ProcessModel

    waits_on_purpose = settings.demo_delay if name == "demo" else timedelta(0)
    terms = {
        "threads": settings.threads or max(usable_cores() // processes, 1),
        "demo_delay": settings.demo_delay.total_seconds(),
    }
    limits = Limits(
        call=settings.call_timeout,
        per_text=waits_on_purpose,
        memory=settings.model_memory // processes,
    )
    return ProcessModel(name, terms, limits)


def run_folder(settings: Settings) -> Path:
    """Where workers on this machine keep their locks, pid file and log: beside the store.

    For a store on a server, in the user's data folder, by a name that stands for the server and the store.
    """
    if not is_url(settings.db):
        return Path(f"{settings.db}.run")
    import hashlib

    from sentijob.settings import data_folder
    from sentijob.store.postgres.url import parse_postgres_url

    url = parse_postgres_url(settings.db)
    digest = hashlib.sha256(f"{url.shown} {url.schema}".encode()).hexdigest()
    return data_folder() / f"postgresql-{digest[:16]}.run"


def make_waker(settings: Settings, *, for_work: bool = False) -> Waker:
    """What wakes a waiting worker or watcher when anyone commits; *for_work*, on a server, only if jobs came."""
    if is_url(settings.db):
        from sentijob.store.postgres.database import WORK
        from sentijob.store.postgres.listening import CommitListener
        from sentijob.store.postgres.url import parse_postgres_url

        return CommitListener(parse_postgres_url(settings.db), heeds=WORK if for_work else None)
    from sentijob.worker.wake import CommitWatcher

    return CommitWatcher(Path(settings.db))


@contextmanager
def opened_worker(
    store: Store,
    settings: Settings,
    config: WorkerConfig,
    *,
    started: Iterable[ProcessModel] = (),
    load: Callable[[str], SentimentModel] | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> Iterator[Worker]:
    """A worker on *store*, ready to run; the first to need one of the models *started* already takes it.

    *load* gives it other models than the settings would.
    """
    from sentijob.garbage import collected_rarely
    from sentijob.worker.presence import Presence
    from sentijob.worker.runner import Worker

    waiting = {model.name: model for model in started}

    def start(name: str) -> ProcessModel:
        return waiting.pop(name, None) or start_model(name, settings, processes=config.processes)

    with collected_rarely(), closing(make_waker(settings, for_work=True)) as waker:
        yield Worker(
            store,
            load or start,
            config,
            waker=waker,
            presence=Presence(run_folder(settings)),
            on_ready=on_ready,
        )


@contextmanager
def running_model(name: str, settings: Settings) -> Iterator[ProcessModel]:
    """A model in a process of its own, loaded; its process ends with the block.

    Raises:
        ModelUnavailableError: there is none of that name, or it can't be loaded.
    """
    with closing(start_model(name, settings)) as model:
        model.await_loaded()
        yield model

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from sentijob.cli import waiting
from sentijob.cli.waiting import looks
from sentijob.cli.watching import redraws
from sentijob.jobs import Item, Terms
from sentijob.ports import Reading, Store
from sentijob.settings import Settings, load_settings
from sentijob.store.sql_store import SqlStore

Looks = Callable[[Reading, Settings], Iterator[None]]

WATCH = pytest.param(redraws, 0.050, id="a watch")
WAIT = pytest.param(looks, 0.005, id="a wait")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(environ={"SENTIJOB_DB": str(tmp_path / "jobs.db"), "HOME": str(tmp_path)})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with SqlStore.open(settings.db) as opened:
        yield opened


def look_until(
    looked: Looks, settings: Settings, total: int, seen: SimpleQueue[int], begun: Callable[[], None]
) -> None:
    """Put in *seen* how many jobs each look finds, until there are *total*."""
    with SqlStore.open(settings.db) as store, closing(looked(store, settings)) as each:  # type: ignore[type-var]  # both are generators
        for _ in each:
            seen.put(store.counts().total)
            begun()
            if store.counts().total == total:
                return


@pytest.mark.parametrize(("looked", "_"), [WATCH, WAIT])
def test_every_change_is_looked_at_though_no_second_passes(
    looked: Looks,
    _: float,
    store: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "LOOK_AGAIN", timedelta(hours=1))
    seen: SimpleQueue[int] = SimpleQueue()
    with ThreadPoolExecutor() as pool:
        looking = pool.submit(look_until, looked, settings, 20, seen, lambda: None)
        for total in range(1, 21):
            store.submit(Item("fine"), Terms())
            while seen.get(timeout=60) < total:
                pass
        looking.result(timeout=60)


@pytest.mark.parametrize(("looked", "longest"), [WATCH, WAIT])
def test_between_two_looks_lies_no_pause_that_a_change_would_be_late_for(
    looked: Looks,
    longest: float,
    store: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    with closing(looked(store, settings)) as each:  # type: ignore[type-var]  # both are generators
        for _ in range(5):
            next(each)
            store.submit(Item("fine"), Terms())
    assert len(pauses) == 4
    assert max(pauses) <= longest

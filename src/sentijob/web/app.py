"""The server, put together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from sentijob import __version__, wiring
from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web import batches, contract, events, health, jobs, manual, metrics, predict, problems
from sentijob.web.commits import Commits
from sentijob.web.intake import Intake
from sentijob.web.measures import Measures
from sentijob.web.queueing import Queueing
from sentijob.web.room import Room
from sentijob.web.services import Services
from sentijob.web.states import Events
from sentijob.web.waiting import Waiting

_log = logging.getLogger(__name__)


def create_app(store: Store, settings: Settings, *, has_page: bool = False) -> FastAPI:
    """The application on a store that is open for as long as it runs; with the page once in a process."""
    commits = Commits(wiring.make_waker(settings), store.change_token)
    waiting = Waiting(store, commits)
    services = Services(
        store=store,
        settings=settings,
        commits=commits,
        intake=Intake(store),
        waiting=waiting,
        events=Events(store, settings, commits),
        measures=Measures(store, settings),
        queueing=Queueing(store),
        room=Room(store, settings.max_pending),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with commits.heard(), services.intake.open(), waiting.open():
            yield

    app = FastAPI(
        title=contract.TITLE,
        version=__version__,
        description=contract.DESCRIPTION,
        generate_unique_id_function=contract.operation_id,
        docs_url=None,  # FastAPI's pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    contract.install(app)
    app.state.services = services
    problems.install(app)
    for router in (
        health.router,
        predict.router,
        jobs.router,
        batches.router,
        events.router,
        metrics.router,
        manual.router,
    ):
        app.include_router(router)
    if has_page:
        _add_page(app, services)
    return app


def _add_page(app: FastAPI, services: Services) -> None:
    """The page for browsers; where NiceGUI isn't installed, there is the API alone."""
    try:
        from sentijob.web import page
    except ModuleNotFoundError as exc:
        if exc.name != "nicegui":
            raise
        _log.warning("no page is served: pip install 'sentijob[serve]' brings NiceGUI")
        return
    page.mount(app, services)

"""The server, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from sentijob import __version__, wiring
from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web import batches, events, health, jobs, predict, problems
from sentijob.web.commits import Commits
from sentijob.web.intake import Intake
from sentijob.web.queueing import Queueing
from sentijob.web.services import Services
from sentijob.web.states import Events
from sentijob.web.waiting import Waiting


def create_app(store: Store, settings: Settings) -> FastAPI:
    """The application on a store that is open for as long as it runs."""
    commits = Commits(wiring.make_waker(settings), store.change_token)
    waiting = Waiting(store, commits)
    listened_to = Events(store, settings, commits)
    services = Services(
        store, settings, commits, Intake(store), waiting, listened_to, Queueing(store)
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with commits.heard(), services.intake.open(), waiting.open():
            yield

    app = FastAPI(
        title="sentijob",
        version=__version__,
        description="Queue texts, and read their sentiment when a worker has scored them.",
        lifespan=lifespan,
    )
    app.state.services = services
    problems.install(app)
    for router in (health.router, predict.router, jobs.router, batches.router, events.router):
        app.include_router(router)
    return app

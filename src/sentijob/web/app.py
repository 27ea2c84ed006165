"""The server, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from sentijob import __version__, wiring
from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web import contract, health, jobs, manual, problems
from sentijob.web.commits import Commits
from sentijob.web.intake import Intake
from sentijob.web.services import Services


def create_app(store: Store, settings: Settings) -> FastAPI:
    """The application on a store that is open for as long as it runs."""
    services = Services(store, settings, Commits(wiring.make_waker(settings)), Intake(store))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with services.commits.heard(), services.intake.open():
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
    for router in (health.router, jobs.router, manual.router):
        app.include_router(router)
    return app

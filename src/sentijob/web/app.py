"""The server, put together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from sentijob import __version__, wiring
from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web import health, jobs, problems
from sentijob.web.commits import Commits
from sentijob.web.intake import Intake
from sentijob.web.services import Services

_log = logging.getLogger(__name__)


def create_app(store: Store, settings: Settings, *, has_page: bool = False) -> FastAPI:
    """The application on a store that is open for as long as it runs; with the page once in a process."""
    services = Services(store, settings, Commits(wiring.make_waker(settings)), Intake(store))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with services.commits.heard(), services.intake.open():
            yield

    app = FastAPI(
        title="sentijob",
        version=__version__,
        description="Queue texts, and read their sentiment when a worker has scored them.",
        lifespan=lifespan,
    )
    app.state.services = services
    problems.install(app)
    for router in (health.router, jobs.router):
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

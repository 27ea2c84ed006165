"""What every part of the server works with, and how a route asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web.commits import Commits
from sentijob.web.intake import Intake
from sentijob.web.measures import Measures
from sentijob.web.queueing import Queueing
from sentijob.web.room import Room
from sentijob.web.states import Events
from sentijob.web.waiting import Waiting


@dataclass(frozen=True)
class Services:
    """One of each for a server; made by :func:`~sentijob.web.app.create_app`."""

    store: Store
    settings: Settings
    commits: Commits
    intake: Intake
    waiting: Waiting
    events: Events
    measures: Measures
    queueing: Queueing
    room: Room


def _of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Using = Annotated[Services, Depends(_of)]
"""The type of a route's argument that asks for them."""

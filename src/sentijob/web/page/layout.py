"""The page, put together for one visitor."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from sentijob.models.registry import available
from sentijob.settings import Settings
from sentijob.web.page import theme
from sentijob.web.page.batches_view import batches_section
from sentijob.web.page.changing import Changing
from sentijob.web.page.chart import chart_section
from sentijob.web.page.counts import counts_section
from sentijob.web.page.job_view import job_view
from sentijob.web.page.jobs_table import jobs_section
from sentijob.web.page.live import Live
from sentijob.web.page.submit_view import submit_section
from sentijob.web.page.visit import Visit
from sentijob.web.page.workers_view import workers_section
from sentijob.web.services import Services

_ASIDE = 'aria-label="Submit, batches and workers"'


def show(services: Services, live: Live) -> None:
    """Build the page in the current NiceGUI client."""
    theme.install()
    visit = Visit(ui.context.client, live)
    models = model_names(services.settings)
    _header()
    with Element("div").classes("board"):
        _trouble(visit)
        counts_section(visit)
        with Element("div").classes("columns"):
            with Element("div").classes("column-main"):
                chart_section(visit)
                with Element("section").classes("card").props("aria-label=Jobs"):
                    TextElement(tag="h2", text="Jobs")
                    jobs_section(services, visit, models)
            with Element("aside").classes("column-side").props(_ASIDE):
                submit_section(services, visit, models)
                changing = Changing(services, visit)
                batches_section(visit, changing)
                workers_section(services, visit)
        job_view(services, visit, changing)


def model_names(settings: Settings) -> Sequence[str]:
    """The models to choose from; the default is always among them."""
    names = [model.name for model in available(default=settings.model)]
    return names if settings.model in names else [settings.model, *names]


def _header() -> None:
    with Element("header").classes("top"):
        with Element("h1"):
            TextElement(tag="a", text="sentijob").props("href=/")
        theme.ThemeSwitch()


def _trouble(visit: Visit) -> None:
    """Says when what is shown is no longer what holds."""
    line = TextElement(tag="p", text="").classes("callout bad").props("role=alert")
    line.set_visibility(False)

    def show_trouble(problem: str | None) -> None:
        line.set_text(f"The store can't be read: {problem}" if problem else "")
        line.set_visibility(problem is not None)

    visit.on_trouble(show_trouble)

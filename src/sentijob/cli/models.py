"""``sentijob models``: which models there are, and one in full."""

from __future__ import annotations

from typing import Annotated

import typer

from sentijob.cli import shelving
from sentijob.cli.console import output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db
from sentijob.cli.session import session_settings
from sentijob.export.documents import dumps
from sentijob.models.registry import ModelInfo, available, find

app = command_app(invoke_without_command=True)
app.command("add")(shelving.add)
app.command("remove")(shelving.remove)
app.command("default")(shelving.default)


@app.callback()
def models(context: typer.Context, *, as_json: AsJson = False, db: Db = None) -> None:
    """Show, add, remove and choose models."""
    if context.invoked_subcommand is None:
        _list(as_json=as_json, db=db)


@app.command("list")
def list_models(*, as_json: AsJson = False, db: Db = None) -> None:
    """List the models that can be named with --model."""
    _list(as_json=as_json, db=db)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME")], *, as_json: AsJson = False, db: Db = None
) -> None:
    """Show one model: its labels, its window, and how fast it is here.

    It is loaded, and scores a few texts for two seconds.
    """
    from sentijob.cli.model_view import draw, view

    settings = session_settings(db=db)
    model = view(find(name, default=settings.model), settings)
    if as_json:
        put(dumps(model.document()))
    else:
        draw(model)


def _known(db: str | None) -> list[ModelInfo]:
    return available(default=session_settings(db=db).model)


def _list(*, as_json: bool, db: str | None) -> None:
    if as_json:
        put(dumps([model._asdict() for model in _known(db)]))
        return
    from sentijob.cli.model_view import size_in_words
    from sentijob.cli.tables import Column, print_table

    columns = (
        Column[ModelInfo]("model", lambda model: model.name, style=lambda _: "bold"),
        Column[ModelInfo]("", lambda model: "default" if model.is_default else None, 1),
        Column[ModelInfo]("kind", lambda model: model.kind, 2),
        Column[ModelInfo]("size", lambda model: size_in_words(model.size), 2, justify="right"),
        Column[ModelInfo]("revision", lambda model: model.revision, 3, widest=16),
        Column[ModelInfo]("what", lambda model: model.summary, is_flexible=True),
    )
    print_table(output_console(), columns, _known(db))

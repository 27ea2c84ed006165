"""``sentijob config``: which settings hold, and where each came from."""

from __future__ import annotations

from datetime import timedelta

from sentijob.cli.console import output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db
from sentijob.cli.session import session_settings
from sentijob.durations import format_duration
from sentijob.export.documents import dumps
from sentijob.places import shown_db
from sentijob.settings import SPECS, Settings, config_file

app = command_app(no_args_is_help=True)


@app.callback()
def _config() -> None:
    """Show the settings."""


@app.command("show")
def show(*, db: Db = None, as_json: AsJson = False) -> None:
    """Show every setting, its value and where it came from.

    A flag wins over SENTIJOB_*, that over config.toml, that over the default.
    """
    settings = session_settings(db=db)
    if as_json:
        put(_as_json(settings))
    else:
        _draw(settings)


def _names() -> list[str]:
    return [name for name in Settings._fields if name in SPECS]


def _as_json(settings: Settings) -> str:
    return dumps(
        {
            "config_file": str(config_file()),
            "settings": {
                name: {"value": _plain(settings, name), "origin": settings.origins[name]}
                for name in _names()
            },
        }
    )


def _draw(settings: Settings) -> None:
    from sentijob.cli.tables import Column, print_table

    columns = (
        Column[str]("setting", lambda name: name, style=lambda _: "bold"),
        Column[str]("value", lambda name: _readable(settings, name), widest=60),
        Column[str]("from", lambda name: settings.origins[name], widest=60),
        Column[str]("what it is", lambda name: SPECS[name].help, rank=1, widest=60),
    )
    print_table(output_console(), columns, _names())


def _plain(settings: Settings, name: str) -> object:
    """A value as JSON has it: durations in seconds, a database URL without its password."""
    value = getattr(settings, name)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return shown_db(value) if name == "db" else value


def _readable(settings: Settings, name: str) -> object:
    value = getattr(settings, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return format_duration(value) if isinstance(value, timedelta) else _plain(settings, name)

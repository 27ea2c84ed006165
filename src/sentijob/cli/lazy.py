"""Commands that are imported only when they are invoked."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from sentijob.cli.commands import COMMANDS, Command


class PlainCommand(TyperCommand):
    """A command whose help is drawn without Rich."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # Typer doesn't export the types
        """Write the page."""
        from sentijob.cli.pages import page

        formatter.write(page(self, ctx))


class PlainGroup(TyperGroup):
    """A group of commands whose help is drawn without Rich."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # likewise
        """Write the page."""
        from sentijob.cli.pages import page

        formatter.write(page(self, ctx))


class CommandApp(typer.Typer):
    """A Typer app whose commands are plain ones."""

    def command(  # type: ignore[override]  # all options but the class are still the caller's
        self,
        name: str | None = None,
        **options: Any,  # noqa: ANN401  # Typer's own
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return super().command(name, cls=PlainCommand, **options)


def command_app(**options: Any) -> CommandApp:  # noqa: ANN401  # Typer's own options
    """A Typer app as every command module has one, in its ``app``."""
    return CommandApp(
        cls=PlainGroup,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        **options,
    )


class LazyCommand(PlainCommand):
    """Stands for a command in lists and completions; turns into the real one when it is invoked."""

    def __init__(self, command: Command) -> None:
        super().__init__(command.name, help=command.help, rich_help_panel=command.panel)
        self.module = command.module

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: Any = None,  # noqa: ANN401  # Typer doesn't export the type
        **extra: Any,  # noqa: ANN401  # likewise
    ) -> Any:  # noqa: ANN401  # likewise
        """The real command's context: from here on Click meets nothing but the real command."""
        command = typer.main.get_command(import_module(self.module).app)
        command.name = self.name
        _collect_garbage_again()
        return command.make_context(info_name, args, parent, **extra)


class LazyGroup(PlainGroup):
    """The group of all commands in the table."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  # Typer's own attributes
        super().__init__(**attributes)
        for command in COMMANDS:
            self.add_command(LazyCommand(command))


def _collect_garbage_again() -> None:
    """Where starting up has gone without: what was imported stays, and need never be looked through."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()

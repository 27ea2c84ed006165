"""The ``sentijob`` command: its frame, and how whatever goes wrong becomes one line and a status."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, TextIO

import typer
import typer.main

from sentijob import __version__
from sentijob.cli import exits
from sentijob.cli.console import put
from sentijob.cli.interrupts import interruption
from sentijob.cli.lazy import LazyGroup
from sentijob.errors import SentijobError
from sentijob.files import NO_ROOM

app = typer.Typer(
    cls=LazyGroup,
    name="sentijob",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Every command has its own --help.",
)

_COMPLETE = "_SENTIJOB_COMPLETE"
"""The variable by which a shell asks for completions."""
_SHOW_CURSOR = "\x1b[?25h"
_ClickUsageError: type = typer.BadParameter.__mro__[1]  # no name for it is public in every Typer


def _print_version(wanted: bool) -> None:  # noqa: FBT001  # Typer hands over the flag like this
    if wanted:
        typer.echo(f"sentijob {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[  # its callback does the work, before a command is asked for
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Score the sentiment of texts as jobs that survive crashes.

    Queue them with 'submit', score them with 'worker', read them with 'results'; or do it all at
    once with 'run'.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. Nothing is raised: what went wrong is on stderr."""
    try:
        _steady_streams()
        status = _invoke(argv)
        sys.stdout.flush()
    except BaseException as exc:  # noqa: BLE001  # this is where everything ends
        status = _report(exc)
    _flush_stderr()
    return status


def _invoke(argv: Sequence[str] | None) -> int:
    if _COMPLETE in os.environ:
        # Typer would have Rich take the markup from each line of help. There is none, and it takes as long
        # as all else: a module that is None counts as not installed.
        sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    command = typer.main.get_command(app)
    arguments = None if argv is None else list(argv)
    status = command.main(arguments, prog_name="sentijob", standalone_mode=False)
    return status if isinstance(status, int) else exits.DONE


def _report(exc: BaseException) -> int:
    """Say on stderr what went wrong, if it needs saying; its exit status."""
    if os.environ.get("SENTIJOB_DEBUG"):
        traceback.print_exception(exc)
    interrupted = interruption(exc)
    if interrupted is not None:
        _give_terminal_back()
        _discard(sys.stdout)
        return interrupted.exit_status
    if _is_closed_pipe(exc):
        _discard(sys.stdout)
        return exits.CLOSED_PIPE
    if isinstance(exc, KeyboardInterrupt | typer.Abort):
        return exits.INTERRUPTED
    if isinstance(exc, SystemExit):
        return exc.code if isinstance(exc.code, int) else exits.DONE
    if isinstance(exc, _ClickUsageError):
        return _report_usage(exc)
    if isinstance(exc, SentijobError):
        _complain(f"error: {exc}")
        return exits.exit_status(exc)
    if isinstance(exc, OSError) and exc.errno in NO_ROOM:
        _discard(sys.stdout)
        _complain(f"error: {exc.filename or 'the output'} has no room left: {exc.strerror}")
        return exits.DISK_FULL
    _complain(f"bug: {type(exc).__name__}: {exc}")
    _complain("please report this; SENTIJOB_DEBUG=1 shows where it happened")
    return exits.BUG


def _report_usage(exc: BaseException) -> int:
    message = exc.format_message() if hasattr(exc, "format_message") else str(exc)
    context = getattr(exc, "ctx", None)
    if type(exc).__name__ == "NoArgsIsHelpError":  # its message is a whole page
        put(message)
        return exits.USAGE
    _complain(f"error: {message}")
    if context is not None:
        _complain(f"see '{context.command_path} --help'")
    return exits.USAGE


def _complain(message: str) -> None:
    from sentijob.cli.inert import inert

    try:
        sys.stderr.write(f"sentijob: {inert(message)}\n")
        sys.stderr.flush()
    except OSError:
        return  # nobody is left to tell


def _give_terminal_back() -> None:
    """Show the cursor, which a signal may have met hidden, and let the prompt begin a line below the ``^C``."""
    # Rich may have put streams of its own in their place, and may not have come to take them back.
    for stream, leaving in ((sys.__stdout__, _SHOW_CURSOR), (sys.__stderr__, f"{_SHOW_CURSOR}\n")):
        with contextlib.suppress(OSError, ValueError):
            if stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb":
                stream.write(leaving)
                stream.flush()


def _is_closed_pipe(exc: BaseException) -> bool:
    """Whether the reader of our output went away; Typer and Rich turn that into an exit of their own.

    A terminal that was closed says EIO, and so does a broken disk: of that a file's name tells.
    """
    cause = exc.__context__ if isinstance(exc, SystemExit) else exc
    if isinstance(cause, OSError) and cause.errno == errno.EIO:
        return cause.filename is None
    return isinstance(cause, BrokenPipeError)


def _discard(stream: TextIO) -> None:
    """Keep the interpreter from failing once more when it flushes what nobody can take."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return  # not a real file: nothing is flushed at exit
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _flush_stderr() -> None:
    """What a closed terminal didn't take must not become an exit status of the interpreter's own."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        _discard(sys.stderr)


def _steady_streams() -> None:
    """Data is UTF-8 whatever the locale says; a terminal gets its own encoding and never an error."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")

"""How a worker is to work, as flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sentijob.cli.options import Reuse
from sentijob.cli.session import session_settings
from sentijob.cli.sources import known_model
from sentijob.durations import parse_duration
from sentijob.errors import UsageError

if TYPE_CHECKING:
    from sentijob.settings import Settings
    from sentijob.worker.config import WorkerConfig


class Conduct(NamedTuple):
    """The flags that say how a worker works."""

    drain: Annotated[bool, typer.Option("--drain", help="Stop when nothing is left to score.")] = (
        False
    )
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME",
            help="Score this model's jobs alone; may be given again.",
            show_default=False,
        ),
    ] = None
    lease: Annotated[
        str | None,
        typer.Option(
            metavar="60s", help="How long jobs stay held without a heartbeat.", show_default=False
        ),
    ] = None
    threads: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Threads a model may use. Else one per core, shared by the processes.",
            show_default=False,
        ),
    ] = None
    processes: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, max=64, help="Model processes, each with a model of its own."
        ),
    ] = 1
    call_timeout: Annotated[
        str | None,
        typer.Option(
            metavar="2m",
            help="Kill a model's process that gives no answer for this long.",
            show_default=False,
        ),
    ] = None
    model_memory: Annotated[
        str | None,
        typer.Option(
            metavar="4G",
            help="Memory for the model processes together. Else 80 % of the machine's; 0: all.",
            show_default=False,
        ),
    ] = None
    reuse: Reuse = None
    poll: Annotated[
        str,
        typer.Option(metavar="2s", help="Look for work this often, should no commit wake it."),
    ] = "2s"

    def settings(self, db: str | None) -> Settings:
        """The settings, with what was given here."""
        return session_settings(
            db=db,
            lease=self.lease,
            threads=self.threads,
            call_timeout=self.call_timeout,
            model_memory=self.model_memory,
            reuse=None if self.reuse is None else str(self.reuse),
        )

    def models(self) -> tuple[str, ...] | None:
        """The models to serve, None for all.

        Raises:
            ModelUnavailableError: there is no such model.
        """
        return tuple(known_model(name) for name in self.model or ()) or None

    def config(self, settings: Settings) -> WorkerConfig:
        """What the worker is told.

        Raises:
            ModelUnavailableError: there is no such model.
            UsageError: the flags can't be meant.
        """
        from sentijob.worker.config import WorkerConfig

        poll = parse_duration(self.poll)
        if not poll:
            raise UsageError("--poll must be longer than nothing")
        return WorkerConfig(
            lease=settings.lease,
            drain=self.drain,
            models=self.models(),
            poll=poll,
            processes=self.processes,
            reuse=settings.reuse,
        )

    def arguments(self) -> list[str]:
        """The same flags for another process."""
        words = ["--poll", self.poll]
        words += ["--drain"] if self.drain else []
        words += [word for name in self.models() or () for word in ("--model", name)]
        words += ["--lease", self.lease] if self.lease else []
        words += ["--threads", self.threads] if self.threads else []
        words += ["--processes", str(self.processes)] if self.processes > 1 else []
        words += ["--call-timeout", self.call_timeout] if self.call_timeout else []
        words += ["--model-memory", self.model_memory] if self.model_memory else []
        if self.reuse is not None:
            words.append("--reuse" if self.reuse else "--no-reuse")
        return words

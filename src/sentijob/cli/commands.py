"""The table of commands. Nothing here imports a command: ``--help`` and completion read this alone."""

from __future__ import annotations

from typing import NamedTuple

MAIN, LOOK, CHANGE, CARE = "Score", "Look", "Change", "Care"


class Command(NamedTuple):
    """Where a command lives and what the list of commands says of it."""

    name: str
    help: str
    """The first line of the command's own docstring; a test holds the two equal."""
    panel: str

    @property
    def module(self) -> str:
        """The module whose ``app`` is the command, or the group of commands."""
        return f"sentijob.cli.{self.name}"


COMMANDS = (
    Command("submit", "Queue texts to be scored.", MAIN),
    Command("run", "Score texts here and now, with no worker, and print the results.", MAIN),
    Command("worker", "Score what is queued: run, start, stop and watch workers.", MAIN),
    Command("serve", "Offer the store to programs and browsers, over HTTP.", MAIN),
    Command("status", "Show jobs and batches by id.", LOOK),
    Command(
        "wait", "Wait until jobs and batches are final; the exit status tells how it went.", LOOK
    ),
    Command("list", "List jobs, newest first.", LOOK),
    Command("results", "Export results in the order the texts came in.", LOOK),
    Command("stats", "Show the queue, its pace, the label mix and the workers.", LOOK),
    Command("cancel", "Cancel jobs that aren't final yet.", CHANGE),
    Command("retry", "Put failed and cancelled jobs back in the queue.", CHANGE),
    Command("prune", "Delete final jobs for good.", CHANGE),
    Command("evaluate", "Tell how often a model is right on texts that have labels.", CARE),
    Command(
        "compare", "Tell how far two models agree on the same texts, and which is faster.", CARE
    ),
    Command("models", "Show, add, remove and choose models.", CARE),
    Command("db", "Look after the store: path, migrate, check, backup, vacuum.", CARE),
    Command("token", "Create, list and revoke the tokens of the HTTP API.", CARE),
    Command("doctor", "Check that everything sentijob needs is in order.", CARE),
    Command("config", "Show the settings.", CARE),
)

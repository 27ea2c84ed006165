"""The one table from errors to exit statuses."""

from __future__ import annotations

from collections.abc import Mapping

from sentijob.errors import (
    AwaitedJobError,
    ConflictError,
    InputError,
    ModelError,
    NotFoundError,
    SentijobError,
    StoreError,
    UsageError,
    WaitTimeoutError,
)

DONE = 0
BUG = 1
USAGE = 2
DISK_FULL = 6
INTERRUPTED = 130
"""Of Ctrl-C; other signals have theirs, 128 and their number; see interrupts.py."""
CLOSED_PIPE = 141
"""What a shell reports of a tool that SIGPIPE ended: a script can tell that not all was read."""

EXIT_STATUSES: Mapping[type[SentijobError], int] = {
    UsageError: USAGE,
    InputError: 3,
    NotFoundError: 4,
    ConflictError: 5,
    StoreError: 6,
    ModelError: 7,
    AwaitedJobError: 8,
    WaitTimeoutError: 124,
}


def exit_status(error: SentijobError) -> int:
    """The status of the nearest class above *error* that the table names; a bug's where none is."""
    for kind in type(error).__mro__:
        if kind in EXIT_STATUSES:
            return EXIT_STATUSES[kind]
    return BUG

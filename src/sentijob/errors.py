"""Everything that can go wrong, in one tree.

::

    SentijobError
    ├── UsageError                  flags or arguments that can't be meant
    │   └── SettingsError           a setting, and where it came from
    ├── InputError                  a text, a row or a file that can't be taken
    ├── NotFoundError               no such job, batch, worker or model
    ├── ConflictError               true elsewhere: ambiguous, taken, already running
    │   └── QueueFullError          so many jobs wait that no text is taken
    ├── StoreError                  the database can't be used
    │   ├── StoreBusyError          somebody else wrote for too long
    │   ├── StoreFullError          no room left
    │   ├── StoreUnreachableError   a server that doesn't answer, or a connection that broke
    │   ├── StoreDamagedError       not a database, or a broken one
    │   └── StoreVersionError       written by a newer sentijob
    ├── ModelError                  a model failed; may pass
    │   ├── ModelUnavailableError   unknown, missing or unreadable
    │   ├── TextRejectedError       this one text can't be scored by any attempt
    │   └── ModelLostError          its process is gone, and which text did it isn't known
    │       ├── ModelUnreachedError it was gone before it came to these texts
    │       ├── ModelTimeoutError   it gave no answer in time, and was killed
    │       ├── ModelCrashError     it died
    │       └── ModelMemoryError    it had no memory left, and was killed
    └── WaitError                   what was awaited didn't come
        ├── AwaitedJobError         it failed or was cancelled
        └── WaitTimeoutError        it took too long

Each message says what failed, with which value, and what to do next. Exit
statuses stand in one table in :mod:`sentijob.cli.exits`.
"""

from __future__ import annotations


class SentijobError(Exception):
    """Root of the tree: whatever sentijob raises on purpose."""


class UsageError(SentijobError):
    """Flags or arguments that can't be meant together, or at all."""


class SettingsError(UsageError):
    """A setting has a value that can't be used; the message names its origin."""


class InputError(SentijobError):
    """A text, a row or a file can't be taken; *where* is ``file:line`` when known."""

    def __init__(self, reason: str, *, where: str | None = None) -> None:
        self.reason = reason
        self.where = where
        super().__init__(f"{where}: {reason}" if where else reason)


class NotFoundError(SentijobError):
    """There is no such job, batch, worker or model."""


class ConflictError(SentijobError):
    """The request contradicts what already holds."""


class QueueFullError(ConflictError):
    """As many jobs wait as a server's settings allow."""


class StoreError(SentijobError):
    """The database can't be reached, read or written."""


class StoreBusyError(StoreError):
    """Somebody else held the write lock for longer than we wait."""


class StoreFullError(StoreError):
    """The disk or a quota has no room left."""


class StoreUnreachableError(StoreError):
    """The database's server doesn't answer, or the connection to it broke; may pass.

    *is_uncertain* where it broke over a commit, so that nobody knows whether that was stored.
    """

    is_uncertain = False


class StoreDamagedError(StoreError):
    """The file is no database of ours, or a broken one."""


def damaged_job(job_id: object) -> StoreDamagedError:
    """What to raise where a job holds what no job can."""
    return StoreDamagedError(
        f"job {job_id} is damaged; see `sentijob db check`, and restore a backup"
    )


class StoreVersionError(StoreError):
    """The database was written by a newer sentijob and is left untouched."""


class ModelError(SentijobError):
    """A model failed at work; another attempt may succeed.

    *code* is what a failed job keeps in ``error_code``.
    """

    code = "model_error"


class ModelUnavailableError(ModelError):
    """A model is unknown, missing or can't be loaded."""

    code = "model_unavailable"


class TextRejectedError(ModelError):
    """One text can't be scored, however often it is tried."""

    code = "text_rejected"


class ModelLostError(ModelError):
    """A model's process is gone, and with it the call: the model has to be started anew."""

    code = "model_crashed"


class ModelUnreachedError(ModelLostError):
    """A model's process was lost over an earlier call, before it came to this one's texts."""


class ModelTimeoutError(ModelLostError):
    """A model gave no answer in time, so that its process was killed."""

    code = "timed_out"


class ModelCrashError(ModelLostError):
    """A model's process died, or said what can't be understood."""


class ModelMemoryError(ModelLostError):
    """A model had no memory left, so that its process was killed: what it still held isn't known."""

    code = "out_of_memory"


class WaitError(SentijobError):
    """What was awaited didn't come."""


class AwaitedJobError(WaitError):
    """An awaited job failed or was cancelled."""


class WaitTimeoutError(WaitError):
    """An awaited job wasn't final in time."""

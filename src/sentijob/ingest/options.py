"""What a person may choose about how a file is read."""

from typing import NamedTuple

_LONGEST_RECORD = 4 << 20


class ReadOptions(NamedTuple):
    """How rows become texts."""

    text_field: str | None = None
    """The column that holds the text; None looks for one, see :mod:`sentijob.ingest.columns`."""
    key_field: str | None = None
    """The column that holds the caller's own id; None takes ``id`` or ``key`` where there is one."""
    max_length: int = 10_000
    """Characters a text may have after trimming."""
    skip_bad: bool = False
    """Whether a bad row is set aside instead of ending the reading."""
    columns: tuple[str, ...] = ()
    """What the columns of CSV or TSV are called; then the first row is no header."""
    has_quotes: bool = True
    """Whether fields of CSV or TSV may be quoted; else a quote is a character like others."""

    @property
    def longest_record(self) -> int:
        """Characters a row may have in its file, so that one that never ends fills no memory.

        A JSON escape takes six characters to write one, and a row holds more than its text.
        """
        return max(_LONGEST_RECORD, 12 * self.max_length)

"""What a Parquet file's columns may hold, and their values as JSON can hold them."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sentijob.errors import InputError
from sentijob.ingest.texts import refuse_unstorable

if TYPE_CHECKING:
    import pyarrow as pa


class Unreadable:
    """Stands for a value that Python can't hold, and says which."""

    def __init__(self, kind: pa.DataType) -> None:
        self._kind = kind

    def __str__(self) -> str:
        if is_string(self._kind):
            return "a string that is not UTF-8"
        return f"a {self._kind} that is too large or too fine"


def is_string(kind: pa.DataType) -> bool:
    """Whether a column holds strings, packed in whichever way."""
    from pyarrow import types

    value_type = kind.value_type if types.is_dictionary(kind) else kind
    return bool(
        types.is_string(value_type)
        or types.is_large_string(value_type)
        or types.is_string_view(value_type)
    )


def refuse_type(name: str, kind: pa.DataType, *, is_text: bool) -> None:
    """Raise InputError where a column can't be the text, or can't be carried along beside it."""
    if is_string(kind):
        return
    if is_text:
        raise InputError(f"the text column {name!r} holds {kind}, not strings")
    if not _is_plain(kind):
        raise InputError(
            f"column {name!r} holds {kind}, which can't be carried along; leave it out of the file"
        )


def values_of(column: pa.Array) -> list[object]:
    """A column's values, those that Python can't hold as :class:`Unreadable`."""
    import pyarrow as pa
    from pyarrow import types

    column = _without_nanoseconds(column)
    try:
        return list(column.to_pylist())
    except _CONVERSION_ERRORS:
        kind = column.type
        if types.is_timestamp(kind) and kind.tz not in {None, "UTC"}:
            # The zone may be one that nobody here knows; the instants are the same in UTC.
            return values_of(column.cast(pa.timestamp(kind.unit, "UTC")))
        return [_value(scalar) for scalar in column]


def storable(name: str, value: object) -> object:
    """*value* as JSON can hold it.

    Raises:
        InputError: it can't be read, or can't be stored.
    """
    if isinstance(value, str):
        refuse_unstorable(value, f"column {name!r}")
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Unreadable):
        raise InputError(f"column {name!r} holds {value}")
    return str(value) if isinstance(value, Decimal | timedelta) else value


# Invalid UTF-8 and what lies beyond datetime's range; pyarrow's own errors are among them.
_CONVERSION_ERRORS = (ValueError, ArithmeticError, LookupError)


def _is_plain(kind: pa.DataType) -> bool:
    from pyarrow import types

    value_type = kind.value_type if types.is_dictionary(kind) else kind
    return (
        types.is_primitive(value_type) or types.is_decimal(value_type) or types.is_null(value_type)
    ) and not types.is_interval(value_type)


def _without_nanoseconds(column: pa.Array) -> pa.Array:
    """Times in microseconds, as Python has them; as strings, where that would lose something."""
    import pyarrow as pa
    from pyarrow import types

    kind = column.type
    if not (types.is_temporal(kind) and getattr(kind, "unit", "") == "ns"):
        return column
    if types.is_timestamp(kind):
        coarser = pa.timestamp("us", kind.tz)
    else:
        coarser = pa.time64("us") if types.is_time(kind) else pa.duration("us")
    try:
        return column.cast(coarser)
    except pa.ArrowException:
        return column.cast(pa.string())


def _value(scalar: pa.Scalar) -> object:
    try:
        return scalar.as_py()
    except _CONVERSION_ERRORS:
        return Unreadable(scalar.type)

"""A job's other columns as JSON: imported only where there are any."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def meta_to_column(meta: Mapping[str, object] | None) -> str | None:
    """*meta* as JSON, or None where there is nothing in it.

    Put together here: the library sets its encoder up anew for each value that it is given.
    """
    if not meta:
        return None
    fields = [f"{encode_basestring(name)}:{_encoded(value)}" for name, value in meta.items()]
    return f"{{{','.join(fields)}}}"


def _encoded(value: object) -> str:
    if type(value) is str:
        return encode_basestring(value)
    return str(value) if type(value) is int else _COMPACT.encode(value)

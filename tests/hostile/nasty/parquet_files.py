"""Parquet: cut, damaged, of every type there is, and far larger inside than outside."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from nasty.files import NastyFile, of


def written(table: dict[str, Any], **options: Any) -> bytes:
    """A Parquet file of *table*'s columns."""
    out = io.BytesIO()
    pq.write_table(pa.table(table), out, **options)
    return out.getvalue()


def _sound() -> bytes:
    return written({"text": [f"text {number}" for number in range(1000)]})


def _with_flipped(start: int, length: int) -> bytes:
    content = bytearray(_sound())
    content[start : start + length] = bytes(byte ^ 0xFF for byte in content[start : start + length])
    return bytes(content)


def _with_lying_footer() -> bytes:
    content = bytearray(_sound())
    content[-8:-4] = (2**31 - 1).to_bytes(4, "little")
    return bytes(content)


def _with_invalid_utf8() -> bytes:
    array = pa.array([b"good", b"caf\xe9"]).view(pa.binary())
    text = pa.StringArray.from_buffers(2, array.buffers()[1], array.buffers()[2])
    return written({"text": text})


def _other(values: Any) -> NastyFile:
    """A sound text column beside another of *values*' type."""
    return NastyFile(".parquet", lambda: written({"text": ["good"], "n": values()}), 1)


def _beyond(values: Any) -> NastyFile:
    """A sound text column beside another whose value Python can't hold."""
    return NastyFile(
        ".parquet", lambda: written({"text": ["good"], "n": values()}), "too large or too fine"
    )


def _refused(values: Any) -> NastyFile:
    return NastyFile(
        ".parquet", lambda: written({"text": ["good"], "n": values()}), "can't be carried along"
    )


def _one_value(size: int) -> bytes:
    return written({"text": ["good"], "n": ["x" * size]}, compression="zstd", use_dictionary=False)


def _long_dictionary(*, rows: int, length: int, columns: int) -> bytes:
    packed = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * length])
    others = {f"n{number}": packed for number in range(columns)}
    return written({"text": ["good"] * rows, **others}, compression="zstd")


def _found(name: str) -> NastyFile:
    """What the fuzzer found: pyarrow ended the process at one, and filled the memory at another."""
    path = Path(__file__).with_name("found") / f"{name}.parquet"
    return NastyFile(".parquet", path.read_bytes, _CUT)


_CUT = "can't be read as Parquet"

BOMBS: dict[str, NastyFile] = {
    "kilobytes of Parquet with a value of 60 MB": NastyFile(
        ".parquet", lambda: _one_value(60 << 20), "may unfold to 180 MB a row"
    ),
    "kilobytes of Parquet with a value of 50 MB": NastyFile(
        ".parquet", lambda: _one_value(50 << 20), "at most 4194304 are taken"
    ),
    "kilobytes of Parquet with 50 dictionaries of 1 MB": NastyFile(
        ".parquet",
        lambda: _long_dictionary(rows=64, length=1 << 20, columns=50),
        "may unfold to 200 MB a row",
    ),
    "kilobytes of Parquet with 64 rows of 16 MB": NastyFile(
        ".parquet",
        lambda: _long_dictionary(rows=64, length=16 << 20, columns=1),
        "at most 4194304 are taken",
    ),
}
PARQUET_FILES: dict[str, NastyFile] = {
    "Parquet whose histogram contradicts itself": _found("histogram"),
    "Parquet of a time zone that is no text": _found("zone"),
    "Parquet of a page larger than the file": _found("page"),
    "an empty Parquet file": of(".parquet", b"", "the file is empty"),
    "Parquet's magic alone": of(".parquet", b"PAR1", _CUT),
    "Parquet's magic twice": of(".parquet", b"PAR1PAR1", _CUT),
    "Parquet whose footer lies": NastyFile(".parquet", _with_lying_footer, _CUT),
    "Parquet without its end": NastyFile(".parquet", lambda: _sound()[:-10], _CUT),
    "Parquet without its beginning": NastyFile(".parquet", lambda: _sound()[200:], _CUT),
    "Parquet with damaged pages": NastyFile(".parquet", lambda: _with_flipped(20, 300), _CUT),
    "Parquet with a damaged footer": NastyFile(
        ".parquet", lambda: _with_flipped(len(_sound()) - 200, 100), _CUT
    ),
    "Parquet of no rows": NastyFile(
        ".parquet", lambda: written({"text": pa.array([], pa.string())}), "there are no texts"
    ),
    "Parquet of no columns": NastyFile(".parquet", lambda: written({}), "there are no columns"),
    "Parquet of nulls": NastyFile(
        ".parquet", lambda: written({"text": pa.array([None], pa.string())}), "the text is null"
    ),
    "Parquet of null type": NastyFile(
        ".parquet", lambda: written({"text": pa.nulls(3)}), "holds null, not strings"
    ),
    "Parquet of numbers": NastyFile(
        ".parquet", lambda: written({"text": [1, 2]}), "holds int64, not strings"
    ),
    "Parquet of bytes": NastyFile(
        ".parquet", lambda: written({"text": [b"good"]}), "holds binary, not strings"
    ),
    "Parquet of strings that are none": NastyFile(".parquet", _with_invalid_utf8, "is not UTF-8"),
    "Parquet with a NUL": NastyFile(
        ".parquet", lambda: written({"text": ["good", "b\0d"]}), "has a NUL"
    ),
    "Parquet of large strings": NastyFile(
        ".parquet", lambda: written({"text": pa.array(["good"], pa.large_string())}), 1
    ),
    "Parquet of views": NastyFile(
        ".parquet", lambda: written({"text": pa.array(["good"], pa.string_view())}), 1
    ),
    "Parquet of nested strings": _refused(lambda: [["good"]]),
    "Parquet of structs": _refused(lambda: [{"a": 1}]),
    "Parquet of maps": _refused(lambda: pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))),
    "Parquet of fixed bytes": _refused(lambda: pa.array([b"ab"], pa.binary(2))),
    "Parquet of byte views": _refused(lambda: pa.array([b"ab"], pa.binary_view())),
    "Parquet of durations": _other(lambda: pa.array([timedelta(days=1)])),
    "Parquet of the longest duration": _beyond(
        lambda: pa.array([2**63 - 1], pa.int64()).cast(pa.duration("s"))
    ),
    "Parquet of nanoseconds": _other(lambda: pa.array([1], pa.timestamp("ns"))),
    "Parquet of a far future": _beyond(lambda: pa.array([2**62], pa.timestamp("us"))),
    "Parquet of a far past": _beyond(lambda: pa.array([-(2**62)], pa.timestamp("ms", "UTC"))),
    "Parquet of a date beyond dates": _beyond(lambda: pa.array([2**31 - 1], pa.date32())),
    "Parquet of an unknown time zone": _other(
        lambda: pa.array([1], pa.timestamp("us", "Nowhere/Atlantis"))
    ),
    "Parquet of times": _other(lambda: pa.array([1], pa.time64("ns"))),
    "Parquet of the largest integer": _other(lambda: pa.array([2**64 - 1], pa.uint64())),
    "Parquet of half floats": _other(lambda: pa.array([1.5], pa.float16())),
    "Parquet of NaN": _other(lambda: [float("nan")]),
    "Parquet of 76 digits": _other(lambda: pa.array(["9" * 76]).cast(pa.decimal256(76, 0))),
    "Parquet of UUIDs": _refused(lambda: pa.array([b"0" * 16], pa.uuid())),
    "Parquet with a header twice": NastyFile(
        ".parquet",
        lambda: _columns_called("text", "text"),
        "two columns are called 'text'",
    ),
    "Parquet with a header of a terminal": NastyFile(
        ".parquet", lambda: written({"text": ["good"], "\x1b[31m": ["\x1b]52;c;aGk=\x07"]}), 1
    ),
    "Parquet of 2,001 columns": NastyFile(
        ".parquet",
        lambda: written({f"c{number}": [1] for number in range(2001)}),
        "2001 columns",
    ),
}


def _columns_called(*names: str) -> bytes:
    out = io.BytesIO()
    table = pa.Table.from_arrays([pa.array(["good"]) for _ in names], list(names))
    pq.write_table(table, out)
    return out.getvalue()

"""Structs in Thrift's compact protocol, which Parquet's footer and page headers are written in.

Source: "Thrift Compact protocol" of the Apache Thrift specification.
"""

from __future__ import annotations

Struct = dict[int, object]
"""Fields by their numbers: whole numbers, lists and structs; all else is None."""

_DEEPEST = 16
_TRUE, _FALSE = 1, 2
_LONGEST_VARINT = 10


class BrokenThriftError(Exception):
    """These bytes are no struct."""


def read_struct(raw: bytes) -> tuple[Struct, int]:
    """The struct at the beginning of *raw*, and its length.

    Raises:
        IndexError: it goes on beyond *raw*.
        BrokenThriftError: it is none.
    """
    reader = _Reader(raw)
    return reader.struct(0), reader.place


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.place = 0

    def struct(self, depth: int) -> Struct:
        if depth > _DEEPEST:
            raise BrokenThriftError("a struct is nested too deep")
        fields: Struct = {}
        number = 0
        while head := self._byte():
            step, kind = head >> 4, head & 0x0F
            number = number + step if step else self._number()
            # A field that is true or false holds that in its kind, and has no bytes of its own.
            fields[number] = None if kind in {_TRUE, _FALSE} else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> object:
        match kind:
            case 4 | 5 | 6:  # i16, i32, i64
                return self._number()
            case 12:  # struct
                return self.struct(depth + 1)
            case 9 | 10:  # list, set
                return self._list(depth)
            case 1 | 2 | 3:  # true, false and bytes, as elements of a list
                self._skip(1)
            case 7:  # double
                self._skip(8)
            case 8:  # binary, string
                self._skip(self._varint())
            case _:
                raise BrokenThriftError(f"there is a field of the unknown kind {kind}")
        return None

    def _list(self, depth: int) -> list[object]:
        head = self._byte()
        count, kind = head >> 4, head & 0x0F
        if count == 0x0F:
            count = self._varint()
        if count > len(self._raw) - self.place:
            raise IndexError  # every element has a byte at least
        return [self._value(kind, depth) for _ in range(count)]

    def _number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _varint(self) -> int:
        value = 0
        for place in range(_LONGEST_VARINT):
            byte = self._byte()
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value
        raise BrokenThriftError("a number is too long")

    def _byte(self) -> int:
        value = self._raw[self.place]
        self.place += 1
        return value

    def _skip(self, length: int) -> None:
        self.place += length
        if self.place > len(self._raw):
            raise IndexError

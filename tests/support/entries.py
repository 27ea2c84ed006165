"""What readers give by the block, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sentijob.ingest.blocks import Rejected, Taken
from sentijob.ingest.encodings import ByteStream
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.reading import read_blocks
from sentijob.jobs import Item


def entries_of(taken: Iterable[Taken]) -> Iterator[Item | Rejected]:
    """Each as it comes."""
    for block in taken:
        yield from block.entries


def read_items(
    stream: ByteStream, file_format: Format, options: ReadOptions, where: str
) -> Iterator[Item | Rejected]:
    """What the rows of a stream make, each as it comes."""
    return entries_of(read_blocks(stream, file_format, options, where))

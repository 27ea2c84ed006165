from __future__ import annotations

from pathlib import Path

from entries import entries_of

from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.scan import Scan, prescan, read_scanned
from sentijob.ingest.source import open_source
from sentijob.jobs import Item

SKIPPING = ReadOptions(skip_bad=True)
CONTENT = "id,text\n1,good\n2,\n3,bad\n"


def scan(
    path: Path,
    options: ReadOptions = SKIPPING,
    file_format: Format = Format.CSV,
) -> Scan:
    with open_source(path) as source:
        return prescan(source, file_format, options)


def write(path: Path, content: str = CONTENT) -> Path:
    path.write_text(content)
    return path


def test_a_scan_counts_what_can_be_taken_and_what_cannot(tmp_path: Path) -> None:
    found = scan(write(tmp_path / "x.csv"))
    assert (found.rows, found.rejected) == (2, 1)


def test_the_second_reading_gives_the_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv")
    with open_source(path) as source:
        found = prescan(source, Format.CSV, SKIPPING)
        assert list(entries_of(read_scanned(source, Format.CSV, SKIPPING, found))) == [
            Item("good", "1"),
            (f"{path}:3", "the text is empty", "2,"),
            Item("bad", "3"),
        ]


def test_a_fingerprint_is_of_the_content_and_not_of_the_name(tmp_path: Path) -> None:
    first, second = write(tmp_path / "x.csv"), write(tmp_path / "y.csv")
    assert scan(first).fingerprint == scan(second).fingerprint


def test_a_fingerprint_differs_with_content_and_with_how_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv")
    fingerprints = {
        scan(path).fingerprint,
        scan(path, ReadOptions(skip_bad=True, text_field="id")).fingerprint,
        scan(path, ReadOptions(skip_bad=True, max_length=9)).fingerprint,
        scan(path, file_format=Format.TXT).fingerprint,
        scan(write(tmp_path / "y.csv", CONTENT + "4,x\n")).fingerprint,
    }
    assert len(fingerprints) == 5

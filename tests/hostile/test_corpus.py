"""Every file of the corpus through every reader, and through submit as a file and on stdin."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from commanding import Commander
from entries import read_items
from nasty.files import NastyFile, all_files
from nasty.words import WORDS
from readers import read_all

from sentijob.errors import InputError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.formats import Format, format_of
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Item

FILES = all_files()
BY_NAME = pytest.mark.parametrize("nasty", FILES.values(), ids=FILES.keys())


def test_the_corpus_is_as_large_as_the_documentation_says() -> None:
    assert len(FILES) >= 240
    assert len(WORDS) >= 55


@BY_NAME
def test_every_reader_takes_a_hostile_file_by_the_rules_or_refuses_it(nasty: NastyFile) -> None:
    content = nasty.make()
    for file_format in Format:
        for options in (ReadOptions(), ReadOptions(max_length=100, skip_bad=True)):
            try:
                read_all(content, file_format, options)
            except InputError:
                continue


@BY_NAME
def test_a_submit_stores_a_hostile_file_exactly_or_nothing_of_it(
    command: Commander, nasty: NastyFile
) -> None:
    content = nasty.make()
    path = command.folder / f"hostile{nasty.suffix}"
    path.write_bytes(content)
    shown = command("submit", "-f", path.name)
    if isinstance(nasty.outcome, str):
        assert shown.status == 3
        assert nasty.outcome in shown.stderr
        assert len(shown.stderr.splitlines()) == 1
        assert command("results").status == 4
        return
    assert (shown.status, shown.stdout) == (0, "b1\n")
    stored = stored_items(command, "b1")
    items = read_all(content, format_of(path), ReadOptions())
    assert len(items) == nasty.outcome
    assert stored == items
    for look in (("list",), ("status", "1"), ("status", "b1", "--json"), ("stats",)):
        assert command(*look).status == 0


@BY_NAME
def test_a_hostile_stdin_in_any_format_keeps_what_came_before_the_damage(
    command: Commander, nasty: NastyFile
) -> None:
    content = nasty.make()
    for file_format in set(Format) - {Format.PARQUET}:
        shown = command("submit", "-", "--format", file_format, given=content)
        whole, before = read_as_it_comes(content, file_format)
        assert shown.status == (0 if whole and before else 3)
        if before:
            batch = shown.stdout.strip() or shown.stderr.split()[0]
            assert stored_items(command, batch) == before


def read_as_it_comes(content: bytes, file_format: Format) -> tuple[bool, list[Item | Rejected]]:
    """Whether a stream is sound, and the items before the damage."""
    before: list[Item | Rejected] = []
    try:
        # Not a list's own reading: what came before the damage would go with it.
        before.extend(read_items(io.BytesIO(content), file_format, ReadOptions(), "stdin"))
    except InputError:
        return False, before
    return True, before


def stored_items(command: Commander, batch: str) -> list[Item]:
    """What a batch's texts are in the store."""
    listed = command("results", batch, "--status", "pending", "--format", "jsonl").stdout
    jobs = map(json.loads, listed.splitlines())
    return [Item(job["text"], job["key"], job["meta"] or None) for job in jobs]


def test_bad_rows_of_hostile_files_are_set_aside_and_the_rest_is_stored(command: Commander) -> None:
    for number, nasty in enumerate(FILES.values()):
        path = Path(f"{number}{nasty.suffix}")
        path.write_bytes(nasty.make())
        shown = command("submit", "-f", str(path), "--skip-bad", "--quiet")
        assert shown.status in ({0, 3} if isinstance(nasty.outcome, str) else {0})
        path.unlink()

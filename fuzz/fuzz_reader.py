"""Search for bytes that break a reader, led by which code they reach: ``fuzz_reader.py csv 60``.

A finding is any exception but InputError, an input that takes more than
``SLOWEST`` seconds, or one that needs more than ``MOST_MEMORY`` MB. It is
saved under ``fuzz/findings``; ``fuzz_reader.py csv FILE`` runs it again.
The corpus of ``tests/hostile`` is where the search begins, what it finds of
interest is kept in ``fuzz/corpus``; neither folder is committed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
SLOWEST = 1
"""Seconds of this process alone: others may be busy."""
HANGS = 30
MOST_MEMORY = 1024
LONGEST_SEED = 1 << 16

sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "hostile")]
with atheris.instrument_imports(include=["sentijob", "csv", "json"]):
    from nasty.files import all_files
    from readers import insist, read_all

    from sentijob.errors import InputError
    from sentijob.ingest.formats import Format, format_of
    from sentijob.ingest.options import ReadOptions


def main(name: str, what: str) -> None:
    """Fuzz the reader of a format for so many seconds, or run one saved finding again."""
    file_format = Format(name)
    corpus, findings = HERE / "corpus" / name, HERE / "findings" / name
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    sow(corpus, file_format)
    flags = [
        f"-timeout={HANGS}",
        f"-rss_limit_mb={MOST_MEMORY}",
        f"-artifact_prefix={findings}/",
        f"-max_len={LONGEST_SEED}",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    subject = [f"-max_total_time={what}", str(corpus)] if what.isdigit() else [what]
    atheris.Setup([sys.argv[0], *flags, *subject], lambda content: fuzz(content, file_format))
    atheris.Fuzz()


def fuzz(content: bytes, file_format: Format) -> None:
    """One input: read strictly, and with bad rows set aside."""
    began = time.process_time()
    for options in (ReadOptions(), ReadOptions(max_length=40, skip_bad=True)):
        try:
            read_all(content, file_format, options)
        except InputError:
            continue
    took = time.process_time() - began
    insist(took <= SLOWEST, f"{took:.1f} s for {len(content)} bytes")


def sow(corpus: Path, file_format: Format) -> None:
    """Put the hostile corpus' files of a format where the search begins."""
    for number, nasty in enumerate(all_files().values()):
        if format_of(Path(f"x{nasty.suffix}")) is file_format:
            content = nasty.make()
            if len(content) <= LONGEST_SEED:
                (corpus / f"seed-{number}").write_bytes(content)


if __name__ == "__main__":
    main(*sys.argv[1:])

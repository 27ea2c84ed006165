"""Put the newest figures into the documents: every table there comes from a record in bench/results.

A document says ``<!-- bench NAME -->`` … ``<!-- end -->`` where the tables of ``results/NAME.json`` go,
or ``<!-- bench NAME short -->`` for the record's short one. What has no record stays as it is.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import RESULTS, are_figures, figure

ROOT = Path(__file__).parent.parent
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "models.md", ROOT / "docs" / "performance.md")
BLOCK = re.compile(
    r"(<!-- bench (?P<name>[\w-]+)(?P<short> short)? -->\n).*?(<!-- end -->)", re.DOTALL
)
Record = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "documents",
        type=Path,
        nargs="*",
        default=DOCUMENTS,
        help="what to bring up to date [README.md docs/models.md docs/performance.md]",
    )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where the records are [bench/results]"
    )
    options = parser.parse_args()
    for document in options.documents:
        missing = bring_up_to_date(document, options.results)
        print(
            f"{document.name}: {', '.join(missing) or 'nothing'} left as it was, for want of a record"
        )


def bring_up_to_date(document: Path, results: Path) -> list[str]:
    """Fill the document's blocks; the names of those that have no record."""
    missing: list[str] = []

    def fill(block: re.Match[str]) -> str:
        source = results / f"{block['name']}.json"
        if not source.exists():
            missing.append(block["name"])
            return block[0]
        record = json.loads(source.read_text())
        filled = short(record) if block["short"] else full(record)
        return f"{block[1]}{filled}\n{block[4]}"

    before = document.read_text(encoding="utf-8")
    document.write_text(BLOCK.sub(fill, before), encoding="utf-8")
    return missing


def full(record: Record) -> str:
    """Where and when, then every table."""
    tables = record.get("tables") or [table_of(record["figures"])]
    return "\n\n".join(
        [
            taken(record),
            *(markdown(table["headings"], table["rows"]) for table in tables),
            *([goals(record["goals"])] if record.get("goals") else []),
        ]
    )


def short(record: Record) -> str:
    table = record["short"]
    return markdown(table["headings"], table["rows"])


def taken(record: Record) -> str:
    """The command, the date, the machine and the versions, in a line."""
    packages = ", ".join(f"{name} {number}" for name, number in record.get("packages", {}).items())
    parts = [
        f"`{record['command']}`" if "command" in record else "",
        record["taken_at"][:10],
        f"{record['cores']} cores{_of(record.get('processor'))}, {record['system']}",
        f"Python {record['python']}, SQLite {record['sqlite']}",
        packages,
        f"load before the run {record['load_before']}" if "load_before" in record else "",
    ]
    return "; ".join(filter(None, parts)) + "."


def _of(processor: str | None) -> str:
    return f" of {' '.join(processor.split())}" if processor else ""


def goals(figures: Sequence[Mapping[str, Any]]) -> str:
    return markdown(
        ("goal", "is", "measured", "met"),
        [
            (
                one["what"],
                one["bound"],
                figure(one["measured"]),
                "yes" if one["is_met"] else "**no**",
            )
            for one in figures
        ],
    )


def table_of(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table of figures that were kept without one: by name, or by name and column."""
    first = next(iter(figures.values()))
    if not isinstance(first, Mapping):
        return {
            "headings": ("", "figure"),
            "rows": [(name, figure(value)) for name, value in figures.items()],
        }
    return {
        "headings": ("", *first),
        "rows": [
            (name, *(figure(one[column]) for column in first)) for name, one in figures.items()
        ],
    }


def markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with figures to the right."""
    columns = zip(*rows, strict=True)
    rule = ["---:" if are_figures(column) else "---" for column in columns]
    return "\n".join(_line(cells) for cells in (headings, rule, *rows))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()

"""The flags that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

OUTPUT = "Output"

Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="PATH|URL",
        help="The store. Else SENTIJOB_DB, else the user's data folder.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.", rich_help_panel=OUTPUT)]
AsJsonLines = Annotated[
    bool, typer.Option("--jsonl", help="One JSON object a line.", rich_help_panel=OUTPUT)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Ids alone, one a line.", rich_help_panel=OUTPUT)
]
NoProgress = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress.", rich_help_panel=OUTPUT)
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write a .jsonl, .csv or .parquet file, whole or not at all.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would happen, do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID…",
        help="A job's number or UUID (or a unique beginning of it), a batch (b7 or its name), @last.",
        show_default=False,
    ),
]
OptionalIds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID]…",
        help="A job's number or UUID (or a unique beginning of it), a batch (b7 or its name), @last.",
        show_default=False,
    ),
]
Reuse = Annotated[
    bool | None,
    typer.Option(
        "--reuse/--no-reuse",
        help="Give a text the result that the same revision of its model has already given it,"
        " or score it anew. [default: reuse]",
        show_default=False,
    ),
]

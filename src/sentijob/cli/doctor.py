"""``sentijob doctor``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from sentijob.cli.checkup import Finding, Verdict, checkup
from sentijob.cli.console import output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db
from sentijob.cli.session import session_settings
from sentijob.cli.words import amount
from sentijob.export.documents import dumps

app = command_app()
_STYLES = {Verdict.OK: "green", Verdict.WARN: "bold yellow", Verdict.FAIL: "bold red"}


@app.command()
def doctor(
    *,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="NAME", help="Try this model.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Check that everything sentijob needs is in order.

    A warning leaves the exit status 0; a failed check makes it 6 (the store) or 7 (the model).
    """
    findings = list(checkup(session_settings(db=db, model=model)))
    if as_json:
        put(dumps([_document(finding) for finding in findings]))
    else:
        _draw(findings)
    failed = [finding for finding in findings if finding.error]
    if failed and failed[0].error:
        raise failed[0].error(f"{amount(len(failed), 'check')} failed: {failed[0].says}")


def _document(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "verdict": finding.verdict.value,
        "says": finding.says,
        "advice": finding.advice,
    }


def _draw(findings: Sequence[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    from sentijob.cli.inert import inert

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for finding in findings:
        says = Text(inert(finding.says))
        if finding.advice:
            says.append(f"\n→ {inert(finding.advice)}", style="dim")
        grid.add_row(
            Text(finding.verdict, style=_STYLES[finding.verdict]),
            Text(finding.check, style="bold"),
            says,
        )
    output_console().print(grid)

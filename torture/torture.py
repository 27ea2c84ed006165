"""Break a real sentijob on purpose and judge it by an independent record.

Exits with 1 where a promise was broken, or a scenario couldn't be brought to its end.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from contextlib import ExitStack
from pathlib import Path

from arena import TortureError, opened_arena
from postgres_server import running_server
from reporting import REPORTS, Outcome, save, table
from scenarios import SCENARIOS, Scenario, database_kind
from trials import Trial

OWN_SERVER = "postgresql"
"""Said for a store that isn't to be anywhere in particular."""


def main() -> int:
    options = _parsed()
    with ExitStack() as stack:
        if options.db == OWN_SERVER:
            options.server = stack.enter_context(running_server())
            options.db = options.server.new_url()
        return _torture(options)


def _torture(options: argparse.Namespace) -> int:
    kind = database_kind(options.db)
    chosen = [
        one
        for one in SCENARIOS
        if (not options.scenario or one.name in options.scenario) and kind in one.databases
    ]
    for name in sorted(set(options.scenario) - {one.name for one in chosen}):
        print(f"{name} doesn't run on {kind}", file=sys.stderr)
    outcomes = [_tortured(scenario, options) for scenario in chosen]
    print(table(outcomes), end="")
    report = save(outcomes, options.reports, database=kind)
    print(f"report: {report}", file=sys.stderr)
    return int(any(one.broken for one in outcomes))


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same faults [1]")
    parser.add_argument(
        "--duration", type=float, default=45, help="seconds for each scenario, about [45]"
    )
    parser.add_argument(
        "--db",
        default=os.environ.get("DB"),
        help=f"a path or URL of an empty store; {OWN_SERVER} for a server of its own, which is"
        " restarted in the middle too [a new file]",
    )
    parser.set_defaults(server=None)
    parser.add_argument(
        "--scenario",
        action="append",
        choices=[one.name for one in SCENARIOS],
        default=[],
        help="one of them; may be given again [all]",
    )
    parser.add_argument("--reports", type=Path, default=REPORTS, help="folder for the report")
    parser.add_argument("--keep", type=Path, help="keep stores, ledgers and logs in this folder")
    return parser.parse_args()


def _tortured(scenario: Scenario, options: argparse.Namespace) -> Outcome:
    """Run one scenario in a folder of its own."""
    print(f"{scenario.name}: {scenario.summary}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="sentijob-torture-") as scratch:
        folder = (options.keep or Path(scratch)) / f"{scenario.name}-{options.seed}"
        try:
            with opened_arena(folder, options.db) as arena:
                return scenario.run(Trial(arena, options.seed, options.duration, options.server))
        except TortureError as exc:
            traceback.print_exc()
            return _given_up(scenario, options.seed, str(exc))


def _given_up(scenario: Scenario, seed: int, why: str) -> Outcome:
    """What is known where a scenario couldn't be brought to its end, which is a broken promise too."""
    return Outcome(
        scenario=scenario.name,
        seed=seed,
        seconds=0.0,
        faults={},
        acknowledged=0,
        completed=0,
        lost=0,
        doubled=0,
        longest_wait=0.0,
        broken=[why],
    )


if __name__ == "__main__":
    sys.exit(main())

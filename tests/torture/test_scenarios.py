"""Each scenario of the torture harness, small: real processes are broken, and every promise holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import clocks
import crowds
import pytest
import soak
import storm
import zombies
from arena import HERE
from trials import Trial

from sentijob.jobs import Item, Terms
from sentijob.store.sql_store import SqlStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")

NewTrial = Callable[[float], Trial]


def test_killed_workers_and_submitters_lose_and_double_nothing(new_trial: NewTrial) -> None:
    outcome = storm.run(new_trial(7))
    assert outcome.broken == []
    assert outcome.completed >= outcome.acknowledged > 0
    assert sum(n for what, n in outcome.faults.items() if what.startswith("killed at")) == 12


def test_a_worker_that_wakes_past_its_lease_changes_nothing_and_works_on(
    new_trial: NewTrial,
) -> None:
    outcome = zombies.run(new_trial(8))
    assert outcome.broken == []
    assert outcome.faults["stopped holding jobs"] > 0


def test_kills_and_restarts_of_the_server_lose_and_double_nothing(
    new_server_trial: NewTrial,
) -> None:
    outcome = storm.run(new_server_trial(7))
    assert outcome.broken == []
    assert outcome.completed >= outcome.acknowledged > 0
    assert outcome.faults["server restarted"] == 3


def test_a_worker_that_wakes_past_its_lease_on_a_server_changes_nothing(
    new_server_trial: NewTrial,
) -> None:
    outcome = zombies.run(new_server_trial(4))
    assert outcome.broken == []
    assert outcome.completed == outcome.acknowledged > 0


def test_a_crowd_of_submitters_is_served_in_time_and_sees_no_lock(new_trial: NewTrial) -> None:
    outcome = crowds.run(new_trial(4))
    assert outcome.broken == []
    assert outcome.faults["submits in loops"] == 20


def test_jumps_of_the_wall_clock_keep_no_job_waiting(new_trial: NewTrial) -> None:
    if not clocks.can_run():
        assert not os.environ.get("CI"), "setting the clock takes Linux and a C compiler"
        pytest.skip("setting the clock takes Linux and a C compiler called cc")
    outcome = clocks.run(new_trial(4))
    assert outcome.broken == []
    assert outcome.faults["clock set back"] > 0


def test_the_same_seed_draws_the_same_faults(new_trial: NewTrial) -> None:
    trial = new_trial(60)
    fates = storm.draw_fates(trial, 100)
    assert fates == storm.draw_fates(trial, 100)
    trial.seed = 2
    assert fates != storm.draw_fates(trial, 100)


def test_growth_compares_the_end_with_what_came_after_the_start() -> None:
    assert soak.growth([10, 90, 100, 100, 100, 100, 130, 130]) == 30
    assert soak.growth([50]) == 0


def test_a_store_that_holds_jobs_is_left_alone_and_the_report_says_so(tmp_path: Path) -> None:
    path, reports = tmp_path / "mine.db", tmp_path / "reports"
    with SqlStore.open(str(path)) as store:
        store.submit(Item("precious"), Terms())
    command = [sys.executable, HERE / "torture.py", "--scenario", "storm", "--db", path]
    ended = subprocess.run(  # noqa: S603  # our own script
        [*map(str, command), "--reports", str(reports)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "holds jobs" in ended.stdout
    (report,) = reports.glob("*.json")
    assert json.loads(report.read_text())["verdict"] == "broken"
    with SqlStore.open(str(path)) as store:
        assert store.job(1).text == "precious"

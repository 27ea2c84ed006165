from __future__ import annotations

import pytest

from sentijob.cli.unit import unit_file


def line(unit: str, name: str) -> str:
    return next(line for line in unit.splitlines() if line.startswith(f"{name}="))


def test_a_unit_waits_for_readiness_and_watches() -> None:
    unit = unit_file(["sentijob", "worker"], "/data/jobs.db")
    assert line(unit, "Type") == "Type=notify"
    assert line(unit, "WatchdogSec") == "WatchdogSec=90"
    assert line(unit, "OOMPolicy") == "OOMPolicy=continue"
    assert line(unit, "ExecStart") == "ExecStart=sentijob worker"


def test_a_unit_may_write_to_its_stores_folder_alone() -> None:
    unit = unit_file(["sentijob", "worker"], "/my data/jobs.db")
    assert line(unit, "ReadWritePaths") == 'ReadWritePaths="/my data"'
    assert line(unit, "RestrictAddressFamilies") == "RestrictAddressFamilies=AF_UNIX"


def test_a_unit_on_a_server_keeps_its_network() -> None:
    unit = unit_file(["sentijob", "worker"], "postgresql+psycopg://me:secret@host/db")
    assert "RestrictAddressFamilies" not in unit
    assert "secret" not in unit


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("/a b/c", '"/a b/c"'),
        ("100%", '"100%%"'),
        ("$HOME", '"$$HOME"'),
        ('say "x"', '"say \\"x\\""'),
        ("it's", '"it\'s"'),
        ("two\nlines", '"two\\nlines"'),
        ("", '""'),
    ],
)
def test_systemd_expands_nothing_in_a_command(word: str, quoted: str) -> None:
    unit = unit_file(["sentijob", word], "/data/jobs.db")
    assert line(unit, "ExecStart") == f"ExecStart=sentijob {quoted}"

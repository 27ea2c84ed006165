from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sentijob.cli.app import main
from sentijob.cli.conduct import Conduct
from sentijob.cli.unit import unit_file
from sentijob.cli.worker_command import hidden, worker_command
from sentijob.places import has_password, shown_db
from sentijob.settings import load_settings

SECRET = "t0p-secret"  # noqa: S105  # it is what must not be shown
URLS = [
    f"postgresql+psycopg://me:{SECRET}@host/db",
    f"postgresql+psycopg://me:{SECRET}@host:5432/db?sslmode=require",
    f"postgresql+psycopg://:{SECRET}@host/db",
    f"postgresql+psycopg://me:with/{SECRET}@in-it@host/db",
    f"postgresql+psycopg://me@host/db?password={SECRET}&sslmode=require",
    f"postgresql+psycopg://host/db?user=me&PASSWORD={SECRET}",
    f"mysql://me:{SECRET}@host/db",
]


@pytest.mark.parametrize("url", URLS)
def test_no_part_of_a_password_is_shown(url: str) -> None:
    assert SECRET not in shown_db(url)
    assert "with/" not in shown_db(url)
    assert "***" in shown_db(url)
    assert has_password(url)


@pytest.mark.parametrize(
    "db",
    [
        "postgresql+psycopg://me@host/db?sslmode=require",
        "postgresql+psycopg:///db",
        "/home/me/a:b@c.db",
        "jobs.db",
    ],
)
def test_what_has_no_password_is_shown_as_it_is(db: str) -> None:
    assert shown_db(db) == db
    assert not has_password(db)


@pytest.mark.parametrize("url", URLS)
def test_a_background_worker_gets_a_password_where_no_list_of_processes_shows_it(url: str) -> None:
    settings = load_settings({"db": url}, environ={"SENTIJOB_CONFIG": os.devnull})
    command = worker_command(Conduct(), settings)
    assert SECRET not in " ".join(command)
    assert hidden(settings) == {"SENTIJOB_DB": url}
    unit = unit_file(command, url)
    assert SECRET not in unit
    assert "EnvironmentFile=" in unit


def test_a_background_worker_gets_a_path_as_a_flag() -> None:
    settings = load_settings({"db": "jobs.db"}, environ={"SENTIJOB_CONFIG": os.devnull})
    command = worker_command(Conduct(), settings)
    assert command[:6] == [
        sys.executable, "-m", "sentijob", "worker", "--db", str(Path("jobs.db").absolute())
    ]  # fmt: skip
    assert hidden(settings) == {}
    assert "EnvironmentFile=" not in unit_file(command, str(Path("jobs.db").absolute()))


@pytest.mark.parametrize(
    "command",
    ["list", "submit x", "stats", "worker --drain", "worker start", "worker stop", "worker logs",
     "worker unit", "doctor", "db path", "db check", "config show", "config show --json"],
)  # fmt: skip
def test_no_command_tells_the_password_of_a_server_that_it_cannot_use(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SENTIJOB_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("SENTIJOB_MODEL", "demo")
    monkeypatch.setenv("SENTIJOB_DEMO_DELAY", "0")
    monkeypatch.setenv("SENTIJOB_DB", f"postgresql+psycopg://me:{SECRET}@127.0.0.1:1/db")
    main(command.split())
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert list(tmp_path.rglob(f"*{SECRET}*")) == []

"""The table at the end of docs/json.md against what the commands print."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tiny_model import write_folder

from sentijob.cli.app import main

PAGE = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| `([^`]+)` \| (?!an object)(.+) \|$", PAGE.partition("## What else")[2], re.MULTILINE
)


@pytest.mark.parametrize(("command", "fields"), ROWS, ids=[row[0] for row in ROWS])
def test_a_command_prints_the_fields_that_are_documented(
    command: str,
    fields: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SENTIJOB_DB", str(tmp_path / "jobs.db"))
    monkeypatch.setenv("SENTIJOB_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    assert main(["submit", "first"]) == 0
    if command.startswith("models "):
        write_folder(tmp_path / "export")
        assert main(["models", "add", "mine", "export"]) == 0
    if command.startswith("token "):
        assert main(["token", "create", "laptop"]) == 0
    capsys.readouterr()
    assert main([*command.split(), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    one = printed[0] if isinstance(printed, list) else printed
    documented = set(re.findall(r"`(\w+)`", fields))
    if fields.startswith("a batch"):
        assert documented <= set(one)
    else:
        assert set(one) == documented

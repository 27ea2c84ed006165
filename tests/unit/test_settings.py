from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sentijob.settings import config_file, default_database, load_settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a user who has set nothing."""
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("platform", "data", "config"),
    [
        ("linux", ".local/share", ".config"),
        ("darwin", "Library/Application Support", "Library/Application Support"),
    ],
)
def test_data_and_settings_lie_where_the_platform_keeps_them(
    platform: str, data: str, config: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert default_database() == str(home / data / "sentijob" / "sentijob.db")
    assert config_file({}) == home / config / "sentijob" / "config.toml"


def test_a_user_may_keep_them_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_database() == str(tmp_path / "data" / "sentijob" / "sentijob.db")
    given = {"XDG_CONFIG_HOME": str(tmp_path / "etc")}
    assert config_file(given) == tmp_path / "etc" / "sentijob" / "config.toml"


@pytest.mark.parametrize("elsewhere", ["", "relative/path"])
def test_what_names_no_place_is_passed_over(elsewhere: str, home: Path) -> None:
    assert config_file({"XDG_CONFIG_HOME": elsewhere}) == home / ".config/sentijob/config.toml"


@pytest.mark.parametrize(
    "written",
    ['"https://a.example, https://b.example"', '["https://a.example", "https://b.example"]'],
)
def test_several_values_stand_between_commas_or_in_a_list(written: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f"allow_origin = {written}\n")
    settings = load_settings(environ={"SENTIJOB_CONFIG": str(config)})
    assert settings.allow_origin == ("https://a.example", "https://b.example")
    environ = {"SENTIJOB_ALLOW_ORIGIN": "https://c.example"}
    assert load_settings(environ=environ).allow_origin == ("https://c.example",)

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sentijob.cli.config_writing import write_setting
from sentijob.errors import SettingsError
from sentijob.settings import load_settings


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's config.toml, which isn't there yet."""
    path = tmp_path / "new" / "config.toml"
    monkeypatch.setenv("SENTIJOB_CONFIG", str(path))
    monkeypatch.delenv("SENTIJOB_MODEL", raising=False)
    return path


def written(path: Path, content: str) -> Path:
    path.parent.mkdir()
    path.write_bytes(content.encode())
    return path


def test_a_file_is_made_where_there_is_none(config: Path) -> None:
    assert write_setting("model", "vader") == config
    assert config.read_text() == 'model = "vader"\n'
    assert load_settings().model == "vader"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# mine\nthreads = 2", '# mine\nthreads = 2\nmodel = "vader"\n'),
        ("model='mini'  # good\nthreads = 2\n", 'model="vader"  # good\nthreads = 2\n'),
        ('threads = 2\r\nmodel = "mini"\r\n', 'threads = 2\r\nmodel = "vader"\r\n'),
        ('# model = "demo"\n', '# model = "demo"\nmodel = "vader"\n'),
    ],
)
def test_other_lines_and_comments_stay(config: Path, before: str, after: str) -> None:
    written(config, before)
    write_setting("model", "vader")
    assert config.read_bytes().decode() == after


@pytest.mark.parametrize("name", ['/models/über "this" \\ that', "/a\tb", "\U0001f600/x"])
def test_any_name_comes_back_as_it_was(config: Path, name: str) -> None:
    assert write_setting("model", name) == config
    assert load_settings().model == name


@pytest.mark.parametrize("before", ['"model" = "mini"\n', 'db = """\nmodel = "mini"\n"""\n'])
def test_what_cant_be_changed_safely_is_left_alone(config: Path, before: str) -> None:
    written(config, before)
    with pytest.raises(SettingsError, match="write model = 'vader' there yourself"):
        write_setting("model", "vader")
    assert config.read_text() == before


def test_who_may_read_it_stays_and_so_does_a_link(config: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text('db = "postgresql+psycopg://me:secret@host/jobs"\n')
    real.chmod(0o600)
    config.parent.mkdir()
    config.symlink_to(real)
    write_setting("model", "vader")
    assert config.is_symlink()
    assert 'model = "vader"' in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600

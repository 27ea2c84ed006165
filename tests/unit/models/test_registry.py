from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.errors import ModelUnavailableError
from sentijob.models.adding import LocalSource, add
from sentijob.models.registry import Kind, available, canonical_name, is_known, load
from sentijob.ports import SentimentModel

MakeFolder = Callable[..., Path]

PLUGIN = """
class Plugin:
    revision = "7"
    def __init__(self, name):
        self.name = name
    def predict(self, texts):
        return []

def fails(name):
    raise RuntimeError("no licence")

def lacks(name):
    return object()
"""


def load_now(name: str | Path) -> SentimentModel:
    return load(str(name), threads=1, demo_delay=timedelta(0))


def install(site: Path, package: str, entries: str) -> None:
    """Put a package with a model on the path, as an installer would."""
    info = site / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[sentijob.models]\n{entries}\n")
    (site / "sentijob_test_plugin.py").write_text(PLUGIN)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.mark.parametrize("name", ["mini", "cascade", "vader", "demo"])
def test_shipped_models_are_known(name: str) -> None:
    assert is_known(name)
    assert canonical_name(name) == name


@pytest.mark.parametrize("name", ["nope", "", "Mini", "hf:owner/name", "./nowhere"])
def test_other_names_are_not_known(name: str) -> None:
    assert not is_known(name)


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(
        ModelUnavailableError, match="no model 'nope'; known are mini, cascade, vader, demo"
    ):
        load_now("nope")


def test_a_folder_is_loaded_and_its_name_is_absolute(
    make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder()
    monkeypatch.chdir(folder.parent)
    assert is_known("./model")
    assert canonical_name("./model") == str(folder.resolve())
    assert load_now("./model").name == str(folder.resolve())


def test_a_folder_in_the_home_is_found(
    make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder()
    monkeypatch.setenv("HOME", str(folder.parent))
    assert canonical_name("~/model") == str(folder.resolve())


def test_a_folder_that_lacks_a_file_is_not_known(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "tokenizer.json").unlink()
    assert not is_known(str(folder))


def test_another_packages_model_is_known_listed_and_called_by_its_name(site: Path) -> None:
    install(site, "acme-models", "acme = sentijob_test_plugin:Plugin")
    assert is_known("acme")
    assert load_now("acme").name == "acme"
    listed = {info.name: info for info in available()}
    assert listed["acme"].kind is Kind.PLUGIN
    assert "acme-models" in listed["acme"].summary


def test_another_package_cant_take_a_shipped_models_name(site: Path) -> None:
    install(site, "acme-models", "demo = sentijob_test_plugin:Plugin")
    assert load_now("demo").revision == "1"
    assert [info.name for info in available()].count("demo") == 1


def test_another_package_cant_take_an_added_models_name(
    site: Path, make_folder: MakeFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    add("acme", LocalSource(make_folder()), weights=None, labels=None, try_out=load_now)
    install(site, "acme-models", "acme = sentijob_test_plugin:Plugin")
    assert load_now("acme").revision != "7"
    assert [info.kind for info in available() if info.name == "acme"] == [Kind.ADDED]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("sentijob_test_plugin:fails", "no licence"),
        ("sentijob_test_plugin:lacks", "lacks a name"),
        ("sentijob_test_plugin:absent", "absent"),
        ("sentijob_no_such_module:Plugin", "sentijob_no_such_module"),
    ],
)
def test_another_packages_failure_names_the_package(site: Path, entry: str, told: str) -> None:
    install(site, "acme-models", f"acme = {entry}")
    with pytest.raises(ModelUnavailableError, match=f"acme-models.*{told}"):
        load_now("acme")


def test_one_name_in_two_packages_is_refused_with_both(site: Path) -> None:
    install(site, "acme-models", "acme = sentijob_test_plugin:Plugin")
    install(site, "other-models", "acme = sentijob_test_plugin:Plugin")
    with pytest.raises(ModelUnavailableError, match="acme-models, other-models"):
        load_now("acme")


def test_the_listing_tells_size_and_revision_and_marks_the_default() -> None:
    listed = {info.name: info for info in available(default="vader")}
    assert listed["mini"].size == pytest.approx(23.4e6, rel=0.2)
    assert listed["mini"].revision == load_now("mini").revision
    assert listed["cascade"].revision == load_now("cascade").revision
    assert listed["vader"].revision == load_now("vader").revision
    assert [info.name for info in listed.values() if info.is_default] == ["vader"]

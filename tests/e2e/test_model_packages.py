"""A model that another package brings, installed by pip as people would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from shell import Shell
from tiny_model import write_folder
from wheels import build_wheel, install

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "models.md"


def documented(language: str) -> str:
    """The example of a package's model that the documentation gives."""
    found = re.findall(rf"```{language}\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)
    (example,) = [each for each in found if "shouting" in each.lower()]
    return str(example)


@pytest.fixture
def site(shell: Shell) -> Path:
    """Where pip has installed the package of the documentation, and where Python looks."""
    entry = documented("toml").splitlines()[1].replace('"', "")
    wheel = build_wheel(
        shell.folder,
        "acme-models",
        "acme_models",
        documented("python"),
        f"[sentijob.models]\n{entry}\n",
    )
    target = install(wheel, shell.folder / "site")
    shell.variables["PYTHONPATH"] = str(target)
    return target


def test_the_model_of_the_documentation_scores_once_pip_has_installed_it(
    shell: Shell, site: Path
) -> None:
    assert (site / "acme_models-1.0.dist-info" / "INSTALLER").read_text().strip() == "pip"
    shell("submit", "LOUD", "quiet", "--model", "shouting")
    shell("worker", "--drain")
    labels = [(job["result_label"], job["model_revision"]) for job in shell.json("list")]
    assert labels == [("neutral", "1"), ("positive", "1")]


def test_it_is_listed_shown_chosen_and_measured(shell: Shell, site: Path) -> None:
    assert site.is_dir()
    (listed,) = [model for model in shell.json("models") if model["name"] == "shouting"]
    assert (listed["kind"], listed["summary"]) == ("plugin", "from the package acme-models")
    shown = shell.json("models", "show", "shouting")
    assert shown["texts_per_second"] > 0
    assert shown["labels"] == {}
    shell("models", "default", "shouting")
    assert 'model = "shouting"' in (shell.folder / "config.toml").read_text()


def test_it_keeps_its_name_and_isnt_ours_to_remove(shell: Shell, site: Path) -> None:
    assert site.is_dir()
    write_folder(shell.folder / "export")
    for arguments in (("add", "shouting", "export"), ("remove", "shouting", "--yes")):
        refused = shell.attempt("models", *arguments)
        assert refused.returncode == 5
        assert len(refused.stderr.splitlines()) == 1

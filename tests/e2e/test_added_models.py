"""Models that are added, from a folder and from a hub, by the installed command."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_hub import FakeHub, running_hub
from shell import Shell
from tiny_model import FLOAT16, write_folder

NAMELESS = {"id2label": {str(number): f"LABEL_{number}" for number in range(3)}}


@pytest.fixture
def hub(shell: Shell) -> Iterator[FakeHub]:
    with running_hub() as running:
        shell.variables["HF_ENDPOINT"] = running.url
        yield running


def refused(shell: Shell, status: int, *arguments: str) -> str:
    """What is told of a command that fails as it should, in one line."""
    finished = shell.attempt(*arguments)
    assert finished.returncode == status, finished.stderr
    assert finished.stdout == ""
    (line,) = finished.stderr.splitlines()
    return line


def test_a_worker_scores_with_an_added_model_and_results_hold_its_revision(shell: Shell) -> None:
    folder = write_folder(shell.folder / "export")
    added = shell.json("models", "add", "tiny", "export")
    assert added["source"] == str(folder)
    shutil.rmtree(folder)
    shell("submit", "good good", "--model", "tiny")
    assert "needed by 1 job" in refused(shell, 5, "models", "remove", "tiny", "--yes")
    shell("worker", "--drain")
    job = shell.json("status", "1")
    assert (job["model"], job["model_revision"]) == ("tiny", added["revision"])
    assert job["result_label"] == "positive"


def test_a_model_shows_its_labels_its_window_and_its_speed(shell: Shell) -> None:
    write_folder(shell.folder / "export", config=NAMELESS)
    told = shell.attempt("models", "add", "tiny", "export")
    assert told.returncode == 0
    assert "its classes have no names" in told.stderr
    shown = shell.json("models", "show", "tiny")
    assert shown["labels"] == {"LABEL_0": "negative", "LABEL_1": "neutral", "LABEL_2": "positive"}
    assert (shown["max_length"], shown["window"]) == (512, 512)
    assert shown["texts_per_second"] > 0
    drawn = shell("models", "show", "tiny")
    assert "LABEL_0 → negative" in drawn
    assert "texts/s here" in drawn
    assert shown["revision"] in shell("models")


def test_labels_that_are_upside_down_are_warned_of(shell: Shell) -> None:
    words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "it.", "awful,", "wonderful,")
    lines = {"awful,": (0.0, 0.0, 6.0), "wonderful,": (6.0, 0.0, 0.0)}
    write_folder(shell.folder / "export", words=words, lines=lines)
    told = shell.attempt("models", "add", "tiny", "export").stderr
    assert "if it reads English, its labels are wrong" in told
    shell("models", "remove", "tiny", "--yes")
    told = shell.attempt(
        "models", "add", "tiny", "export", "--labels", "positive,neutral,negative"
    ).stderr
    assert "warning" not in told


def test_the_default_is_chosen_in_the_config_and_cant_be_removed(shell: Shell) -> None:
    shell.variables["SENTIJOB_MODEL"] = ""
    write_folder(shell.folder / "export")
    shell("models", "add", "tiny", "export")
    shell("models", "default", "tiny")
    shell("submit", "good")
    assert shell.json("status", "1")["model"] == "tiny"
    assert "choose another first" in refused(shell, 5, "models", "remove", "tiny", "--yes")
    shell("models", "default", "mini")
    shell("cancel", "1")
    shell("models", "remove", "tiny", "--dry-run")
    assert shell.json("models", "remove", "tiny", "--yes")["removed"] == "tiny"
    assert refused(shell, 4, "models", "show", "tiny")
    shell.variables["SENTIJOB_MODEL"] = "demo"
    assert "SENTIJOB_MODEL is set" in shell.attempt("models", "default", "vader").stderr


@pytest.mark.parametrize(
    ("status", "arguments", "told"),
    [
        (2, ("add", "../up", "export"), "can't be a model's name"),
        (2, ("add", "tiny", "export", "--labels", "good,bad"), "--labels"),
        (2, ("add", "tiny", "hf:nobody"), "hf:owner/name"),
        (2, ("remove", "tiny"), "--yes"),
        (4, ("remove", "nope"), "no model 'nope'"),
        (4, ("default", "nope"), "no model 'nope'"),
        (4, ("show", "./nowhere"), "lacks model.onnx"),
        (5, ("add", "mini", "export"), "comes with sentijob"),
        (5, ("add", "tiny", "export"), "already"),
        (5, ("remove", "mini"), "built-in"),
        (7, ("add", "other", "nowhere"), "no folder"),
    ],
)
def test_what_cant_be_done_is_told_in_a_line_with_its_status(
    shell: Shell, status: int, arguments: tuple[str, ...], told: str
) -> None:
    write_folder(shell.folder / "export")
    shell("models", "add", "tiny", "export")
    assert told in refused(shell, status, "models", *arguments)


def test_a_model_of_the_hub_is_added_at_one_commit_with_what_it_needs_alone(
    shell: Shell, hub: FakeHub
) -> None:
    folder = write_folder(
        shell.folder / "repository",
        name="onnx/model_fp16.onnx",
        numbers=FLOAT16,
        kept_in="model_fp16.onnx_data",
        config={"auto_map": {"AutoModel": "modeling.Evil"}},
    )
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "modeling.py").write_text("raise SystemExit")
    hub.keep("acme/tiny", "main", shell.folder / "nothing")
    commit = hub.keep("acme/tiny", "v1", folder)
    weights = "onnx/model_fp16.onnx"
    added = shell.json("models", "add", "tiny", "hf:acme/tiny@v1", "--weights", weights)
    assert (added["source"], added["commit"]) == ("hf:acme/tiny@v1", commit)
    assert sorted(hub.given) == [
        "config.json",
        weights,
        f"{weights}_data",
        "tokenizer.json",
    ]
    hub.given.clear()
    (result,) = shell.lines("run", "--model", "tiny", "good", "--jsonl")
    assert (result["result_label"], result["model_revision"]) == ("positive", added["revision"])
    assert shell.json("models", "show", "tiny")["commit"] == commit
    assert hub.given == []


def test_what_the_hub_wont_give_is_told_and_leaves_nothing(shell: Shell, hub: FakeHub) -> None:
    folder = write_folder(shell.folder / "repository")
    hub.keep("acme/tiny", "main", folder)
    hub.gated.add("acme/shut")
    assert "no hf:acme/none" in refused(shell, 4, "models", "add", "x", "hf:acme/none")
    assert "no hf:acme/tiny@v9" in refused(shell, 4, "models", "add", "x", "hf:acme/tiny@v9")
    assert "accepted its terms" in refused(shell, 7, "models", "add", "x", "hf:acme/shut")
    (folder / "tokenizer.json").unlink()
    assert "lacks tokenizer.json" in refused(shell, 7, "models", "add", "x", "hf:acme/tiny")
    assert [model["kind"] for model in shell.json("models")] == ["built-in"] * 4


def test_a_missing_network_is_told_with_what_to_do(shell: Shell) -> None:
    with running_hub() as hub:
        shell.variables["HF_ENDPOINT"] = hub.url  # where nobody listens any more
    told = refused(shell, 7, "models", "add", "x", "hf:acme/tiny")
    assert "where there is no network" in told


def test_a_broken_download_is_told_once(shell: Shell, hub: FakeHub) -> None:
    hub.keep("acme/tiny", "main", write_folder(shell.folder / "repository"))
    hub.broken.add("config.json")
    assert "can't be fetched" in refused(shell, 7, "models", "add", "x", "hf:acme/tiny")


def test_what_is_killed_over_adding_leaves_no_model_and_hinders_none(
    shell: Shell, hub: FakeHub, eventually: Callable[..., Any]
) -> None:
    hub.keep("acme/tiny", "main", write_folder(shell.folder / "repository"))
    hub.stalled.add("config.json")
    adding = shell.start("models", "add", "tiny", "hf:acme/tiny")
    eventually(lambda: "config.json" in hub.given)
    assert "another model is being added" in refused(
        shell, 5, "models", "add", "other", "repository"
    )
    adding.kill()
    adding.wait()
    assert refused(shell, 4, "models", "show", "tiny")
    shell("models", "add", "other", "repository")
    found = [path.name for path in (shell.folder / ".local/share/sentijob/models").iterdir()]
    assert found == ["other"]


def test_the_hub_needs_its_extra(shell: Shell) -> None:
    (shell.folder / "huggingface_hub.py").write_text("raise ImportError")
    shell.variables["PYTHONPATH"] = str(shell.folder)
    told = refused(shell, 7, "models", "add", "x", "hf:acme/tiny")
    assert "pip install 'sentijob[hub]'" in told


def test_a_model_of_the_hub_must_be_added_before_it_is_named(shell: Shell) -> None:
    told = refused(shell, 7, "submit", "good", "--model", "hf:acme/tiny")
    assert "sentijob models add NAME hf:acme/tiny" in told

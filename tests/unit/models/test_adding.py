from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sentijob.errors import ConflictError, ModelUnavailableError, NotFoundError, SentijobError
from sentijob.jobs import Label
from sentijob.models.adding import LocalSource, add, remove
from sentijob.models.registry import Kind, available, find, is_known, load, refuse_taken
from sentijob.models.shelf import Origin, added_names, is_added, origin_of, place_of, shelf

MakeFolder = Callable[..., Path]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "sentijob"


def add_folder(folder: Path, name: str = "tiny", **changes: Any) -> Origin:
    asked = {"weights": None, "labels": None, "try_out": load_now} | changes
    return add(name, LocalSource(folder, wanted=asked["weights"]), **asked)


def load_now(name: str | Path) -> Any:
    return load(str(name), threads=1, demo_delay=timedelta(0))


def left_on_shelf() -> list[str]:
    return sorted(path.name for path in shelf().iterdir())


def test_an_added_model_outlives_its_source(make_folder: MakeFolder) -> None:
    folder = make_folder()
    origin = add_folder(folder)
    shutil.rmtree(folder)
    assert is_known("tiny")
    model = load_now("tiny")
    assert (model.name, model.revision) == ("tiny", origin.revision)
    assert model.predict(["good"])[0].label is Label.POSITIVE


def test_it_is_listed_and_found_with_where_it_came_from(make_folder: MakeFolder) -> None:
    folder = make_folder()
    origin = add_folder(folder)
    listed = {info.name: info for info in available(default="tiny")}["tiny"]
    assert listed == find("tiny", default="tiny")
    assert listed.kind is Kind.ADDED
    assert str(folder) in listed.summary
    assert listed.is_default
    assert listed.revision == origin.revision == origin_of("tiny").revision
    with pytest.raises(ModelUnavailableError, match="known are mini, cascade, vader, demo, tiny"):
        load_now("nope")


def test_only_what_a_model_needs_is_copied_and_for_its_owner_alone(
    make_folder: MakeFolder, data: Path
) -> None:
    folder = make_folder(name="onnx/model_q.onnx", kept_in="model_q.onnx_data")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "modeling.py").write_text("1 / 0")
    add_folder(folder, weights="onnx/model_q.onnx")
    found = sorted(path.name for path in (data / "models" / "tiny").iterdir())
    assert found == [
        "added.json",
        "config.json",
        "model.onnx",
        "model_q.onnx_data",
        "tokenizer.json",
    ]
    for path in [shelf(), place_of("tiny"), *place_of("tiny").iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_labels_that_are_told_change_answers_and_the_revision(make_folder: MakeFolder) -> None:
    folder = make_folder(config={"id2label": {"0": "joy", "1": "calm", "2": "rage"}})
    with pytest.raises(ModelUnavailableError, match=r"0: joy, 1: calm, 2: rage.*--labels"):
        add_folder(folder)
    one = add_folder(folder, "one", labels=[Label.POSITIVE, Label.NEUTRAL, Label.NEGATIVE])
    other = add_folder(folder, "other", labels=list(Label))
    assert load_now("one").predict(["good"])[0].label is Label.NEGATIVE
    assert load_now("other").predict(["good"])[0].label is Label.POSITIVE
    assert one.revision != other.revision


def test_labels_can_be_told_where_the_config_names_none(make_folder: MakeFolder) -> None:
    add_folder(make_folder(config={"id2label": None}), labels=list(Label))
    assert load_now("tiny").predict(["good"])[0].label is Label.POSITIVE


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (shutil.rmtree, "is no folder"),
        (lambda folder: (folder / "model.onnx").unlink(), "lacks model.onnx"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "lacks tokenizer.json"),
        (lambda folder: (folder / "model.onnx").write_bytes(b"x"), "model.onnx: "),
        (lambda folder: (folder / "tokenizer.json").write_bytes(b"{}"), "tokenizer.json: "),
        (lambda folder: (folder / "config.json").write_bytes(b"[]"), "config.json: "),
    ],
)
def test_a_folder_that_cant_be_used_is_refused_by_its_own_name_and_leaves_nothing(
    make_folder: MakeFolder, spoil: Callable[[Path], object], told: str
) -> None:
    folder = make_folder()
    spoil(folder)
    with pytest.raises(ModelUnavailableError, match=told) as caught:
        add_folder(folder)
    assert str(folder) in str(caught.value)
    assert ".new" not in str(caught.value)
    assert left_on_shelf() == []


def test_weights_kept_apart_under_an_unusual_name_are_refused(make_folder: MakeFolder) -> None:
    with pytest.raises(ModelUnavailableError, match=r"model\.onnx: .*table\.bin"):
        add_folder(make_folder(kept_in="table.bin"))


def test_a_file_cant_be_named_that_lies_outside(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "within").mkdir()
    for weights in ("../model.onnx", "/etc/passwd", "within/../model.onnx"):
        with pytest.raises(ModelUnavailableError, match="lacks"):
            add_folder(folder, weights=weights)


def test_a_name_that_is_taken_is_refused(make_folder: MakeFolder) -> None:
    folder = make_folder()
    before = add_folder(folder)
    with pytest.raises(ConflictError, match="models remove tiny"):
        add_folder(folder, labels=list(Label))
    with pytest.raises(ConflictError, match="comes with sentijob"):
        refuse_taken("mini")
    assert origin_of("tiny") == before


def test_one_at_a_time_is_added_or_removed(make_folder: MakeFolder) -> None:
    folder = make_folder()

    def meanwhile(_: Path) -> None:
        with pytest.raises(ConflictError, match="another model is being added"):
            remove("tiny")

    add_folder(folder, try_out=meanwhile)
    assert is_added("tiny")


def test_what_a_crash_has_left_is_cleared_away(make_folder: MakeFolder) -> None:
    add_folder(make_folder())
    (shelf() / ".new-1").mkdir()
    (shelf() / ".new-1" / "model.onnx").write_bytes(b"half")
    (shelf() / ".gone-2").mkdir()
    assert added_names() == ["tiny"]
    remove("tiny")
    assert left_on_shelf() == []


def test_a_model_is_there_only_once_it_was_tried(make_folder: MakeFolder) -> None:
    def look(folder: Path) -> None:
        assert not is_known("tiny")
        assert load_now(folder).predict(["good"])
        raise ModelUnavailableError("not this one")

    with pytest.raises(ModelUnavailableError, match="not this one"):
        add_folder(make_folder(), try_out=look)
    assert not is_known("tiny")


def test_a_removed_model_is_gone_from_the_disk(make_folder: MakeFolder) -> None:
    add_folder(make_folder())
    remove("tiny")
    assert left_on_shelf() == []
    assert not is_known("tiny")
    with pytest.raises(NotFoundError, match="no model 'tiny' was added"):
        remove("tiny")


def test_files_that_changed_since_are_refused(make_folder: MakeFolder) -> None:
    add_folder(make_folder())
    config = place_of("tiny") / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "temperature": 2}))
    with pytest.raises(ModelUnavailableError, match="have changed since it was added"):
        load_now("tiny")


@pytest.mark.parametrize("record", [b"", b"[]", b"{}", b'{"source": 1}', b"[" * 100_000])
def test_a_damaged_record_is_told_and_can_be_removed(
    make_folder: MakeFolder, record: bytes
) -> None:
    add_folder(make_folder())
    (place_of("tiny") / "added.json").write_bytes(record)
    assert "damaged" in find("tiny").summary
    with pytest.raises(ModelUnavailableError, match="models remove tiny"):
        load_now("tiny")
    remove("tiny")
    assert not is_added("tiny")


def test_a_full_disk_is_told_and_leaves_nothing(
    make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(SentijobError, match="no room left"):
        add_folder(make_folder())
    assert left_on_shelf() == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that opens and can't be read")
def test_a_file_that_cant_be_read_is_named(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.json").symlink_to("/proc/self/mem")
    with pytest.raises(ModelUnavailableError, match=r"tokenizer\.json can't be read"):
        add_folder(folder)
    assert left_on_shelf() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs files of another user")
def test_models_that_another_user_has_put_there_arent_used(
    make_folder: MakeFolder, data: Path
) -> None:
    add_folder(make_folder())
    data.chmod(0o1777)
    os.chown(shelf(), 12345, 12345)
    with pytest.raises(ModelUnavailableError, match="another user"):
        load_now("tiny")
    with pytest.raises(ConflictError, match="another user"):
        remove("tiny")

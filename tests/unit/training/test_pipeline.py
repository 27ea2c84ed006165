"""All stages on some dozens of texts, where torch is installed (``make train`` installs it)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import labelled
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="torch is installed by `make train` alone")
pytest.importorskip("onnx", reason="likewise")

ROOT = Path(__file__).parents[3]
MINI = ROOT / "src" / "sentijob" / "models" / "mini"
GOOD, BAD, PLAIN = ("a lovely", "positive"), ("an awful", "negative"), ("a blue", "neutral")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for part, names in (("train", [s.name for s in labelled.SOURCES]), ("dev", ["some"])):
        folder = tmp_path / "data" / part
        folder.mkdir(parents=True)
        for name in names:
            lines = [
                f"{name} sent {how} picture, number {number}\t{label}\n"
                for number in range(40)
                for how, label in (GOOD, BAD, PLAIN)
            ]
            (folder / f"{name}.tsv").write_text("".join(lines))
    return tmp_path / "data"


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    """One that knows nothing, and is small."""
    transformers = pytest.importorskip("transformers", reason="likewise")
    config = transformers.MPNetConfig(
        vocab_size=30_527,
        hidden_size=24,
        num_hidden_layers=6,
        num_attention_heads=2,
        intermediate_size=48,
    )
    transformers.MPNetModel(config).save_pretrained(tmp_path / "teacher")
    return tmp_path / "teacher"


@pytest.mark.timeout(600)
def test_the_stages_make_a_model_that_the_program_loads(
    data: Path, teacher: Path, tmp_path: Path
) -> None:
    import network

    from sentijob.models.folder import ModelFolder
    from sentijob.models.onnx import OnnxModel

    torch.manual_seed(0)
    network.save(network.Classifier().state_dict(), tmp_path / "start.safetensors")
    work = tmp_path / "work"
    command: list[str | Path] = [
        *(sys.executable, ROOT / "training" / "run.py", "--data", data, "--folder", work),
        *("--start", tmp_path / "start.safetensors", "--passes", "1"),
        *("--teacher", teacher),
    ]
    for _ in range(2):  # the second finds all done
        done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)  # noqa: S603  # our own script
        assert done.returncode == 0, done.stderr
    assert "begins" not in done.stdout
    chosen = json.loads((work / "choose.json").read_text())
    model = OnnxModel("mini", ModelFolder(work / "mini"), threads=1)
    assert chosen["form"] == "dynamic" or not model.runs_rows_alone
    assert sum(model.predict(["a lovely picture"])[0][2:5]) == pytest.approx(1)
    assert "mini" in (work / "mini" / "MODEL_CARD.md").read_text()
    assert set(json.loads((work / "judge.json").read_text())) >= {"dev some", "probe negation"}


def test_static_scales_answer_alike_in_any_company(tmp_path: Path) -> None:
    import export
    import network
    import numpy as np
    import quantise

    from sentijob.models.onnx import new_session, session_options

    torch.manual_seed(0)
    export.export(network.Classifier().eval(), tmp_path / "float.onnx")
    quantise.dynamic(tmp_path / "float.onnx", tmp_path / "dynamic.onnx")
    rows = [np.arange(number, number + 20, dtype=np.int32) for number in range(1_000, 1_200, 10)]
    quantise.static(
        tmp_path / "float.onnx", tmp_path / "dynamic.onnx", tmp_path / "static.onnx", rows
    )

    def logits(name: str, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        session = new_session(tmp_path / f"{name}.onnx", session_options())
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return session.run(["logits"], feed)[0]  # type: ignore[no-any-return]  # it declares no types

    alone, together = logits("static", rows[0][None]), logits("static", np.stack(rows))
    assert np.abs(alone - together[0]).max() < 1e-4
    assert np.abs(alone - logits("float", rows[0][None])).max() < 0.1

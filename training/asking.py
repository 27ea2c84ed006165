"""Stage 3: how likely the teacher finds each label, for every text to train on.

These probabilities tell more than a label: how near a text is to another class, and that some labels are wrong.

Source: "Distilling the Knowledge in a Neural Network", Hinton et al., 2015.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import evaluate
import labelled
import network
import numpy as np
import prepare
import torch
from batches import LONGEST, Batch, Integers, Rows
from evaluate import Floats
from fit import Plan, has_bfloat16, in_processes
from prepare import ALL_SOURCES, MIX, NORMALIZE
from teacher import Teacher

from sentijob.models.normalize import read_normalizer

_TOGETHER = 6_144


def label(work: Path, folder: Path) -> dict[str, Any]:
    """Write ``taught.npy``: the probabilities of each row of ``train.npz``, shape (rows, 3).

    Texts that are longer than a window stay NaN. A run that was ended goes on with the rows that
    are still missing.
    """
    path = work / "taught.npy"
    with np.load(work / "train.npz") as arrays:
        shape = (len(arrays["ends"]), network.CLASSES)
    if not path.exists():
        taught = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
        taught[:] = np.nan
        taught.flush()
    plan = Plan(work, folder, 0, 0, 0, name="teacher")
    in_processes(_label_part, plan)
    return {"rows": shape[0], "labelled": int((~np.isnan(np.load(path)[:, 0])).sum())}


def _label_part(rank: int, plan: Plan) -> None:
    with np.load(plan.work / "train.npz") as arrays:
        rows = Rows(arrays, [source.share for source in MIX])
    model = trained(plan.work, plan.start)
    taught = np.load(plan.work / "taught.npy", mmap_mode="r+")
    lengths = rows.ends - rows.begins
    missing = np.flatnonzero(np.isnan(taught[:, 0]) & (lengths <= LONGEST))
    mine = missing[rank :: plan.processes]
    begun, done = time.monotonic(), 0
    for group in _alike(mine, lengths):
        taught[group] = _probabilities(model, rows, Batch(group, group * 0, lengths[group]))
        done += len(group)
        if rank == 0 and done // 5_000 != (done - len(group)) // 5_000:
            left = (time.monotonic() - begun) / done * (len(mine) - done) / 60
            now = time.strftime("%H:%M:%S")
            print(f"{now} label: {done}/{len(mine)}, {left:.0f} min left", flush=True)
    taught.flush()


def trained(work: Path, folder: Path) -> Teacher:
    """The teacher when it has learnt."""
    model = Teacher(folder)
    network.restore(model, work / "teacher.safetensors")
    model.eval()
    return model


def judge(work: Path, folder: Path, data: Path, assets: Path) -> dict[str, Any]:
    """The teacher's own figures, by the first window of each text: what its pupil may hope for."""
    model = trained(work, folder)
    normalize = read_normalizer(NORMALIZE, assets)
    sets = evaluate.read_sets(data, work / "heldout")
    said = {}
    for name, (texts, _) in sets.items():
        examples = [labelled.Example(normalize(text), (1.0, 0.0, 0.0)) for text in texts]
        rows = [(ALL_SOURCES[0], example) for example in examples]
        said[name] = _said(model, Rows(prepare.arrays(rows, assets / "tokenizer.json"), [1.0]))
    return evaluate.describe(said, sets)


def _said(model: Teacher, rows: Rows) -> Floats:
    lengths = np.minimum(rows.ends - rows.begins, LONGEST)
    said = np.empty((len(lengths), network.CLASSES), dtype=np.float32)
    for group in _alike(np.arange(len(lengths)), lengths):
        said[group] = _probabilities(model, rows, Batch(group, group * 0, lengths[group]))
    return said


def _alike(texts: Integers, lengths: Integers) -> list[Integers]:
    """Groups of texts of like length that hold about as many tokens, in random order."""
    ordered = texts[np.argsort(lengths[texts], kind="stable")]
    ends = np.cumsum(lengths[ordered] + 2) // _TOGETHER
    groups = np.split(ordered, np.flatnonzero(np.diff(ends)) + 1)
    chance = np.random.default_rng(0)
    return [groups[place] for place in chance.permutation(len(groups))]


@torch.no_grad()
def _probabilities(model: Teacher, rows: Rows, batch: Batch) -> Floats:
    ids, mask = map(torch.from_numpy, rows.padded(batch))
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
        logits = model(ids, mask)
    chances: Floats = logits.float().softmax(1).numpy()
    return chances

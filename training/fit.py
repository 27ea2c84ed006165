"""Stage 3: training, by two processes of one thread whose gradients are averaged at each step."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import network
import numpy as np
import torch
from batches import STEP_TOKENS, Batch, Rows
from numpy.typing import NDArray
from prepare import MIX, UNLABELLED
from torch import Tensor, distributed, nn
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

DECAY_A_LAYER, HEAD_RATE, WEIGHT_DECAY = 0.9, 5.0, 0.01
WARM_UP, CLIP, MEAN_DECAY = 0.06, 1.0, 0.999
ROUNDED_FROM = 0.75
"""The share of the steps after which it computes as int8 will."""
_NOTE_EVERY = 50


@dataclass(frozen=True)
class Plan:
    """What a stage that trains is told."""

    work: Path
    start: Path
    """Weights to train on from."""
    passes: float
    rate: float
    seed: int
    name: str = "student"
    """What the files of its weights are called."""
    step_tokens: int = STEP_TOKENS
    """Of each process, padding included."""
    processes: int = 2
    save_seconds: float = 240.0


class Trainable(NamedTuple):
    model: nn.Module
    """Token ids and mask, each of shape (texts, tokens), to logits."""
    groups: list[dict[str, Any]]
    """For the optimizer; with ``scale``, a group's share of the rate."""
    before_step: Callable[[float], None] = lambda _: None
    """Is told which share of the steps is done."""


class Step(NamedTuple):
    number: int
    batches: list[Batch]


def fit(plan: Plan) -> dict[str, Any]:
    """Train, going on where a run before was ended; writes the averaged weights."""
    in_processes(_learn, plan)
    return {"passes": plan.passes, "rate": plan.rate, "start": plan.start.name}


def _learn(rank: int, plan: Plan) -> None:
    with np.load(plan.work / "train.npz") as arrays:
        rows = mixed(arrays, plan.work / "taught.npy")
    torch.manual_seed(plan.seed)
    model = network.load(plan.start)

    def round_late(share: float) -> None:
        if share >= ROUNDED_FROM:
            model.round()

    Trainer(plan, rows, rank, Trainable(model, parameter_groups(model), round_late)).run()


def mixed(arrays: Mapping[str, NDArray[Any]], taught: Path) -> Rows:
    """What `mini` learns from: labels and, where the teacher was asked, its word."""
    if not taught.exists():
        return Rows(arrays, [source.share if source != UNLABELLED else 0.0 for source in MIX])
    rows = Rows(arrays, [source.share for source in MIX])
    return rows.taught(np.load(taught), [source.taught for source in MIX])


def in_processes(work: Callable[[int, Plan], None], plan: Plan) -> None:
    """Call ``work(rank, plan)`` in processes of one thread that can average what they find."""
    meeting = plan.work / "meeting"
    meeting.unlink(missing_ok=True)
    torch.multiprocessing.spawn(_meet, (work, plan, f"file://{meeting}"), nprocs=plan.processes)


def _meet(rank: int, work: Callable[[int, Plan], None], plan: Plan, meeting: str) -> None:
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    distributed.init_process_group(
        "gloo", init_method=meeting, rank=rank, world_size=plan.processes
    )
    work(rank, plan)
    distributed.destroy_process_group()


class Trainer:
    """One process's part."""

    def __init__(self, plan: Plan, rows: Rows, rank: int, trained: Trainable) -> None:
        self._plan, self._rows, self._rank = plan, rows, rank
        self._model, self._before_step = trained.model, trained.before_step
        self._weights = {
            name: weight for name, weight in self._model.named_parameters() if weight.requires_grad
        }
        self._mean = {name: weight.detach().clone() for name, weight in self._weights.items()}
        self._optimizer = torch.optim.AdamW(trained.groups, fused=True)
        self._scales = [group["scale"] for group in self._optimizer.param_groups]
        self._saved_at = time.monotonic()
        self._state_path = plan.work / f"{plan.name}-state.pt"

    def run(self) -> None:
        begun = self._resume()
        steps = list(self._steps())
        self._say(f"{len(steps)} steps, from {begun}")
        started, losses = time.monotonic(), []
        for step in steps[begun:]:
            losses.append(self._step(step, len(steps)))
            if (step.number + 1) % _NOTE_EVERY == 0:
                each = (time.monotonic() - started) / (step.number + 1 - begun)
                left = each * (len(steps) - step.number - 1) / 60
                self._say(
                    f"step {step.number + 1}/{len(steps)} loss {np.mean(losses):.4f} "
                    f"{each:.2f} s a step, {left:.0f} min left"
                )
                losses.clear()
            self._save_sometimes(step.number + 1)
        if self._rank == 0:
            network.save(self._mean, self._plan.work / f"{self._plan.name}.safetensors")

    def _steps(self) -> Iterator[Step]:
        number = 0
        for each in range(ceil(self._plan.passes)):
            steps = self._rows.batches(
                each, self._plan.seed, self._plan.step_tokens, processes=self._plan.processes
            )
            # Their order is random, so that any part of a pass is like the whole.
            for batches in steps[: round(len(steps) * (self._plan.passes - each))]:
                yield Step(number, batches)
                number += 1

    def _step(self, step: Step, total: int) -> float:
        self._before_step(step.number / total)
        # A step's chance is its own, so that one that is done again is the same.
        torch.manual_seed(self._plan.seed * 1_000_003 + step.number * 2 + self._rank)
        for group, scale in zip(self._optimizer.param_groups, self._scales, strict=True):
            group["lr"] = self._plan.rate * scale * schedule(step.number, total)
        loss = self._loss(step.batches[self._rank])
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._average_gradients()
        clip_grad_norm_(self._weights.values(), CLIP)
        self._optimizer.step()
        decay = min(MEAN_DECAY, (1 + step.number) / (10 + step.number))
        if self._rank == 0:
            for name, weight in self._weights.items():
                self._mean[name].lerp_(weight.detach(), 1 - decay)
        return float(loss.detach())

    def _loss(self, batch: Batch) -> Tensor:
        ids, mask = map(torch.from_numpy, self._rows.padded(batch))
        self._model.train()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
            logits = self._model(ids, mask)
        targets = torch.from_numpy(self._rows.targets[batch.texts])
        weights = torch.from_numpy(self._rows.weights[batch.texts])
        losses = functional.cross_entropy(logits.float(), targets, reduction="none")
        return (losses * weights).sum() / len(weights)

    def _average_gradients(self) -> None:
        gradients = [each.grad for each in self._weights.values() if each.grad is not None]
        flat = torch.cat([each.flatten() for each in gradients])
        distributed.all_reduce(flat)
        flat /= self._plan.processes
        place = 0
        for each in gradients:
            each.copy_(flat[place : place + each.numel()].view_as(each))
            place += each.numel()

    def _save_sometimes(self, done: int) -> None:
        """Only the first process decides and writes; the others hold the same but for the mean."""
        if self._rank or time.monotonic() - self._saved_at < self._plan.save_seconds:
            return
        state = {
            "done": done,
            "model": self._model.state_dict(),
            "mean": self._mean,
            "optimizer": self._optimizer.state_dict(),
        }
        partial = self._state_path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self._state_path)
        self._saved_at = time.monotonic()

    def _resume(self) -> int:
        """How many steps were done before."""
        if not self._state_path.exists():
            return 0
        state = torch.load(self._state_path, weights_only=True)
        self._model.load_state_dict(state["model"])
        self._mean = state["mean"]
        self._optimizer.load_state_dict(state["optimizer"])
        return int(state["done"])

    def _say(self, line: str) -> None:
        if self._rank == 0:
            print(f"{time.strftime('%H:%M:%S')} {self._plan.name}: {line}", flush=True)


def parameter_groups(model: network.Classifier) -> list[dict[str, Any]]:
    """The lower a layer, the less it learns; norms and biases aren't decayed."""
    groups = []
    for name, weight in model.named_parameters():
        first, _, rest = name.partition(".")
        if first == "head":
            scale = HEAD_RATE
        elif first == "layers":
            scale = DECAY_A_LAYER ** (network.LAYERS - int(rest[0]) - 1)
        else:
            scale = DECAY_A_LAYER**network.LAYERS
        decay = WEIGHT_DECAY if weight.ndim > 1 else 0.0
        groups.append({"params": [weight], "scale": scale, "weight_decay": decay})
    return groups


def schedule(done: int, total: int) -> float:
    """The share of the full rate: up in a line, then down in a line to zero."""
    warm = max(1, int(total * WARM_UP))
    return (done + 1) / warm if done < warm else (total - done) / (total - warm + 1)


def has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16; elsewhere autocast is slower than float32."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # noqa: SLF001 - there is no public way

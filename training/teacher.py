"""Stage 2: a bigger model learns the labels, to teach `mini` what it makes of every text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import network
import numpy as np
import torch
from batches import BEGIN, END, Rows
from fit import Plan, Trainable, Trainer, in_processes
from prepare import MIX
from torch import Tensor, nn
from transformers import MPNetModel

LAYERS, FROZEN = 12, 4
"""The lowest layers stay as they are: they hold what words are, and a step costs a fifth less."""
RATE, DECAY_A_LAYER, HEAD_RATE = 5e-5, 0.9, 5.0
STEP_TOKENS = 2_048
SHARES = {
    "sst_sentences": 2.0,
    "sst_phrases": 0.35,
    "semeval": 0.55,
    "goemotions": 0.5,
    "product_reviews": 1.0,
    "pros_cons": 0.1,
    "movie_reviews_long": 0.5,
    "templates": 0.5,
    "languages": 0.5,
    "movie_sentences": 0.0,
}
"""How often the teacher sees each source's texts; it learns faster than what it teaches."""
_SHIFT = 4
"""Its words are numbered as MiniLM's, but for those that it puts before them."""
_OWN_BEGIN, _OWN_PADDING, _OWN_END = 0, 1, 2


class Teacher(nn.Module):
    """MPNet with mean pooling and a linear layer, for token ids as MiniLM numbers them."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = MPNetModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(self.encoder.config.hidden_size, network.CLASSES)
        for name, weight in self.encoder.named_parameters():
            weight.requires_grad = layer_of(name) >= FROZEN

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        own = torch.where(mask, ids + _SHIFT, _OWN_PADDING)
        own[ids == BEGIN] = _OWN_BEGIN
        own[ids == END] = _OWN_END
        states = self.encoder(input_ids=own, attention_mask=mask.long()).last_hidden_state
        shares = mask[:, :, None].to(states.dtype)
        pooled = (states * shares).sum(1) / shares.sum(1)
        return self.head(self.dropout(pooled))  # type: ignore[no-any-return]  # torch is skipped


def layer_of(name: str) -> int:
    """The layer that a weight of the encoder belongs to; -1 for what lies before them."""
    parts = name.split(".")
    return int(parts[2]) if parts[:2] == ["encoder", "layer"] else -1


def groups(teacher: Teacher) -> list[dict[str, Any]]:
    """What is trained, and by which share of the rate."""
    found = [
        (weight, DECAY_A_LAYER ** (LAYERS - layer_of(name) - 1))
        for name, weight in teacher.encoder.named_parameters()
        if weight.requires_grad
    ]
    found += [(weight, HEAD_RATE) for weight in teacher.head.parameters()]
    return [
        {"params": [weight], "scale": scale, "weight_decay": 0.01 if weight.ndim > 1 else 0.0}
        for weight, scale in found
    ]


def teach(work: Path, folder: Path, seed: int, passes: float = 1.0) -> dict[str, Any]:
    """Train the model in *folder*, going on where a run before was ended."""
    plan = Plan(work, folder, passes, RATE, seed, name="teacher", step_tokens=STEP_TOKENS)
    in_processes(_learn, plan)
    return {
        "teacher": folder.name,
        "passes": passes,
        "rate": RATE,
        "frozen layers": FROZEN,
        "shares": SHARES,
    }


def _learn(rank: int, plan: Plan) -> None:
    with np.load(plan.work / "train.npz") as arrays:
        rows = Rows(arrays, [SHARES[source.name] for source in MIX])
    torch.manual_seed(plan.seed)
    model = Teacher(plan.start)
    Trainer(plan, rows, rank, Trainable(model, groups(model))).run()

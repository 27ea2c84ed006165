"""The encoder that becomes `mini`, in torch: MiniLM with mean pooling and a linear layer."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

LAYERS, WIDTH, INNER, HEADS = 6, 384, 1536, 12
WORDS, POSITIONS, KINDS, CLASSES = 30_522, 512, 2, 3
EPSILON = 1e-12
_NAMES = {
    "word": "embeddings.word_embeddings",
    "position": "embeddings.position_embeddings",
    "kind": "embeddings.token_type_embeddings",
    "norm": "embeddings.LayerNorm",
}
_LAYER_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mixed": "attention.output.dense",
    "mixed_norm": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "norm": "output.LayerNorm",
}


class Dense(nn.Linear):
    """A linear layer that computes with weights as int8 will have them, when told to."""

    is_rounded = False

    def forward(self, states: Tensor) -> Tensor:
        if not self.is_rounded:
            return super().forward(states)
        # As onnxruntime's ``reduce_range``: seven bits, a scale for each row.
        scales = self.weight.detach().abs().amax(1, keepdim=True) / 63
        return functional.linear(seen(states), rounded(self.weight, scales), self.bias)


def seen(states: Tensor) -> Tensor:
    """Activations as int8 computes with them: 256 levels over the range of all."""
    low, high = states.detach().aminmax()
    return rounded(states, (high.clamp(min=0) - low.clamp(max=0)).float() / 255)


def rounded(values: Tensor, scale: Tensor) -> Tensor:
    """Multiples of *scale*, through which gradients pass as if nothing had been rounded.

    Source: "Estimating or Propagating Gradients Through Stochastic Neurons for Conditional
    Computation", Bengio et al., 2013 (the straight-through estimator).
    """
    exact = values.detach().float()
    return values + ((exact / scale).round() * scale - exact).to(values.dtype)


class Layer(nn.Module):
    """Attention, then two dense layers, each added to what came in and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (Dense(WIDTH, WIDTH) for _ in range(3))
        self.mixed = Dense(WIDTH, WIDTH)
        self.mixed_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.wide, self.narrow = Dense(WIDTH, INNER), Dense(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, states: Tensor, visible: Tensor) -> Tensor:
        """*states* of shape (rows, tokens, WIDTH); *visible* says which tokens are no padding."""
        query, key, value = (
            dense(states).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for dense in (self.query, self.key, self.value)
        )
        heads = functional.scaled_dot_product_attention(query, key, value, attn_mask=visible)
        mixed = self.mixed(heads.transpose(1, 2).flatten(2))
        states = self.mixed_norm(states + mixed)
        return self.norm(states + self.narrow(functional.gelu(self.wide(states))))


class Classifier(nn.Module):
    """Token ids and their mask to three logits: negative, neutral, positive."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.word = nn.Embedding(WORDS, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.kind = nn.Embedding(KINDS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, CLASSES)

    def round(self) -> None:
        """Compute from now on as int8 will, so that what is learnt withstands it."""
        for part in self.modules():
            if isinstance(part, Dense):
                part.is_rounded = True

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        states = self.word(ids) + self.position.weight[: ids.shape[1]] + self.kind.weight[0]
        states = self.norm(states)
        visible = mask.bool()[:, None, None, :]
        for layer in self.layers:
            states = layer(states, visible)
        shares = mask[:, :, None].to(states.dtype)
        pooled = (states * shares).sum(1) / shares.sum(1)
        return self.head(self.dropout(pooled))  # type: ignore[no-any-return]  # torch is skipped


def foreign_name(name: str) -> str:
    """What the base's files call the weight *name* of a :class:`Classifier`."""
    first, _, rest = name.partition(".")
    if first == "layers":
        number, part, kind = rest.split(".")
        return f"encoder.layer.{number}.{_LAYER_NAMES[part]}.{kind}"
    return f"{_NAMES[first]}.{rest}"


def load(path: Path) -> Classifier:
    """The classifier in *path*: ours, 0.1's checkpoint, or the base, whose head is then fresh."""
    model = Classifier()
    stored = load_file(path)
    weights = model.state_dict()
    for name in weights:
        if name in stored:
            weights[name] = stored[name].float()
        elif name.startswith("head."):
            weights[name] = stored.get(name.replace("head", "fc"), weights[name]).float()
        else:
            foreign = foreign_name(name)
            weights[name] = stored[
                f"enc.{foreign}" if f"enc.{foreign}" in stored else foreign
            ].float()
    model.load_state_dict(weights)
    return model


def blended(first: Path, second: Path, share: float) -> Classifier:
    """A classifier with weights between those of two files, *share* of the way to the *second*."""
    model, other = load(first), load(second).state_dict()
    weights = model.state_dict()
    model.load_state_dict(
        {name: weight.lerp(other[name], share) for name, weight in weights.items()}
    )
    return model


def restore(model: nn.Module, path: Path) -> None:
    """Put the weights of *path* into a model that may have more."""
    stored = load_file(path)
    unknown = model.load_state_dict(stored, strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"{path} has weights that the model has not: {unknown}")


def save(weights: dict[str, Tensor], path: Path) -> None:
    """Write *weights* so that a kill leaves the old file or the new."""
    partial = path.with_suffix(".partial")
    save_file({name: weight.contiguous() for name, weight in weights.items()}, partial)
    partial.replace(path)

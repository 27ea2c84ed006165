"""One model, as ``sentijob models show`` tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from sentijob import wiring
from sentijob.cli.console import output_console
from sentijob.models.folder import ModelConfig
from sentijob.models.pace import texts_per_second
from sentijob.models.registry import Kind, ModelInfo, files_of
from sentijob.models.shelf import origin_of
from sentijob.settings import Settings

_MEASURED_FOR = timedelta(seconds=2)


class ModelView(NamedTuple):
    """What there is to say of a model."""

    info: ModelInfo
    source: str | None
    """Where an added one came from."""
    commit: str | None
    """Which version of the hub's it was."""
    labels: Mapping[str, str]
    """Ours, by what the model calls its classes; empty where it answers with ours itself."""
    max_length: int | None
    window: int | None
    texts_per_second: float
    """Measured here and now."""

    def document(self) -> dict[str, object]:
        """For JSON."""
        rest = self._asdict()
        rest.pop("info")
        rest["texts_per_second"] = round(self.texts_per_second, 1)
        return {**self.info._asdict(), **rest}


def view(info: ModelInfo, settings: Settings) -> ModelView:
    """What the model is, and how fast; takes some two seconds, and as long as it takes to load.

    Raises:
        ModelUnavailableError: it can't be loaded.
    """
    folder = files_of(info.name)
    config = folder.config() if folder else None
    origin = origin_of(info.name) if info.kind is Kind.ADDED else None
    return ModelView(
        info,
        origin.source if origin else None,
        origin.commit if origin else None,
        _our_labels(config) if config else {},
        config.max_length if config else None,
        config.window if config else None,
        _pace(info.name, settings),
    )


def draw(model: ModelView) -> None:
    """The same for people."""
    from sentijob.cli.tables import facts_table

    info = model.info
    facts = [
        ("model", info.name),
        ("what", info.summary),
        ("kind", info.kind),
        ("commit", model.commit),
        ("size", size_in_words(info.size)),
        ("revision", info.revision),
        ("labels", _labels_in_words(model.labels)),
        ("window", _window_in_words(model)),
        ("speed", f"{_three_digits(model.texts_per_second)} texts/s here"),
        ("default", "yes" if info.is_default else "no"),
    ]
    output_console().print(facts_table(facts))


def size_in_words(size: int | None) -> str | None:
    """A size in bytes as people say it."""
    if size is None:
        return None
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"


def _pace(name: str, settings: Settings) -> float:
    if name == "demo" and settings.demo_delay:  # whose point is to be slow
        return 1 / settings.demo_delay.total_seconds()
    with wiring.running_model(name, settings) as model:
        return texts_per_second(model, within=_MEASURED_FOR)


def _our_labels(config: ModelConfig) -> Mapping[str, str]:
    return {theirs: ours.value for theirs, ours in zip(config.classes, config.labels, strict=True)}


def _labels_in_words(labels: Mapping[str, str]) -> str | None:
    return (
        ", ".join(
            ours if theirs == ours else f"{theirs} → {ours}" for theirs, ours in labels.items()
        )
        or None
    )


def _window_in_words(model: ModelView) -> str | None:
    if model.max_length is None:
        return None
    return f"{model.max_length} tokens; longer texts in windows of {model.window}"


def _three_digits(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.3g}"

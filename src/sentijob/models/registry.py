"""Models by name: the shipped ones, those that were added, folders of weights, and other packages' by entry point.

A name with a separator is a folder's path; any other is a shipped model's, else
an added one's, else that of an entry point in the group ``sentijob.models``.
Nothing heavy is imported before a model is loaded.
"""

from __future__ import annotations

import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentijob.errors import ConflictError, ModelUnavailableError, NotFoundError
from sentijob.jobs import DEFAULT_MODEL
from sentijob.models import BUILT_IN
from sentijob.models.shelf import added_folder, added_names, is_added, origin_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from sentijob.models.cascade_folder import CascadeFolder
    from sentijob.models.folder import ModelFolder
    from sentijob.ports import SentimentModel

ENTRY_POINTS = "sentijob.models"
"""The group; each entry is a factory that is called with its own name and gives a SentimentModel."""


class Kind(StrEnum):
    """Where a model comes from."""

    BUILT_IN = "built-in"
    ADDED = "added"
    PLUGIN = "plugin"
    FOLDER = "folder"


class ModelInfo(NamedTuple):
    """What is known of a model without loading it; *size* is in bytes."""

    name: str
    summary: str
    kind: Kind
    size: int | None
    revision: str | None
    is_default: bool


def is_known(name: str) -> bool:
    """Whether :func:`load` would find something of that name; loads nothing."""
    if name in BUILT_IN:
        return True
    if _is_path(name):
        return _folder(name).is_complete
    return is_added(name) or bool(_plugins(name))


def canonical_name(name: str) -> str:
    """The name that means the same everywhere on this machine: a folder's becomes absolute."""
    return str(_folder(name).path) if _is_path(name) else name


def load(name: str, *, threads: int, demo_delay: timedelta) -> SentimentModel:
    """A model, ready to predict; *threads* of 0 means one for each core.

    Raises:
        ModelUnavailableError: there is none of that name, or it can't be loaded.
    """
    try:
        if name == "mini":
            return _load_onnx(name, bundled_mini(), threads)
        if name == "cascade":
            from sentijob.models.cascade import load_cascade

            return load_cascade(name, bundled_cascade(), threads=threads)
        if name == "vader":
            from sentijob.models.vader import VaderModel

            return VaderModel()
        if name == "demo":
            from sentijob.models.demo import DemoModel

            return DemoModel(demo_delay)
        if _is_path(name):
            return _load_onnx(canonical_name(name), _folder(name), threads)
        if is_added(name):
            return _load_added(name, threads)
    except ImportError as exc:
        raise ModelUnavailableError(f"the model {name!r} can't be loaded: {exc}") from exc
    return _load_plugin(name)


def available(*, default: str = DEFAULT_MODEL) -> list[ModelInfo]:
    """What :func:`load` would find by a plain name, the shipped models first.

    Reads every file of the shipped weights, for their revision: some 20 ms.
    """
    from sentijob.models.demo import DemoModel
    from sentijob.models.vader import revision as vader_revision

    mini, cascade = bundled_mini(), bundled_cascade()
    sizes = {"mini": mini.size(), "cascade": cascade.size() + mini.size()}
    revisions = {
        "mini": mini.revision(),
        "cascade": cascade.revision(),
        "vader": vader_revision(),
        "demo": DemoModel.revision,
    }
    shipped = [
        ModelInfo(name, summary, Kind.BUILT_IN, sizes.get(name), revisions[name], name == default)
        for name, summary in BUILT_IN.items()
    ]
    added = [_describe_added(name, default) for name in added_names()]
    return [*shipped, *added, *(_describe_plugin(plugin, default) for plugin in _plugins())]


def find(name: str, *, default: str = DEFAULT_MODEL) -> ModelInfo:
    """What :func:`available` says of one model, or the same of a folder that is named by its path.

    Raises:
        NotFoundError: there is none of that name.
        ModelUnavailableError: a file of the folder can't be read.
    """
    if _is_path(name):
        folder = _folder(name)
        if not folder.is_complete:
            raise NotFoundError(
                f"there is no model in {os.fspath(folder.path)!r}: it lacks {' and '.join(folder.missing())}"
            )
        written = canonical_name(name)
        revision = folder.revision()
        return ModelInfo(
            written, "a folder", Kind.FOLDER, folder.size(), revision, written == default
        )
    for info in available(default=default):
        if info.name == name:
            return info
    raise NotFoundError(f"there is no model {name!r}; 'sentijob models' lists them")


def files_of(name: str) -> ModelFolder | None:
    """The folder of a model that has one."""
    if name == "mini":
        return bundled_mini()
    if _is_path(name):
        return _folder(name)
    return added_folder(name) if is_added(name) else None


def refuse_taken(name: str) -> None:
    """Let no model be added by the name of another.

    Raises:
        ConflictError: another has it.
    """
    if name in BUILT_IN:
        raise ConflictError(f"{name!r} is the name of a model that comes with sentijob")
    if plugins := _plugins(name):
        raise ConflictError(
            f"{name!r} is the name of a model of the package {_package(plugins[0])}"
        )


def bundled_mini() -> ModelFolder:
    from sentijob.models.folder import ModelFolder

    return ModelFolder(Path(__file__).with_name("mini"))


def bundled_cascade() -> CascadeFolder:
    from sentijob.models.cascade_folder import CascadeFolder

    return CascadeFolder(Path(__file__).with_name("cascade"), bundled_mini())


def _load_onnx(name: str, folder: ModelFolder, threads: int) -> SentimentModel:
    from sentijob.models.onnx import OnnxModel

    return OnnxModel(name, folder, threads=threads)


def _load_added(name: str, threads: int) -> SentimentModel:
    added_as = origin_of(name).revision
    model = _load_onnx(name, added_folder(name), threads)
    if model.revision != added_as:
        raise ModelUnavailableError(
            f"the files of the model {name!r} have changed since it was added ({added_as}, now "
            f"{model.revision}); remove it with 'sentijob models remove {name}', and add it again"
        )
    return model


def _is_path(name: str) -> bool:
    # Names on a model hub have a slash too, and are no folders.
    return os.sep in name and not name.startswith("hf:")


def _folder(name: str) -> ModelFolder:
    from sentijob.models.folder import ModelFolder

    # Unlike Path.expanduser, this leaves an unknown user's home as it is written.
    written = os.path.expanduser(name)  # noqa: PTH111
    return ModelFolder(Path(written).resolve())


def _plugins(name: str | None = None) -> list[EntryPoint]:
    """Other packages' entries, of one *name* or all; the name of a shipped or added model can't be taken."""
    from importlib.metadata import entry_points

    taken = {*BUILT_IN, *added_names()}
    found = entry_points(group=ENTRY_POINTS)
    return [each for each in found if name in {None, each.name} and each.name not in taken]


def _load_plugin(name: str) -> SentimentModel:
    plugins = _plugins(name)
    if not plugins:
        raise ModelUnavailableError(_unknown(name))
    if len(plugins) > 1:
        packages = ", ".join(sorted(_package(plugin) for plugin in plugins))
        raise ModelUnavailableError(
            f"more than one package has a model {name!r}; uninstall all but one: {packages}"
        )
    return _call_factory(plugins[0])


def _call_factory(plugin: EntryPoint) -> SentimentModel:
    from sentijob.ports import SentimentModel

    told = f"the model {plugin.name!r} of the package {_package(plugin)}"
    try:
        model = plugin.load()(plugin.name)
    except Exception as exc:  # a package of others' making may raise anything
        raise ModelUnavailableError(f"{told} can't be loaded: {exc!r}") from exc
    if not isinstance(model, SentimentModel):
        raise ModelUnavailableError(f"{told} lacks a name, a revision or predict()")
    return model


def _describe_added(name: str, default: str) -> ModelInfo:
    known = ModelInfo(name, "", Kind.ADDED, None, None, name == default)
    try:
        origin = origin_of(name)
        return known._replace(
            summary=f"from {origin.source}",
            size=added_folder(name).size(),
            revision=origin.revision,
        )
    except (ModelUnavailableError, OSError):
        return known._replace(summary="damaged: remove it, and add it again")


def _describe_plugin(plugin: EntryPoint, default: str) -> ModelInfo:
    summary = f"from the package {_package(plugin)}"
    return ModelInfo(plugin.name, summary, Kind.PLUGIN, None, None, plugin.name == default)


def _package(plugin: EntryPoint) -> str:
    return plugin.dist.name if plugin.dist else plugin.module


def _unknown(name: str) -> str:
    plugins = sorted(plugin.name for plugin in _plugins())
    known = ", ".join([*BUILT_IN, *added_names(), *plugins])
    return (
        f"there is no model {name!r}; known are {known}, "
        "and any folder with model.onnx, tokenizer.json and config.json, written ./folder; "
        "'sentijob models add' adds others"
    )

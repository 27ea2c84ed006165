"""``sentijob models add``, ``remove`` and ``default``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob import wiring
from sentijob.cli.config_writing import write_setting
from sentijob.cli.console import can_ask, note, put
from sentijob.cli.model_view import size_in_words
from sentijob.cli.options import AsJson, Db, DryRun, Yes
from sentijob.cli.session import session_settings
from sentijob.cli.words import amount
from sentijob.errors import ConflictError, NotFoundError, TextRejectedError, UsageError
from sentijob.export.documents import dumps
from sentijob.jobs import Label, Selector, Sentiment, Status
from sentijob.models.registry import ModelInfo, canonical_name, find, refuse_taken

if TYPE_CHECKING:
    from sentijob.models.adding import Source
    from sentijob.settings import Settings

_PLAINLY_BAD, _PLAINLY_GOOD = "This is awful, I hate it.", "This is wonderful, I love it."
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]


def add(
    name: Name,
    source: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER|hf:OWNER/NAME[@REVISION]",
            help="Where it comes from: a folder, or the Hugging Face Hub.",
            show_default=False,
        ),
    ],
    *,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="The ONNX file within. Else model.onnx, else onnx/model.onnx.",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL,…",
            help="What its classes are, in their order: negative,neutral,positive. Else as its config.json names them.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add an ONNX text classifier, from a folder or the hub.

    Its files are copied, and tried out first. The hub needs the extra 'hub'; of a model there
    only what is needed is fetched, at one exact version. No code of a model's is ever run.
    """
    from sentijob.models.adding import add as put_on_shelf
    from sentijob.models.shelf import is_name

    if not is_name(name):
        raise UsageError(
            f"{name!r} can't be a model's name: write letters, digits and . _ -, at most 64, "
            "the first a letter or a digit"
        )
    refuse_taken(name)
    settings = session_settings(db=None)
    ours = _labels(labels) if labels is not None else None
    tried: list[Sentiment] = []

    def try_out(folder: Path) -> None:
        with (
            wiring.running_model(str(folder), settings) as model,
            suppress(TextRejectedError),  # its tokenizer may know nothing of English
        ):
            tried.extend(model.predict([_PLAINLY_BAD, _PLAINLY_GOOD]))

    origin = put_on_shelf(
        name, _source(source, weights), weights=weights, labels=ours, try_out=try_out
    )
    info = find(name, default=settings.model)
    if as_json:
        put(dumps({**info._asdict(), **origin._asdict()}))
    _tell_added(info, is_told_labels=ours is not None, tried=tried)


def remove(
    name: Name, *, dry_run: DryRun = False, yes: Yes = False, as_json: AsJson = False, db: Db = None
) -> None:
    """Remove a model that was added.

    The default model stays, and so does one that jobs of the store wait for.
    """
    from sentijob.models.adding import remove as take_off_shelf
    from sentijob.models.registry import Kind

    settings = session_settings(db=db)
    info = find(name, default=settings.model)
    if info.kind is not Kind.ADDED:
        raise ConflictError(
            f"the model {name!r} wasn't added, and can't be removed: it is {info.kind}"
        )
    if info.is_default:
        raise ConflictError(
            f"{name!r} is the default ({settings.origins['model']}); choose another first, "
            "as with 'sentijob models default mini'"
        )
    if waiting := _waiting_for(name, settings):
        raise ConflictError(
            f"the model {name!r} is needed by {amount(waiting, 'job')}; let them be scored, or cancel"
            f" them with 'sentijob cancel --model {name}'"
        )
    if not dry_run:
        if not yes:
            _confirm(info)
        take_off_shelf(name)
    if as_json:
        put(dumps({"removed": name, "size": info.size, "dry_run": dry_run}))
    else:
        note(f"{name} {'would be' if dry_run else 'was'} removed ({size_in_words(info.size)})")


def default(name: Name, *, as_json: AsJson = False) -> None:
    """Choose the model for new jobs, in config.toml."""
    settings = session_settings(db=None)
    name = canonical_name(name)
    find(name, default=settings.model)
    path = write_setting("model", name)
    if as_json:
        put(dumps({"model": name, "config_file": str(path)}))
    note(f"{name} is the default now, by {path}")
    if os.environ.get("SENTIJOB_MODEL"):
        note("warning: SENTIJOB_MODEL is set here, and goes before it")


def _source(written: str, weights: str | None) -> Source:
    from sentijob.models.adding import LocalSource
    from sentijob.models.hub import PREFIX, HubPlace, HubSource

    if written.startswith(PREFIX):
        return HubSource(HubPlace.parse(written), is_watched=can_ask())
    # Unlike Path.expanduser, this leaves an unknown user's home as it is written.
    folder = Path(os.path.expanduser(written)).resolve()  # noqa: PTH111
    return LocalSource(folder, wanted=weights)


def _labels(written: str) -> list[Label]:
    try:
        return [Label(each.strip().lower()) for each in written.split(",")]
    except ValueError as exc:
        raise UsageError(
            f"--labels {written!r} can't be meant: write {', '.join(Label)} in the order of the "
            "model's classes, divided by commas"
        ) from exc


def _tell_added(info: ModelInfo, *, is_told_labels: bool, tried: Sequence[Sentiment]) -> None:
    from sentijob.models.labels import are_nameless
    from sentijob.models.shelf import added_folder

    note(f"{info.name} was added: {size_in_words(info.size)}, revision {info.revision}")
    if are_nameless(added_folder(info.name).config().classes) and not is_told_labels:
        note(
            "warning: its classes have no names, and were taken to go from negative to positive; "
            "if they don't, remove it and add it with --labels"
        )
    if tried and _is_upside_down(*tried):
        note(
            f"warning: it finds {_PLAINLY_BAD!r} better than {_PLAINLY_GOOD!r}; "
            "if it reads English, its labels are wrong: remove it and add it with --labels"
        )
    note(f"try it: sentijob run --model {info.name} {_PLAINLY_GOOD!r}")


def _is_upside_down(bad: Sentiment, good: Sentiment) -> bool:
    return bad.positive - bad.negative > good.positive - good.negative


def _waiting_for(name: str, settings: Settings) -> int:
    """How many jobs of the store aren't final and need the model; none where there is no store."""
    selector = Selector(models=(name,), statuses=(Status.PENDING, Status.PROCESSING))
    try:
        with wiring.open_store(settings, must_exist=True) as store:
            return store.count(selector)
    except NotFoundError:
        return 0


def _confirm(info: ModelInfo) -> None:
    question = f"Remove the model {info.name!r} ({size_in_words(info.size)})?"
    if not can_ask():
        raise UsageError(
            f"{question} Nobody is here to ask: add --yes, or look first with --dry-run"
        )
    typer.confirm(question, abort=True, err=True)

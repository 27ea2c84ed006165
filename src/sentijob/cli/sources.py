"""What is to be queued, as flags, and what queues each source of them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sentijob.cli.orders import STDIN, Order, checked_items, queue_items
from sentijob.cli.session import session_settings
from sentijob.errors import InputError, ModelUnavailableError, UsageError
from sentijob.ingest.formats import Format
from sentijob.ingest.options import ReadOptions
from sentijob.ingest.texts import checked_key, refuse_unstorable
from sentijob.jobs import Terms
from sentijob.models import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentijob.ingest.filling import Receipt
    from sentijob.ports import Submissions
    from sentijob.settings import Settings

    Step = Callable[[Submissions], Receipt]
    """Queues one source of texts."""

READING = "Reading files"
TextFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--file",
        "-f",
        metavar="FILE",
        help="A file of texts; may be given again.",
        show_default=False,
    ),
]
TextField = Annotated[
    str | None,
    typer.Option(
        "--text-field",
        metavar="NAME",
        help="The column that holds the text. Else text, review, comment or the like.",
        show_default=False,
        rich_help_panel=READING,
    ),
]


class Sources(NamedTuple):
    """The flags that say which texts, and how they are read and scored."""

    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TEXT]…",
            help="A text; - reads stdin. Put -- before a text that begins with a dash.",
            show_default=False,
        ),
    ] = None
    file: TextFiles = None
    format: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="How the texts stand. Else by the file's suffix; stdin is txt.",
            show_default=False,
            rich_help_panel=READING,
        ),
    ] = None
    text_field: TextField = None
    key_field: Annotated[
        str | None,
        typer.Option(
            "--key-field",
            metavar="NAME",
            help="The column that holds your own id. Else id or key.",
            show_default=False,
            rich_help_panel=READING,
        ),
    ] = None
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad",
            help="Set bad rows aside in FILE.rejects.jsonl instead of refusing the file.",
            rich_help_panel=READING,
        ),
    ] = False
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME",
            help="Who scores them; 'sentijob models' lists all.",
            show_default=False,
        ),
    ] = None
    max_attempts: Annotated[
        str | None,
        typer.Option(
            "--max-attempts",
            metavar="N",
            help="Tries a text gets before it fails.",
            show_default=False,
        ),
    ] = None
    store_text: Annotated[
        bool | None,
        typer.Option(
            "--store-text/--no-store-text",
            help="Keep a text once it is scored, or drop it with that; until then, and where it"
            " fails or is cancelled, it stays for a retry, until it is pruned. [default: keep it]",
            show_default=False,
        ),
    ] = None
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="A name for the batch.", show_default=False),
    ] = None

    @property
    def arguments(self) -> list[str]:
        """The texts that were given as such."""
        return [text for text in self.texts or () if text != STDIN]

    @property
    def files(self) -> list[Path]:
        return [path for path in self.file or () if str(path) != STDIN]

    @property
    def has_stdin(self) -> bool:
        """Whether stdin was asked for; where nothing was, a pipe will do."""
        if STDIN in (self.texts or ()) or Path(STDIN) in (self.file or ()):
            return True
        return not self.texts and not self.file and not sys.stdin.isatty()

    @property
    def receipts(self) -> int:
        """How many receipts there will be."""
        return bool(self.arguments) + len(self.files) + self.has_stdin

    def check(self, *, command: str, once: str | None = None) -> None:
        """Raises UsageError where there is no text, or two sources share what only one can have."""
        if not self.receipts:
            raise UsageError(
                f'there is no text: give one, as sentijob {command} "what a day",'
                f" a file, as sentijob {command} -f reviews.csv, or - for stdin"
            )
        for flag, value in (("--name", self.name), ("--once", once)):
            if value is None:
                continue
            if self.receipts > 1:
                raise UsageError(f"{flag} is for one batch or job, and this makes {self.receipts}")
            try:
                checked_key(value)
            except InputError as exc:
                raise UsageError(f"{flag}: {exc.reason.replace('the key', 'it')}") from exc

    def settings(self, db: str | None, **others: str | None) -> "Settings":
        """The settings, with what was given here, and with *others*."""
        is_kept = None if self.store_text is None else str(self.store_text)
        return session_settings(
            db=db,
            model=self.model,
            max_attempts=self.max_attempts,
            store_text=is_kept,
            **others,
        )

    def order(
        self,
        settings: "Settings",
        *,
        priority: int,
        delay: timedelta = timedelta(0),
        once: str | None = None,
        is_quiet: bool = False,
    ) -> Order:
        """How the texts are to be queued.

        Raises:
            ModelUnavailableError: there is no such model.
        """
        terms = Terms(
            known_model(settings.model),
            priority,
            delay,
            settings.max_attempts,
            settings.store_text,
        )
        options = ReadOptions(
            self.text_field, self.key_field, settings.max_text_length, self.skip_bad
        )
        return Order(terms, options, self.format, self.name, once, is_quiet)


def known_model(name: str) -> str:
    """The name that a job keeps for the model *name*.

    Raises:
        ModelUnavailableError: there is no such model.
        UsageError: no job could keep that name.
    """
    if name in BUILT_IN:
        return name
    from sentijob.models.registry import canonical_name, is_known

    try:
        refuse_unstorable(name, "--model")
    except InputError as exc:
        raise UsageError(exc.reason) from exc
    if name.startswith("hf:"):
        raise ModelUnavailableError(
            f"a model of the hub is added before it is used: sentijob models add NAME {name}"
        )
    if not is_known(name):
        raise ModelUnavailableError(
            f"there is no model {name!r}; 'sentijob models' lists what there is"
        )
    return canonical_name(name)


@contextmanager
def prepared(sources: Sources, texts: Order, bulk: Order) -> "Iterator[Sequence[Step]]":
    """What queues each source in turn, once all arguments and files are known to be good.

    *texts* is the order for arguments, *bulk* that for files and stdin.

    Raises:
        InputError: one of them can't be taken; then nothing has been queued.
    """
    with ExitStack() as files:
        steps: list[Step] = []
        if sources.arguments:
            items = checked_items(sources.arguments, texts.options.max_length)
            steps.append(partial(queue_items, items=items, order=texts))
        if sources.files or sources.has_stdin:
            from sentijob.cli.intake import queue_file, queue_stdin, scanned_file

            for path in sources.files:
                scanned = files.enter_context(scanned_file(path, bulk))
                steps.append(partial(queue_file, scanned=scanned, order=bulk))
            if sources.has_stdin:
                steps.append(partial(queue_stdin, order=bulk))
        yield steps

"""Files of texts that may have labels: the flags that say how they are read, and their opening."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sentijob.cli.sources import READING, TextField
from sentijob.errors import InputError, UsageError
from sentijob.evaluation.gold import meanings
from sentijob.evaluation.labelled import TextFile, opened_texts
from sentijob.ingest.columns import checked_names
from sentijob.ingest.formats import Format, format_of
from sentijob.ingest.options import ReadOptions

if TYPE_CHECKING:
    from sentijob.jobs import Label
    from sentijob.settings import Settings

_TABLES = (Format.CSV, Format.TSV)


class GoldFiles(NamedTuple):
    """The flags that say how texts and labels stand in files."""

    format: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="How the texts stand. Else by the file's suffix.",
            show_default=False,
            rich_help_panel=READING,
        ),
    ] = None
    text_field: TextField = None
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAME,NAME…",
            help="What the columns of a csv or tsv file without a header are called.",
            show_default=False,
            rich_help_panel=READING,
        ),
    ] = None
    no_quotes: Annotated[
        bool,
        typer.Option(
            "--no-quotes",
            help="Quotes in a csv or tsv file are characters like others, as in many data sets.",
            rich_help_panel=READING,
        ),
    ] = False
    meaning: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="NAME=LABEL",
            help="What a label means (negative, neutral or positive); may be given again. Else usual"
            " names, 0 and 1, 0 to 2, -1 to 1, 0 to 4 and 1 to 5 stars are known.",
            show_default=False,
            rich_help_panel=READING,
        ),
    ] = None

    @contextmanager
    def opened(
        self, paths: Sequence[Path], settings: "Settings", *, label_field: str | None
    ) -> Iterator[Sequence[TextFile]]:
        """The files, each read through; open until the block ends.

        Raises:
            InputError: a file, a row or a label can't be taken.
            UsageError: the flags don't fit together, or the format.
        """
        with ExitStack() as stack:
            yield [
                stack.enter_context(
                    opened_texts(
                        path,
                        self._format(path, label_field),
                        self._options(settings),
                        label_field=label_field,
                        meanings=self._meanings(),
                    )
                )
                for path in paths
            ]

    def _format(self, path: Path, label_field: str | None) -> Format:
        found = format_of(path, self.format)
        if found not in _TABLES and (self.columns is not None or self.no_quotes):
            flag = "--no-quotes" if self.columns is None else "--columns"
            raise UsageError(f"{flag} is for csv and tsv, and {path} is read as {found}")
        if found is Format.TXT and label_field is not None:
            raise UsageError(
                f"{path} is read as txt, which has no labels; give another --format,"
                " as --format tsv --columns text,label"
            )
        return found

    def _options(self, settings: "Settings") -> ReadOptions:
        names: tuple[str, ...] = ()
        if self.columns is not None:
            try:
                names = checked_names(self.columns.split(","))
            except InputError as exc:
                raise UsageError(f"--columns: {exc.reason}") from exc
        return ReadOptions(
            self.text_field,
            max_length=settings.max_text_length,
            columns=names,
            has_quotes=not self.no_quotes,
        )

    def _meanings(self) -> "Mapping[str, Label]":
        try:
            return meanings(self.meaning or ())
        except ValueError as exc:
            raise UsageError(f"--map: {exc}") from exc

"""The one file of a form, as its bytes come in.

Source: RFC 7578, Returning Values from Forms: multipart/form-data.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import PurePosixPath

from fastapi import HTTPException
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from sentijob.web.spool import Spool

_LONGEST_NAME = 200


class FormFile:
    """Passes the content of a form's file to *spool*, and keeps its name.

    Raises:
        HTTPException: 400, *content_type* names no boundary.
    """

    def __init__(self, content_type: str, spool: Spool) -> None:
        self._spool = spool
        self._name: str | None = None
        self._is_whole = False
        self._field, self._value, self._disposition = b"", b"", b""
        _, options = parse_options_header(content_type)
        try:
            self._parser = MultipartParser(
                options.get(b"boundary", b""),
                {
                    "on_header_field": self._on_field,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header,
                    "on_headers_finished": self._on_part,
                    "on_part_data": self._on_data,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as exc:
            raise _broken(exc) from exc
        if not options.get(b"boundary"):
            raise _broken("its boundary is missing")

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            HTTPException: 400, they are no form; 422, there is more in it than a file.
        """
        try:
            self._parser.write(data)
        except FormParserError as exc:
            raise _broken(exc) from exc

    def name(self) -> str:
        """The file's name, once all is in.

        Raises:
            HTTPException: 400, the body ended too early; 422, there was no file in it.
        """
        if not self._is_whole:
            raise _broken("it ends too early")
        if not self._name:
            raise _refused("there is no file in the form")
        return self._name

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field, self._value = b"", b""

    def _on_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._disposition = b""
        if b"filename" not in options:
            raise _refused("a form holds one file and nothing else; options go into the query")
        if self._name is not None:
            raise _refused("a form holds one file: send one batch after the other")
        self._name = _shown(options[b"filename"])

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._spool.take(data[start:end])

    def _on_end(self) -> None:
        self._is_whole = True


def _shown(written: bytes) -> str:
    """A file's name without its folders and without what can't be seen."""
    name = written.decode(errors="replace").replace("\\", "/")
    visible = "".join(letter for letter in PurePosixPath(name).name if letter.isprintable())
    return visible[-_LONGEST_NAME:]


def _broken(reason: object) -> HTTPException:
    return HTTPException(HTTPStatus.BAD_REQUEST, f"the form can't be read: {reason}")


def _refused(reason: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, reason)

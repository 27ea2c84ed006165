"""Who may use the server, and how much of it, as flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sentijob.cli.session import session_settings

if TYPE_CHECKING:
    from sentijob.settings import Settings


class Exposure(NamedTuple):
    """The flags of ``serve`` that say whom it lets in."""

    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Another name that the server is called by; may be given again.",
            show_default=False,
        ),
    ] = None
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN",
            help="An origin whose pages may use the API, as https://name; may be given again.",
            show_default=False,
        ),
    ] = None
    require_token: Annotated[
        bool | None,
        typer.Option(
            "--require-token",
            help="Ask for a token on this machine too; at any other address it always is.",
            show_default=False,
        ),
    ] = None
    max_body: Annotated[
        str | None,
        typer.Option(metavar="100M", help="The largest upload.", show_default=False),
    ] = None
    max_pending: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Take no texts while so many jobs wait. Else 1000000; 0: always take them.",
            show_default=False,
        ),
    ] = None
    rate_limit: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Requests a second from an address elsewhere. Else 100; 0: any.",
            show_default=False,
        ),
    ] = None
    client_timeout: Annotated[
        str | None,
        typer.Option(
            metavar="20s",
            help="Let no client be waited for longer, for what it asks and sends.",
            show_default=False,
        ),
    ] = None
    max_connections: Annotated[
        str | None,
        typer.Option(metavar="4096", help="Connections at a time.", show_default=False),
    ] = None

    def settings(self, db: str | None) -> Settings:
        """The settings, with what was given here."""
        return session_settings(
            db=db,
            allow_host=_joined(self.allow_host),
            allow_origin=_joined(self.allow_origin),
            require_token=None if self.require_token is None else str(self.require_token),
            max_body=self.max_body,
            max_pending=self.max_pending,
            rate_limit=self.rate_limit,
            client_timeout=self.client_timeout,
            max_connections=self.max_connections,
        )


def _joined(given: list[str] | None) -> str | None:
    return ",".join(given) if given else None

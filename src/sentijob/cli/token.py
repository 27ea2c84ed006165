"""``sentijob token``: who may use the HTTP API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sentijob import wiring
from sentijob.cli.console import note, output_console, put
from sentijob.cli.lazy import command_app
from sentijob.cli.options import AsJson, Db
from sentijob.cli.session import session_settings
from sentijob.durations import parse_duration
from sentijob.errors import UsageError
from sentijob.export.documents import dumps, token_document
from sentijob.tokens import Scope, Token

if TYPE_CHECKING:
    from datetime import timedelta

app = command_app(no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
_SCOPES = {Scope.READ: (Scope.READ,), Scope.WRITE: (Scope.READ, Scope.WRITE)}


@app.callback()
def _token() -> None:
    """Create, list and revoke the tokens of the HTTP API."""


@app.command("create")
def create(
    name: Name,
    *,
    scope: Annotated[
        Scope, typer.Option(help="What it is good for: to read alone, or to read and to write.")
    ] = Scope.READ,
    expires: Annotated[
        str | None,
        typer.Option(metavar="90d", help="Valid for this long. Else for ever.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Let a program or a person in; their secret is printed this once.

    NAME is for people, and can't be given twice. Programs send the secret with each request, as
    'Authorization: Bearer SECRET'.
    """
    lifetime = None if expires is None else _lifetime(expires)
    with wiring.opened_tokens(session_settings(db=db), must_exist=False) as store:
        token, secret = store.create_token(name, _SCOPES[scope], expires_in=lifetime)
    if as_json:
        put(dumps({**token_document(token), "secret": secret}))
    else:
        put(secret)
        note("keep it: nobody can show it again")


@app.command("list")
def list_tokens(*, as_json: AsJson = False, db: Db = None) -> None:
    """List the tokens, without their secrets: nobody has those but their owners."""
    with wiring.opened_tokens(session_settings(db=db)) as store:
        tokens = store.tokens()
    if as_json:
        put(dumps([token_document(token) for token in tokens]))
    else:
        _draw(tokens)


@app.command("revoke")
def revoke(name: Name, *, db: Db = None) -> None:
    """Let nobody in by a token any more, from its next request on."""
    with wiring.opened_tokens(session_settings(db=db)) as store:
        token = store.revoke_token(name)
    note(f"{token.name} is revoked, and can't be used any more")


def _lifetime(expires: str) -> timedelta:
    lifetime = parse_duration(expires)
    if not lifetime:
        raise UsageError(f"--expires {expires} is over already; write 90d, or leave it out")
    return lifetime


def _draw(tokens: Sequence[Token]) -> None:
    from sentijob.cli.tables import Column, print_table

    columns = (
        Column[Token]("token", lambda token: token.name, style=lambda _: "bold", widest=64),
        Column[Token]("may", lambda token: ", ".join(token.scopes)),
        Column[Token]("state", _state, style=lambda token: "" if token.is_valid else "red"),
        Column[Token]("created", lambda token: _local(token.created_at), 3),
        Column[Token]("last used", lambda token: _local(token.last_used_at) or "never", 1),
        Column[Token]("expires", lambda token: _local(token.expires_at), 2),
    )
    print_table(output_console(), columns, tokens)


def _state(token: Token) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "valid" if token.is_valid else "expired"


def _local(instant: datetime | None) -> str | None:
    """An instant in local time, to the minute."""
    return None if instant is None else instant.astimezone().strftime("%Y-%m-%d %H:%M")

"""Tokens: of each secret the store keeps a digest alone, by which it is known again.

The digest is a plain SHA-256. A slow hash guards what people choose, which can be guessed; nobody
guesses 32 random bytes, however fast the hash, and a slow one would be paid for at each request.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta

from sentijob.errors import ConflictError, NotFoundError, StoreDamagedError, StoreError, UsageError
from sentijob.store.clock import milliseconds, ms_to_instant, optional_instant
from sentijob.store.database import Connection, Database, Row, survives_outages
from sentijob.store.part import SqlPart
from sentijob.tokens import NewToken, Scope, Token

PREFIX = "st_"
"""Begins every secret, so that those who look for lost ones know it."""
_SECRET_BYTES = 32
_NAME = r"\w[\w.@-]{0,63}"
_NOTED_EVERY = milliseconds(timedelta(minutes=1))
_SELECT = "SELECT name, scopes, created_at, expires_at, last_used_at, revoked_at FROM token"
_VALID = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)"


class SqlTokens(SqlPart):
    """:class:`~sentijob.ports.Tokens` on SQL."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._noted: dict[int, int] = {}
        """When this process last noted, or tried to note, that a token was used."""

    def create_token(
        self, name: str, scopes: Collection[Scope], *, expires_in: timedelta | None = None
    ) -> NewToken:
        import secrets

        if not re.fullmatch(_NAME, name):
            raise UsageError(
                f"{name!r} can't name a token: write letters, digits and . _ - @, at most 64,"
                " the first a letter or a digit"
            )
        secret = f"{PREFIX}{secrets.token_urlsafe(_SECRET_BYTES)}"
        return self._db.persist(
            lambda: self._create(name, scopes, expires_in, secret), may_repeat=False
        )

    def _create(
        self, name: str, scopes: Collection[Scope], expires_in: timedelta | None, secret: str
    ) -> NewToken:
        with self._db.write(durable=True) as connection:
            self._db.serialize(connection, "create_token")
            taken = connection.execute("SELECT 1 FROM token WHERE name = ?", (name,)).fetchone()
            if taken is not None:
                raise ConflictError(
                    f"there is a token {name!r} already, or was; choose another name"
                )
            now_ms = self._db.wall(connection)
            connection.execute(
                "INSERT INTO token (name, digest, scopes, created_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    name,
                    _digest(secret),
                    " ".join(scope for scope in Scope if scope in scopes),
                    now_ms,
                    None if expires_in is None else now_ms + milliseconds(expires_in),
                ),
            )
            return NewToken(_existing(connection, name, now_ms=now_ms), secret)

    @survives_outages
    def authenticate(self, secret: str) -> Collection[Scope] | None:
        from hmac import compare_digest

        digest = _digest(secret)
        with self._db.read() as connection:
            now_ms = self._db.wall(connection)
            rows = connection.execute(
                f"SELECT id, name, digest, scopes, last_used_at FROM token WHERE {_VALID}",
                (now_ms,),
            ).fetchall()
        # Each is compared, so that the time it takes tells nothing of any.
        found = [row for row in rows if compare_digest(bytes(row[2]), digest)]
        if not found:
            return None
        token_id, name, _, scopes, last_used_at = found[0]
        self._note_use(token_id, last_used_at, now_ms)
        return _scopes(name, scopes)

    def _note_use(self, token_id: int, last_used_at: int | None, now_ms: int) -> None:
        last = max(last_used_at or 0, self._noted.get(token_id, 0))
        if last <= now_ms < last + _NOTED_EVERY:
            return
        self._noted[token_id] = now_ms
        # A store that can't be written just now can still be read.
        with suppress(StoreError), self._db.write() as connection:
            connection.execute("UPDATE token SET last_used_at = ? WHERE id = ?", (now_ms, token_id))

    @survives_outages
    def has_tokens(self) -> bool:
        with self._db.read() as connection:
            row = connection.execute(
                f"SELECT 1 FROM token WHERE {_VALID} LIMIT 1", (self._db.wall(connection),)
            ).fetchone()
        return row is not None

    @survives_outages
    def revoke_token(self, name: str) -> Token:
        with self._db.write(durable=True) as connection:
            now_ms = self._db.wall(connection)
            connection.execute(
                "UPDATE token SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL",
                (now_ms, name),
            )
            return _existing(connection, name, now_ms=now_ms)

    @survives_outages
    def tokens(self) -> Sequence[Token]:
        with self._db.read() as connection:
            now_ms = self._db.wall(connection)
            rows = connection.execute(f"{_SELECT} ORDER BY id").fetchall()
        return [_token(row, now_ms=now_ms) for row in rows]


def _digest(secret: str) -> bytes:
    from hashlib import sha256

    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _existing(connection: Connection, name: str, *, now_ms: int) -> Token:
    row = connection.execute(f"{_SELECT} WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise NotFoundError(f"there is no token {name!r}; `sentijob token list` shows them")
    return _token(row, now_ms=now_ms)


def _token(row: Row, *, now_ms: int) -> Token:
    name, scopes, created_at, expires_at, last_used_at, revoked_at = row
    return Token(
        name,
        _scopes(name, scopes),
        ms_to_instant(created_at),
        optional_instant(expires_at),
        optional_instant(last_used_at),
        optional_instant(revoked_at),
        is_valid=revoked_at is None and (expires_at is None or expires_at > now_ms),
    )


def _scopes(name: str, column: str) -> Collection[Scope]:
    try:
        return tuple(Scope(word) for word in column.split())
    except ValueError as exc:
        raise StoreDamagedError(f"the token {name!r} is damaged; restore a backup") from exc

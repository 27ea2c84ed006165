"""What every store promises of the tokens that let people and programs in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from movable_clock import MovableClock

from sentijob.errors import ConflictError, NotFoundError, UsageError
from sentijob.ports import Store
from sentijob.store.sql_store import SqlStore
from sentijob.tokens import Scope

READ, WRITE = [Scope.READ], [Scope.WRITE, Scope.READ]
MINUTE = timedelta(minutes=1)


def test_whoever_has_the_secret_is_let_in_for_what_the_token_is_good_for(store: Store) -> None:
    reader = store.create_token("reader", READ)
    writer = store.create_token("writer", WRITE)
    assert re.fullmatch(r"st_[\w-]{43}", reader.secret)
    assert store.authenticate(reader.secret) == (Scope.READ,)
    assert store.authenticate(writer.secret) == (Scope.READ, Scope.WRITE)


def test_secrets_and_what_is_kept_of_them_differ(
    open_store: Callable[[], Store], tmp_path: Path
) -> None:
    store = open_store()
    secrets = {store.create_token(f"t{number}", READ).secret for number in range(20)}
    assert len(secrets) == 20
    store.backup(tmp_path / "copy.db")
    kept = (tmp_path / "copy.db").read_bytes()
    assert b"t19" in kept
    assert not [secret for secret in secrets if secret.encode() in kept]
    with SqlStore.open(str(tmp_path / "copy.db")) as copy:
        assert all(copy.authenticate(secret) == (Scope.READ,) for secret in secrets)


@pytest.mark.parametrize("kind", ["", "st_", "its beginning", "its digits", "more", "\ud800", "\0"])
def test_nobody_else_is_let_in(store: Store, kind: str) -> None:
    secret = store.create_token("reader", READ).secret
    given = {"its beginning": secret[:-1], "its digits": secret[3:], "more": f"{secret}A"}
    assert store.authenticate(given.get(kind, kind)) is None


def test_a_token_lets_nobody_in_once_it_is_revoked(store: Store, clock: MovableClock) -> None:
    secret = store.create_token("lost", WRITE).secret
    kept = store.create_token("kept", READ).secret
    clock.pass_time(MINUTE)
    revoked = store.revoke_token("lost")
    assert (revoked.revoked_at, revoked.is_valid) == (store.now(), False)
    assert store.authenticate(secret) is None
    assert store.authenticate(kept) is not None
    clock.pass_time(MINUTE)
    assert store.revoke_token("lost") == revoked
    with pytest.raises(NotFoundError, match="no token 'never'"):
        store.revoke_token("never")


def test_a_token_lets_nobody_in_once_it_has_expired(store: Store, clock: MovableClock) -> None:
    token, secret = store.create_token("guest", READ, expires_in=timedelta(days=1))
    assert token.expires_at == store.now() + timedelta(days=1)
    clock.pass_time(timedelta(days=1) - timedelta(seconds=1))
    assert store.authenticate(secret) is not None
    assert store.has_tokens()
    clock.pass_time(timedelta(seconds=1))
    assert store.authenticate(secret) is None
    assert not store.has_tokens()
    assert [one.is_valid for one in store.tokens()] == [False]


def test_whether_there_is_a_token_counts_the_valid_ones(store: Store) -> None:
    assert not store.has_tokens()
    store.create_token("one", READ)
    assert store.has_tokens()
    store.revoke_token("one")
    assert not store.has_tokens()


def test_tokens_are_listed_the_oldest_first_with_when_they_were_used(
    store: Store, clock: MovableClock
) -> None:
    assert store.tokens() == []
    first = store.create_token("first", WRITE)
    second = store.create_token("another", READ)
    assert store.tokens() == [first.token, second.token]
    clock.pass_time(MINUTE)
    store.authenticate(second.secret)
    assert [one.last_used_at for one in store.tokens()] == [None, store.now()]


def test_that_a_token_was_used_is_noted_once_a_minute_by_all_who_serve(
    open_store: Callable[[], Store], clock: MovableClock
) -> None:
    store, other = open_store(), open_store()
    secret = store.create_token("busy", READ).secret
    store.authenticate(secret)
    noted = store.now()
    for server in (store, other, store):
        clock.pass_time(MINUTE / 4)
        server.authenticate(secret)
        assert [one.last_used_at for one in store.tokens()] == [noted]
    clock.pass_time(MINUTE / 4)
    other.authenticate(secret)
    assert [one.last_used_at for one in store.tokens()] == [store.now()]


def test_a_clock_that_was_set_back_keeps_no_use_from_being_noted(
    store: Store, clock: MovableClock
) -> None:
    secret = store.create_token("busy", READ).secret
    store.authenticate(secret)
    clock.wall_ms -= 3_600_000
    store.authenticate(secret)
    assert [one.last_used_at for one in store.tokens()] == [store.now()]


def test_a_name_is_given_once(store: Store) -> None:
    secret = store.create_token("phone", READ).secret
    store.revoke_token("phone")
    with pytest.raises(ConflictError, match="'phone' already, or was"):
        store.create_token("phone", WRITE)
    assert store.authenticate(secret) is None
    assert len(store.tokens()) == 1


@pytest.mark.parametrize(
    "name", ["", " ", "-x", "a b", "a\n", "x" * 65, "\ud800", "\0", "\x1b[31m"]
)
def test_what_would_be_no_help_to_people_is_no_name(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="can't name a token"):
        store.create_token(name, READ)
    assert store.tokens() == []


@pytest.mark.parametrize("name", ["x", "ann@example", "büro-2.drucker", "x" * 64])
def test_words_are_names(store: Store, name: str) -> None:
    assert store.create_token(name, READ).token.name == name

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from sentijob.cli.app import main
from sentijob.store.sql_store import SqlStore
from sentijob.tokens import Scope

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "store" / "jobs.db"
    monkeypatch.setenv("SENTIJOB_DB", str(path))
    monkeypatch.setenv("SENTIJOB_CONFIG", str(tmp_path / "none.toml"))
    return path


def created(capsys: Capture, *arguments: str) -> str:
    """The secret of a new token, as a script takes it."""
    assert main(["token", "create", *arguments]) == 0
    said = capsys.readouterr()
    assert said.err == "keep it: nobody can show it again\n"
    return said.out.removesuffix("\n")


def test_create_prints_the_secret_alone_and_list_never_does(path: Path, capsys: Capture) -> None:
    reader = created(capsys, "reader")
    writer = created(capsys, "writer", "--scope", "write")
    with SqlStore.open(str(path)) as store:
        assert store.authenticate(reader) == (Scope.READ,)
        assert store.authenticate(writer) == (Scope.READ, Scope.WRITE)
    for flags in ([], ["--json"]):
        assert main(["token", "list", *flags]) == 0
        listed = capsys.readouterr().out
        assert "reader" in listed
        for secret in (reader, writer):
            assert secret not in listed
            assert hashlib.sha256(secret.encode()).hexdigest() not in listed


def test_list_tells_how_each_token_stands(path: Path, capsys: Capture) -> None:
    del path
    created(capsys, "lost")
    created(capsys, "guest", "--scope", "write", "--expires", "90d")
    assert main(["token", "revoke", "lost"]) == 0
    assert capsys.readouterr() == ("", "lost is revoked, and can't be used any more\n")
    assert main(["token", "list"]) == 0
    header, lost, guest = capsys.readouterr().out.splitlines()
    assert header.split() == ["token", "may", "state", "created", "last", "used", "expires"]
    assert lost.split()[:3] == ["lost", "read", "revoked"]
    assert guest.split()[:4] == ["guest", "read,", "write", "valid"]
    assert "never" in guest
    assert main(["token", "list", "--json"]) == 0
    lost_too, guest_too = json.loads(capsys.readouterr().out)
    assert (lost_too["is_valid"], lost_too["expires_at"]) == (False, None)
    assert (guest_too["scopes"], guest_too["is_valid"]) == (["read", "write"], True)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["create", "phone"], 5, "'phone' already"),
        (["create", "a b"], 2, "can't name a token"),
        (["create", "x", "--expires", "0"], 2, "over already"),
        (["create", "x", "--expires", "soon"], 2, "not a duration"),
        (["create", "x", "--scope", "all"], 2, "'read', 'write'"),
        (["revoke", "nobody"], 4, "no token 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    arguments: list[str], status: int, said: str, path: Path, capsys: Capture
) -> None:
    created(capsys, "phone")
    assert main(["token", *arguments]) == status
    assert said in capsys.readouterr().err
    with SqlStore.open(str(path)) as store:
        assert [(one.name, one.is_valid) for one in store.tokens()] == [("phone", True)]


def test_only_create_makes_a_store(path: Path, capsys: Capture) -> None:
    for arguments in (["list"], ["revoke", "phone"]):
        assert main(["token", *arguments]) == 4
        assert "no store" in capsys.readouterr().err
    assert not path.exists()
    created(capsys, "phone")
    assert path.exists()

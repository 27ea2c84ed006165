"""Whose files are whose: permissions, planted files and links, other users, network file systems."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sentijob import settings, trust
from sentijob.cli.app import main
from sentijob.cli.tail import tail
from sentijob.errors import ConflictError, NotFoundError, StoreError, UsageError
from sentijob.export.formats import ExportFormat
from sentijob.export.results import write_results
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.rejects import Rejects
from sentijob.jobs import Item, Terms
from sentijob.store.file_systems import file_system_of, network_file_system
from sentijob.store.sql_store import SqlStore
from sentijob.store.sqlite_files import prepare_file
from sentijob.worker import daemon, locks
from sentijob.worker.presence import Presence

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no owners like these")
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only the superuser can be somebody else")
NOBODY = 65534


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder where everyone may write, as /tmp is."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file of ours that a planted link points to."""
    path = tmp_path / "mine"
    path.write_bytes(b"precious")
    return path


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_everything_we_make_is_ours_alone_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "store" / "jobs.db"
    run_folder = tmp_path / "store" / "jobs.db.run"
    with SqlStore.open(str(path)) as store, daemon.hold(run_folder), Presence(run_folder).hold(7):
        store.submit(Item("x"), Terms())
        store.backup(tmp_path / "store" / "copy.db")
        with Rejects(tmp_path / "store" / "rejects.jsonl") as rejects:
            rejects.add(Rejected("stdin:1", "the text is empty", ""))
        with pytest.raises(StoreError):
            daemon.start(
                [sys.executable, "-c", "raise SystemExit(1)"], tmp_path / "store" / "other"
            )
        made = [path.parent, *path.parent.rglob("*")]
        modes = {str(one.relative_to(tmp_path)): (one.is_dir(), mode(one)) for one in made}
    assert {"store/jobs.db-wal", "store/copy.db", "store/other/worker.log"} <= set(modes)
    assert "store/jobs.db.run/worker-7.lock" in modes
    assert {
        name: bits for name, bits in modes.items() if bits not in {(True, 0o700), (False, 0o600)}
    } == {}


def test_files_of_ours_that_others_could_read_are_narrowed_and_their_folder_is_not(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    folder.chmod(0o775)
    path = folder / "reviews.db"
    with SqlStore.open(str(path)) as keeps_the_log:
        keeps_the_log.submit(Item("x"), Terms())
        files = [path, folder / "reviews.db-wal", folder / "reviews.db-shm"]
        for file in files:
            file.chmod(0o666)
        with SqlStore.open(str(path)):
            assert [mode(file) for file in files] == [0o600] * 3
    assert mode(folder) == 0o775


def test_the_default_folder_is_narrowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = Path(settings.default_database())
    if tmp_path not in path.parents:
        pytest.skip("this system has its own place for data")
    SqlStore.open(str(path)).close()
    path.parent.chmod(0o755)
    SqlStore.open(str(path)).close()
    assert mode(path.parent) == 0o700


def test_a_link_of_ours_to_a_store_of_ours_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real.db", tmp_path / "link.db"
    with SqlStore.open(str(real)) as store:
        store.submit(Item("x"), Terms())
    real.chmod(0o644)
    link.symlink_to(real)
    with SqlStore.open(str(link)) as store:
        assert store.job(1).text == "x"
    assert mode(real) == 0o600


@needs_root
@pytest.mark.parametrize("name", ["jobs.db", "jobs.db-wal", "jobs.db-shm", "jobs.db-journal"])
@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_another_user_has_planted_for_a_store_is_refused_untouched(
    shared: Path, mine: Path, name: str, kind: str
) -> None:
    planted = shared / name
    if kind == "link":
        planted.symlink_to(mine)
    else:
        planted.write_bytes(b"theirs")
    os.chown(planted, NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(StoreError, match=rf"{name} is a {kind} that another user \(uid 65534\)"):
        SqlStore.open(str(shared / "jobs.db"))
    assert mine.read_bytes() == b"precious"
    assert [one.name for one in shared.iterdir()] == [name]


@needs_root
def test_a_link_to_nowhere_is_refused_too_and_nothing_is_made_there(
    shared: Path, tmp_path: Path
) -> None:
    (shared / "jobs.db").symlink_to(tmp_path / "made")
    os.chown(shared / "jobs.db", NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(StoreError, match="is a link that another user"):
        SqlStore.open(str(shared / "jobs.db"))
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("name", ["daemon.lock", "worker.log", "worker-7.lock"])
def test_no_link_is_followed_for_a_lock_or_a_log(tmp_path: Path, mine: Path, name: str) -> None:
    folder = tmp_path / "jobs.db.run"
    folder.mkdir(mode=0o700)
    (folder / name).symlink_to(mine)
    if name == "daemon.lock":
        with pytest.raises(StoreError, match=r"daemon\.lock can't be"), daemon.hold(folder):
            pass
        with pytest.raises(StoreError, match=r"daemon\.lock can't be read"):
            daemon.status(folder)
    elif name == "worker.log":
        with pytest.raises(StoreError, match=r"worker\.log can't be used"):
            daemon.start([sys.executable, "-c", "print('hello')"], folder)
        with pytest.raises(StoreError, match=r"worker\.log can't be read"):
            list(tail(folder / name, 5, follow=False))
        with pytest.raises(StoreError, match=r"worker\.log can't be read"):
            daemon.last_lines(folder)
    else:
        with Presence(folder).hold(7):
            assert not (folder / name).is_symlink()
    assert mine.read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["daemon.lock", "worker.log"])
def test_no_pipe_is_waited_for(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "jobs.db.run"
    folder.mkdir(mode=0o700)
    os.mkfifo(folder / name)
    with pytest.raises(StoreError, match="is no regular file; remove it"):
        daemon.status(folder) if name == "daemon.lock" else list(
            tail(folder / name, 5, follow=False)
        )


def test_a_link_is_no_run_folder(shared: Path, tmp_path: Path) -> None:
    folder = shared / "jobs.db.run"
    folder.symlink_to(tmp_path)
    for use in (locks.make_private_folder, daemon.status, daemon.stop):
        with pytest.raises(StoreError, match="is no folder of its own"):
            use(folder)


@needs_root
def test_nobody_is_signalled_on_the_word_of_another_users_run_folder(shared: Path) -> None:
    folder = shared / "jobs.db.run"
    folder.mkdir()
    (folder / "daemon.lock").write_text(f'{{"pid": {os.getpid()}, "started": null}}')
    os.chown(folder, NOBODY, NOBODY)
    for use in (locks.make_private_folder, daemon.status, daemon.stop):
        with pytest.raises(StoreError, match="belongs to another user"):
            use(folder)


def test_an_export_replaces_a_link_and_never_follows_it(shared: Path, mine: Path) -> None:
    target = shared / "out.csv"
    target.symlink_to(mine)
    write_results([], target, ExportFormat.CSV)
    assert not target.is_symlink()
    assert mine.read_bytes() == b"precious"


@needs_root
def test_an_export_goes_into_no_pipe_that_another_user_has_laid(shared: Path) -> None:
    target = shared / "out.jsonl"
    os.mkfifo(target)
    os.chown(target, NOBODY, NOBODY)
    with pytest.raises(UsageError, match="is a file that another user"):
        write_results([], target, ExportFormat.JSONL)


def test_set_aside_rows_replace_a_link_and_never_follow_it(shared: Path, mine: Path) -> None:
    target = shared / "texts.txt.rejects.jsonl"
    target.symlink_to(mine)
    with Rejects(target) as rejects:
        rejects.add(Rejected("texts.txt:1", "the text is empty", ""))
    assert not target.is_symlink()
    assert mine.read_bytes() == b"precious"


@pytest.mark.parametrize("to", ["something", "nowhere"])
def test_a_backup_goes_through_no_link(shared: Path, mine: Path, tmp_path: Path, to: str) -> None:
    target = shared / "copy.db"
    target.symlink_to(mine if to == "something" else tmp_path / "made")
    with SqlStore.open(str(tmp_path / "jobs.db")) as store, pytest.raises(ConflictError):
        store.backup(target)
    assert mine.read_bytes() == b"precious"
    assert not (tmp_path / "made").exists()
    assert [one.name for one in shared.iterdir()] == ["copy.db"]


@pytest.fixture
def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on exFAT: a file has one name, and a mode that nobody can change."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "chmod", refuse)


@pytest.mark.usefixtures("without_links")
def test_a_backup_gets_its_name_where_there_are_no_hard_links(tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    with SqlStore.open(str(tmp_path / "jobs.db")) as store:
        store.submit(Item("x"), Terms())
        store.backup(target)
        with pytest.raises(ConflictError, match="exists"):
            store.backup(target)
        taken = tmp_path / "taken.db"
        taken.symlink_to(tmp_path / "made")
        with pytest.raises(ConflictError, match="exists"):
            store.backup(taken)
    with SqlStore.open(str(target)) as copy:
        assert copy.job(1).text == "x"
    assert not (tmp_path / "made").exists()
    assert [one.name for one in tmp_path.iterdir() if ".tmp" in one.name] == []


@pytest.mark.usefixtures("without_links")
@pytest.mark.parametrize(("mode", "is_usable"), [(0o755, True), (0o775, False), (0o777, False)])
def test_a_run_folder_that_cannot_be_narrowed_serves_unless_others_may_fill_it(
    *, tmp_path: Path, mode: int, is_usable: bool
) -> None:
    folder = tmp_path / "jobs.db.run"
    folder.mkdir()
    os.chmod(folder, mode)  # noqa: PTH101  # Path.chmod is what can't
    if is_usable:
        with daemon.hold(folder):
            assert daemon.status(folder).is_running
    else:
        with pytest.raises(StoreError, match="Operation not permitted"):
            locks.make_private_folder(folder)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can reach, which a test's own is not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_nobody(act: Callable[[], int]) -> int:
    """What *act* returns in a process of another user."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            status = act()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@needs_root
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("closed", ["folder", "file"])
@pytest.mark.parametrize(
    "command", ["list", "stats --json", "submit x", "doctor", "worker stop", "db check"]
)
def test_another_users_store_is_refused_in_a_line(
    public: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    closed: str,
    command: str,
) -> None:
    path = public / "store" / "jobs.db"
    SqlStore.open(str(path)).close()
    if closed == "file":
        path.parent.chmod(0o755)
    before = path.read_bytes()
    monkeypatch.setenv("SENTIJOB_DB", str(path))
    monkeypatch.setenv("SENTIJOB_CONFIG", "/none.toml")
    monkeypatch.setenv("SENTIJOB_MODEL", "demo")
    monkeypatch.setenv("SENTIJOB_DEMO_DELAY", "0")
    main(["doctor"])  # what is imported late lies where nobody else may read
    main(command.split())
    main([*command.split(), "--db", f"{path}.none"])
    capfd.readouterr()
    path.write_bytes(before)
    status = as_nobody(lambda: main(command.split()))
    said = capfd.readouterr().err
    assert status == (4 if (command, closed) == ("worker stop", "file") else 6), said
    assert "bug" not in said
    refusals = ("Permission denied", "can't be opened", "can't be written")
    assert status == 4 or any(words in said for words in refusals), said
    assert len(said.splitlines()) == 1, said
    assert path.read_bytes() == before


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
server:/home {home} nfs4 rw,vers=4.2 0 0
tmpfs {home}/local tmpfs rw 0 0
//box/share {home}/with\\040space cifs rw 0 0
systemd-1 {home}/auto autofs rw 0 0
server:/auto {home}/auto nfs rw 0 0
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    """A list of mounts in which the test's folder lies on a server."""
    path = tmp_path / "mounts"
    path.write_text(MOUNTS.format(home=tmp_path.resolve()))
    return path


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("", "nfs4"),
        ("deep/below", "nfs4"),
        ("local", None),
        ("local/below", None),
        ("localhost", "nfs4"),
        ("with space/x", "cifs"),
        ("auto", "nfs"),
    ],
)
def test_a_network_file_system_is_known_by_its_nearest_mount(
    tmp_path: Path, mounts: Path, place: str, kind: str | None
) -> None:
    assert network_file_system(tmp_path / place, mounts) == kind


def test_a_link_to_a_network_file_system_is_seen_through(tmp_path: Path, mounts: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "local" / "link").symlink_to(tmp_path / "elsewhere")
    assert network_file_system(tmp_path / "local" / "link", mounts) == "nfs4"


def test_where_the_system_lists_no_mounts_nothing_is_refused(tmp_path: Path) -> None:
    assert file_system_of(tmp_path, tmp_path / "none") is None


def test_a_store_on_a_network_file_system_is_refused_unless_that_is_allowed(
    tmp_path: Path, mounts: Path
) -> None:
    path = tmp_path / "store" / "jobs.db"
    with pytest.raises(StoreError, match=r"\(nfs4\).*SENTIJOB_ALLOW_NETWORK_FS=yes"):
        prepare_file(path, must_exist=False, mounts=mounts)
    assert not path.parent.exists()
    prepare_file(path, must_exist=False, allow_network=True, mounts=mounts)
    assert path.exists()
    with pytest.raises(NotFoundError):
        prepare_file(tmp_path / "local" / "jobs.db", must_exist=True, mounts=mounts)


def test_the_setting_that_allows_it_reaches_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENTIJOB_CONFIG", str(tmp_path / "none.toml"))
    from sentijob.store import sqlite_files

    monkeypatch.setattr(sqlite_files, "network_file_system", lambda *_: "nfs4")
    assert main(["submit", "x", "--db", str(tmp_path / "jobs.db")]) == 6
    assert "SENTIJOB_ALLOW_NETWORK_FS" in capsys.readouterr().err
    monkeypatch.setenv("SENTIJOB_ALLOW_NETWORK_FS", "yes")
    assert main(["submit", "x", "--db", str(tmp_path / "jobs.db")]) == 0


def test_a_file_of_ours_is_nobodys_trick(tmp_path: Path, shared: Path) -> None:
    (shared / "own").touch()
    assert trust.planted(shared / "own") is None
    assert trust.planted(shared / "none") is None
    assert trust.planted(tmp_path) is None

"""The files of a SQLite store: found fit for use, made for their owner alone, and synced."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sentijob.errors import NotFoundError, StoreDamagedError, StoreError
from sentijob.files import sync_folder
from sentijob.settings import default_database
from sentijob.store.file_systems import MOUNTS, network_file_system
from sentijob.trust import planted

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database, under its name with these at the end."""
_CANT_SYNC_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM}
"""How some file systems, and folders that we may write to but not list, answer."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def prepare_file(
    path: Path, *, must_exist: bool, allow_network: bool = False, mounts: Path = MOUNTS
) -> None:
    """See that *path* can be a store; make its folder and an empty file where there is none.

    Its files are for their owner alone: SQLite's side files inherit that from the database, and
    wider permissions of our own files are narrowed. A folder is narrowed only where it is the default one,
    since any other may be shared on purpose.

    Raises:
        NotFoundError: there is none, or an empty file, and *must_exist*.
        StoreDamagedError: something else than a file is there, or a file cut to nothing.
        StoreError: it can't be reached or made, isn't to be trusted, or lies on a network file system.
    """
    try:
        is_there = _is_there(path)
    except OSError as exc:
        raise StoreError(
            f"{path} can't be opened: {exc.strerror}; check the permissions of its folder, or name"
            " another store with --db"
        ) from exc
    _refuse_unfit(path)
    if not allow_network:
        _refuse_network(path, mounts)
    if is_there:
        _refuse_emptied(path, must_exist=must_exist)
        _make_private(path)
        return
    if must_exist:
        raise NotFoundError(f"there is no store at {path} yet; `sentijob submit` makes one")
    try:
        _make_folder(path.parent)
        with suppress(FileExistsError):  # another process was faster
            create_private(path)
    except OSError as exc:
        raise StoreError(
            f"{path} can't be created: {exc.strerror}; name another place with --db"
        ) from exc


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that a power cut takes none of their names."""
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in made:
        sync_names(one.parent)


def create_private(path: Path) -> None:
    """Make an empty file that only its owner may read, whatever the umask.

    Raises:
        FileExistsError: something is there, a link perhaps.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def sync_names(folder: Path) -> None:
    """Make the names of a folder's files survive a power cut, where the file system can.

    Raises:
        StoreError: the disk reports an error.
    """
    try:
        sync_folder(folder)
    except OSError as exc:
        if exc.errno in _CANT_SYNC_FOLDERS:
            return
        raise StoreError(f"{folder} can't be synced: {exc.strerror}; check the disk") from exc


def files_of(path: Path) -> Iterator[Path]:
    """The database that *path* names, and where its side files are or would be: beside it, not beside a link."""
    real = Path(os.path.realpath(path)) if path.is_symlink() else path
    yield real
    for suffix in SIDE_FILES:
        yield real.with_name(real.name + suffix)


def _is_there(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if stat.S_ISDIR(mode):
        raise StoreDamagedError(f"{path} is a folder, not a database; name a file with --db")
    if not stat.S_ISREG(mode):
        raise StoreDamagedError(f"{path} is no regular file; name another with --db")
    return True


def _refuse_emptied(path: Path, *, must_exist: bool) -> None:
    """A file without a byte is no store yet; but where a log of its changes is left, it was one."""
    if path.stat().st_size:
        return
    _, log, *_ = files_of(path)
    if log.exists() and log.stat().st_size:
        raise StoreDamagedError(
            f"{path} is empty, though {log.name} still holds changes of it: restore a backup, and"
            f" move {log.name} away; nothing was changed"
        )
    if must_exist:
        raise NotFoundError(
            f"{path} is an empty file and no store yet; `sentijob submit` makes one, or restore a backup"
        )


def _refuse_unfit(path: Path) -> None:
    for each in (path, *files_of(path)):
        what = planted(each)
        if what is not None:
            raise StoreError(
                f"{each} is {what}; keep the store in a folder of your own (name it with --db)"
            )
        if not _is_regular(each):
            raise StoreDamagedError(f"{each} is no regular file; move it away; nothing was changed")


def _is_regular(path: Path) -> bool:
    """Whether it is a file, or nothing: by one look, since side files come and go beside us."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True


def _refuse_network(path: Path, mounts: Path) -> None:
    kind = network_file_system(path.parent, mounts)
    if kind is not None:
        raise StoreError(
            f"{path} is on a network file system ({kind}), where SQLite's locks don't hold: name a"
            " place on a local disk with --db, or set SENTIJOB_ALLOW_NETWORK_FS=yes where a single"
            " machine uses it"
        )


def _make_private(path: Path) -> None:
    with suppress(OSError):  # what can't be narrowed is doctor's to tell
        for each in files_of(path):
            _narrow(each)
        folder = path.parent
        if folder == Path(default_database()).parent:
            _narrow(folder)


def _narrow(path: Path) -> None:
    """Take from everyone else what they may do with a file or folder of our own."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return
    is_own = hasattr(os, "getuid") and state.st_uid == os.getuid()
    if is_own and state.st_mode & _OTHERS and not stat.S_ISLNK(state.st_mode):
        path.chmod(stat.S_IMODE(state.st_mode) & ~_OTHERS)

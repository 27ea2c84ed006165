from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sentijob.errors import StoreError
from sentijob.jobs import WorkerInfo
from sentijob.worker.host import host_identity, machine_of
from sentijob.worker.presence import Presence

HERE = "box/boot-2"
NO_PROCESS = 2**22 + 1  # above the largest pid that Linux gives


def info(worker_id: int, host: str = HERE, pid: int | None = None) -> WorkerInfo:
    now = datetime.now(UTC)
    return WorkerInfo(
        id=worker_id,
        host=host,
        pid=os.getpid() if pid is None else pid,
        models="*",
        started_at=now,
        last_seen_at=now,
        holding=0,
        completed=0,
        rate=0.0,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db.run"


@pytest.fixture
def presence(folder: Path) -> Presence:
    return Presence(folder)


def leave_unlocked(folder: Path, worker_id: int) -> None:
    """What a worker that was killed leaves behind."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / f"worker-{worker_id}.lock").touch(0o600)


def test_a_worker_that_holds_its_file_is_alive_whatever_its_pid(presence: Presence) -> None:
    with presence.hold(1):
        assert presence.dead([info(1, pid=NO_PROCESS)], HERE) == set()


def test_a_worker_whose_file_nobody_holds_is_dead_even_if_its_pid_was_given_anew(
    presence: Presence, folder: Path
) -> None:
    leave_unlocked(folder, 1)
    assert presence.dead([info(1), info(2)], HERE) == {1}


def test_a_worker_of_an_earlier_boot_is_dead(presence: Presence, folder: Path) -> None:
    leave_unlocked(folder, 1)
    assert presence.dead([info(1, host="box/boot-1")], HERE) == {1}


def test_a_worker_of_another_machine_is_never_judged(presence: Presence, folder: Path) -> None:
    leave_unlocked(folder, 1)
    others = [info(1, host="barn/boot-2"), info(2, host="barn/boot-2", pid=NO_PROCESS)]
    assert presence.dead(others, HERE) == set()


def test_a_worker_without_a_file_is_judged_by_its_process_on_this_boot_alone(
    presence: Presence,
) -> None:
    gone = info(1, pid=NO_PROCESS)
    assert presence.dead([gone], HERE) == {1}
    assert presence.dead([gone._replace(host="box/boot-1")], HERE) == set()
    assert presence.dead([info(1)], HERE) == set()


def test_files_are_private_and_go_with_their_worker(presence: Presence, folder: Path) -> None:
    with presence.hold(7):
        (lock,) = folder.iterdir()
        assert lock.name == "worker-7.lock"
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []


def test_the_files_of_the_dead_are_removed_when_they_are_forgotten(
    presence: Presence, folder: Path
) -> None:
    leave_unlocked(folder, 3)
    presence.forget([3, 4])
    assert list(folder.iterdir()) == []


def test_a_file_in_the_folders_place_is_refused_with_its_path(
    presence: Presence, folder: Path
) -> None:
    folder.write_text("not a folder")
    with pytest.raises(StoreError, match=r"jobs\.db\.run"), presence.hold(1):
        pass


def test_a_link_in_the_folders_place_is_refused(
    presence: Presence, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError), presence.hold(1):
        pass


def test_a_folder_that_others_may_enter_is_closed_to_them(presence: Presence, folder: Path) -> None:
    folder.mkdir(mode=0o755)
    with presence.hold(1):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_identity_is_a_machine_and_one_boot_of_it() -> None:
    assert host_identity() == host_identity()
    assert machine_of(host_identity())
    assert machine_of("box/boot-1") == machine_of("box/boot-2") == "box"

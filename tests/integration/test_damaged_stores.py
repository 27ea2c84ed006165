"""Every command on every kind of damage: one line that says what it is, and nothing made worse."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from sentijob.cli.app import main
from sentijob.jobs import ClaimedJob, Failure, Item, Scored, Selector, Sentiment, Terms
from sentijob.store.sql_store import SqlStore

HAPPY = Sentiment.of(0.1, 0.2, 0.7, tokens=3)
LOOKING = (
    "status 1",
    "status b1 --json",
    "list",
    "list --search day --json",
    "stats",
    "stats --json",
    "results --format jsonl",
    "results -o out.csv",
    "wait 1 --timeout 10ms",
    "worker status",
    "db check",
    "db backup copy.db",
    "doctor",
)
CHANGING = (
    "submit great",
    "run great",
    "worker --drain",
    "worker start",
    "worker pause",
    "worker resume",
    "cancel 1",
    "retry 1",
    "prune --status failed --yes",
    "db migrate",
    "db vacuum",
    "db check --repair",
)
NOT_OPENING = {
    "worker stop": 4,
    "worker logs": 4,
    "worker unit": 0,
    "db path": 0,
    "models": 0,
    "config show": 0,
    "--help": 0,
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in one file, large enough that damage may hit anything."""
    path = tmp_path_factory.mktemp("sound") / "jobs.db"
    with SqlStore.open(str(path)) as store:
        batch_id = store.open_batch(Terms("demo"), source="-").batch.id
        items = [Item(f"great day {n} {'long ' * (n % 40)}", f"k{n}", {"n": n}) for n in range(600)]
        store.append(batch_id, items, first_position=0)
        store.seal(batch_id)
        worker = store.register_worker(host="here", pid=1).id
        claims = [one for _ in range(5) for one in claim(store, worker)]
        store.complete(worker, [Scored(one, HAPPY, "r1") for one in claims[10:]])
        store.fail(worker, [Failure(one, "text_rejected", "no word") for one in claims[:10]])
        store.retire_worker(worker)
        store.cancel(Selector(job_ids=(599, 600)))
    return path


def claim(store: SqlStore, worker: int) -> Sequence[ClaimedJob]:
    return store.claim(worker, limit=100, lease=timedelta(minutes=1))


@dataclass
class Bench:
    """A folder in which a store is damaged anew for every command."""

    folder: Path
    sound: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def path(self) -> Path:
        return self.folder / "jobs.db"

    def lay(self, damage: Callable[[Path], object]) -> dict[str, bytes]:
        """Begin anew with a damaged copy; the bytes of its files."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        shutil.copyfile(self.sound, self.path)
        damage(self.path)
        return self.bytes()

    def bytes(self) -> dict[str, bytes]:
        """What is under the store's own name and its log's, if anything."""
        names = (self.path, self.path.with_name("jobs.db-wal"))
        return {
            one.name: content for one in names if one.is_file() and (content := one.read_bytes())
        }

    def run(self, command: str) -> tuple[int, str]:
        """A command's exit status and what it wrote to stderr."""
        status = main(command.split())
        said = self.capsys.readouterr().err
        assert "Traceback" not in said, said
        assert "bug:" not in said, said
        return status, said


@pytest.fixture
def bench(
    tmp_path: Path,
    sound: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Bench:
    folder = tmp_path / "store"
    folder.mkdir()
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("SENTIJOB_DB", str(folder / "jobs.db"))
    monkeypatch.setenv("SENTIJOB_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("SENTIJOB_MODEL", "demo")
    monkeypatch.setenv("SENTIJOB_DEMO_DELAY", "0")
    return Bench(folder, sound, capsys)


def cut_in_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def cut_inside_a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def new_header(path: Path) -> None:
    path.write_bytes(b"\xa5" * 100 + path.read_bytes()[100:])


def new_first_page(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xa5" * 3996 + content[4096:])


def another_programs(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE song (name TEXT)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def cut_to_nothing_beside_its_log(path: Path) -> None:
    path.write_bytes(b"")
    path.with_name("jobs.db-wal").write_bytes(b"\x37\x7f\x06\x82" + bytes(8000))


def folder_for_a_log(path: Path) -> None:
    path.with_name("jobs.db-wal").mkdir()


def folder_for_an_index_of_the_log(path: Path) -> None:
    path.with_name("jobs.db-shm").mkdir()


WHOLE: dict[Callable[[Path], None], str] = {
    cut_in_half: "is damaged; see `sentijob db check`, and restore a backup",
    cut_inside_a_page: "is damaged; see `sentijob db check`, and restore a backup",
    zeroed: "is not a SQLite database, or no longer: name another with --db, or restore a backup",
    new_header: "is not a SQLite database, or no longer: name another with --db",
    new_first_page: "is damaged; see `sentijob db check`, and restore a backup",
    another_programs: "is a SQLite database, but not sentijob's; name another with --db",
    newer: "was written by a newer sentijob (schema 999",
    folder: "is a folder, not a database; name a file with --db",
    cut_to_nothing_beside_its_log: "is empty, though jobs.db-wal still holds changes of it",
    folder_for_a_log: "jobs.db-wal is no regular file; move it away",
    folder_for_an_index_of_the_log: "jobs.db-shm is no regular file; move it away",
}


@pytest.mark.parametrize("damage", WHOLE, ids=lambda damage: damage.__name__)
def test_every_command_refuses_a_store_that_is_none_and_changes_nothing(
    bench: Bench, damage: Callable[[Path], None]
) -> None:
    for command in (*LOOKING, *CHANGING):
        before = bench.lay(damage)
        status, said = bench.run(command)
        assert status == 6, (command, said)
        assert WHOLE[damage] in said, (command, said)
        assert len(said.splitlines()) == 1, (command, said)
        assert bench.bytes() == before, command
        assert list(Path().iterdir()) == [], command
    for command, expected in NOT_OPENING.items():
        before = bench.lay(damage)
        assert bench.run(command)[0] == expected, command
        assert bench.bytes() == before, command


def flipped(seed: int) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        draw = random.Random(seed)  # the same bytes every time
        content = bytearray(path.read_bytes())
        for _ in range(16):
            content[draw.randrange(100, len(content))] ^= draw.randrange(1, 256)
        path.write_bytes(content)

    return damage


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bytes_never_surprise_a_command_and_looking_changes_none(
    bench: Bench, seed: int
) -> None:
    for command in LOOKING:
        before = bench.lay(flipped(seed))
        status, said = bench.run(command)
        assert status in {0, 4, 5, 6, 8, 124}, (command, said)
        assert bench.bytes() == before, command
    for command in CHANGING:
        if command not in {"worker --drain", "worker start", "run great"}:
            bench.lay(flipped(seed))
            assert bench.run(command)[0] in {0, 4, 5, 6}, command


def test_what_a_check_finds_broken_is_neither_rewritten_nor_called_repairable(
    bench: Bench,
) -> None:
    def swap_two_rows(path: Path) -> None:
        """Break the order of the texts inside a page, which reading a single row may not notice."""
        content = bytearray(path.read_bytes())
        for page in range(4096, len(content), 4096):
            cells = int.from_bytes(content[page + 3 : page + 5])
            has_texts = b"great day" in content[page : page + 4096]
            # 13 marks a leaf of a table. Source: "Database File Format", sqlite.org.
            if content[page] == 13 and cells > 10 and has_texts:
                first, second = slice(page + 8, page + 10), slice(page + 10, page + 12)
                content[first], content[second] = content[second], content[first]
        path.write_bytes(content)

    before = bench.lay(swap_two_rows)
    status, said = bench.run("db check")
    assert status == 6
    assert "out of order" in said
    assert "***" not in said
    assert "restore a backup" in said
    assert "--repair" not in said
    assert bench.run("doctor")[0] == 6
    status, said = bench.run("db vacuum")
    assert status == 6
    assert "rewriting it could lose more" in said
    assert bench.bytes() == before


def test_a_missing_table_is_damage_and_not_an_outage_to_wait_for(bench: Bench) -> None:
    def drop(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TABLE tally")

    for command in ("stats", "submit great", "worker --drain", "db check"):
        bench.lay(drop)
        status, said = bench.run(command)
        assert status == 6, command
        assert "is damaged" in said.splitlines()[-1]
        assert "no such table: tally" in said


def test_a_text_that_is_no_text_any_more_is_named_and_never_quoted(bench: Bench) -> None:
    def break_letters(path: Path) -> None:
        content = path.read_bytes()
        assert b"great day 77 " in content
        path.write_bytes(content.replace(b"great day 77 ", b"great\xff\xfe\xfd77 ".ljust(13)))

    bench.lay(break_letters)
    status, said = bench.run("results --format jsonl")
    assert status == 6
    assert "is damaged" in said
    assert "great" not in said


@pytest.mark.parametrize(
    "column", ["status = 'odd'", "job_uuid = x'00'", "created_at = 1e300", "result_label = 'odd'"]
)
def test_a_row_that_no_job_can_have_is_damage(bench: Bench, column: str) -> None:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(f"UPDATE job SET {column} WHERE id = 20")

    bench.lay(spoil)
    status, said = bench.run("status 20 --json")
    assert status == 6
    assert "job 20 is damaged; see `sentijob db check`, and restore a backup" in said


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_side_file_of_rubbish_is_passed_over(bench: Bench, suffix: str) -> None:
    def strew(path: Path) -> None:
        path.with_name(f"{path.name}{suffix}").write_bytes(bytes(range(256)) * 200)

    for command in ("db check", "submit great", "results --format jsonl", "doctor"):
        bench.lay(strew)
        status, said = bench.run(command)
        assert status == 0, said


def test_a_store_whose_log_was_lost_is_as_it_stood_at_its_last_checkpoint(
    bench: Bench, tmp_path: Path
) -> None:
    with SqlStore.open(str(tmp_path / "killed.db")) as store:
        store.submit(Item("in the file"), Terms())
        store.vacuum()  # which empties the log
        store.submit(Item("in the log"), Terms())
        bench.lay(lambda path: path.write_bytes((tmp_path / "killed.db").read_bytes()))
    assert bench.run("db check")[0] == 0
    with SqlStore.open(str(bench.path)) as store:
        assert [job.text for job in store.each_job(Selector())] == ["in the file"]
        assert store.counts().total == 1


def test_an_empty_file_is_no_store_yet_for_those_who_look(bench: Bench) -> None:
    def empty(path: Path) -> None:
        path.write_bytes(b"")

    for command in LOOKING:
        before = bench.lay(empty)
        status, said = bench.run(command)
        assert status == (0 if command == "doctor" else 4), command
        assert command == "doctor" or "is an empty file and no store yet" in said
        assert bench.bytes() == before, command
    bench.lay(empty)
    assert bench.run("submit great")[0] == 0

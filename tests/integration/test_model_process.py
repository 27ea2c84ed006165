"""Models in processes of their own: what they do to themselves, and what comes of it here."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import poison
import pytest

from sentijob.errors import (
    ModelCrashError,
    ModelError,
    ModelMemoryError,
    ModelTimeoutError,
    ModelUnavailableError,
    ModelUnreachedError,
    TextRejectedError,
)
from sentijob.jobs import Label, Sentiment
from sentijob.models.process import Limits, ProcessModel

DEADLINE = 30.0
TERMS = {"threads": 1, "demo_delay": 0.0}
PATIENT = Limits(call=timedelta(seconds=DEADLINE), load=timedelta(seconds=DEADLINE))
HASTY = PATIENT._replace(call=timedelta(seconds=1))
Start = Callable[..., ProcessModel]


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(poison.install(tmp_path)))


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts models, and closes them after the test."""
    started: list[ProcessModel] = []

    def opened(name: str = "poison", limits: Limits = PATIENT, **options: object) -> ProcessModel:
        started.append(ProcessModel(name, TERMS, limits, **options))  # type: ignore[arg-type]  # as named there
        return started[-1]

    yield opened
    for model in started:
        model.close()


@pytest.fixture
def model(start: Start) -> ProcessModel:
    loaded = start()
    loaded.await_loaded()
    return loaded


def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether there is such a process, and not only what it left for its parent to read."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_texts_are_scored_in_order_by_a_process_that_is_not_this_one(model: ProcessModel) -> None:
    assert (model.name, model.revision) == ("poison", "p1")
    assert model.pid != os.getpid()
    first, second = model.predict(["a", "snow \u2603\U0001f600"])
    assert first == Sentiment(Label.NEUTRAL, 0.5, 0.0, 0.5, 0.5, tokens=1)
    assert second.tokens == 7
    assert model.predict([]) == []


def test_texts_of_megabytes_come_through(model: ProcessModel) -> None:
    assert [one.tokens for one in model.predict(["x" * 5_000_000, "y"])] == [5_000_000, 1]


def test_numbers_that_are_not_pythons_own_come_back_as_such(model: ProcessModel) -> None:
    (one,) = model.predict(["half"])
    assert type(one.neutral) is float


@pytest.mark.parametrize(
    ("text", "kind", "code", "message"),
    [
        ("raise a fuss", ModelError, "model_error", "RuntimeError: a fuss"),
        ("reject no words", TextRejectedError, "text_rejected", "no words"),
        ("busy later", ModelError, "busy", "later"),
        ("leave now", ModelError, "model_error", "SystemExit: now"),
    ],
)
def test_what_a_model_raises_is_raised_here_and_it_goes_on(
    model: ProcessModel, text: str, kind: type[ModelError], code: str, message: str
) -> None:
    with pytest.raises(kind) as caught:
        model.predict([text])
    assert type(caught.value) is kind
    assert (caught.value.code, str(caught.value)) == (code, message)
    assert len(model.predict(["on we go"])) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("segfault", "was killed by SIGSEGV"),
        ("abort", "was killed by SIGABRT"),
        ("exit", "ended with status 0"),
        ("kill", "was killed by SIGKILL, as where memory runs out"),
    ],
)
def test_a_death_is_an_error_that_says_how(model: ProcessModel, text: str, message: str) -> None:
    with pytest.raises(ModelCrashError, match=f"the process of model poison {message}"):
        model.predict(["fine", text])
    assert not model.is_alive
    with pytest.raises(ModelCrashError):
        model.predict(["fine"])


@pytest.mark.parametrize("text", ["hang", "spin"])
def test_a_call_that_never_returns_is_ended_by_its_deadline(start: Start, text: str) -> None:
    model = start(limits=HASTY)
    model.await_loaded()
    with pytest.raises(ModelTimeoutError, match="gave no answer within 1s"):
        model.predict([text])
    assert not model.is_alive


def test_a_process_that_is_stopped_takes_no_longer_than_a_call_may(start: Start) -> None:
    model = start(limits=HASTY)
    model.await_loaded()
    os.kill(model.pid, signal.SIGSTOP)
    with pytest.raises(ModelTimeoutError):
        model.predict(["x" * 5_000_000])  # more than the pipe holds


def test_each_text_may_add_to_a_deadline(start: Start) -> None:
    limits = HASTY._replace(call=timedelta(0), per_text=timedelta(seconds=DEADLINE))
    model = start(limits=limits)
    model.await_loaded()
    assert len(model.predict(["a", "b"])) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone counts all that is asked for")
def test_a_model_that_takes_all_memory_is_ended_and_says_so(start: Start) -> None:
    model = start(limits=PATIENT._replace(memory=200 * 2**20))
    model.await_loaded()
    with pytest.raises(
        ModelMemoryError, match=r"had no memory left.*SENTIJOB_MODEL_MEMORY"
    ) as caught:
        model.predict(["eat"])
    assert caught.value.code == "out_of_memory"
    assert not model.is_alive


def test_whatever_a_model_starts_ends_with_it(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    model = start(limits=HASTY)
    model.await_loaded()
    with pytest.raises(ModelTimeoutError):
        model.predict(["delegate"])
    (helper,) = (
        int(record.getMessage().split()[-1])
        for record in caplog.records
        if "helper" in record.getMessage()
    )
    eventually(lambda: not is_running(helper))


def test_what_a_model_prints_is_logged_and_disturbs_nothing(
    model: ProcessModel, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert len(model.predict(["print hello", "fine"])) == 2
        eventually(lambda: "model poison says: and past Python" in caplog.text)
    assert "model poison says: hello" in caplog.text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope", "there is no model 'nope'"),
        ("broken", "can't be loaded: OSError.*no weights here"),
        ("dying", "can't be loaded: .*ended with status 3; it said: no room for weights"),
        ("greedy", "the model greedy had no memory left.*SENTIJOB_MODEL_MEMORY"),
        ("odd", "the model odd can't be loaded: ZeroDivisionError"),
    ],
)
def test_a_model_that_cannot_be_loaded_says_why(start: Start, name: str, message: str) -> None:
    model = start(name)
    with pytest.raises(ModelUnavailableError, match=message):
        model.await_loaded()
    assert not model.is_alive


def test_a_loading_that_never_ends_is_ended_by_its_own_deadline(start: Start) -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(3600)"]
    model = start(limits=PATIENT._replace(load=timedelta(milliseconds=200)), command=sleeping)
    with pytest.raises(ModelUnavailableError, match=r"no answer within 0\.2s"):
        model.await_loaded()
    assert not model.is_alive


SPEAKING = """
import os, sys
reading, writing = map(int, sys.argv[1:3])
os.read(reading, 1 << 20)
os.write(writing, {said!r})
os.read(reading, 1 << 20)
"""


@pytest.mark.parametrize("said", [b"\xff\xff\xff\xff", b"\0\0\0\4oops", b"\0\0\0\4null"])
def test_a_process_that_speaks_another_language_loads_nothing(start: Start, said: bytes) -> None:
    model = start(command=[sys.executable, "-c", SPEAKING.format(said=said)])
    with pytest.raises(ModelUnavailableError, match="model poison"):
        model.await_loaded()
    assert not model.is_alive


def test_signals_that_stop_a_worker_are_left_to_it(model: ProcessModel) -> None:
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        os.kill(model.pid, number)
    assert len(model.predict(["stop", "still here"])) == 2


def test_signals_to_this_process_work_as_before_once_a_model_has_started(
    model: ProcessModel,
) -> None:
    assert model.is_alive
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_model_has_no_descriptor_but_its_own(start: Start, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003  # it has no name
        model = start()
        model.await_loaded()
        targets = [str(fd.readlink()) for fd in Path(f"/proc/{model.pid}/fd").iterdir()]
    kinds = sorted(target.partition(":")[0] for target in targets)
    assert kinds == ["/dev/null", "pipe", "pipe", "pipe", "pipe"]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has such a score")
def test_where_memory_runs_out_the_kernel_is_to_take_the_model(model: ProcessModel) -> None:
    assert int(Path(f"/proc/{model.pid}/oom_score_adj").read_text()) >= 500


def test_closing_ends_a_call_that_runs(
    model: ProcessModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ended: list[BaseException] = []

    def call() -> None:
        try:
            model.predict(["hang"])
        except ModelCrashError as exc:
            ended.append(exc)

    calling = threading.Thread(target=call)
    calling.start()
    eventually(lambda: "hanging" in caplog.text)
    model.close()
    calling.join(DEADLINE)
    assert len(ended) == 1
    assert not model.is_alive
    model.close()


PARENT = """
import logging, sys
from sentijob.models.process import Limits, ProcessModel
model = ProcessModel("poison", {"threads": 1, "demo_delay": 0.0}, Limits())
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
model.await_loaded()
print(model.pid, flush=True)
model.predict([sys.argv[1]])
"""


@pytest.mark.parametrize("text", ["hang", "spin"])
def test_a_model_dies_with_its_worker_even_in_a_call_that_never_returns(text: str) -> None:
    if text == "spin" and sys.platform != "linux":
        pytest.skip("Linux alone kills what lets no other thread run")
    with subprocess.Popen([sys.executable, "-c", PARENT, text], stdout=subprocess.PIPE) as parent:  # noqa: S603  # our own script
        assert parent.stdout is not None
        said = iter(parent.stdout.readline, b"")
        pid = next(int(line) for line in said if line.strip().isdigit())
        assert any(line.endswith(b"ing\n") for line in said), "the call has begun"
        assert is_running(pid)
        parent.kill()
    eventually(lambda: not is_running(pid))


def test_what_is_announced_is_scored_before_anybody_asks_and_once(
    model: ProcessModel, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    first, second = ["a"], [f"note {note}", "bcd"]
    model.announce(first)
    model.announce(second)
    model.announce(list(second))
    eventually(note.exists)
    assert [one.tokens for one in model.predict(first)] == [1]
    assert [one.tokens for one in model.predict(list(second))] == [len(second[0]), 3]
    assert note.read_text() == "noted\n"


def test_what_is_announced_and_not_asked_for_is_nobody_elses_answer(model: ProcessModel) -> None:
    for length in range(1, 6):
        model.announce(["x" * length])
    assert [one.tokens for one in model.predict(["a" * 9])] == [9]
    assert [one.tokens for one in model.predict(["x" * 5])] == [5]
    assert [one.tokens for one in model.predict(["x"])] == [1]


def test_a_loss_is_put_down_to_the_call_that_ran_and_to_none_behind_it(start: Start) -> None:
    for deadly, loss in ("kill", ModelCrashError), ("hang", ModelTimeoutError):
        model = start(limits=HASTY)
        model.await_loaded()
        model.announce([deadly])
        model.announce(["fine"])
        with pytest.raises(loss):
            model.predict([deadly])
        with pytest.raises(ModelUnreachedError, match="over other texts"):
            model.predict(["fine"])


def test_a_loss_over_announced_texts_is_not_put_down_to_those_that_are_tried_again_before_them(
    model: ProcessModel,
) -> None:
    model.announce(["raise a fuss", "fine"])
    model.announce(["kill"])
    with pytest.raises(ModelError, match="a fuss"):
        model.predict(["raise a fuss", "fine"])
    with pytest.raises(ModelUnreachedError):
        model.predict(["fine"])
    with pytest.raises(ModelCrashError):
        model.predict(["kill"])


def test_a_model_that_reads_nothing_for_ages_is_ended_though_more_is_announced(
    start: Start,
) -> None:
    model = start(limits=HASTY)
    model.await_loaded()
    model.announce(["spin"])
    model.announce(["x" * 5_000_000])
    with pytest.raises(ModelTimeoutError):
        model.predict(["spin"])

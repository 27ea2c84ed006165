"""Another package's model, to be installed in a folder on PYTHONPATH: it does to its process what a text says."""

from __future__ import annotations

from pathlib import Path

MODEL = '''
import ctypes, os, re, signal, subprocess, sys, time
from sentijob.errors import ModelError, TextRejectedError
from sentijob.jobs import Sentiment


class Busy(ModelError):
    code = "busy"


class Half:
    """A number that isn't Python's, as numpy's are."""

    def __float__(self):
        return 0.5


class Poison:
    revision = "p1"

    def __init__(self, name):
        self.name = name
        self.hoard = []
        print("loaded in", os.getpid())

    def predict(self, texts):
        return [self.act(text) for text in texts]

    def act(self, text):
        word, _, rest = text.partition(" ")
        getattr(self, "do_" + word, lambda _: None)(rest)
        sentiment = Sentiment.of(0.0, 0.5, 0.5, tokens=len(text))
        return sentiment._replace(neutral=Half()) if word == "half" else sentiment

    def do_raise(self, rest):
        raise RuntimeError(rest)

    def do_busy(self, rest):
        raise Busy(rest)

    def do_reject(self, rest):
        raise TextRejectedError(rest)

    def do_leave(self, rest):
        raise SystemExit(rest)

    def do_note(self, rest):
        with open(rest, "a") as file:
            file.write("noted\\n")

    def do_hang(self, rest):
        print("hanging")
        time.sleep(3600)

    def do_spin(self, rest):
        print("spinning")
        re.match("(a+)+$", "a" * 64 + "b")  # for ages, and lets no other thread run

    def do_eat(self, rest):
        while True:
            self.hoard.append(bytearray(16 * 2**20))

    def do_segfault(self, rest):
        ctypes.string_at(0)

    def do_abort(self, rest):
        os.abort()

    def do_exit(self, rest):
        os._exit(0)

    def do_kill(self, rest):
        os.kill(os.getpid(), signal.SIGKILL)

    def do_stop(self, rest):
        os.kill(os.getpid(), signal.SIGTERM)

    def do_print(self, rest):
        print(rest)
        os.write(1, b"and past Python\\n")

    def do_delegate(self, rest):
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
        print("helper", helper.pid)
        time.sleep(3600)


class Greedy(Poison):
    """Runs out of memory when it is looked at, which is past its factory."""

    @property
    def revision(self):
        raise MemoryError


class Odd(Poison):
    looks = 0

    @property
    def revision(self):
        self.looks += 1
        return self.looks > 1 and 1 / 0


def broken(name):
    raise OSError("no weights here")


def dying(name):
    print("no room for weights")
    os._exit(3)
'''
ENTRIES = """[sentijob.models]
poison = sentijob_poison:Poison
broken = sentijob_poison:broken
dying = sentijob_poison:dying
greedy = sentijob_poison:Greedy
odd = sentijob_poison:Odd
"""


def install(folder: Path) -> Path:
    """Write the package into *folder*; what to put on PYTHONPATH."""
    (folder / "sentijob_poison.py").write_text(MODEL)
    about = folder / "sentijob_poison-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: sentijob-poison\nVersion: 1\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    return folder

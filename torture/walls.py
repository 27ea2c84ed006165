"""A wall clock that can be set while processes run by it: a preloaded shim and the file that it reads."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from arena import HERE, TortureError

_OFFSET = struct.Struct("=q")


class WallClock:
    """The wall clock of every process that is started with its :attr:`environment`."""

    def __init__(self, folder: Path) -> None:
        """Compile the shim into *folder*.

        Raises:
            TortureError: this system has no C compiler, or can't preload.
        """
        self._file = folder / "wall-clock-offset"
        self.set(0)
        self._library = _compiled(folder)

    @property
    def environment(self) -> Mapping[str, str]:
        return {"LD_PRELOAD": str(self._library), "WALL_CLOCK_OFFSET": str(self._file)}

    def set(self, seconds: int) -> None:
        """Let the clock be so many seconds off from now on, everywhere at once."""
        mode = "r+b" if self._file.exists() else "wb"
        with self._file.open(mode) as file:
            file.write(_OFFSET.pack(seconds))


def compiler() -> str | None:
    """A C compiler that makes what we can preload; None where there is none."""
    return shutil.which("cc") if sys.platform == "linux" else None


def _compiled(folder: Path) -> Path:
    found = compiler()
    if found is None:
        raise TortureError("setting the clock takes Linux and a C compiler called cc")
    library = folder / "wall_clock.so"
    source = str(HERE / "wall_clock.c")
    command = [found, "-O1", "-shared", "-fPIC", "-o", str(library), source, "-ldl"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        raise TortureError(f"the clock's shim can't be compiled: {built.stderr}")
    return library

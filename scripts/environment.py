"""Make ``.venv`` hold what this checkout needs: ``environment.py KIND``, a kind of ``EXTRAS``.

Does nothing where it already does. Wheels are kept in the user's cache folder,
pinned by ``constraints.txt``, and tried first: once they are there, setting up
a fresh clone needs no network. ``SENTIJOB_WHEELS`` names another folder.

Runs on a bare Python 3.11: standard library only.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "sentijob-ready"
PROJECT = ROOT / "pyproject.toml"
CONSTRAINTS = ROOT / "constraints.txt"
DEV = ["dev", "hub", "parquet", "postgres", "serve"]
BENCH = [*DEV, "bench"]
EXTRAS = {
    "run": [],
    "dev": DEV,
    "bench": BENCH,
    "torch": [*BENCH, "bench-torch"],
    "training": [*DEV, "training"],
    "fuzz": [*DEV, "fuzz"],
}
"""What each kind of environment installs; one that holds all of another's serves for it too."""


def main(kind: str) -> int:
    wanted = fingerprint()
    if is_ready(kind, wanted):
        return 0
    say(f"Setting up .venv ({kind}); the first time takes a minute …")
    make_venv()
    needed = requirements(kind)
    if not install(needed):
        say(f"Fetching packages into {wheels()} …")
        problem = fetch(needed)
        if problem or not install(needed):
            say(
                problem
                or f"The packages in {wheels()} can't be installed; delete it and try again."
            )
            return 1
    STAMP.write_text(f"{kind} {wanted}\n")
    return 0


def fingerprint() -> str:
    """Changes with what is to be installed, and with where: a venv can't be moved."""
    parts = (str(ROOT).encode(), PROJECT.read_bytes(), CONSTRAINTS.read_bytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_ready(kind: str, wanted: str) -> bool:
    """Whether the venv was set up for *kind*, or for more, and its interpreter still exists."""
    try:
        done, fingerprinted = STAMP.read_text().split()
    except (FileNotFoundError, ValueError):
        return False
    is_enough = done in EXTRAS and set(EXTRAS[kind]) <= set(EXTRAS[done])
    return fingerprinted == wanted and is_enough and PYTHON.exists()


def make_venv() -> None:
    """Create the venv, afresh where its interpreter is gone."""
    if not (PYTHON.exists() and run(PYTHON, "-m", "pip", "--version").returncode == 0):
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def requirements(kind: str) -> list[str]:
    """What to install beside the project itself, the build backend included."""
    declared = tomllib.loads(PROJECT.read_text())
    project = declared["project"]
    chosen = [project["optional-dependencies"][extra] for extra in EXTRAS[kind]]
    # Hatchling asks for editables when it builds an editable wheel.
    build = [*declared["build-system"]["requires"], "editables"]
    return sorted({*project["dependencies"], *build, *(one for extra in chosen for one in extra)})


def install(needed: list[str]) -> bool:
    """Install from the kept wheels alone; whether all of them were there."""
    offline = ("--no-index", "--find-links", wheels(), "--constraint", CONSTRAINTS)
    if pip("install", *offline, *needed).returncode:
        return False
    editable = ("--no-deps", "--no-build-isolation", "--editable", ROOT)
    return pip("install", *offline, *editable).returncode == 0


def fetch(needed: list[str]) -> str | None:
    """Download, or build, every wheel that isn't kept yet; what went wrong, or None."""
    wheels().mkdir(parents=True, exist_ok=True)
    kept = ("--wheel-dir", wheels(), "--find-links", wheels(), "--constraint", CONSTRAINTS)
    result = pip("wheel", *kept, *needed)
    if result.returncode == 0:
        return None
    last_words = "\n".join(result.stderr.strip().splitlines()[-2:])
    return (
        f"{last_words}\n\nThe packages could not be fetched. Is there a network? "
        "The first set-up needs one; later ones don't."
    )


def wheels() -> Path:
    """The folder that keeps wheels, shared by every checkout of one user."""
    named = os.environ.get("SENTIJOB_WHEELS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "sentijob" / "wheels"


def pip(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run(
        PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "--retries=2", *arguments
    )


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

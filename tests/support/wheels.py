"""Packages that are built on the spot and installed by pip, with no network."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from zipfile import ZipFile


def build_wheel(folder: Path, package: str, module: str, code: str, entry_points: str) -> Path:
    """A wheel of one module.

    Source: Binary distribution format, PyPA specifications.
    """
    info = f"{package.replace('-', '_')}-1.0.dist-info"
    files = {
        f"{module}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: by-hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": entry_points,
    }
    record = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    wheel = folder / f"{package.replace('-', '_')}-1.0-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


def install(wheel: Path, target: Path) -> Path:
    """Have pip install a wheel into a folder; what to put on PYTHONPATH."""
    options = ("--no-index", "--no-deps", "--no-input", "--disable-pip-version-check", "--quiet")
    subprocess.run(  # noqa: S603  # pip, on a file of our own
        [sys.executable, "-m", "pip", "install", *options, "--target", target, wheel],
        check=True,
        timeout=100,
    )
    return target


def _digest(content: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()

"""Where `cascade` lies in the checkout, and the manifest of how it came to be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from sentijob.models.cascade_folder import FILES, CascadeFolder
from sentijob.models.folder import ModelFolder

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent / "src" / "sentijob" / "models"
FOLDER, MINI = MODELS / "cascade", MODELS / "mini"
MANIFEST = HERE / "shipped_cascade.json"


def folder() -> CascadeFolder:
    return CascadeFolder(FOLDER, ModelFolder(MINI))


def digests() -> dict[str, str]:
    """SHA-256 of each file that is there."""
    return {
        name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
        for name in FILES
        if (FOLDER / name).exists()
    }


def note(part: str, said: Mapping[str, object]) -> None:
    """Put into the manifest how a *part* was made, and the digests of all files as they are now."""
    known = json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.exists() else {}
    known |= {part: said, "files": digests()}
    MANIFEST.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

"""Whose a file is, where somebody else may have planted one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_ROOT = 0


def is_ours(state: os.stat_result) -> bool:
    """Whether a file belongs to this user, or to the superuser, who needs no tricks."""
    return not hasattr(os, "getuid") or state.st_uid in {os.getuid(), _ROOT}


def planted(path: Path) -> str | None:
    """What another user has put at *path*, in a folder where everyone may; None where all is well.

    A link is judged by who made it, not by what it points to.
    """
    try:
        state = path.lstat()
        if is_ours(state) or not path.parent.stat().st_mode & stat.S_IWOTH:
            return None
    except OSError:
        return None  # whoever goes on to open it will say what is wrong
    kind = "a link" if stat.S_ISLNK(state.st_mode) else "a file"
    return f"{kind} that another user (uid {state.st_uid}) has put where everyone may write"

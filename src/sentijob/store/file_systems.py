"""Which file system a folder is on, and whether SQLite's locks hold there."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTS = Path("/proc/mounts")
NETWORK = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "fuse.ceph",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)
"""Kinds on which several machines may meet, and locks or shared memory don't hold between them."""

_ESCAPE = r"\\([0-7]{3})"


def network_file_system(folder: Path, mounts: Path = MOUNTS) -> str | None:
    """The kind of network file system that *folder* is on; None where it is on none, or nobody says."""
    kind = file_system_of(folder, mounts)
    return kind if kind in NETWORK else None


def file_system_of(folder: Path, mounts: Path = MOUNTS) -> str | None:
    """The kind of file system *folder* is on, links followed; None where the system doesn't say."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return None
    inside = os.path.realpath(folder).rstrip("/") + "/"
    longest, kind = -1, None
    for line in lines:
        _, place, found, *_ = line.split(" ")
        if "\\" in place:
            place = re.sub(_ESCAPE, lambda code: chr(int(code[1], 8)), place)
        point = place.rstrip("/") + "/"
        # Not the first of the longest but the last: it lies on top of the others.
        if len(point) >= longest and inside.startswith(point):
            longest, kind = len(point), found
    return kind

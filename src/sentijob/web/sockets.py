"""Where the server listens: taken before anything else is begun, so that what is wrong is said in a line."""

from __future__ import annotations

import contextlib
import errno
import socket

from sentijob.errors import ConflictError, UsageError

_MOST_FILES = 65_536


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at *host*; *port* 0 is any that is free.

    Raises:
        ConflictError: somebody else listens there.
        UsageError: *host* is no address of this machine, or the port isn't ours to take.
    """
    family, address = _resolved(host, port)
    try:
        return socket.create_server(address, family=family, backlog=2048)
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise ConflictError(
                f"port {port} at {host} is taken; stop who listens there, or choose another by --port"
            ) from exc
        raise UsageError(f"nobody can listen at {host}, port {port}: {exc.strerror}") from exc


def url_of(listening: socket.socket) -> str:
    """What to type into a browser."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def allow_many_files() -> None:
    """Take as many open files as we may: each connection is one, and the usual limit is 1,024."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _resolved(host: str, port: int) -> tuple[int, tuple[str, int]]:
    """The family and address to bind; of several, one of IPv4."""
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_ADDRCONFIG
        )
    except (OSError, UnicodeError) as exc:
        raise UsageError(f"--host {host!r} is no address of this machine") from exc
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, (str(address[0]), int(address[1]))

"""A model hub on the loopback, which keeps folders by their names and commits as the real one does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import unquote


@dataclass
class FakeHub:
    """What is kept, and what was asked for."""

    url: str = ""
    kept: dict[str, dict[str, Path]] = field(default_factory=dict)
    """Folders, by repository and revision; the first of a repository is its newest."""
    gated: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    """Files that end before they should."""
    stalled: set[str] = field(default_factory=set)
    """Files that don't end before the hub does."""
    is_over: Event = field(default_factory=Event)
    given: list[str] = field(default_factory=list)
    """The files that were handed out, in order."""

    def keep(self, repository: str, revision: str, folder: Path) -> str:
        """Keep a folder by a branch or tag; the commit that this means."""
        revisions = self.kept.setdefault(repository, {})
        revisions[revision] = folder
        return commit_of(repository, revision)


def commit_of(repository: str, revision: str) -> str:
    return hashlib.sha1(f"{repository}@{revision}".encode()).hexdigest()  # noqa: S324  # as git names commits


@contextmanager
def running_hub() -> Iterator[FakeHub]:
    """A hub to put into HF_ENDPOINT."""
    hub = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        hub.is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        parts = unquote(self.path.partition("?")[0]).strip("/").split("/")
        is_about = parts[:2] == ["api", "models"]
        owner, name, *rest = parts[2:] if is_about else parts
        repository = f"{owner}/{name}"
        revisions = self.hub.kept.get(repository)
        if repository in self.hub.gated:
            return self._refuse(403, "GatedRepo")
        if not revisions:
            return self._refuse(404, "RepoNotFound")
        revision = rest[1] if len(rest) > 1 else next(iter(revisions))
        named = {
            **revisions,
            **{commit_of(repository, each): revisions[each] for each in revisions},
        }
        if revision not in named:
            return self._refuse(404, "RevisionNotFound")
        commit = revision if revision not in revisions else commit_of(repository, revision)
        if is_about:
            return self._describe(repository, commit, named[revision])
        return self._hand_out(commit, named[revision], "/".join(rest[2:]))

    def _describe(self, repository: str, commit: str, folder: Path) -> None:
        files = [path for path in folder.rglob("*") if path.is_file()]
        names = [{"rfilename": path.relative_to(folder).as_posix()} for path in files]
        about = {"id": repository, "modelId": repository, "sha": commit, "siblings": names}
        self._send(json.dumps(about).encode(), {"Content-Type": "application/json"})

    def _hand_out(self, commit: str, folder: Path, name: str) -> None:
        path = folder / name
        if not path.is_file():
            return self._refuse(404, "EntryNotFound")
        content = path.read_bytes()
        etag = hashlib.sha1(content).hexdigest()  # noqa: S324  # as git names files
        if self.command == "GET":
            self.hub.given.append(name)
            if name in self.hub.stalled:
                self.hub.is_over.wait()
        return self._send(
            content,
            {"ETag": f'"{etag}"', "X-Repo-Commit": commit},
            kept_back=len(content) // 2 if name in self.hub.broken else 0,
        )

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, content: bytes, headers: dict[str, str], *, kept_back: int = 0) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content[: len(content) - kept_back])

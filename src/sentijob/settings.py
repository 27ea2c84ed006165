"""Settings: a flag, else ``SENTIJOB_*``, else ``config.toml``, else the default; and which of them it was."""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from sentijob.durations import parse_duration
from sentijob.errors import SettingsError, UsageError
from sentijob.jobs import DEFAULT_MAX_ATTEMPTS, DEFAULT_MODEL
from sentijob.machine import physical_memory
from sentijob.places import is_url
from sentijob.sizes import parse_size

APP_NAME = "sentijob"
_LONGEST_FILE_NAME = 255 - len("-journal")
"""Bytes that file systems take, less what SQLite adds."""
LEAST_MODEL_MEMORY = 64 * 2**20
"""An interpreter that may take less can't even say so."""
_LEAST_BODY = 2**20
"""What every request over HTTP may have."""


def data_folder() -> Path:
    """The platform's folder for this program's user data."""
    return _folder("XDG_DATA_HOME", ".local/share", os.environ)


def default_database() -> str:
    """Where jobs rest unless told otherwise."""
    return str(data_folder() / "sentijob.db")


def config_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's ``config.toml``; ``SENTIJOB_CONFIG`` names another."""
    named = environ.get("SENTIJOB_CONFIG")
    if named:
        return Path(named)
    return _folder("XDG_CONFIG_HOME", ".config", environ) / "config.toml"


def _folder(variable: str, in_home: str, environ: Mapping[str, str]) -> Path:
    """Where the platform keeps such files of this program's.

    Source: XDG Base Directory Specification 0.8, by which a relative path counts as none;
    File System Programming Guide, Apple, for macOS.
    """
    named = Path(environ.get(variable, ""))
    if named.is_absolute():
        return named / APP_NAME
    if sys.platform == "darwin":
        in_home = "Library/Application Support"
    # Unlike Path.home, this raises nothing where nobody knows a home.
    return Path(os.path.expanduser("~"), in_home, APP_NAME)  # noqa: PTH111


_ANSWERS = {
    **dict.fromkeys(("yes", "true", "on", "1"), True),
    **dict.fromkeys(("no", "false", "off", "0"), False),
}


class _Spec(NamedTuple):
    """How one setting is read; *parse* raises ValueError or UsageError with what is wrong."""

    parse: Callable[[str], object]
    default: Callable[[], object]
    help: str


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(written: str) -> int:
        try:
            number = int(written)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"write a whole number from {low} to {high}")
        return number

    return parse


def _span(low: timedelta, high: timedelta) -> Callable[[str], timedelta]:
    def parse(written: str) -> timedelta:
        duration = parse_duration(written)
        if not low <= duration <= high:
            raise ValueError(
                f"it must lie between {low.total_seconds():g}s and {high.total_seconds():g}s"
            )
        return duration

    return parse


def _text(written: str) -> str:
    if not written.strip():
        raise ValueError("it must not be empty")
    if "\0" in written:
        raise ValueError("it must not hold a NUL")
    return written


def _database(written: str) -> str:
    """A path in any of its spellings, or another database's URL."""
    place = _text(written).removeprefix("sqlite:///")
    longest = 0 if is_url(place) else max(len(os.fsencode(name)) for name in place.split("/"))
    if longest > _LONGEST_FILE_NAME:
        raise ValueError(
            f"a file's name has at most {_LONGEST_FILE_NAME} bytes, and this {longest}"
        )
    return place


def _yes_or_no(written: str) -> bool:
    try:
        return _ANSWERS[written.strip().lower()]
    except KeyError:
        raise ValueError("write yes or no") from None


def _list(parse: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    def parse_list(written: str) -> tuple[str, ...]:
        return tuple(parse(one.strip().lower()) for one in written.split(",") if one.strip())

    return parse_list


def _host(written: str) -> str:
    """A name or an address as a Host header has it, without its port."""
    bare = written.removeprefix("[").removesuffix("]")
    # Two colons and more are an IPv6 address; one comes before a port.
    if not bare or set(bare) & set("/*@[] ") or bare.count(":") == 1:
        raise ValueError(f"{written!r} is no host: write a name or an address, without port")
    return bare


def _origin(written: str) -> str:
    """An origin as browsers send it. A wildcard is none: whoever is let in is named."""
    scheme, separator, host = written.partition("://")
    if scheme not in ("http", "https") or not separator or not host or set(host) & set("/*@?# "):
        raise ValueError(f"{written!r} is no origin: write it as https://name or http://name:port")
    return written


def _memory(written: str) -> int:
    size = parse_size(written)
    if 0 < size < LEAST_MODEL_MEMORY:
        raise ValueError(f"write at least {LEAST_MODEL_MEMORY // 2**20}M, or 0 for no limit")
    return size


def _body(written: str) -> int:
    size = parse_size(written)
    if size < _LEAST_BODY:
        raise ValueError("write at least 1M")
    return size


SPECS: Mapping[str, _Spec] = {
    "db": _Spec(_database, default_database, "the store: a path, or a database URL"),
    "model": _Spec(_text, lambda: DEFAULT_MODEL, "the model for new jobs"),
    "max_attempts": _Spec(
        _whole(1, 100), lambda: DEFAULT_MAX_ATTEMPTS, "tries a job gets before it fails"
    ),
    "max_text_length": _Spec(
        _whole(1, 10_000_000), lambda: 10_000, "characters a text may have after trimming"
    ),
    "store_text": _Spec(
        _yes_or_no, lambda: True, "whether a text stays in the store once it is scored"
    ),
    "allow_network_fs": _Spec(
        _yes_or_no, lambda: False, "whether the store may lie on a network file system"
    ),
    "lease": _Spec(
        _span(timedelta(seconds=1), timedelta(days=1)),
        lambda: timedelta(seconds=60),
        "how long a worker holds a job between two heartbeats",
    ),
    "demo_delay": _Spec(
        _span(timedelta(0), timedelta(hours=1)),
        lambda: timedelta(seconds=5),
        "how long the demo model waits before it answers",
    ),
    "threads": _Spec(_whole(0, 1024), lambda: 0, "threads a model may use; 0 means one per core"),
    "call_timeout": _Spec(
        _span(timedelta(seconds=1), timedelta(days=1)),
        lambda: timedelta(minutes=2),
        "how long a model call may take before its process is killed",
    ),
    "model_memory": _Spec(
        _memory,
        lambda: physical_memory() * 4 // 5,
        "bytes that a worker's models may take, shared by its processes; 0 means all",
    ),
    "reuse": _Spec(
        _yes_or_no,
        lambda: True,
        "whether a text gets the result that the same model has already given it",
    ),
    "allow_host": _Spec(
        _list(_host), lambda: (), "names by which the server may be called, besides its address"
    ),
    "allow_origin": _Spec(
        _list(_origin), lambda: (), "origins whose pages may use the API, as https://name"
    ),
    "require_token": _Spec(
        _yes_or_no, lambda: False, "whether a token is needed on this machine's own addresses too"
    ),
    "max_body": _Spec(
        _body, lambda: 100 * 2**20, "bytes that an upload may have; other requests have 1M"
    ),
    "max_pending": _Spec(
        _whole(0, 10**12), lambda: 1_000_000, "jobs that may wait until HTTP takes no more; 0: any"
    ),
    "rate_limit": _Spec(
        _whole(0, 1_000_000), lambda: 100, "requests a second from an address elsewhere; 0: any"
    ),
    "client_timeout": _Spec(
        _span(timedelta(seconds=1), timedelta(hours=1)),
        lambda: timedelta(seconds=20),
        "how long an HTTP client may keep the server waiting",
    ),
    "max_connections": _Spec(
        _whole(1, 1_000_000), lambda: 4096, "connections that HTTP has at a time"
    ),
}


class Settings(NamedTuple):
    """All settings with their values, and in *origins* where each came from."""

    db: str
    model: str
    max_attempts: int
    max_text_length: int
    store_text: bool
    allow_network_fs: bool
    lease: timedelta
    demo_delay: timedelta
    threads: int
    call_timeout: timedelta
    model_memory: int
    reuse: bool
    allow_host: tuple[str, ...]
    allow_origin: tuple[str, ...]
    require_token: bool
    max_body: int
    max_pending: int
    rate_limit: int
    client_timeout: timedelta
    max_connections: int
    origins: Mapping[str, str]


def load_settings(
    flags: Mapping[str, str | None] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Settle every setting; *flags* holds those given on the command line, as written.

    Raises:
        SettingsError: a value can't be used, or ``config.toml`` can't be read or
            names a setting that doesn't exist.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    path = config_file(environ)
    configured = _read_config(path)
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    for name, spec in SPECS.items():
        variable = f"SENTIJOB_{name.upper()}"
        if name in given:
            origin, written = f"--{name.replace('_', '-')}", given[name]
        elif environ.get(variable):
            origin, written = variable, environ[variable]
        elif name in configured:
            origin, written = str(path), configured[name]
        else:
            values[name], origins[name] = spec.default(), "default"
            continue
        try:
            values[name] = spec.parse(written)
        except (ValueError, UsageError) as exc:
            raise SettingsError(
                f"{name} = {written!r} (from {origin}) can't be used: {exc}"
            ) from exc
        origins[name] = origin
    return Settings(**values, origins=origins)  # type: ignore[arg-type]  # each was parsed by its spec


def _read_config(path: Path) -> dict[str, str]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise SettingsError(f"{path} can't be read: {exc.strerror}") from exc
    import tomllib  # costs start-up, and most have no config file

    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SettingsError(f"{path} is not valid TOML: {exc}") from exc
    unknown = sorted(set(table) - set(SPECS))
    if unknown:
        raise SettingsError(
            f"{path} sets {unknown[0]!r}, which doesn't exist; known: {', '.join(SPECS)}"
        )
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in table.items()
    }

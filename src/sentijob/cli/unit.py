"""A systemd user unit that keeps a worker running."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sentijob.cli.inert import inert
from sentijob.places import has_password, is_url, shown_db

_ESCAPES = {
    **{control: f"\\x{control:02x}" for control in (*range(0x20), 0x7F)},
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("\n"): "\\n",
    ord("%"): "%%",
}

_ENVIRONMENT = """\
# One line, SENTIJOB_DB=..., with the password; the file must be yours alone (chmod 600).
EnvironmentFile=%h/.config/sentijob/environment
"""
_TEMPLATE = """\
# Save it, then have it started now and at every login:
#   sentijob worker unit > ~/.config/systemd/user/sentijob.service
#   systemctl --user daemon-reload
#   systemctl --user enable --now sentijob
[Unit]
Description=sentijob worker on {description}
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=notify
{secret}ExecStart={command}
# 2 is a mistake in the settings, 6 a store that can't be used, 7 a model that is missing: trying
# again mends none. A disk that is full or away for a while is waited out by the worker itself.
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2 6 7
WatchdogSec=90
# Where memory runs out the kernel takes a model's process, and the worker starts another.
OOMPolicy=continue
TimeoutStopSec=30
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
{confinement}
[Install]
WantedBy=default.target
"""


def unit_file(command: Sequence[str], db: str) -> str:
    """The unit that runs *command* on the store *db*.

    Where the store is a file, the worker may write to its folder alone and
    has no network.

    Source: systemd.service(5), systemd.exec(5), and for the quoting systemd.syntax(7).
    """
    return _TEMPLATE.format(
        description=inert(shown_db(db)).replace("%", "%%"),
        command=" ".join(_argument(word) for word in command),
        confinement="" if is_url(db) else _confinement(Path(db).parent),
        secret=_ENVIRONMENT if has_password(db) else "",
    )


def _confinement(folder: Path) -> str:
    return f'ReadWritePaths="{_escaped(str(folder))}"\nRestrictAddressFamilies=AF_UNIX\n'


def _argument(word: str) -> str:
    """One word of a command line, in which systemd expands nothing."""
    escaped = _escaped(word).replace("$", "$$")
    return f'"{escaped}"' if escaped != word or " " in word or "'" in word or not word else word


def _escaped(word: str) -> str:
    return word.translate(_ESCAPES)

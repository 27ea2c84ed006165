"""What a server has acknowledged is on disk, however it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from ancestors import serve, start_clients
from http_clients import Outcome
from shell import Shell, eventually

CLIENTS = 20
EACH = 50
KILLS = 2
COMPLETED = "SELECT job_uuid FROM job WHERE status = 'completed'"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with closing(Shell(tmp_path)) as opened:
        yield opened


def test_a_server_that_is_killed_loses_nothing_that_it_has_acknowledged(shell: Shell) -> None:
    site = serve(shell)
    with start_clients(site.port, {"clients": CLIENTS, "each": EACH, "seconds": 60}) as clients:
        for kill in range(1, KILLS + 1):
            wait_for_jobs(shell, CLIENTS * EACH * kill // (KILLS + 1))
            site.kill()
            assert shell.count() < CLIENTS * EACH
            site = serve(shell, port=site.port)
        said, _ = clients.communicate()
    outcome = Outcome(**json.loads(said))
    assert outcome.statuses == {"202": CLIENTS * EACH}
    assert outcome.broken
    assert len(set(outcome.acknowledged)) == CLIENTS * EACH
    shell("worker", "--drain")
    ended = {str(UUID(bytes=job_uuid)) for (job_uuid,) in shell.rows(COMPLETED)}
    assert set(outcome.acknowledged) <= ended
    assert shell.count("status <> 'completed'") == 0


def wait_for_jobs(shell: Shell, number: int) -> None:
    eventually(lambda: shell.count() >= number)

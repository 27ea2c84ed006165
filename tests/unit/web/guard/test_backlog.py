from __future__ import annotations

import pytest
from asgi import Behind, Clock, client

from sentijob.jobs import Counts
from sentijob.web.guard.backlog import RETRY_SECONDS, Backlog
from sentijob.web.room import LOOK_AGAIN, Room


class Queue:
    """As much of a store as is asked, and how often it was."""

    def __init__(self, pending: int) -> None:
        self.pending = pending
        self.looks = 0

    def counts(self) -> Counts:
        self.looks += 1
        return Counts(pending=self.pending, completed=1000)


@pytest.mark.parametrize("path", ["/predict", "/batches"])
def test_a_full_queue_takes_no_text_and_says_when_to_come_back(path: str) -> None:
    behind = Behind()
    answer = client(Backlog(behind, room=Room(Queue(10), 10))).post(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(RETRY_SECONDS))
    assert behind.reached == []


def test_a_queue_with_room_takes_texts_and_a_full_one_is_still_looked_at() -> None:
    assert client(Backlog(Behind(), room=Room(Queue(9), 10))).post("/predict").status_code == 200
    full = client(Backlog(Behind(), room=Room(Queue(10), 10)))
    assert full.get("/jobs").status_code == 200
    assert full.get("/batches").status_code == 200
    assert full.post("/batches/1/cancel").status_code == 200, "this makes room"


def test_many_texts_share_a_look_and_room_is_seen_soon() -> None:
    clock, queue = Clock(), Queue(10)
    app = client(Backlog(Behind(), room=Room(queue, 10, clock=clock)))
    assert [app.post("/predict").status_code for _ in range(20)] == [429] * 20
    assert queue.looks == 1
    queue.pending = 0
    clock.now += LOOK_AGAIN
    assert app.post("/predict").status_code == 200

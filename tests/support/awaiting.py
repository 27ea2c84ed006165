"""What tests of tasks do again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


def run(scene: Coroutine[Any, Any, None]) -> None:
    """Play a scene in a loop of its own, to its end."""
    asyncio.run(asyncio.wait_for(scene, 60))


async def within(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Return as soon as *condition* is true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what it is true of sets no event
            await asyncio.sleep(0.002)

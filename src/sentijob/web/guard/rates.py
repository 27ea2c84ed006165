"""No address elsewhere takes more than its share: a token bucket each.

Clients on this machine aren't counted. They are you, or a proxy of yours, which knows its clients
apart where this server can't: whoever could write ``X-Forwarded-For`` could be anybody.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from sentijob.web.guard.asgi import is_request, refuse
from sentijob.web.guard.hosts import is_loopback

BURST = 2
"""Seconds' worth of requests that may come at once."""
MOST_KNOWN = 10_000
"""Addresses that are remembered; whoever was silent for longest is forgotten."""


class Rates:
    """Answers 429 to an address that asks more often than *rate* times a second for a while."""

    def __init__(
        self, app: ASGIApp, *, rate: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._wait(scope["client"][0]) if is_request(scope) and scope.get("client") else 0.0
        if not wait:
            await self.app(scope, receive, send)
            return
        detail = f"{self._rate} requests a second are taken from an address"
        headers = {"Retry-After": str(math.ceil(wait))}
        await refuse(scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS, detail, headers=headers)

    def _wait(self, address: str) -> float:
        """Seconds until this address may ask; 0 takes one from its bucket."""
        if is_loopback(address):
            return 0.0
        client = _client(address)
        now = self._clock()
        full = float(self._rate * BURST)
        left, seen = self._buckets.pop(client, (full, now))
        left = min(left + (now - seen) * self._rate, full)
        is_served = left >= 1
        self._buckets[client] = (left - is_served, now)
        if len(self._buckets) > MOST_KNOWN:
            self._buckets.popitem(last=False)
        return 0.0 if is_served else (1 - left) / self._rate


def _client(address: str) -> str:
    """Who has an address: of IPv6, a household has all that share the first 64 bits."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False))

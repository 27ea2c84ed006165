"""The application behind a socket, until a signal ends it."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext

import uvicorn

from sentijob.ports import Store
from sentijob.settings import Settings
from sentijob.web.app import create_app
from sentijob.web.companion import Companion
from sentijob.web.guard.connections import server_config
from sentijob.web.guard.gate import check_exposure, guarded
from sentijob.web.measures import Measured
from sentijob.web.services import Services
from sentijob.web.sockets import allow_many_files, bound, url_of

_HANG_UP: signal.Signals | None = getattr(signal, "SIGHUP", None)

_log = logging.getLogger(__name__)


def run(
    store: Store,
    settings: Settings,
    *,
    host: str,
    port: int,
    companion: Companion | None = None,
) -> None:
    """Serve until a signal, which is raised again in the end; *companion* begins and ends with the server.

    Raises:
        ConflictError: the port is taken.
        UsageError: nobody can listen there, or tokens are needed there and the store has none.
    """
    check_exposure(store, settings, host)
    allow_many_files()
    with bound(host, port) as listening, closing(companion) if companion else nullcontext():
        app = create_app(store, settings, has_page=True)
        services: Services = app.state.services
        outer = Measured(guarded(app, store, settings, host=host), measures=services.measures)
        config = server_config(outer, settings, host=host, port=port)

        def begin() -> None:
            _log.info("listening at %s", url_of(listening))
            if companion:
                companion.start()

        def end() -> None:
            services.commits.end()
            if companion:
                companion.request_stop()

        _Server(config, on_listening=begin, on_ending=end).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Tells when it listens and when it is to end, before it waits for its connections."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_listening: Callable[[], None],
        on_ending: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._on_listening = on_listening
        self._on_ending = on_ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_ending()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As ever, and a closed terminal as well, unless whoever started us wants that ignored."""
        with super().capture_signals():
            if _HANG_UP is None or signal.getsignal(_HANG_UP) is signal.SIG_IGN:
                yield
                return
            before = signal.signal(_HANG_UP, self.handle_exit)
            try:
                yield
            finally:
                signal.signal(_HANG_UP, before)

"""The server: a socket on this machine, the application on it, a browser in front."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from duck_and_cover.errors import Failure
from duck_and_cover.settings import Settings
from duck_and_cover.studio.app import create_app
from duck_and_cover.studio.jobs import Limits
from duck_and_cover.studio.pool import Pool
from duck_and_cover.studio.worker import Opener

__all__ = ["data_folder", "serve", "server_of"]

HOST = "127.0.0.1"
VARIABLE = "DUCKCOVER_STUDIO"
MOST_HEAD_BYTES = 800_000
"""Of a request before its body: 60,000 characters of any script, each up to twelve bytes in an address, and more."""


def serve(
    port: int,
    *,
    folder: Path | None,
    settings: Settings,
    open_browser: bool,
    workers: int = 2,
    reader: Opener | None = None,
    begun: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until an interrupt.

    port:   on loopback; 0 takes a free one.    folder: None takes `data_folder`.    begun: is told the address.
    reader: opens the reader of words, as in `create_app`.
    Raises `Failure` where the port is taken, `CannotWrite` where the folder cannot be used.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise Failure(
                f"port {port} of this machine is taken ({error.strerror}); is a studio open already? Else "
                "name another with --port"
            ) from error
        listening.listen(128)
        port = listening.getsockname()[1]
        kept = folder or data_folder(settings)
        app = create_app(kept, host=HOST, port=port, limits=Limits(workers=workers), reader=reader)
        address = f"http://{HOST}:{port}/"
        begun(address)
        if open_browser:
            threading.Timer(0.3, webbrowser.open, (address,)).start()
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        with suppress(KeyboardInterrupt):  # that is how one ends it
            server_of(app).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends the work before the connections that wait for it, so that none has to be cut."""

    def __init__(self, config: uvicorn.Config, pool: Pool) -> None:
        super().__init__(config)
        self._pool = pool

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._pool.close()
        await super().shutdown(sockets)


def server_of(app: FastAPI) -> uvicorn.Server:
    """What serves an application. Addresses may be as long as a recipe of many tracks in any script."""
    config = uvicorn.Config(
        app,
        http="h11",
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=3,
        limit_concurrency=200,
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
    )
    return _Server(config, app.state.studio.pool)


def data_folder(settings: Settings) -> Path:
    """Where the studio keeps what was made: `DUCKCOVER_STUDIO`, or where this system keeps users' data."""
    if named := settings.get(VARIABLE):
        return Path(named).expanduser()
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "duckcover"
    if sys.platform == "win32":
        return Path(settings.get("LOCALAPPDATA") or home / "AppData" / "Local") / "duckcover"
    return Path(settings.get("XDG_DATA_HOME") or home / ".local" / "share") / "duckcover"

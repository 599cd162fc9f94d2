"""Who may ask, how much may be sent, and what a page may load.

The studio serves one person on one machine. A page of a stranger's in the same browser can reach it as well, by its
address or by a name that was made to point here (DNS rebinding); so every request must name this machine as its host,
and one that says where it comes from must come from here. References: OWASP, DNS rebinding and CSRF cheat sheets;
Fetch Metadata (W3C), Sec-Fetch-Site; CSP level 3 (W3C).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

__all__ = ["GUARDED", "MOST_BYTES", "Guard", "names_of"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_BYTES: Mapping[str, int] = {"/uploads/art": 60_000_000, "/uploads/tags": 80_000_000}
"""Path -> bytes that may be sent there; `_USUAL` elsewhere."""

_USUAL = 200_000

GUARDED: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""What every answer says, unless it says so itself."""


def names_of(host: str, port: int) -> frozenset[str]:
    """What a browser may call this server: its address and the names of this machine, with its port."""
    hosts = {host, "localhost", "127.0.0.1", "[::1]"}
    return frozenset(f"{each}:{port}" for each in hosts) | (frozenset(hosts) if port == 80 else frozenset())


class Guard:
    """Stands before an application and lets through what may ask.

    hosts:  what a browser may call this server, with the port.
    """

    def __init__(self, app: App, hosts: frozenset[str]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        fault = self._fault(scope, headers)
        if fault is not None:
            await _answer(send, *fault)
            return
        most = MOST_BYTES.get(scope["path"], _USUAL)
        length = headers.get("content-length", "")
        if length and (not length.isdecimal() or int(length) > most):
            await _answer(send, 413, _too_much(most))
            return
        taken, over, begun = 0, False, False

        async def counted() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def guarded(message: Message) -> None:
            nonlocal begun
            if over and not begun:
                return  # what is told then is told below
            if message["type"] == "http.response.start":
                begun = True
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in GUARDED.items()
                        if name.encode() not in present
                    ),
                ]
            await send(message)

        try:
            await self.app(scope, counted, guarded)
        except Exception:
            if not over or begun:
                raise
        if over and not begun:
            await _answer(send, 413, _too_much(most))

    def _fault(self, scope: Message, headers: Mapping[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self.hosts:
            return 421, "this address is not the studio's; open the address that it printed"
        origin = headers.get("origin")
        if origin is not None and (urlsplit(origin).scheme, urlsplit(origin).netloc.lower()) not in {
            ("http", host) for host in self.hosts
        }:
            return 403, "another site asked for this; the studio answers its own pages alone"
        site = headers.get("sec-fetch-site", "none")
        if site not in ("none", "same-origin") and not (
            scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate" and scope["path"] == "/"
        ):
            return 403, "another site asked for this; the studio answers its own pages alone"
        return None


def _too_much(most: int) -> str:
    return f"this is more than may be sent here, {most / 1e6:g} MB"


async def _answer(send: Send, status: int, fault: str) -> None:
    body = json.dumps({"fault": fault}).encode()
    headers = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("connection", "close"),
        *GUARDED.items(),
    ]
    raw = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})

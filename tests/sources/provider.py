"""`Provider`: a music service on this machine, in a thread, that answers as Spotify did in October 2025 or does since
March 2026, with pictures, with any fault wanted, and with a log of who asked what when.

    with Provider(state="dev-2026", faults=[Fault(r"/search", "429", value=1)]) as provider:
        ...                                        # ask provider.api_url
        assert provider.inside_window() == []      # nobody asked before the Retry-After was over

The limits of pages are read from the vendor's OpenAPI documents where those lie beside the checkout.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import web
from world import KINDS, STATES, Wire, World, bomb, page_limits, picture, zip_bomb

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "Asked", "Fault", "Provider"]

CLIENT_ID, CLIENT_SECRET = "a-duck", "under-cover"
LAST_RESULT = 1000  # offset and limit together may not be more
MOST_SENT = 1 << 30  # an endless body ends here after all

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Fault:
    """What goes wrong with some requests. Of those whose path and query match: number `first` (from 0) is the first to
    be hit, then each `every`-th, `count` in all (None: without end). each: counted for every address by itself.

    kind: a status, "429" or "503" with Retry-After `value`, others with `value` as their message; "html"; "truncated"
    (shorter than announced); "reset" (hung up); "cut" (a whole reply of half the content); "garbage"; "slow" (a byte
    each `value` s); "redirect" (to `value`; "" for itself); "bomb" (a PNG of 30000 x 30000 px in 110 kB, which is as
    little as deflate can); "zip-bomb" (100 MB in 100 kB); "empty"; "large" (endless; with `value`, announced as such).
    """

    path: str
    kind: str
    first: int = 0
    count: int | None = 1
    every: int = 1
    value: float | str | None = None
    each: bool = False


@dataclass
class Asked:
    """One request. time_s: of the monotonic clock, when it came; inside_s: seconds since the announcement of the
    Retry-After that it disregards, else None; fault: what was done to it; sent: bytes of the body, where streamed.
    """

    time_s: float
    method: str
    path: str
    headers: dict[str, str]
    inside_s: float | None = None
    status: int = 0
    fault: str = ""
    sent: int = 0


@dataclass
class Provider:
    """seed, genres, artists, albums: of the `World`. token_uses: requests that a token is good for; None for ever.
    delay_s: before each reply, as of a network.
    """

    seed: int = 1
    state: str = "dev-2026"
    genres: int = 3
    artists: int = 12
    albums: int = 120
    faults: Sequence[Fault] = ()
    token_uses: int | None = None
    delay_s: float = 0.0
    tokens: dict[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.world = World(self.seed, self.genres, self.artists, self.albums)
        self.limits = page_limits(self.state)
        self._log: list[Asked] = []
        self._windows: dict[str, list[tuple[float, float]]] = {}
        self._matched: dict[tuple[int, str], int] = {}
        self._hits: dict[tuple[int, str], int] = {}

    def __enter__(self) -> Provider:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.address: tuple[str, int] = self._socket.getsockname()
        self.url = f"http://127.0.0.1:{self.address[1]}"
        self.api_url, self.token_url = f"{self.url}/v1", f"{self.url}/api/token"
        self._wire = Wire(self.world, STATES[self.state].everything, self.url)
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10), "the provider did not start"
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def image_url(self, album_id: str, size_px: int) -> str:
        return f"{self.url}/image/{album_id}/{size_px}"

    @property
    def log(self) -> list[Asked]:
        """All requests so far, in the order in which they came."""
        return list(self._log)

    def count(self, path: str) -> int:
        """Requests whose path and query match."""
        return sum(1 for asked in self.log if re.search(path, asked.path))

    def inside_window(self, grace_s: float = 0.0) -> list[Asked]:
        """Requests that came before an announced Retry-After was over, and `grace_s` or more after the announcement:
        what came sooner may have been on its way. A window holds for its part of the service (/v1, /api, /image), since
        these are different hosts in life.
        """
        return [asked for asked in self.log if asked.inside_s is not None and asked.inside_s >= grace_s]

    def repeats(self) -> dict[str, int]:
        """Addresses that were got more than once although nothing was wrong with the first reply, and how often."""
        seen: dict[str, int] = {}
        for asked in self.log:
            if (asked.method, asked.status, asked.fault) == ("GET", 200, ""):
                seen[asked.path] = seen.get(asked.path, 0) + 1
        return {path: times for path, times in seen.items() if times > 1}

    def expire_tokens(self) -> None:
        """No token that was given is good any more."""
        self.tokens = dict.fromkeys(self.tokens, 0)

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(middlewares=[self._watch])
        app.router.add_post("/api/token", self._token)
        app.router.add_get("/image/{id}/{size}", self._image)
        for path, answer in (("/search", self._search), ("/artists/{id}", self._artist), ("/albums/{id}", self._album),
                             ("/artists/{id}/related-artists", self._related),
                             ("/artists/{id}/albums", self._albums)):  # fmt: skip
            app.router.add_get(f"/v1{path}", self._authorised(answer))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        ready.set()
        await self._stop.wait()
        await runner.cleanup()

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        area, now = request.path.split("/")[1], time.monotonic()
        asked = Asked(now, request.method, request.path_qs, dict(request.headers))
        asked.inside_s = max((now - since for since, until in self._windows.get(area, ()) if now < until), default=None)
        self._log.append(asked)
        fault = self._due(request.path_qs)
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        try:
            response = await (self._spoil(fault, request, handler, asked) if fault else handler(request))
        except web.HTTPException as error:
            response = _error(error.status, error.reason)
        asked.status = response.status
        return response

    def _due(self, path: str) -> Fault | None:
        """The fault that hits this request: the first in the list of those whose turn it is."""
        due = None
        for number, fault in enumerate(self.faults):
            if re.search(fault.path, path):
                key = number, path if fault.each else ""
                turn = self._matched.get(key, 0)
                self._matched[key] = turn + 1
                hits, late = self._hits.get(key, 0), turn - fault.first
                more = fault.count is None or hits < fault.count
                if due is None and more and late >= 0 and late % fault.every == 0:
                    due, self._hits[key] = fault, hits + 1
        return due

    async def _spoil(self, fault: Fault, request: web.Request, handler: Handler, asked: Asked) -> web.StreamResponse:
        asked.fault, value = fault.kind, fault.value
        match fault.kind:
            case "429" | "503":
                headers = {} if value is None else {"Retry-After": str(value)}
                if isinstance(value, int | float):
                    now = time.monotonic()
                    self._windows.setdefault(request.path.split("/")[1], []).append((now, now + value))
                return _error(int(fault.kind), "API rate limit exceeded", headers)
            case "html":
                return web.Response(text="<html>Sign in to the hotel's network</html>", content_type="text/html")
            case "empty":
                return web.Response(body=b"", content_type="image/jpeg")
            case "garbage":
                return web.Response(body=Random(request.path).randbytes(5000), content_type="image/jpeg")
            case "redirect":
                return web.Response(status=302, headers={"Location": str(value or request.path_qs)})
            case "bomb":
                return web.Response(body=bomb(), content_type="image/png")
            case "zip-bomb":
                return web.Response(body=zip_bomb(), headers={"Content-Encoding": "gzip"}, content_type="image/jpeg")
            case "reset":
                assert request.transport
                request.transport.abort()
                return web.Response()
            case "large":
                return await self._stream(request, asked, b"\xff" * 65536, MOST_SENT, 0.0, value)
            case "cut" | "truncated" | "slow":
                body = bytes(getattr(await handler(request), "body"))  # noqa: B009
                if fault.kind == "cut":
                    return web.Response(body=body[: len(body) // 2], content_type="image/jpeg")
                if fault.kind == "slow":
                    return await self._stream(request, asked, body[:1], len(body), float(value or 0.05), len(body))
                response = await self._stream(request, asked, body[: len(body) // 2], 1, 0.0, len(body))
                assert request.transport
                request.transport.close()
                return response
            case status:
                return _error(int(status), str(value or "as was wished"))

    async def _stream(self, request: web.Request, asked: Asked, part: bytes, most: int, pause_s: float,
                      announced: float | str | None) -> web.StreamResponse:  # fmt: skip
        """`part` again and again, until there are `most` bytes or nobody is listening."""
        response = web.StreamResponse()
        response.content_type, asked.status = "image/jpeg", 200
        if announced is not None:
            response.content_length = int(announced)
        await response.prepare(request)
        try:
            while asked.sent < most and not self._stop.is_set():
                await response.write(part)
                asked.sent += len(part)
                await asyncio.sleep(pause_s)
        except ConnectionError:
            pass
        return response

    async def _token(self, request: web.Request) -> web.Response:
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            return _json({"error": "unsupported_grant_type", "error_description": "grant_type is missing"}, 400)
        if request.headers.get("Authorization") != f"Basic {pair}":
            return _json({"error": "invalid_client", "error_description": "Invalid client"}, 400)
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = 1 << 60 if self.token_uses is None else self.token_uses
        return _json({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def _authorised(self, answer: Callable[[web.Request], web.Response]) -> Handler:
        async def handler(request: web.Request) -> web.Response:
            kind, _, token = request.headers.get("Authorization", "").partition(" ")
            if kind != "Bearer" or token not in self.tokens:
                return _error(401, "Invalid access token" if token else "No token provided")
            if self.tokens[token] <= 0:
                return _error(401, "The access token expired")
            self.tokens[token] -= 1
            return answer(request)

        return handler

    def _page(self, request: web.Request, path: str, found: Sequence[Any], wire: Callable[..., Any]) -> web.Response:
        """The asked-for page of what was found, or why there is none."""
        default, most = self.limits[path]
        try:
            limit, offset = (int(request.query.get(name, at)) for name, at in (("limit", default), ("offset", 0)))
        except ValueError:
            return _error(400, "limit or offset is not a number")
        if not 1 <= limit <= most:
            return _error(400, "Invalid limit")
        if offset < 0 or offset + limit > LAST_RESULT:
            return _error(400, "Invalid offset")

        def href(start: int) -> str:
            return str(request.url.update_query(offset=start, limit=limit))

        page = {
            "href": href(offset), "limit": limit, "offset": offset, "total": len(found),
            "items": [wire(each) for each in found[offset : offset + limit]],
            "next": href(offset + limit) if offset + limit < len(found) else None,
            "previous": href(max(0, offset - limit)) if offset else None,
        }  # fmt: skip
        return _json({"artists": page} if path == "/search" else page)

    def _search(self, request: web.Request) -> web.Response:
        query = re.fullmatch(r'genre:"(.*)"', request.query.get("q", ""))
        if request.query.get("type") != "artist" or not query:
            return _error(400, "this one knows searches of artists by genre only")
        return self._page(request, "/search", self.world.members(query[1]), self._wire.artist)

    def _asked_artist(self, request: web.Request) -> int:
        artist = self.world.artist_of(request.match_info["id"])
        if artist is None or self.world.is_gone(artist):
            raise web.HTTPNotFound
        return artist

    def _artist(self, request: web.Request) -> web.Response:
        return _json(self._wire.artist(self._asked_artist(request)))

    def _related(self, request: web.Request) -> web.Response:
        if not self._wire.everything:
            raise web.HTTPForbidden
        related = self.world.related(self._asked_artist(request))
        return _json({"artists": [self._wire.artist(each) for each in related]})

    def _albums(self, request: web.Request) -> web.Response:
        groups = request.query.get("include_groups", ",".join(KINDS)).split(",")
        found = self.world.albums_of(self._asked_artist(request), groups)
        return self._page(request, "/artists/{id}/albums", found, lambda key: self._wire.album(*key))

    def _asked_album(self, request: web.Request) -> tuple[int, int]:
        key = self.world.album_of(request.match_info["id"])
        if key is None:
            raise web.HTTPNotFound
        return key

    def _album(self, request: web.Request) -> web.Response:
        return _json(self._wire.whole_album(*self._asked_album(request)))

    async def _image(self, request: web.Request) -> web.Response:
        album, size = self.world.album(*self._asked_album(request)), request.match_info["size"]
        if size not in map(str, album.sizes_px):
            raise web.HTTPNotFound
        body, etag = picture(album.picture, int(size))
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, content_type="image/jpeg", headers={"ETag": etag})


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """Spotify's shape; replies that may have no body have none."""
    if status < 200 or status in (204, 304):
        return web.Response(status=status)
    return _json({"error": {"status": status, "message": message}}, status, headers)

"""The only outward socket. One exchange at a time: what to try again, and when, the catalog decides.

Unanswered          this request brought nothing
├── Wait            the host wants to be left alone for so many seconds
├── Refused         it will not answer this: 4xx, or an address that we do not go to
└── Broken          it could not, or what came was not what was asked: worth another try
NeedsUser           nobody's request will be answered before the user does something

Only hosts on a list are asked, redirects included, and only at public addresses: where a picture lies is said by
metadata that strangers write. An address is looked up once, checked, and connected to as checked.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import ipaddress
import json
import math
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from duck_and_cover.errors import BadInput, Failure
from duck_and_cover.sources.pace import LONGEST_WAIT_S, Closed, Pace

__all__ = ["Broken", "Http", "NeedsUser", "Refused", "Reply", "Unanswered", "Wait", "check_contact"]

MOST_REDIRECTS = 5
MOST_BYTES = 20_000_000
TIMEOUT_S = 30.0
_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_NOW = (429, 503)
_SERVER_FAULT = 500
_OWN_FAULT = 400
_ANSWERS = (200, 304)
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_NAT64, _SIX_TO_FOUR = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16")


class Unanswered(Exception):
    """A request brought nothing. `reason` is short and the same for all of a kind, so that reasons can be counted."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), dict(self.__dict__))


def _again(kind: type[Unanswered], told: dict[str, Any]) -> Unanswered:
    """An error as it was in another process."""
    error = kind.__new__(kind, told["reason"])
    error.__dict__.update(told)
    return error


class Wait(Unanswered):
    """The host wants to be left alone. seconds: how long it said; None where it did not say."""

    def __init__(self, reason: str, status: int, seconds: float | None) -> None:
        super().__init__(reason, status)
        self.seconds = seconds


class Refused(Unanswered):
    """This will not be answered, however often it is asked. text: the beginning of what came."""

    def __init__(self, reason: str, status: int = 0, text: str = "") -> None:
        super().__init__(reason, status)
        self.text = text


class Broken(Unanswered):
    """No answer, or not what was asked for. reached: whether the host was, so that this was a try."""

    def __init__(self, reason: str, status: int = 0, reached: bool = True) -> None:
        super().__init__(reason, status)
        self.reached = reached


class NeedsUser(Failure):
    """Credentials are wrong, a subscription lapsed: nothing will be answered until the user acts."""


@dataclass(frozen=True)
class Reply:
    """An answer with status 200, or 304 to a conditional request. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def json(self) -> Any:
        """The body as JSON; raises `Broken` where it is something else, as proxies and portals send."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Broken("200 with something that is not JSON", self.status) from error


class Http:
    """Asks hosts, each at its own pace. Use it as an asynchronous context.

    hosts:    that may be asked; ".archive.org" stands for everything below it.
    rates:    host -> requests a second; those that are not named share the rate of their entry in `hosts`, else 4.
    contact:  of whoever runs this, sent with every request: services ask for it.
    local:    (host, port) on this machine that were named as mirrors; any other address here is refused.
    """

    def __init__(self, hosts: frozenset[str], rates: Mapping[str, float], contact: str, *,
                 local: frozenset[tuple[str, int]] = frozenset(), connections: int = 32,
                 timeout_s: float = TIMEOUT_S) -> None:  # fmt: skip
        self.hosts, self.rates, self.local = hosts, rates, local
        self._timeout, self._connections = aiohttp.ClientTimeout(total=timeout_s), connections
        self._open: dict[str, asyncio.Semaphore] = {}
        self._agent = f"duck-and-cover/{_version()} ( {contact} )"
        self._paces: dict[str, Pace] = {}
        self.requests = 0

    async def __aenter__(self) -> Http:
        resolver = _CheckedResolver(self.local)
        connector = aiohttp.TCPConnector(limit=0, resolver=resolver, ttl_dns_cache=300)  # `_exchange` limits them
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=self._timeout, headers={"User-Agent": self._agent},
            cookie_jar=aiohttp.DummyCookieJar(),
        )  # fmt: skip
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._session.close()

    def pace(self, host: str) -> Pace:
        """Of one host."""
        if host not in self._paces:
            named = next((rate for name, rate in self.rates.items() if _covers(name, host)), 4.0)
            self._paces[host] = Pace(named)
        return self._paces[host]

    async def get(self, url: str, params: Mapping[str, str | int] | None = None,
                  headers: Mapping[str, str] | None = None, *, most_bytes: int = MOST_BYTES) -> Reply:  # fmt: skip
        """Follow redirects by hand, each checked like the first. Raises `Unanswered` for everything but 200 and 304."""
        sent = dict(headers or {})
        for _ in range(MOST_REDIRECTS + 1):
            before = url
            reply = await self._exchange("GET", url, most_bytes, params=params, headers=sent)
            if reply.status not in _REDIRECTS:
                return reply
            url, params = _target(url, reply.headers.get("location", "")), None
            if urlsplit(url).netloc != urlsplit(before).netloc:  # a token is for the host it was given for
                sent = {name: value for name, value in sent.items() if name.lower() != "authorization"}
        raise Refused("more than 5 redirects")

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
        """Send a form; raises as `get` does, and for redirects."""
        reply = await self._exchange("POST", url, MOST_BYTES, data=dict(form), headers=dict(headers or {}))
        if reply.status in _REDIRECTS:
            raise Refused("a redirect of a form", reply.status)
        return reply

    async def _exchange(self, method: str, url: str, most_bytes: int, **arguments: Any) -> Reply:
        host = self._checked(url)
        pace = self.pace(host)
        async with self._open.setdefault(host, asyncio.Semaphore(self._connections)):  # who has a turn goes at once
            try:
                await pace.turn()
            except Closed as closed:
                raise Wait("asked to come back later", 429, closed.seconds) from closed
            self.requests += 1
            reply = await self._sent(method, url, most_bytes, pace, arguments)
        if reply.status in (*_ANSWERS, *_REDIRECTS):
            pace.answered()
            return reply
        if reply.status < _OWN_FAULT:
            raise Broken(f"{reply.status} instead of an answer", reply.status)
        raise Refused(f"{reply.status}", reply.status, reply.body[:500].decode("utf-8", "replace"))

    async def _sent(self, method: str, url: str, most_bytes: int, pace: Pace, arguments: dict[str, Any]) -> Reply:
        try:
            async with self._session.request(method, url, allow_redirects=False, **arguments) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                if response.status in _NOT_NOW:
                    seconds = _retry_after(headers.get("retry-after"))
                    pace.too_much(seconds or 0.0)
                    raise Wait(f"{response.status}: asked to come back later", response.status, seconds)
                if response.status >= _SERVER_FAULT:
                    raise Broken(f"{response.status} of the server", response.status)
                return Reply(response.status, headers, await _body(response, most_bytes), url)
        except aiohttp.ClientConnectorDNSError as error:
            if isinstance(error.__cause__, _PrivateAddress):
                raise Refused("a private address") from error
            raise Broken("no such host, or no network", reached=False) from error
        except aiohttp.ClientConnectorError as error:
            raise Broken("no connection", reached=False) from error
        except TimeoutError as error:
            raise Broken("no answer in time") from error
        except (aiohttp.InvalidURL, UnicodeError) as error:
            raise Refused("not an address") from error
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
            raise Broken(f"the connection broke ({type(error).__name__})") from error

    def _checked(self, url: str) -> str:
        """The host of an address that may be asked; raises `Refused` for all others."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        except ValueError as error:
            raise Refused("not an address") from error
        if parts.scheme in ("http", "https") and (host, port) in self.local:
            return host
        if parts.scheme != "https":
            raise Refused(f"an address of {parts.scheme or 'no scheme'}, not https")
        if "@" in parts.netloc or "\\" in url or not (_HOST.match(host) or ":" in host):
            raise Refused("not an address")
        if not any(_covers(name, host) for name in self.hosts):
            raise Refused("a host that is not on the list")
        if not _is_public(host, unless_named=True):
            raise Refused("a private address")
        return host


def _target(url: str, location: str) -> str:
    """Where a redirect leads; what was asked safely is not asked for plainly."""
    try:
        parts = urlsplit(urljoin(url, location))
        if parts.scheme == "http" and urlsplit(url).scheme == "https":
            parts = parts._replace(scheme="https")
        return parts.geturl()
    except ValueError as error:
        raise Refused("not an address") from error


async def _body(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """All of it, but not more than `most_bytes`, and not less than was announced."""
    if (response.content_length or 0) > most_bytes:
        raise Refused("larger than allowed", response.status)
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > most_bytes:
            raise Refused("larger than allowed", response.status)
        parts.append(part)
    return b"".join(parts)


def _covers(name: str, host: str) -> bool:
    return host.endswith(name) if name.startswith(".") else host == name


def _retry_after(text: str | None) -> float | None:
    """Seconds, of a number or a date (RFC 9110, section 10.2.3)."""
    if not text:
        return None
    with contextlib.suppress(ValueError):
        return min(max(0.0, float(text)), LONGEST_WAIT_S) if math.isfinite(float(text)) else None
    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - time.time()), LONGEST_WAIT_S)
    except ValueError:
        return None


class _PrivateAddress(OSError):
    """A name that leads to an address that is not public."""


class _CheckedResolver(AbstractResolver):
    """Looks a name up once and keeps only public addresses, so that what is checked is what is connected to."""

    def __init__(self, local: frozenset[tuple[str, int]]) -> None:
        self._local, self._threaded = local, aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._threaded.resolve(host, port, family)
        if (host, port) in self._local:
            return found
        public = [each for each in found if _is_public(each["host"])]
        if not public:
            raise _PrivateAddress(f"{host} leads to no public address")
        return public

    async def close(self) -> None:
        await self._threaded.close()


def _is_public(address: str, unless_named: bool = False) -> bool:
    """Whether an address of numbers is one that anybody may reach, also where it wraps another one.

    unless_named:  what is a name and no number counts as public here; it is looked up and checked then.
    """
    try:
        ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return unless_named
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        else:
            ip = ip.ipv4_mapped or (ip.sixtofour if ip in _SIX_TO_FOUR else None) or ip
    return ip.is_global and not ip.is_multicast


def _version() -> str:
    try:
        return importlib.metadata.version("duck-and-cover")
    except importlib.metadata.PackageNotFoundError:  # run from the tree
        return "0"


def check_contact(contact: str) -> str:
    """A contact that services can use: an e-mail address or a web page; raises `BadInput` for anything else."""
    if ("@" not in contact and "://" not in contact) or not contact.isprintable():
        raise BadInput(f"contact is {contact!r}; services want an e-mail address or a web page (DUCKCOVER_CONTACT)")
    return contact

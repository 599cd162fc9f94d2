"""`download`: fetch the pictures that a catalog knows of, look at each, and lay it on the shelf.

A picture is done when its row says so, in the same transaction as its hash, and after its files are in place; so a run
that is killed anywhere fetches again only what was under way. What the host or the file itself makes impossible is
refused with its reason and not asked for again.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from duck_and_cover.catalog.gather import DOWN_AFTER, DOWN_FOR_S, NO_LIMITS, Limits, Outcome, later
from duck_and_cover.catalog.guard import Crew
from duck_and_cover.catalog.picture import Looked
from duck_and_cover.catalog.shelf import Delivery, Shelf, View, lay
from duck_and_cover.catalog.store import Catalog, wait
from duck_and_cover.sources.http import Broken, Refused, Reply, Unanswered, Wait
from duck_and_cover.sources.pace import LONGEST_NAP_S

__all__ = ["Asks", "download", "wait_name"]

BATCH = 16
POLL_S = 0.05
"""The catalog is asked so often for what is due, at most, whatever the number of workers."""

UNCHANGED = 304
_CLOSED_TO_AI = ("noai", "noimageai")


class Asks(Protocol):
    """What asks hosts for pictures: `Http`, here or on a cluster (`cluster.py`)."""

    requests: int

    async def get(self, url: str, params: Mapping[str, str | int] | None = None,
                  headers: Mapping[str, str] | None = None) -> Reply:  # fmt: skip
        """An answer; raises `Unanswered` for everything else."""
        ...


class _Wanted(NamedTuple):
    """A picture to fetch, and what is known of it from before."""

    url: str
    source: str
    attempts: int
    etag: str | None
    last_modified: str | None


class _Arrived(NamedTuple):
    """A picture that came, and has not been looked at."""

    wanted: _Wanted
    reply: Reply


def wait_name(source: str) -> str:
    """Under which name a catalog keeps until when a source's picture hosts want no requests."""
    return f"{source} pictures"


async def download(catalog: Catalog, folder: Path, http: Asks, guard: Crew, *, limits: Limits = NO_LIMITS,
                   again: bool = False, workers: int = 32, patience_s: float = 1.0, shard: tuple[int, int] = (0, 1),
                   progress: Callable[[int], None] = lambda done: None) -> Outcome:  # fmt: skip
    """Fetch what is waiting, onto the shelf in `folder`.

    again:   ask for pictures that are done whether they have changed, instead; unchanged ones are not sent again. A
             round that was broken off goes on.
    shard:   (i, n) takes every n-th picture by its address, so that n machines which share nothing fetch all of them.
    """
    await _show(catalog, folder, guard)
    run = _Run(catalog, folder, http, guard, limits, again, patience_s, shard, progress)
    return await run.run(workers)


async def _show(catalog: Catalog, folder: Path, guard: Crew) -> None:
    """Lay what is here already at the places of albums that were found since."""
    shelf = Shelf(folder)
    shelf.clear()
    rows = catalog.rows("""SELECT DISTINCT p.url, p.sha256, p.format FROM covers c JOIN pictures p ON p.url = c.url
                           WHERE c.shown = 0 AND p.state = 'done'""")
    todo = [(url, shelf.object(sha256, format)) for url, sha256, format in rows]
    for start in range(0, len(todo), BATCH):
        here = [(url, path) for url, path in todo[start : start + BATCH] if path.is_file()]  # else `verify` finds out
        deliveries = [_delivery(catalog, folder, path.read_bytes(), url) for url, path in here]
        looked = await guard.each(lay, deliveries, Looked)
        with catalog.change() as c:
            _shown(c, (url for (url, _), found in zip(here, looked, strict=True) if not found.fault))


def _delivery(catalog: Catalog, folder: Path, content: bytes, url: str) -> Delivery:
    return Delivery(folder, content, tuple(View(*place) for place in catalog.places(url)))


def _shown(c: sqlite3.Connection, urls: Iterable[str]) -> None:
    """Within a change: pictures lie at the places of their albums."""
    c.executemany("UPDATE covers SET shown = 1 WHERE url = ?", ((url,) for url in urls))


@dataclass
class _Run:
    """What the fetchers and the lookers of a run share."""

    catalog: Catalog
    folder: Path
    http: Asks
    guard: Crew
    limits: Limits
    again: bool
    patience_s: float
    shard: tuple[int, int]
    progress: Callable[[int], None]
    queue: deque[_Wanted] = field(default_factory=deque)
    under_way: set[str] = field(default_factory=set)
    closed: dict[str, float] = field(default_factory=dict)
    done: int = 0
    in_vain: int = 0
    complained: float = 0.0
    polled: float = 0.0
    why: str = ""

    async def run(self, workers: int) -> Outcome:
        self.began, self.sent_before = time.monotonic(), self.http.requests
        self.sources = [row[0] for row in self.catalog.rows("SELECT DISTINCT source FROM pictures")]
        self.round = "of {} from {}".format(*reversed(self.shard))
        self.since = self.catalog.round_since(self.round) if self.again else 0.0
        now, nap = time.time(), 0.0
        for source in self.sources:
            until = self.catalog.wait_until(wait_name(source), now)
            if until - now > LONGEST_NAP_S:
                self.closed[source] = until
            else:
                nap = max(nap, until - now)
        await asyncio.sleep(nap)
        self.arrived: asyncio.Queue[_Arrived | None] = asyncio.Queue(2 * BATCH)
        lookers = [asyncio.create_task(self._look()) for _ in range(2 * self.guard.processes)]
        fetchers = [asyncio.create_task(self._fetch_all()) for _ in range(workers)]
        closing = asyncio.create_task(self._close_after(fetchers, len(lookers)))
        try:
            await asyncio.gather(closing, *lookers)  # the first error of any ends all
        finally:
            for task in (closing, *fetchers, *lookers):
                task.cancel()
            await asyncio.gather(closing, *fetchers, *lookers, return_exceptions=True)
        resume, closed = min(self.closed.values(), default=0.0), bool(self.closed)
        self.closed = {}
        left = self._next_due() is not None
        if self.again and not left:
            self.catalog.round_finished(self.round)
        why = self.why or ("a host wants to be left alone" if closed else "")
        return Outcome(self.done, left, resume, why, self.in_vain >= DOWN_AFTER and not resume)

    async def _close_after(self, fetchers: list[asyncio.Task[None]], lookers: int) -> None:
        """Tell the lookers that nothing more arrives, once it is so."""
        await asyncio.gather(*fetchers)
        for _ in range(lookers):
            await self.arrived.put(None)

    # ---------------------------------------------------------------- fetching

    async def _fetch_all(self) -> None:
        while wanted := await self._next():
            self.under_way.add(wanted.url)
            try:
                reply = await self._fetch(wanted)
            except Unanswered as error:
                self._unanswered(wanted, error)
                self.under_way.discard(wanted.url)
                continue
            self.in_vain = 0
            await self.arrived.put(_Arrived(wanted, reply))

    async def _next(self) -> _Wanted | None:
        while not self._enough():
            if not self.queue and time.monotonic() - self.polled > POLL_S:
                self.queue.extend(each for each in self._due() if each.url not in self.under_way)
                self.polled = time.monotonic()
            if self.queue:
                wanted = self.queue.popleft()
                if wanted.source not in self.closed:
                    return wanted
                continue
            if not self.under_way:
                first = self._next_due()
                if first is None:
                    return None
                if (wait := first - time.time()) > 0:
                    await asyncio.sleep(min(1.0, wait))
            await asyncio.sleep(POLL_S / 2)
        return None

    def _enough(self) -> bool:
        if self.why:
            return True
        if self.http.requests - self.sent_before >= self.limits.requests:
            self.why = "as many requests as wanted"
        elif time.monotonic() - self.began >= self.limits.seconds:
            self.why = "as long as wanted"
        return bool(self.why)

    def _asked(self, what: str, rest: str, source: str) -> list[tuple[Any, ...]]:
        """`what` of the pictures of a source that this run is to fetch, and have not been asked for in this round."""
        state = "state = 'done' AND changed_at < ?" if self.again else "state = 'waiting' AND not_before <= ?"
        mine = f"AND place(url) % {self.shard[1]} = {self.shard[0]} " if self.shard[1] > 1 else ""
        moment = self.since if self.again else time.time() if rest else float("inf")
        return list(
            self.catalog.rows(f"SELECT {what} FROM pictures WHERE {state} AND source = ? {mine} {rest}", moment, source)
        )

    def _due(self) -> list[_Wanted]:
        rows = []
        for source in (each for each in self.sources if each not in self.closed):
            rows += self._asked("url, source, attempts, etag, last_modified", "ORDER BY not_before, number LIMIT 1024",
                                source)  # fmt: skip
        return [_Wanted(*row) for row in rows]

    def _next_due(self) -> float | None:
        first = [self._asked("min(not_before)", "", source)[0][0] for source in self.sources
                 if source not in self.closed]  # fmt: skip
        return min((moment for moment in first if moment is not None), default=None)

    async def _fetch(self, wanted: _Wanted) -> Reply:
        headers = {}
        if self.again and wanted.etag:
            headers["If-None-Match"] = wanted.etag
        if self.again and wanted.last_modified:
            headers["If-Modified-Since"] = wanted.last_modified
        reply = await self.http.get(wanted.url, headers=headers)
        if any(word in reply.headers.get("x-robots-tag", "").casefold() for word in _CLOSED_TO_AI):
            raise Refused("its host asks not to use it for AI", reply.status)
        if "html" in reply.headers.get("content-type", "") and reply.status != UNCHANGED:
            raise Broken("200 with a page instead of a picture", reply.status)
        return reply

    def _unanswered(self, wanted: _Wanted, error: Unanswered) -> None:
        now, source = time.time(), wanted.source
        attempts, state, pause = later(error, wanted.attempts, self.patience_s)
        quiet_until = now + error.seconds if isinstance(error, Wait) and error.seconds else 0.0
        with self.catalog.change() as c:
            if quiet_until:
                wait(c, wait_name(source), quiet_until)
            if self.again:  # what lies there stays what it is
                c.execute("UPDATE pictures SET changed_at = ? WHERE url = ?", (now, wanted.url))
            else:
                c.execute("UPDATE pictures SET state = ?, attempts = ?, not_before = ?, status = ?, reason = ?, "
                      "changed_at = ? WHERE url = ?",
                      (state, attempts, now + pause if state == "waiting" else 0.0, error.status, error.reason, now,
                       wanted.url))  # fmt: skip
        if quiet_until - now > LONGEST_NAP_S:
            self._close(source, quiet_until)
        elif isinstance(error, Wait) or (isinstance(error, Broken) and not error.reached):
            self.in_vain += not (isinstance(error, Wait) and now - self.complained < 1.0)  # a burst is one complaint
            self.complained = now if isinstance(error, Wait) else self.complained
            if self.in_vain >= DOWN_AFTER and isinstance(error, Wait):
                self._close(source, now + DOWN_FOR_S)
            elif self.in_vain >= DOWN_AFTER:
                self.why = f"{self.in_vain} requests in a row brought nothing ({error.reason})"

    def _close(self, source: str, until: float) -> None:
        """Leave a source's hosts alone until then, in this run and in later ones."""
        self.closed[source] = until
        self.catalog.ask_to_wait(wait_name(source), until)

    # ---------------------------------------------------------------- looking

    async def _look(self) -> None:
        while (first := await self.arrived.get()) is not None:
            batch = [first]
            while len(batch) < BATCH and not self.arrived.empty():
                one = self.arrived.get_nowait()
                if one is None:
                    await self.arrived.put(None)  # for another looker, or for this one's next turn
                    break
                batch.append(one)
            await self._finish(batch)

    async def _finish(self, batch: list[_Arrived]) -> None:
        changed = [each for each in batch if each.reply.status != UNCHANGED]
        deliveries = [_delivery(self.catalog, self.folder, each.reply.body, each.wanted.url) for each in changed]
        looked = await self.guard.each(lay, deliveries, Looked) if changed else []
        now = time.time()
        told = [(each, found) for each, found in zip(changed, looked, strict=True) if not (self.again and found.fault)]
        with self.catalog.change() as c:  # a worse picture than the one that lies there changes nothing
            c.executemany(
                "UPDATE pictures SET changed_at = ? WHERE url = ?", ((now, each.wanted.url) for each in batch)
            )
            c.executemany(
                """UPDATE pictures SET state = ?, reason = ?, status = ?, changed_at = ?, attempts = ?, sha256 = ?,
                   format = ?, width_px = ?, height_px = ?, bytes = ?, look = ?, flags = ?, etag = ?, last_modified = ?
                   WHERE url = ?""",
                [("refused" if found.fault else "done", found.fault, each.reply.status, now, each.wanted.attempts + 1,
                  found.sha256 or None, found.format or None, found.width_px or None, found.height_px or None,
                  len(each.reply.body), found.look, found.flags, each.reply.headers.get("etag"),
                  each.reply.headers.get("last-modified"), each.wanted.url)
                 for each, found in told],
            )  # fmt: skip
            _shown(c, (each.wanted.url for each, found in told if not found.fault))
        for each in batch:
            self.under_way.discard(each.wanted.url)
        self.done += len(batch)
        self.progress(self.done)

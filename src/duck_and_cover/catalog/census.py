"""What a catalog holds and what is still to do: the numbers of `duckcover status`, and `verify`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from duck_and_cover.catalog.shelf import Shelf
from duck_and_cover.catalog.store import Catalog

__all__ = ["Census", "Work", "census", "placeholders", "verify"]

BLOCK = 1000
RATE_OVER_S = 600.0
MANY_ARTISTS = 5
"""So many artists do not share a cover: a picture that they share stands for one that is missing."""


@dataclass(frozen=True)
class Work:
    """One kind of work: a stage of a source, or its pictures.

    counts:    state -> how many.    reasons:  (state, reason, how many) of what failed, most first.
    rate:      done a second over the last ten minutes that anything was done in, 0 for unknown.
    """

    name: str
    counts: dict[str, int]
    reasons: tuple[tuple[str, str, int], ...]
    rate: float

    @property
    def left_s(self) -> float | None:
        """Seconds that the rest takes at this rate; None where it is not known."""
        waiting = self.counts.get("waiting", 0)
        return waiting / self.rate if self.rate and waiting else None


@dataclass(frozen=True)
class Census:
    """All that is known. waits: source -> time before which it wants no request."""

    artists: int
    albums: int
    pictures: int
    bytes: int
    placeholders: int
    doubles: int
    work: tuple[Work, ...]
    waits: dict[str, float]
    notes: dict[str, dict[str, str]]


def census(catalog: Catalog, now: float | None = None) -> Census:
    """Count everything; reads only."""
    now = time.time() if now is None else now

    def number(query: str) -> int:
        return int(next(catalog.rows(query))[0] or 0)

    notes: dict[str, dict[str, str]] = {}
    for source, name, value in catalog.rows("SELECT source, name, value FROM notes ORDER BY source, name"):
        notes.setdefault(source, {})[name] = value
    waits = {source: until for source in notes if (until := catalog.wait_until(source, now))}
    return Census(
        number("SELECT count(*) FROM artists"), number("SELECT count(*) FROM albums"),
        number("SELECT count(*) FROM pictures WHERE state = 'done'"),
        number("SELECT sum(bytes) FROM pictures WHERE state = 'done'"), len(placeholders(catalog)),
        number("SELECT count(*) - count(DISTINCT sha256) FROM pictures WHERE state = 'done'"),
        (*_work(catalog, "tasks", "source || ' ' || stage"), *_work(catalog, "pictures", "source || ' pictures'")),
        waits, {source: {k: v for k, v in told.items() if k != "not before"} for source, told in notes.items()},
    )  # fmt: skip


def _work(catalog: Catalog, table: str, name: str) -> list[Work]:
    counts: dict[str, dict[str, int]] = {}
    for kind, state, many in catalog.rows(f"SELECT {name}, state, count(*) FROM {table} GROUP BY 1, 2"):
        counts.setdefault(kind, {})[state] = many
    reasons: dict[str, list[tuple[str, str, int]]] = {}
    for kind, state, reason, many in catalog.rows(
        f"SELECT {name}, state, reason, count(*) FROM {table} WHERE reason != '' AND state != 'done' GROUP BY 1, 2, 3 "
        "ORDER BY 4 DESC"
    ):
        reasons.setdefault(kind, []).append((state, reason, many))
    rates: dict[str, float] = {}
    for kind, many, first, last in catalog.rows(
        f"""SELECT {name}, count(*), min(changed_at), max(changed_at) FROM {table} AS t WHERE state = 'done' AND
            changed_at > (SELECT max(changed_at) FROM {table} WHERE state = 'done') - ? GROUP BY 1""", RATE_OVER_S
    ):  # fmt: skip
        rates[kind] = (many - 1) / (last - first) if last > first else 0.0
    return [Work(kind, each, tuple(reasons.get(kind, ())), rates.get(kind, 0.0)) for kind, each in counts.items()]


def placeholders(catalog: Catalog) -> frozenset[str]:
    """sha256 of pictures that stand for covers that are missing: of one colour, or shared by more than five artists."""
    shared = catalog.rows(
        """WITH several AS (
               SELECT url FROM covers GROUP BY url HAVING count(*) > 1
               UNION SELECT url FROM pictures WHERE sha256 IN
                   (SELECT sha256 FROM pictures WHERE sha256 IS NOT NULL GROUP BY sha256 HAVING count(*) > 1)
           )
           SELECT p.sha256 FROM several s JOIN pictures p ON p.url = s.url JOIN covers c ON c.url = p.url
           JOIN album_artists a ON a.source = c.source AND a.album_id = c.album_id AND a.place = 0
           WHERE p.state = 'done' GROUP BY p.sha256 HAVING count(DISTINCT a.source || a.artist_id) > ?""", MANY_ARTISTS
    )  # fmt: skip
    flat = catalog.rows("SELECT DISTINCT sha256 FROM pictures WHERE state = 'done' AND flags LIKE '%flat%'")
    return frozenset(row[0] for row in (*shared, *flat))


def verify(catalog: Catalog, shelf: Shelf, progress: Callable[[int], None] = lambda done: None) -> tuple[int, int]:
    """Hash every picture that is done, and look for it at its albums' places. What is missing or changed is queued
    again; a picture of a folder is gone until that folder is gathered again. (looked at, queued again)
    """
    looked = again = last = 0
    query = """SELECT number, url, sha256, format FROM pictures WHERE state = 'done' AND number > ?
               ORDER BY number LIMIT ?"""
    while block := list(catalog.rows(query, last, BLOCK)):
        last = block[-1][0]
        for _, url, sha256, format in block:
            if not shelf.is_whole(sha256, format):
                again += 1
                with catalog.change() as c:
                    c.execute("UPDATE pictures SET state = ?, attempts = 0, not_before = 0, etag = NULL, "
                              "last_modified = NULL, reason = 'its file was missing or changed' WHERE url = ?",
                              ("gone" if url.startswith("folder:") else "waiting", url))  # fmt: skip
                    c.execute("UPDATE covers SET shown = 0 WHERE url = ?", (url,))
            elif not all(shelf.view(*view).is_file() for view in catalog.places(url)):
                again += 1
                with catalog.change() as c:
                    c.execute("UPDATE covers SET shown = 0 WHERE url = ?", (url,))
            looked += 1
            progress(looked)
    return looked, again

"""`Catalog`: everything that was found and everything that is still to be asked, in one SQLite file.

An answer and what follows from it are written in one transaction: whatever kills the process, what was answered is
never asked again and what was not is. One process writes at a time; any number may read.

Reference: sqlite.org/wal.html: a killed process loses nothing, a lost power supply at most the last moments.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from duck_and_cover.catalog.lock import Lock
from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.sources.pace import LONGEST_WAIT_S
from duck_and_cover.sources.source import Found, FoundAlbum, FoundArtist, Task

__all__ = ["VERSION", "Catalog", "Queued", "add_album", "add_artist", "wait"]

VERSION = 1
_MISSING = "missing "
_CANNOT_WRITE = ("full", "disk I/O", "readonly", "unable to open", "locked")
_LARGEST = 2**63 - 1
_PLACES = """SELECT c.size_px, coalesce(a.artist_id, 'unknown'), c.album_id FROM covers c
             LEFT JOIN album_artists a ON a.source = c.source AND a.album_id = c.album_id AND a.place = 0
             WHERE c.url = ?"""


class Queued(NamedTuple):
    """A task and how often it was tried."""

    task: Task
    attempts: int


class Catalog:
    """An open catalog. Use it as a context; close it with `close`.

    path:      of the file; it is made where there is none, unless `reading`.
    reading:   only look; another process may be writing.
    Raises `BadInput` for a file that is no catalog or of a newer version, or that another process is writing.
    """

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        self.path = Path(path)
        self._lock: Lock | None = None
        if reading and not self.path.is_file():
            raise BadInput(f"{path}: no catalog is there; `duckcover gather` makes one")
        try:
            if not reading:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                beside = self.path.with_name(f"{self.path.name}.lock")
                self._lock = Lock(beside, f"{self.path}: another process is writing this catalog")
            with self.errors():
                self.connection = _opened(self.path, reading)
                self.connection.create_function("place", 1, lambda url: zlib.crc32(url.encode()), deterministic=True)
                self._prepare(reading)
        except OSError as error:
            raise CannotWrite(f"{path}: cannot be opened ({error.strerror or error})") from error
        except BaseException:
            self.close()
            raise

    def _prepare(self, reading: bool) -> None:
        empty = not self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if empty and reading:
            raise BadInput(f"{self.path}: empty, not a catalog")
        if not empty:
            self._check()
        if not reading:  # not before it is known to be ours
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
        if empty:
            schema = resources.files("duck_and_cover.catalog").joinpath("schema.sql").read_text("utf-8")
            self.connection.executescript(f"BEGIN; {schema} INSERT INTO about VALUES ('version', '{VERSION}'); COMMIT;")

    def _check(self) -> None:
        """Raise `BadInput` where the file is no catalog of ours, or of a newer program."""
        try:
            row = self.connection.execute("SELECT value FROM about WHERE name = 'version'").fetchone()
        except sqlite3.OperationalError as error:
            raise BadInput(f"{self.path}: a database, but not a catalog of ours") from error
        if row is None:
            raise BadInput(f"{self.path}: a database, but not a catalog of ours")
        if int(row[0]) > VERSION:
            raise BadInput(f"{self.path}: a catalog of version {row[0]}; this program reads up to {VERSION}, renew it")

    def __enter__(self) -> Catalog:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        if connection := getattr(self, "connection", None):
            connection.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """SQLite's errors in our words."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            text = str(error)
            if any(word in text for word in _CANNOT_WRITE):
                raise CannotWrite(f"{self.path}: cannot be written ({text}); what is in it is whole") from error
            if "not a database" in text or "malformed" in text:
                raise BadInput(f"{self.path}: not a catalog, or a damaged one ({text})") from error
            raise

    @contextlib.contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        with self.errors():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.rollback()
                raise
            self.connection.commit()

    def rows(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """What a question brings, a row at a time."""
        with self.errors():
            yield from self.connection.execute(query, values)

    def places(self, url: str) -> list[tuple[int, str, str]]:
        """Where a picture is seen: (size in px, artist's id, album's id)."""
        return list(self.rows(_PLACES, url))  # type: ignore[arg-type]

    # ---------------------------------------------------------------- what services are like

    def notes(self, source: str) -> dict[str, str]:
        """What was learned about a service."""
        return dict(self.rows("SELECT name, value FROM notes WHERE source = ?", source))  # type: ignore[arg-type]

    def wait_until(self, source: str, now: float | None = None) -> float:
        """The time before which a service wants no request, or 0."""
        now = time.time() if now is None else now
        until = min(float(self.notes(source).get("not before", 0)), now + LONGEST_WAIT_S)
        return until if until > now else 0.0

    def ask_to_wait(self, source: str, until: float) -> None:
        """Remember that a service wants no request before a time."""
        with self.change() as c:
            wait(c, source, until)

    def round_since(self, name: str) -> float:
        """When a round over everything began that is not finished; it begins now where none is."""
        with self.change() as c:
            c.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (f"round {name}", repr(time.time())))
            return float(c.execute("SELECT value FROM about WHERE name = ?", (f"round {name}",)).fetchone()[0])

    def round_finished(self, name: str) -> None:
        """The next round begins anew."""
        with self.change() as c:
            c.execute("DELETE FROM about WHERE name = ?", (f"round {name}",))

    # ---------------------------------------------------------------- tasks

    def plan(self, source: str, tasks: Iterable[Task]) -> None:
        """Remember what is to be asked; what is known already stays as it is."""
        with self.change() as c:
            self._plan(c, source, tasks)

    def due(self, source: str, count: int, now: float) -> list[Queued]:
        """The first tasks that may be done: those that never failed, oldest first, then those that did."""
        query = """SELECT stage, item, page, attempts FROM tasks
                   WHERE state = 'waiting' AND source = ? AND not_before <= ? ORDER BY not_before, number LIMIT ?"""
        return [Queued(Task(*row[:3]), row[3]) for row in self.rows(query, source, now, count)]

    def next_due(self, source: str) -> float | None:
        """When the first waiting task may be done; None where none is waiting."""
        query = "SELECT min(not_before) FROM tasks WHERE state = 'waiting' AND source = ?"
        return next(self.rows(query, source))[0]

    def answer(self, source: str, task: Task, found: Found) -> None:
        """Write down what a task brought, and that it is done."""
        with self.change() as c:
            _note(c, source, found.noted)
            for stage, why in found.missing.items():
                _note(c, source, {_MISSING + stage: why})
                c.execute("UPDATE tasks SET state = 'skipped', reason = ? WHERE source = ? AND stage = ? "
                          "AND state = 'waiting'", (why, source, stage))  # fmt: skip
            for artist in found.artists:
                add_artist(c, source, artist)
            for album in found.albums:
                add_album(c, source, album)
            self._plan(c, source, found.tasks)
            self._plan(c, source, found.beyond, "held")
            if task.stage not in found.missing:
                _mark(c, source, task, "done", "", 0)

    def failed(self, source: str, task: Task, state: str, reason: str, *, status: int = 0, attempts: int = 0,
               not_before: float = 0.0, quiet_until: float = 0.0) -> None:  # fmt: skip
        """Write down that a task brought nothing, and whether and when it is tried again ("waiting").

        quiet_until:  the service wants no request at all before then; 0 where it did not say so.
        """
        with self.change() as c:
            if quiet_until:
                wait(c, source, quiet_until)
            _mark(c, source, task, state, reason, status)
            c.execute("UPDATE tasks SET attempts = ?, not_before = ? WHERE source = ? AND stage = ? AND item = ? "
                      "AND page = ?", (attempts, not_before, source, task.stage, task.item, task.page))  # fmt: skip

    def try_again(self, source: str) -> int:
        """Queue what was parked once more; how many tasks that were."""
        with self.change() as c:
            return c.execute("UPDATE tasks SET state = 'waiting', attempts = 0, not_before = 0 WHERE source = ? "
                             "AND state = 'parked'", (source,)).rowcount  # fmt: skip

    def want(self, source: str, most: int) -> None:
        """Ask for the first `most` results of searches: queue pages that were held because fewer were wanted, and hold
        those beyond.
        """
        with self.change() as c:
            for now, then, which in (("held", "waiting", "<"), ("waiting", "held", ">=")):
                c.execute(f"UPDATE tasks SET state = ? WHERE source = ? AND state = ? AND stage = 'search' "
                          f"AND CAST(page AS INTEGER) {which} ?", (then, source, now, most))  # fmt: skip

    def _plan(self, c: sqlite3.Connection, source: str, tasks: Iterable[Task], state: str = "waiting") -> None:
        missing = {name.removeprefix(_MISSING): why for name, why in c.execute(
            "SELECT name, value FROM notes WHERE source = ? AND name LIKE ?", (source, _MISSING + "%"))}  # fmt: skip
        c.executemany(
            "INSERT OR IGNORE INTO tasks (source, stage, item, page, state, reason) VALUES (?, ?, ?, ?, ?, ?)",
            ((source, task.stage, _text(task.item), task.page, "skipped" if task.stage in missing else state,
              missing.get(task.stage, "")) for task in tasks),
        )  # fmt: skip


def add_artist(c: sqlite3.Connection, source: str, artist: FoundArtist) -> None:
    """An artist and its genres; what is known already stays."""
    id = _text(artist.id)
    c.execute("INSERT OR IGNORE INTO artists VALUES (?, ?, ?)", (source, id, _text(artist.name)))
    genres = [(source, id, _text(genre), "stated") for genre in artist.genres]
    if artist.asked_for is not None:
        genres.append((source, id, _text(artist.asked_for), "asked"))
    c.executemany("INSERT OR IGNORE INTO artist_genres VALUES (?, ?, ?, ?)", genres)


def add_album(c: sqlite3.Connection, source: str, album: FoundAlbum) -> None:
    """An album, its artists, genres and pictures; what is known already stays."""
    id, release = _text(album.id), album.release
    c.execute("INSERT OR IGNORE INTO albums VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
              (source, id, _text(album.name), _text(release.text), release.precision, release.year, _text(album.kind),
               _text(album.rights)))  # fmt: skip
    c.executemany("INSERT OR IGNORE INTO album_artists VALUES (?, ?, ?, ?, ?)",
                  ((source, id, i, *map(_text, artist)) for i, artist in enumerate(album.artists)))  # fmt: skip
    c.executemany("INSERT OR IGNORE INTO album_genres VALUES (?, ?, ?)",
                  ((source, id, _text(genre)) for genre in album.genres))  # fmt: skip
    for picture in album.pictures:
        url, width_px = _text(picture.url), picture.width_px
        c.execute("INSERT OR IGNORE INTO pictures (url, source) VALUES (?, ?)", (url, source))
        c.execute("INSERT OR IGNORE INTO covers (source, album_id, size_px, url, width_px) VALUES (?, ?, ?, ?, ?)",
                  (source, id, picture.size_px, url,
                   width_px if width_px and 0 < width_px <= _LARGEST else None))  # fmt: skip


def wait(c: sqlite3.Connection, source: str, until: float) -> None:
    """Within a change: a service wants no request before a time; the longest that was asked for counts."""
    row = c.execute("SELECT value FROM notes WHERE source = ? AND name = 'not before'", (source,)).fetchone()
    _note(c, source, {"not before": repr(max(until, float(row[0]) if row else 0.0))})


def _text(text: str) -> str:
    """Text that SQLite and files can hold: halves of characters, as careless services send, become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _note(c: sqlite3.Connection, source: str, noted: Mapping[str, str]) -> None:
    c.executemany("INSERT INTO notes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                  ((source, name, value) for name, value in noted.items()))  # fmt: skip


def _mark(c: sqlite3.Connection, source: str, task: Task, state: str, reason: str, status: int) -> None:
    c.execute("UPDATE tasks SET state = ?, reason = ?, status = ?, changed_at = ? WHERE source = ? AND stage = ? "
              "AND item = ? AND page = ?",
              (state, reason, status, time.time(), source, task.stage, task.item, task.page))  # fmt: skip


def _opened(path: Path, reading: bool) -> sqlite3.Connection:
    """A connection. To be looked at, a catalog in a folder that nothing can be written to opens as well."""
    if not reading:
        return sqlite3.connect(path, isolation_level=None, timeout=30.0)
    connection = sqlite3.connect(path, isolation_level=None, timeout=30.0)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if not any(word in str(error) for word in ("readonly", "unable to open")):
            raise
        connection.close()
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    return connection

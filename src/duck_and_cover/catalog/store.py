"""`Catalog`: everything that was found and everything that is still to be asked, in one SQLite file.

An answer and what follows from it are written in one transaction: whatever kills the process, what was answered is
never asked again and what was not is. One process writes at a time; any number may read.

Reference: sqlite.org/wal.html: a killed process loses nothing, a lost power supply at most the last moments.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.sources.source import Found, FoundAlbum, FoundArtist, Task

__all__ = ["VERSION", "Catalog", "Queued", "add_album", "add_artist"]

VERSION = 1
_MISSING = "missing "


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
        self._lock: Any = None
        if reading and not self.path.is_file():
            raise BadInput(f"{path}: no catalog is there; `duckcover gather` makes one")
        try:
            if not reading:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._take_lock()
            with self.errors():
                self.connection = sqlite3.connect(self.path, isolation_level=None, timeout=30.0)
                self.connection.create_function("place", 1, lambda url: zlib.crc32(url.encode()), deterministic=True)
                self._prepare(reading)
        except OSError as error:
            raise CannotWrite(f"{path}: cannot be opened ({error.strerror or error})") from error
        except BaseException:
            self.close()
            raise

    def _take_lock(self) -> None:
        if sys.platform == "win32":
            return
        import fcntl

        self._lock = self.path.with_name(f"{self.path.name}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadInput(f"{self.path}: another process is writing this catalog; wait for it or stop it") from error

    def _prepare(self, reading: bool) -> None:
        self.connection.execute("PRAGMA busy_timeout = 30000")
        empty = not self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not reading:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
        if empty:
            if reading:
                raise BadInput(f"{self.path}: empty, not a catalog")
            schema = resources.files("duck_and_cover.catalog").joinpath("schema.sql").read_text("utf-8")
            self.connection.executescript(f"BEGIN; {schema} INSERT INTO about VALUES ('version', '{VERSION}'); COMMIT;")
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
            if any(word in text for word in ("full", "disk I/O", "readonly", "unable to open", "locked")):
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

    # ---------------------------------------------------------------- what services are like

    def notes(self, source: str) -> dict[str, str]:
        """What was learned about a service."""
        return dict(self.rows("SELECT name, value FROM notes WHERE source = ?", source))  # type: ignore[arg-type]

    def wait_until(self, source: str, now: float | None = None) -> float:
        """The time before which a service wants no request, or 0."""
        until = float(self.notes(source).get("not before", 0))
        return until if until > (time.time() if now is None else now) else 0.0

    def ask_to_wait(self, source: str, until: float) -> None:
        """Remember that a service wants no request before a time."""
        until = max(until, float(self.notes(source).get("not before", 0)))  # the longest that was asked for
        with self.change() as c:
            _note(c, source, {"not before": repr(until)})

    # ---------------------------------------------------------------- tasks

    def plan(self, source: str, tasks: Iterable[Task]) -> None:
        """Remember what is to be asked; what is known already stays as it is."""
        with self.change() as c:
            self._plan(c, source, tasks)

    def due(self, source: str, count: int, now: float) -> list[Queued]:
        """The first tasks that may be done, oldest first."""
        query = """SELECT stage, item, page, attempts FROM tasks
                   WHERE state = 'waiting' AND source = ? AND not_before <= ? ORDER BY number LIMIT ?"""
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
            if task.stage not in found.missing:
                _mark(c, source, task, "done", "", 0)

    def failed(self, source: str, task: Task, state: str, reason: str, *, status: int = 0, attempts: int = 0,
               not_before: float = 0.0) -> None:  # fmt: skip
        """Write down that a task brought nothing, and whether and when it is tried again ("waiting")."""
        with self.change() as c:
            _mark(c, source, task, state, reason, status)
            c.execute("UPDATE tasks SET attempts = ?, not_before = ? WHERE source = ? AND stage = ? AND item = ? "
                      "AND page = ?", (attempts, not_before, source, task.stage, task.item, task.page))  # fmt: skip

    def try_again(self, source: str) -> int:
        """Queue what was parked once more; how many tasks that were."""
        with self.change() as c:
            return c.execute("UPDATE tasks SET state = 'waiting', attempts = 0, not_before = 0 WHERE source = ? "
                             "AND state = 'parked'", (source,)).rowcount  # fmt: skip

    def _plan(self, c: sqlite3.Connection, source: str, tasks: Iterable[Task]) -> None:
        missing = {name.removeprefix(_MISSING): why for name, why in c.execute(
            "SELECT name, value FROM notes WHERE source = ? AND name LIKE ?", (source, _MISSING + "%"))}  # fmt: skip
        c.executemany(
            "INSERT OR IGNORE INTO tasks (source, stage, item, page, state, reason) VALUES (?, ?, ?, ?, ?, ?)",
            ((source, task.stage, task.item, task.page, "skipped" if task.stage in missing else "waiting",
              missing.get(task.stage, "")) for task in tasks),
        )  # fmt: skip


def add_artist(c: sqlite3.Connection, source: str, artist: FoundArtist) -> None:
    """An artist and its genres; what is known already stays."""
    c.execute("INSERT OR IGNORE INTO artists VALUES (?, ?, ?)", (source, artist.id, artist.name))
    genres = [(source, artist.id, genre, "stated") for genre in artist.genres]
    if artist.asked_for is not None:
        genres.append((source, artist.id, artist.asked_for, "asked"))
    c.executemany("INSERT OR IGNORE INTO artist_genres VALUES (?, ?, ?, ?)", genres)


def add_album(c: sqlite3.Connection, source: str, album: FoundAlbum) -> None:
    """An album, its artists, genres and pictures; what is known already stays."""
    release = album.release
    c.execute("INSERT OR IGNORE INTO albums VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
              (source, album.id, album.name, release.text, release.precision, release.year, album.kind,
               album.rights))  # fmt: skip
    c.executemany("INSERT OR IGNORE INTO album_artists VALUES (?, ?, ?, ?, ?)",
                  ((source, album.id, i, id, name) for i, (id, name) in enumerate(album.artists)))  # fmt: skip
    c.executemany("INSERT OR IGNORE INTO album_genres VALUES (?, ?, ?)",
                  ((source, album.id, genre) for genre in album.genres))  # fmt: skip
    for picture in album.pictures:
        c.execute("INSERT OR IGNORE INTO pictures (url, source) VALUES (?, ?)", (picture.url, source))
        c.execute("INSERT OR IGNORE INTO covers VALUES (?, ?, ?, ?, ?)",
                  (source, album.id, picture.size_px, picture.url, picture.width_px))  # fmt: skip


def _note(c: sqlite3.Connection, source: str, noted: Mapping[str, str]) -> None:
    c.executemany("INSERT INTO notes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                  ((source, name, value) for name, value in noted.items()))  # fmt: skip


def _mark(c: sqlite3.Connection, source: str, task: Task, state: str, reason: str, status: int) -> None:
    c.execute("UPDATE tasks SET state = ?, reason = ?, status = ?, changed_at = ? WHERE source = ? AND stage = ? "
              "AND item = ? AND page = ?",
              (state, reason, status, time.time(), source, task.stage, task.item, task.page))  # fmt: skip

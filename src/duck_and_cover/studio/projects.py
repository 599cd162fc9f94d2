"""Every sleeve made, in one SQLite file: found again by its words, reopened by its address, deleted."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from duck_and_cover.errors import CannotWrite
from duck_and_cover.genres import normal
from duck_and_cover.studio.recipe import Recipe

__all__ = ["Made", "Projects"]

_VERSION = 1
_SCHEMA = """
CREATE TABLE sleeves (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  query     TEXT NOT NULL UNIQUE,
  words     TEXT NOT NULL,
  artist    TEXT,
  title     TEXT,
  made_at   REAL NOT NULL,
  picked    INTEGER NOT NULL,
  look      TEXT NOT NULL,
  thumbnail BLOB NOT NULL
);
CREATE INDEX by_time ON sleeves (picked, made_at);
"""
MOST_DRAFTS = 2000
"""Covers that were never picked are forgotten beyond so many, the oldest first."""


@dataclass(frozen=True)
class Made:
    """A sleeve that was made.

    query:    its recipe.    look: its finish, palette, face and layout in words.    picked: whether it was chosen.
    made_at:  seconds since 1970.
    """

    id: int
    query: str
    artist: str | None
    title: str | None
    made_at: float
    picked: bool
    look: str


class Projects:
    """The file. Safe to use from several threads. Raises `CannotWrite` where it cannot be opened or written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, timeout=10, check_same_thread=False)
            with self._base as base:
                found = base.execute("PRAGMA user_version").fetchone()[0]
                if found not in (0, _VERSION):
                    raise CannotWrite(
                        f"{path}: was written by another version of the studio ({found}); name another "
                        "folder, or update"
                    )
                base.execute("PRAGMA journal_mode=WAL")
                base.execute("PRAGMA synchronous=NORMAL")
                if found == 0:
                    base.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version={_VERSION}; COMMIT;")
        except (sqlite3.Error, OSError) as error:
            raise CannotWrite(
                f"{path}: no file of projects can be kept there ({error}); name another folder"
            ) from error

    def close(self) -> None:
        """Put all that is written into the file."""
        with self._lock:
            self._base.close()

    def remember(self, recipe: Recipe, look: str, thumbnail: bytes, *, picked: bool) -> None:
        """Keep a sleeve; one that is known already comes to the front."""
        album = recipe.album
        names = [album.artist or "", album.title or "", *album.genres, str(album.year or ""), *recipe.release.values()]
        words = normal(" ".join([*names, look]))
        row = (recipe.query, words, album.artist, album.title, time.time(), picked, look, thumbnail)
        with self._lock, self._told(), self._base as base:
            base.execute(
                "INSERT INTO sleeves (query, words, artist, title, made_at, picked, look, thumbnail) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (query) DO UPDATE SET made_at = excluded.made_at, "
                "picked = max(picked, excluded.picked), thumbnail = excluded.thumbnail",
                row,
            )
            base.execute(
                "DELETE FROM sleeves WHERE id IN (SELECT id FROM sleeves WHERE NOT picked "
                "ORDER BY made_at DESC LIMIT -1 OFFSET ?)",
                (MOST_DRAFTS,),
            )

    def pick(self, recipe: Recipe) -> None:
        """Note that a sleeve, which is known, was chosen."""
        with self._lock, self._told(), self._base as base:
            base.execute("UPDATE sleeves SET picked = 1, made_at = ? WHERE query = ?", (time.time(), recipe.query))

    def found(self, text: str = "", *, drafts: bool = False, before: float | None = None, most: int = 60) -> list[Made]:
        """Sleeves whose words hold each word of a text, the newest first.

        drafts:  also those that were never picked.    before: only those made earlier, for the next page.
        """
        words = [f"%{_plain(word)}%" for word in normal(text).split()[:12]]
        where = ["made_at < ?", *("words LIKE ? ESCAPE '\\'" for _ in words)] + ([] if drafts else ["picked"])
        with self._lock, self._told():
            rows = self._base.execute(
                "SELECT id, query, artist, title, made_at, picked, look FROM sleeves "
                f"WHERE {' AND '.join(where)} ORDER BY made_at DESC LIMIT ?",
                (before or 1e12, *words, most),
            ).fetchall()
        return [
            Made(id, query, artist, title, at, bool(picked), look)
            for id, query, artist, title, at, picked, look in rows
        ]

    def thumbnail(self, id: int) -> bytes | None:
        """The small picture of a sleeve, JPEG; None where there is no such sleeve."""
        with self._lock, self._told():
            row = self._base.execute("SELECT thumbnail FROM sleeves WHERE id = ?", (id,)).fetchone()
        return row and row[0]

    def count(self) -> int:
        """How many were picked."""
        with self._lock, self._told():
            return self._base.execute("SELECT count(*) FROM sleeves WHERE picked").fetchone()[0]

    def delete(self, id: int) -> bool:
        """Forget a sleeve; whether there was one."""
        with (
            self._lock,
            self._told(),
            self._base as base,
            closing(base.execute("DELETE FROM sleeves WHERE id = ?", (id,))) as done,
        ):
            return done.rowcount > 0

    def _told(self) -> _Told:
        return _Told(self.path)


class _Told:
    """SQLite's errors in our words."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise CannotWrite(f"{self.path}: the file of projects cannot be used ({error})") from error


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

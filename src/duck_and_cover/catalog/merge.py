"""Bring catalogs together that machines made which share nothing. What is done anywhere is done in the whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from duck_and_cover.catalog.store import Catalog, wait
from duck_and_cover.errors import BadInput

__all__ = ["merge"]

_TABLES = ("artists", "artist_genres", "albums", "album_artists", "album_genres", "examples", "notes")
_TASK = "source, stage, item, page, state, attempts, not_before, status, reason, changed_at"
_PICTURE = (
    "url, source, state, attempts, not_before, status, reason, changed_at, sha256, format, width_px, height_px, bytes, "
    "look, flags, etag, last_modified"
)
_COVERS = """INSERT INTO main.covers SELECT * FROM other.covers WHERE true
             ON CONFLICT DO UPDATE SET shown = max(shown, excluded.shown)"""
_WAITS = "SELECT source, value FROM other.notes WHERE name = 'not before'"
_BETTER = (
    "{new} = 'done' AND {old} != 'done' OR {old} = 'waiting' AND {new} NOT IN ('waiting', 'held') OR {old} = 'held'"
)


def merge(target: Catalog, others: Iterable[Path]) -> None:
    """Write what other catalogs know into `target`; each in one transaction. Their pictures are copied by the user:
    folders of the same layout laid over each other are one shelf.
    """
    for path in others:
        with Catalog(path, reading=True):
            pass
        if path.resolve() == target.path.resolve():
            raise BadInput(f"{path}: is merged into itself; name another catalog")
        c = target.connection
        with target.errors():
            c.execute("ATTACH DATABASE ? AS other", (str(path),))
        try:
            with target.change() as c:
                for table in _TABLES:
                    c.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM other.{table}")
                c.execute(_COVERS)
                for source, until in c.execute(_WAITS).fetchall():
                    wait(c, source, float(until))
                _merge(c, "tasks", _TASK, "source, stage, item, page")
                _merge(c, "pictures", _PICTURE, "url")
        finally:
            c.execute("DETACH DATABASE other")


def _merge(c: object, table: str, columns: str, key: str) -> None:
    changed = [name.strip() for name in columns.split(",") if name.strip() not in key.split(", ")]
    better = _BETTER.format(new="excluded.state", old=f"{table}.state")
    c.execute(  # type: ignore[attr-defined]
        f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM other.{table} WHERE true ORDER BY number "
        f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in changed)} WHERE {better}"
    )

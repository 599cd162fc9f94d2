"""The table that a catalog is, a row an album: JSON lines, Parquet, CSV, and the addresses alone for other tools.

The first eight columns carry the names of the founding project's table.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from duck_and_cover.catalog.census import placeholders
from duck_and_cover.catalog.shelf import Shelf
from duck_and_cover.catalog.store import Catalog
from duck_and_cover.errors import BadInput, CannotWrite, MissingExtra

__all__ = ["COLUMNS", "rows", "write"]

COLUMNS = (
    "artist_id", "artist_name", "artist_genre", "album_id", "album_name", "album_release", "album_cover_url300",
    "album_cover_url64", "release_precision", "year", "kind", "rights", "source", "example", "cover300", "cover64",
    "sha256_300", "placeholder",
)  # fmt: skip
"""artist_genre is a list, as stated by the service, else the genres that were searched; cover300 and cover64 are places
below the catalog's folder, null where there is no picture yet."""

BLOCK = 5000
"""Rows in memory while Parquet is written."""

_QUERY = """
SELECT l.source, l.id, l.name, l.release, l.precision, l.year, l.kind, l.rights,
       coalesce(a.artist_id, ''), coalesce(a.name, ''),
       c3.url, p3.state, p3.sha256, c6.url, p6.state,
       EXISTS (SELECT 1 FROM examples e WHERE e.source = l.source AND e.album_id = l.id)
FROM albums l
LEFT JOIN album_artists a ON a.source = l.source AND a.album_id = l.id AND a.place = 0
LEFT JOIN covers c3 ON c3.source = l.source AND c3.album_id = l.id AND c3.size_px = 300
LEFT JOIN pictures p3 ON p3.url = c3.url
LEFT JOIN covers c6 ON c6.source = l.source AND c6.album_id = l.id AND c6.size_px = 64
LEFT JOIN pictures p6 ON p6.url = c6.url
ORDER BY l.source, l.id
"""

_GENRES = """
SELECT genre, 'own' FROM album_genres WHERE source = ? AND album_id = ?
UNION SELECT g.genre, g.origin FROM album_artists a
JOIN artist_genres g ON g.source = a.source AND g.artist_id = a.artist_id
WHERE a.source = ? AND a.album_id = ?
ORDER BY 1
"""


def rows(catalog: Catalog) -> Iterator[dict[str, Any]]:
    """Every album in the order of source and id, whatever the order in which they were found."""
    flat = placeholders(catalog)
    for (source, id, name, release, precision, year, kind, rights, artist_id, artist, url300, state300, sha256, url64,
         state64, example) in catalog.rows(_QUERY):  # fmt: skip
        view = [str(Shelf(Path()).view(size, artist_id or "unknown", id)) if state == "done" else None
                for size, state in ((300, state300), (64, state64))]  # fmt: skip
        values = (artist_id, artist, _genres(catalog, source, id), id, name, release, url300, url64, precision, year,
                  kind, rights, source, bool(example), *view, sha256, sha256 in flat)  # fmt: skip
        yield dict(zip(COLUMNS, values, strict=True))


def _genres(catalog: Catalog, source: str, album_id: str) -> list[str]:
    """Of the album where it states any, else of its artists; else what was searched for."""
    told: dict[str, list[str]] = {"own": [], "stated": [], "asked": []}
    for genre, origin in catalog.rows(_GENRES, source, album_id, source, album_id):
        told[origin].append(genre)
    return told["own"] or told["stated"] or told["asked"]


def write(catalog: Catalog, target: Path) -> int:
    """Write the table by the suffix of `target`: .jsonl, .csv, .parquet, or .txt for addresses; how many rows."""
    writers = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet, ".txt": _addresses}
    if target.suffix not in writers:
        raise BadInput(f"{target}: no table ends in {target.suffix!r}; wanted {', '.join(writers)}")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        count = writers[target.suffix](catalog, partial)
        partial.replace(target)
    except OSError as error:
        raise CannotWrite(f"{target}: cannot be written ({error.strerror or error})") from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def _jsonl(catalog: Catalog, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows(catalog):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def _csv(catalog: Catalog, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for row in rows(catalog):
            table.writerow([json.dumps(v, ensure_ascii=False) if isinstance(v, list) else v for v in row.values()])
            count += 1
    return count


def _addresses(catalog: Catalog, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for (url,) in catalog.rows(
            "SELECT DISTINCT url FROM covers WHERE size_px = 300 AND url LIKE 'http%' ORDER BY url"
        ):
            file.write(f"{url}\n")
            count += 1
    return count


def _parquet(catalog: Catalog, path: Path) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("writing Parquet", "gather") from error
    kinds = {"artist_genre": pa.list_(pa.string()), "year": pa.int32(), "example": pa.bool_(),
             "placeholder": pa.bool_()}  # fmt: skip
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    count, every = 0, rows(catalog)
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        while block := list(itertools.islice(every, BLOCK)):
            file.write_table(pa.Table.from_pylist(block, schema))
            count += len(block)
    return count

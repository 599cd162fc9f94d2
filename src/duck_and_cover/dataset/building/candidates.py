"""Where the covers of a dataset come from: a catalog, Parquet shards, an ImageFolder, a folder of one's own.

Every way ends in the same `Candidate`: a picture's bytes, or nothing, and what is known of the album. What is odd about
it, `screening.py` says; what cannot be read at all is a candidate without content, so that it is counted.
"""

from __future__ import annotations

import ast
import contextlib
import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from duck_and_cover.album import FIRST_YEAR, LAST_YEAR
from duck_and_cover.catalog.shelf import Shelf
from duck_and_cover.catalog.store import Catalog
from duck_and_cover.catalog.table import rows as table_rows
from duck_and_cover.dataset.reader import example_ids
from duck_and_cover.errors import BadInput

__all__ = ["Candidate", "candidates"]

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
METADATA = ("metadata.jsonl", "metadata.csv", "metadata.parquet")
_SQLITE = b"SQLite format 3\0"
_BATCH = 64


@dataclass(frozen=True)
class Candidate:
    """A cover that may become a row. content: of its file, b"" where there is none.

    release:      date as the source wrote it.    width_px, height_px: of the source, where the file here is smaller.
    example:      it was collected as an example, and never trains.    placeholder: it stands for a missing cover.
    """

    id: str
    content: bytes
    artist: str | None = None
    album: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    release: str | None = None
    source: str = "unknown"
    rights: str = "unknown"
    example: bool = False
    placeholder: bool = False
    width_px: int | None = None
    height_px: int | None = None


def candidates(path: Path, gather_folder: Callable[[Path], Path]) -> Iterator[Candidate]:
    """Everything that a path holds, in its own order.

    path:           a catalog, a Parquet file, or a folder with Parquet shards, with an ImageFolder's metadata file, or
                    with music or pictures of one's own.
    gather_folder:  makes a catalog of such a folder; returns where it is.
    Raises `BadInput` for a path that is none of these.
    """
    if path.is_dir():
        if any(path.glob("*.parquet")) and not any((path / name).is_file() for name in METADATA):
            return _of_parquet(sorted(path.glob("*.parquet")))
        if found := [file for name in METADATA for file in sorted(path.rglob(name))]:
            return _of_image_folder(path, found)
        return _of_catalog(gather_folder(path))
    try:
        with path.open("rb") as file:
            begins = file.read(16)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error})") from error
    if begins == _SQLITE:
        return _of_catalog(path)
    if begins[:4] == b"PAR1":
        return _of_parquet([path])
    raise BadInput(f"{path}: neither a catalog nor a Parquet file; wanted one of these, or a folder")


def _of_catalog(path: Path) -> Iterator[Candidate]:
    with Catalog(path, reading=True) as catalog:
        for row in table_rows(catalog):
            content, width_px, height_px = _on_shelf(catalog, path.parent, row)
            yield Candidate(
                f"{row['source']}-{row['album_id']}", content, _text(row["artist_name"]), _text(row["album_name"]),
                _genres(row["artist_genre"]), _year(row["year"]), _text(row["album_release"]), row["source"],
                row["rights"], row["example"] or row["album_id"] in example_ids(), row["placeholder"], width_px,
                height_px,
            )  # fmt: skip


def _on_shelf(catalog: Catalog, folder: Path, row: Mapping[str, Any]) -> tuple[bytes, int | None, int | None]:
    """The picture as it came, and its sides, rather than the one that was made smaller of it."""
    known = catalog.rows("SELECT format, width_px, height_px FROM pictures WHERE sha256 = ? AND state = 'done' LIMIT 1",
                         row["sha256_300"])  # fmt: skip
    for format, width_px, height_px in list(known):
        if content := _file(Shelf(folder).object(row["sha256_300"], format)):
            return content, width_px, height_px
    places = (_file(folder / place) for place in (row["cover300"], row["cover64"]) if place)
    return next(filter(None, places), b""), None, None


def _of_parquet(paths: list[Path]) -> Iterator[Candidate]:
    for path in paths:
        try:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                if not {"id", "image"} <= set(file.schema_arrow.names):
                    raise BadInput(f"{path.name}: no columns `id` and `image`; found {file.schema_arrow.names}")
                for batch in file.iter_batches(_BATCH):
                    for row in batch.to_pylist():
                        image = row["image"]
                        content = image.get("bytes") if isinstance(image, dict) else image
                        yield _of_row(row, content if isinstance(content, bytes) else b"")
        except (OSError, ValueError) as error:
            if isinstance(error, BadInput):
                raise
            raise BadInput(f"{path}: not a readable Parquet file ({error})") from error


def _of_image_folder(top: Path, metadata: list[Path]) -> Iterator[Candidate]:
    """Pictures beside metadata files, whose `file_name` is relative to them; pictures that none names as well."""
    named: set[Path] = set()
    for path in metadata:
        for number, row in enumerate(_table(path), 1):
            name = row.get("file_name")
            if not isinstance(name, str) or not name:
                raise BadInput(f"{path}, row {number}: no file_name; wanted the place of a picture beside this file")
            if "\0" in name:
                raise BadInput(f"{path}, row {number}: {name!r} is no file name")
            place = (path.parent / name).resolve()
            if not place.is_relative_to(path.parent.resolve()):
                raise BadInput(f"{path}, row {number}: {name!r} lies outside this folder")
            named.add(place)
            id = place.relative_to(top.resolve()).as_posix()
            yield _of_row({**row, "id": row.get("id") or id}, _file(place))
    for place in sorted(top.rglob("*")):
        if place.suffix.lower() in IMAGE_SUFFIXES and place.resolve() not in named:
            yield Candidate(_id(place.relative_to(top).as_posix()), _file(place))


def _table(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        if path.suffix == ".parquet":
            yield from pq.read_table(path).to_pylist()
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from csv.DictReader(file)
        else:
            for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise BadInput(f"{path}, line {number}: wanted a JSON object")
                    yield row
    except (OSError, ValueError, RecursionError, csv.Error) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(f"{path}: cannot be read ({error})") from error


def _of_row(row: Mapping[str, Any], content: bytes) -> Candidate:
    """A row of a table of anybody's, by the names that are usual."""

    def first(*names: str) -> Any:
        return next((row[name] for name in names if row.get(name) not in (None, "")), None)

    release = _text(first("release", "album_release", "release_date"))
    year = _year(first("year"))
    return Candidate(
        _id(row["id"] if row["id"] is not None else _named_by(content)), content,
        _text(first("artist", "artist_name")), _text(first("album", "album_name", "title")),
        _genres(first("genres", "artist_genre", "genre")), year if year is not None else _year(release), release,
        _text(first("source")) or "unknown", _text(first("rights", "license")) or "unknown",
        _flag(first("example")), _flag(first("placeholder")), _count(first("source_width")),
        _count(first("source_height")),
    )  # fmt: skip


def _file(path: Path) -> bytes:
    """What is there; nothing where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _named_by(content: bytes) -> str:
    """What a row without an id is called: by its picture."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _id(value: Any) -> str:
    """As text that files can hold."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _flag(value: Any) -> bool:
    """Of a table of anybody's: "False" and "no" are not true."""
    return bool(value) and str(value).strip().casefold() not in ("", "0", "0.0", "false", "no", "none", "nan", "f", "n")


def _text(value: Any) -> str | None:
    """On one line, without halves of characters; None for nothing."""
    if not isinstance(value, str):
        return None
    return " ".join(value.encode("utf-8", "replace").decode("utf-8").split()) or None


def _genres(value: Any) -> tuple[str, ...]:
    """Of a list, or of a text that separates them by commas, semicolons or as JSON and Python do; each once."""
    if isinstance(value, str):
        parsed = _list(value) if value.startswith("[") else value
        value = re.split(r"[;,|]", parsed) if isinstance(parsed, str) else parsed
    if not isinstance(value, list | tuple):
        return ()
    return tuple(dict.fromkeys(text.casefold() for each in value if (text := _text(each))))


def _list(text: str) -> Any:
    """A list as JSON or Python write it; the text itself where it is neither."""
    for read in (json.loads, ast.literal_eval):
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            return read(text)
    return text


def _year(value: Any) -> int | None:
    """Of a number or a date that begins with one; None for a year that no record has."""
    matched = re.match(r"\d{4}(?!\d)", str(value)) if value is not None else None
    year = int(matched[0]) if matched else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def _count(value: Any) -> int | None:
    count = (
        int(value) if isinstance(value, int) or (isinstance(value, str) and value.isascii() and value.isdigit()) else 0
    )
    return count if 0 < count < 1 << 20 else None

"""Stream real covers out of Parquet shards in the Hugging Face `Image` layout.

A dataset is a folder of `*.parquet` files (or one file) with columns `id`, `image: {bytes, path}`, `genres`, `year`,
`artist`, `album`, `source`, and `part` where it was split already (`build.py`). One record batch is in memory at a
time, whatever the size of the shards.

    R  resolution of the pictures in px        N  number of covers
"""

from __future__ import annotations

import functools
import hashlib
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from duck_and_cover.album import FIRST_YEAR, LAST_YEAR, Album
from duck_and_cover.cover import Cover, Found, Pixels, read_pixels
from duck_and_cover.dataset.letters import Box, letter_mask, without_letters
from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.genres import normal

__all__ = [
    "PARTS",
    "SPLIT",
    "CoverDataset",
    "Part",
    "PixelTable",
    "example_ids",
    "letters_hash",
    "part_of",
    "pixel_table",
    "split_place",
]

Part = Literal["train", "validation", "test", "all"]
PARTS: tuple[Part, ...] = ("train", "validation", "test", "all")
_SHARES = (("validation", 0.03), ("test", 0.06))  # upper ends of the hash range; the rest trains
SPLIT = 2
"""Which rule `part_of` is. Networks of an earlier one were shown covers that this one keeps back."""
_BATCH_ROWS = 64
_COLUMNS = ("id", "genres", "year", "artist", "album", "source", "rights")
_WIDTH, _PART = "source_width", "part"
_REISSUE_SOURCES = frozenset({"tjaarek/album-genre-classifier"})  # their year is that of a reissue


def part_of(artist: str | None, id: str) -> Literal["train", "validation", "test"]:
    """The part a cover belongs to. All covers of one artist share it, in any dataset and order, however the name is
    spelled: only its letters and digits count, "&" is "and", and a leading "the" is nothing. A cover without an artist
    is placed by its id. Example albums (`duckcover examples`) never train.

    >>> part_of("Guns N' Roses", "1") == part_of("guns n\N{RIGHT SINGLE QUOTATION MARK}roses", "2")
    True
    """
    if id in example_ids():
        return "test"
    place = split_place(artist, id)
    for name, end in _SHARES:
        if place < end:
            return name  # type: ignore[return-value]
    return "train"


def split_place(artist: str | None, id: str) -> float:
    """Where a cover lies between 0 and 1; all of one artist lie together, however the name is spelled."""
    name = normal(artist or "").replace("&", " and ").strip().removeprefix("the ")
    key = "".join(filter(str.isalnum, name)) or name.strip()  # some are called "!!!"
    return zlib.crc32((f"artist:{key}" if key else f"id:{id}").encode()) / 2**32


@functools.cache
def example_ids() -> frozenset[str]:
    """Ids of the example albums that ship, as their service has them."""
    return frozenset((resources.files("duck_and_cover") / "example_album_ids.txt").read_text("utf-8").split())


@dataclass(frozen=True)
class CoverDataset:
    """Covers of one part of a dataset, streamed.

    path:           folder of Parquet shards, or one shard.
    part:           "train", "validation", "test" (split by artist, 94 / 3 / 3 %) or "all".
    resolution_px:  covers are resized to this (Lanczos); None keeps each at its own size.
    smallest_px:    covers whose `source_width` is less are left out; those that do not state it are kept.

    >>> for cover in CoverDataset(Path("covers"), "train", 64):    # doctest: +SKIP
    ...     cover.pixels.shape, cover.origin.album.genres
    """

    path: Path
    part: Part = "all"
    resolution_px: int | None = None
    smallest_px: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path))
        if self.part not in PARTS:
            raise BadInput(f"no part is called {self.part!r}; wanted one of {', '.join(PARTS)}")
        if self.resolution_px is not None and not 4 <= self.resolution_px <= 2048:
            raise BadInput(f"resolution is {self.resolution_px} px; wanted 4 to 2048")
        self.shards  # noqa: B018  (fails here, not on first use)

    @property
    def shards(self) -> tuple[Path, ...]:
        """The Parquet files, in name order."""
        if self.path.is_file():
            return (self.path,)
        found = tuple(sorted(self.path.glob("*.parquet")))
        if not found:
            raise BadInput(f"{self.path}: no Parquet shards there; wanted a folder with *.parquet files of covers")
        return found

    def __iter__(self) -> Iterator[Cover]:
        for row in self._rows(("image",)):
            yield Cover(_pixels(row, self.resolution_px), _origin(row))

    def __len__(self) -> int:
        return sum(1 for _ in self.origins())

    def origins(self) -> Iterator[Found]:
        """Everything but the pictures, without decoding or reading them."""
        for row in self._rows(()):
            yield _origin(row)

    def _rows(self, extra: Sequence[str]) -> Iterator[dict[str, Any]]:
        for shard in self.shards:
            try:
                with pq.ParquetFile(shard, pre_buffer=False) as file:  # buffering holds the whole shard
                    present = set(file.schema_arrow.names)
                    missing = {"id", *extra} - present
                    if missing:
                        raise BadInput(f"{shard.name}: no column {sorted(missing)}; found {sorted(present)}")
                    columns = [c for c in (*_COLUMNS, _WIDTH, _PART) if c in present] + list(extra)
                    for batch in file.iter_batches(_BATCH_ROWS, columns=columns):
                        for row in batch.to_pylist():
                            width = row.get(_WIDTH)
                            if width is not None and width < self.smallest_px:
                                continue
                            if self.part in ("all", row.get(_PART) or part_of(row.get("artist"), row["id"])):
                                yield row
            except (OSError, ValueError) as error:
                if isinstance(error, BadInput):
                    raise
                raise BadInput(f"{shard}: not a readable Parquet file ({error})") from error

    @functools.cached_property
    def content_hash(self) -> str:
        """sha256 over the bytes of all shards in name order, 16 hex digits: which data this is."""
        digest = hashlib.sha256()
        for shard in self.shards:
            with shard.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()[:16]


def _pixels(row: dict[str, Any], resolution_px: int | None) -> Pixels:
    content = (row["image"] or {}).get("bytes")
    if not content:
        raise BadInput(f"cover {row['id']}: holds no picture; wanted the bytes of an image file in image.bytes")
    try:
        return read_pixels(content, resolution_px)
    except BadInput as error:
        raise BadInput(f"cover {row['id']}: {error}") from error


def _origin(row: dict[str, Any]) -> Found:
    year = row.get("year")
    source = row.get("source") or "unknown"
    if year is not None and (not FIRST_YEAR <= year <= LAST_YEAR or source in _REISSUE_SOURCES):
        year = None
    album = Album(row.get("artist"), row.get("album"), tuple(row.get("genres") or ()), year)
    return Found(album, source, str(row["id"]), row.get("rights") or "unknown")


@dataclass(frozen=True, eq=False)
class PixelTable:
    """Covers decoded once at one resolution: `pixels` uint8 (N, R, R, 3), memory-mapped, and their `origins`.

    content_hash, letters_hash:  of the data, and of the lettering that was filled in ("" for none).
    """

    pixels: NDArray[np.uint8]
    origins: tuple[Found, ...]
    content_hash: str
    letters_hash: str

    def __len__(self) -> int:
        return len(self.origins)


def pixel_table(
    dataset: CoverDataset,
    cache_dir: Path,
    *,
    letters: Mapping[str, Sequence[Box]] | None = None,
    larger: PixelTable | None = None,
) -> PixelTable:
    """Decode `dataset` into a file under `cache_dir`, or find it there from an earlier call.

    letters:  id -> boxes of lettering, which are filled in from their surroundings.
    larger:   a table of the same covers that was made with the same letters: pictures are made smaller, not decoded
              anew.

    The file's name holds the content hash, part, letters and resolution, and it is renamed into place when complete, so
    a broken-off call leaves nothing that a later one would mistake for data.
    """
    if dataset.resolution_px is None:
        raise BadInput("a pixel table needs one resolution; give the dataset resolution_px")
    cache_dir.mkdir(parents=True, exist_ok=True)
    origins = larger.origins if larger else tuple(dataset.origins())
    if not origins:
        raise BadInput(f"{dataset.path}: no cover is in part {dataset.part!r}; wanted at least one")
    r = dataset.resolution_px
    content, key = (
        (larger.content_hash, larger.letters_hash) if larger else (dataset.content_hash, letters_hash(letters))
    )
    from_px = f"from{dataset.smallest_px}" if dataset.smallest_px else ""
    name = "-".join(filter(None, ("covers", content, f"{dataset.part}{SPLIT}", key, from_px, str(r))))
    target = cache_dir / f"{name}.npy"
    if not target.exists():
        partial = target.with_suffix(f".{os.getpid()}.partial")
        try:
            table = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=(len(origins), r, r, 3))
            if hasattr(os, "posix_fallocate"):  # a full disk is an error now, not a crash in the middle of a picture
                with partial.open("r+b") as file:
                    os.posix_fallocate(file.fileno(), 0, partial.stat().st_size)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise CannotWrite(f"{target}: cannot write decoded covers ({error.strerror or error})") from error
        if larger:
            for i, pixels in enumerate(larger.pixels):
                table[i] = cv2.resize(pixels, (r, r), interpolation=cv2.INTER_AREA)  # the mean of each block
        else:
            for i, cover in enumerate(dataset):
                boxes = (letters or {}).get(origins[i].id)
                table[i] = without_letters(cover.pixels, letter_mask(boxes, r)) if boxes else cover.pixels
        table.flush()
        del table
        partial.replace(target)
    return PixelTable(np.load(target, mmap_mode="r"), origins, content, key)


def letters_hash(letters: Mapping[str, Sequence[Box]] | None) -> str:
    """Which lettering, 8 hex digits; "" for none."""
    if not letters:
        return ""
    return f"{zlib.crc32(repr(sorted((id, list(map(tuple, boxes))) for id, boxes in letters.items())).encode()):08x}"

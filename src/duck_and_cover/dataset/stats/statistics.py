"""What a dataset holds, in numbers: genres, years, sources, rights, sizes, what is missing, and its colours.

N  covers        L  labels of the table of pairs
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from duck_and_cover.cover import Found, Pixels, flattened
from duck_and_cover.dataset.measures import measure
from duck_and_cover.dataset.reader import CoverDataset, part_of
from duck_and_cover.dataset.shards import MANIFEST, WORK, manifest
from duck_and_cover.dataset.stats.contact import Choice
from duck_and_cover.dataset.stats.mixtures import Group, Mixer, Mixture
from duck_and_cover.errors import BadInput
from duck_and_cover.genres import main_family

__all__ = ["EVERY", "FEWEST", "UNPLACED", "Pairs", "Statistics", "statistics"]

FEWEST = 20
"""A mixture of fewer covers says little."""

EVERY, UNPLACED = "every year", "no family"
"""In place of a decade or of a family: all of them. Of covers whose genres lie in none."""

_PAIRED = 24
_SIDE_PX = 128
_WIDTHS_PX = (128, 256, 512, 1024)
_ROWS = 64
_HERO, _HERO_PX, _SHEET, _SHEET_PX = 960, 32, 48, 40


@dataclass(frozen=True, eq=False)
class Pairs:
    """Labels that stand together. labels: L of the most frequent, those side by side that share most covers;
    together: int (L, L), covers that have both; on the diagonal all that have the label.
    """

    labels: tuple[str, ...]
    together: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Statistics:
    """Counts are name -> covers, most first, but decades and sizes in order.

    content:    which data this is, 16 hex digits.
    labels:     every genre label; a cover counts for each of its own.     families:  its main one.
    missing:    field -> covers without; a year that is known to be that of a reissue is missing.
    years:      first and last; None where none is known.
    mixtures:   ("label", name) or (family, decade), with `EVERY` for all -> colours.
    sheets:     family -> contact sheet, uint8 (H, W, 3); `EVERY` for all.
    Both are empty where no picture was looked at.
    """

    name: str
    content: str
    covers: int
    labels: dict[str, int]
    families: dict[str, int]
    decades: dict[str, int]
    parts: dict[str, int]
    sources: dict[str, int]
    rights: dict[str, int]
    sizes: dict[str, int]
    missing: dict[str, int]
    years: tuple[int, int] | None
    pairs: Pairs
    mixtures: Mapping[Group, Mixture] = field(default_factory=dict)
    sheets: Mapping[str, Pixels] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All numbers, without pictures."""
        palettes: dict[str, Any] = {"labels": {}, "families": {}}
        for (first, second), mixture in sorted(self.mixtures.items()):
            told = {"covers": mixture.covers, "colours": dict(zip(mixture.colours, mixture.shares, strict=True))}
            if first == _LABEL:
                palettes["labels"][second] = told
            else:
                palettes["families"].setdefault(first, {})[second] = told
        names = ("name", "content", "covers", "parts", "families", "decades", "sources", "rights", "sizes", "missing")
        pairs = {"labels": self.pairs.labels, "together": self.pairs.together.tolist()}
        return {name: getattr(self, name) for name in (*names, "years", "labels")} | {
            "pairs": pairs, "palettes": palettes}  # fmt: skip


def statistics(path: Path, *, pictures: bool = True, seed: int = 0,
               progress: Callable[[int], None] = lambda done: None) -> Statistics:  # fmt: skip
    """Count a dataset: a folder with a manifest, any folder of Parquet shards, or one shard.

    pictures:  look at every cover for its colours; about 4 ms each, 0.1 without.
    seed:      which covers the contact sheets show.
    """
    told = manifest(path) if (path / MANIFEST).is_file() or (path / WORK).is_dir() else {}
    covers = CoverDataset(path)
    counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    pairs: Counter[tuple[str, str]] = Counter()
    years: set[int] = set()
    mixer, choices = Mixer(), dict[str, Choice]()
    total = 0
    for total, (found, row) in enumerate(zip(covers.origins(), _others(covers, pictures), strict=True), 1):
        entry = _entry(found, row)
        for name, values in entry.items():
            counts[name].update(values)
        labels = entry["labels"]
        pairs.update((one, other) for one in labels for other in labels)
        if found.album.year is not None:
            years.add(found.album.year)
        if pictures:
            pixels = _pixels(row.get("image"))
            if pixels is None:
                counts["missing"]["readable picture"] += 1
            else:
                (family,), decade = entry["families"], next(iter(entry["decades"]), None)
                seen = measure(pixels)
                groups = [(_LABEL, label) for label in labels] + [
                    (first, second) for first in (family, EVERY) for second in (decade, EVERY) if second is not None
                ]
                mixer.add(seen.palette, seen.shares, groups)
                for name, most, side in ((EVERY, _HERO, _HERO_PX), (family, _SHEET, _SHEET_PX)):
                    choices.setdefault(name, Choice(most, side, seed)).show(found.id, pixels, seen)
        progress(total)
    if not total:
        raise BadInput(f"{path}: holds no cover; wanted at least one")
    most = {name: dict(sorted(count.items(), key=lambda item: (-item[1], item[0]))) for name, count in counts.items()}
    decades, sizes = dict(sorted(counts["decades"].items())), {
        name: counts["sizes"][name] for name in _sizes() if name in counts["sizes"]}  # fmt: skip
    sheets = {name: choice.sheet(48 if name == EVERY else 12) for name, choice in choices.items()}
    return Statistics(
        name=told.get("name") or path.resolve().stem, content=told.get("content") or covers.content_hash, covers=total,
        labels=most["labels"], families=most["families"], decades=decades, parts=most["parts"],
        sources=most["sources"], rights=most["rights"], sizes=sizes, missing=most["missing"],
        years=(min(years), max(years)) if years else None, pairs=_paired(list(most["labels"])[:_PAIRED], pairs),
        mixtures=mixer.mixtures(), sheets={name: sheet for name, sheet in sheets.items() if sheet is not None},
    )  # fmt: skip


_COUNTED = ("labels", "families", "decades", "parts", "sources", "rights", "sizes", "missing")
_LABEL = "label"


def _others(covers: CoverDataset, pictures: bool) -> Iterator[dict[str, Any]]:
    """What `CoverDataset.origins` does not tell, row by row in its order."""
    wanted = ["id", "part", "source_width", "source_height", "text", *(["image"] if pictures else [])]
    for shard in covers.shards:
        try:
            with pq.ParquetFile(shard, pre_buffer=False) as file:
                there = set(file.schema_arrow.names)
                for batch in file.iter_batches(_ROWS, columns=[column for column in wanted if column in there]):
                    yield from batch.to_pylist()
        except (OSError, ValueError) as error:
            raise BadInput(f"{shard}: not a readable Parquet file ({error})") from error


def _entry(found: Found, row: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """What one cover counts for."""
    album, width = found.album, row.get("source_width")
    told = {
        "genre": album.genres, "year": album.year, "artist": album.artist, "album": album.title, "size": width,
        "source": found.source != "unknown", "rights": found.rights != "unknown", "caption": row.get("text"),
    }  # fmt: skip
    return {
        "labels": sorted(set(album.genres)), "families": (main_family(album.genres) or UNPLACED,),
        "decades": () if album.year is None else (f"{album.year // 10 * 10}s",),
        "parts": (row.get("part") or part_of(album.artist, found.id),), "sources": (found.source,),
        "rights": (found.rights,), "sizes": () if width is None else (_size(width),),
        "missing": [name for name, value in told.items() if not value],
    }  # fmt: skip


def _sizes() -> list[str]:
    between = [f"{low} to {high - 1} px" for low, high in pairwise(_WIDTHS_PX)]
    return [f"below {_WIDTHS_PX[0]} px", *between, f"{_WIDTHS_PX[-1]} px and more"]


def _size(width: int) -> str:
    return _sizes()[int(np.searchsorted(_WIDTHS_PX, width, "right"))]


def _pixels(image: Mapping[str, Any] | None) -> Pixels | None:
    """uint8 (128, 128, 3), decoded no larger than is needed; None for what is no picture."""
    try:
        with Image.open(io.BytesIO((image or {}).get("bytes") or b"")) as file:
            file.draft("RGB", (_SIDE_PX, _SIDE_PX))
            picture = flattened(file)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return np.asarray(picture.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX, (left, top, left + side, top + side)))


def _paired(labels: Sequence[str], pairs: Mapping[tuple[str, str], int]) -> Pairs:
    together = np.array([[pairs.get((one, other), 0) for other in labels] for one in labels], np.int64)
    if not labels:
        return Pairs((), together.reshape(0, 0))
    size = np.sqrt(np.diag(together))
    order = _neighbours(together / np.outer(size, size))
    return Pairs(tuple(labels[i] for i in order), together[np.ix_(order, order)])


def _neighbours(likeness: NDArray[np.float64]) -> list[int]:
    """An order in which alike things stand together: average linkage, each join turned so that its ends fit."""
    groups = [[i] for i in range(len(likeness))]
    while len(groups) > 1:
        scores = {(a, b): likeness[np.ix_(groups[a], groups[b])].mean()
                  for b in range(len(groups)) for a in range(b)}  # fmt: skip
        a, b = max(scores, key=lambda pair: scores[pair])
        one, other = groups[a], groups.pop(b)
        turned = [(x, y) for x in (one, one[::-1]) for y in (other, other[::-1])]
        x, y = max(turned, key=lambda pair: likeness[pair[0][-1], pair[1][0]])
        groups[a] = x + y
    return groups[0]

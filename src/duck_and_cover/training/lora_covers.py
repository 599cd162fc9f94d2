"""Covers with captions for fine-tuning a large model. Picture k of a run depends on the seed and on k alone.

Captions are the dataset's column `text`; where it has none, what `dataset caption` would write by measuring. Every
cover is shown once before any is shown twice.

N  covers    B  batch    R  resolution in px
"""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from duck_and_cover.cover import to_network
from duck_and_cover.dataset.captions.template import Template
from duck_and_cover.dataset.letters import MOST_COVERED, Box, covered, letter_mask
from duck_and_cover.dataset.reader import CoverDataset, PixelTable, pixel_table
from duck_and_cover.dataset.shards import MANIFEST, read_rows
from duck_and_cover.errors import BadInput
from duck_and_cover.training.lora_bases import LoraBatch

__all__ = ["CAPTIONS", "FEWEST", "CaptionedCovers", "LoraStream", "captioned_covers"]

CAPTIONS = "captions.jsonl"
FEWEST = 8
"""Fewer covers than this are learned by heart by any large model."""

_SEEN_PX = 256
"""Captions are measured on pictures of this side, as `dataset caption` would find much the same on larger ones."""


@dataclass(frozen=True, eq=False)
class CaptionedCovers:
    """What is shown of M decoded covers.

    pixels:    uint8 (M, R, R, 3), lettering filled in; a file on disk, mapped into memory.
    rows:      N of them that are shown.
    boxes:     N times where the lettering was.
    captions:  N texts.
    content_hash, letters_hash, captions_hash:  which data, lettering and captions these are.
    """

    pixels: NDArray[np.uint8]
    rows: tuple[int, ...]
    boxes: tuple[tuple[Box, ...], ...]
    captions: tuple[str, ...]
    content_hash: str
    letters_hash: str

    @property
    def captions_hash(self) -> str:
        """Of the captions in their order, 8 hex digits."""
        return f"{zlib.crc32(json.dumps(self.captions).encode()):08x}"


def captioned_covers(data: Path, size_px: int, run_dir: Path,
                     letters: Mapping[str, Sequence[Box]] | None = None) -> CaptionedCovers:  # fmt: skip
    """The training part of a dataset at one size, decoded into RUN/cache, its captions kept in RUN/captions.jsonl.

    Covers that lettering fills to more than `MOST_COVERED` are left out where it is known.
    """
    table = pixel_table(CoverDataset(data, "train", size_px), run_dir / "cache", letters=letters)
    boxes = [tuple((letters or {}).get(origin.id, ())) for origin in table.origins]
    kept = [i for i, each in enumerate(boxes) if covered(each) <= MOST_COVERED]
    if len(kept) < FEWEST:
        raise BadInput(f"{data}: {len(kept)} covers to train on; wanted {FEWEST} or more")
    written = _captions(data, table, run_dir / CAPTIONS)
    return CaptionedCovers(table.pixels, tuple(kept), tuple(boxes[i] for i in kept),
                           tuple(written[table.origins[i].id] for i in kept), table.content_hash,
                           table.letters_hash)  # fmt: skip


def _captions(data: Path, table: PixelTable, kept: Path) -> dict[str, str]:
    """id -> caption, from the file of an earlier start of the same run where there is one."""
    ids = {origin.id for origin in table.origins}
    if kept.exists():
        before = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
        if {row["id"] for row in before} == ids and {row["content"] for row in before} == {table.content_hash}:
            return {row["id"]: row["text"] for row in before}
    told = {row["id"]: row.get("text") for row in read_rows(data, ("id", "text"))} if (
        (data / MANIFEST).is_file()) else {}  # fmt: skip
    template, found = Template(), {}
    for origin, pixels in zip(table.origins, table.pixels, strict=True):
        text = told.get(origin.id)
        if not text:
            step = max(1, len(pixels) // _SEEN_PX)
            (seen,) = template.see([np.ascontiguousarray(pixels[::step, ::step])])
            text = template.tell(seen, origin)
        found[origin.id] = " ".join(text.split())
    partial = kept.with_suffix(".partial")
    rows = ({"id": id, "content": table.content_hash, "text": text} for id, text in found.items())
    partial.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    partial.replace(kept)
    return found


@dataclass(frozen=True)
class LoraStream:
    """Batches by the number of pictures shown before.

    drop_caption:   how often a caption is left out.
    letter_weight:  how much an error counts under lettering.
    """

    covers: CaptionedCovers
    seed: int
    size: int
    drop_caption: float
    letter_weight: float

    def batch(self, shown: int) -> LoraBatch:
        """The batch of the step that begins after so many pictures."""
        pictures, weights, captions, luck = [], [], [], []
        side = self.covers.pixels.shape[1]
        for number in range(shown, shown + self.size):
            rng = np.random.default_rng((self.seed, number))
            epoch, place = divmod(number, len(self.covers.captions))
            row = int(_order(self.seed, epoch, len(self.covers.captions))[place])
            mirrored = bool(self.covers.letters_hash) and rng.random() < 0.5  # letters must not be learned mirrored
            pixels, mask = self.covers.pixels[self.covers.rows[row]], letter_mask(self.covers.boxes[row], side)
            pictures.append(pixels[:, ::-1] if mirrored else pixels)
            weights.append(1 - (1 - self.letter_weight) * (mask[:, ::-1] if mirrored else mask).astype(np.float32))
            captions.append("" if rng.random() < self.drop_caption else self.covers.captions[row])
            luck.append(int(rng.integers(2**62)))
        return LoraBatch(torch.from_numpy(to_network(np.stack(pictures))), torch.from_numpy(np.stack(weights)[:, None]),
                         tuple(captions), tuple(luck))  # fmt: skip


@functools.lru_cache(2)
def _order(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """The order in which covers are shown for the `epoch`th time."""
    return np.random.default_rng((seed, epoch, count)).permutation(count)

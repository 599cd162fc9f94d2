"""What a network is shown: batches that depend on the seed and the step alone, so that a resumed run sees the same.

B batch    R resolution in px    D condition    A aspects: share of lettering, zoom
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset

from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import Found, to_network
from duck_and_cover.dataset.letters import Box, letter_mask, without_letters
from duck_and_cover.dataset.reader import CoverDataset, Part, pixel_table
from duck_and_cover.genres import main_family
from duck_and_cover.training.recipe import Recipe

__all__ = ["Batch", "BatchStream", "TrainingSet", "training_set"]


@dataclass(frozen=True, eq=False)
class Batch:
    """One step's worth. picture (B, 3, R, R) in [-1, 1]; condition (B, D); aspects (B, A); weight (B, 1, R, R)."""

    picture: Tensor
    condition: Tensor
    aspects: Tensor
    weight: Tensor

    def to(self, device: torch.device) -> Batch:
        return Batch(
            *(t.to(device, non_blocking=True) for t in (self.picture, self.condition, self.aspects, self.weight))
        )


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """Covers ready to be shown, a margin larger than R so that they can be zoomed into.

    pixels:      uint8 (N, M, M, 3), letters filled in.
    lettered:    bool (N, M, M), where they were.
    conditions:  float32 (N, D).
    chances:     float64 (N,), how often each is drawn, summing to 1.
    """

    pixels: NDArray[np.uint8]
    lettered: NDArray[np.bool_]
    conditions: NDArray[np.float32]
    chances: NDArray[np.float64]
    content_hash: str

    def __len__(self) -> int:
        return len(self.pixels)


def training_set(
    data: Path,
    recipe: Recipe,
    encoder: ConditionEncoder,
    cache_dir: Path,
    *,
    part: Part = "train",
    letters: Mapping[str, Sequence[Box]] | None = None,
) -> TrainingSet:
    """Read, decode once (cached), fill lettering in and encode the conditions."""
    margin_px = round(recipe.network.resolution_px * (1 + recipe.zoom))
    dataset = CoverDataset(data, part, margin_px)
    table = pixel_table(dataset, cache_dir)
    pixels = np.array(table.pixels)
    lettered = np.zeros(pixels.shape[:3], bool)
    for i, origin in enumerate(table.origins):
        boxes = (letters or {}).get(origin.id)
        if boxes:
            lettered[i] = letter_mask(boxes, margin_px)
            pixels[i] = without_letters(pixels[i], lettered[i])
    conditions = encoder.encode_all(Condition.of(origin.album) for origin in table.origins)
    return TrainingSet(pixels, lettered, conditions, _chances(table.origins, recipe.balance), dataset.content_hash)


def _chances(origins: Sequence[Found], balance: float) -> NDArray[np.float64]:
    families = [main_family(origin.album.genres) or "" for origin in origins]
    counts = {family: families.count(family) for family in set(families)}
    chances = np.array([counts[family] ** -balance for family in families])
    return chances / chances.sum()


class BatchStream(IterableDataset[Batch]):
    """Endless batches from step `start` on; step k is the same whenever and however often it is asked for."""

    def __init__(self, covers: TrainingSet, recipe: Recipe, encoder: ConditionEncoder, start: int = 0,
                 rank: int = 0, ranks: int = 1) -> None:  # fmt: skip
        super().__init__()
        self.covers, self.recipe, self.encoder = covers, recipe, encoder
        self.start, self.rank, self.ranks = start, rank, ranks
        self._cumulative = np.cumsum(covers.chances)

    def __iter__(self) -> Iterator[Batch]:
        worker = torch.utils.data.get_worker_info()
        step, stride = (self.start + worker.id, worker.num_workers) if worker else (self.start, 1)
        while True:
            yield self.batch(step)
            step += stride

    def batch(self, step: int) -> Batch:
        """The batch of one step."""
        recipe, rng = self.recipe, np.random.default_rng((self.recipe.seed, step, self.rank))
        count, size = recipe.batch // self.ranks, recipe.network.resolution_px
        rows = np.minimum(np.searchsorted(self._cumulative, rng.random(count)), len(self.covers) - 1)
        pictures = np.empty((count, size, size, 3), np.uint8)
        letters = np.empty((count, size, size), np.float32)
        aspects = np.zeros((count, 2), np.float32)
        margin = self.covers.pixels.shape[1]
        for i, row in enumerate(rows):
            side = margin if rng.random() < 0.5 else int(rng.integers(size, margin + 1))
            x, y = rng.integers(0, margin - side + 1, 2)
            window = np.s_[y : y + side, x : x + side]
            picture, mask = self.covers.pixels[row][window], self.covers.lettered[row][window].astype(np.float32)
            if rng.random() < 0.5:
                picture, mask = picture[:, ::-1], mask[:, ::-1]
            pictures[i] = cv2.resize(np.ascontiguousarray(picture), (size, size), interpolation=cv2.INTER_AREA)
            letters[i] = cv2.resize(np.ascontiguousarray(mask), (size, size), interpolation=cv2.INTER_AREA)
            aspects[i] = letters[i].mean(), (margin - side) / max(1, margin - size)
        weight = 1.0 - (1.0 - recipe.letter_weight) * letters
        return Batch(
            torch.from_numpy(to_network(pictures)),
            torch.from_numpy(self._conditions(rows, rng)),
            torch.from_numpy(aspects),
            torch.from_numpy(weight[:, None]),
        )

    def _conditions(self, rows: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float32]:
        """Encodings with fields left open at random."""
        recipe, kept = self.recipe, self.covers.conditions[rows].copy()
        chances = {"genres": recipe.drop_genres, "year": recipe.drop_year,
                   "artist": recipe.drop_names, "album": recipe.drop_names}  # fmt: skip
        for name, where in self.encoder.fields.items():
            kept[rng.random(len(rows)) < chances[name], where] = 0.0
        kept[rng.random(len(rows)) < recipe.drop_all] = 0.0
        return kept

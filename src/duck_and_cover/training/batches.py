"""What a network is shown. Picture k of a run depends on the seed and on k alone: whatever the size of the batch, the
number of processes or the moment of a resumption, it is the same cover, cut the same way, with the same fields left
open.

    B batch    R resolution in px    M R and a margin to zoom into    D condition    A aspects: share of lettering, zoom
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset

from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import to_network
from duck_and_cover.dataset.letters import MOST_COVERED, Box, covered, letter_mask
from duck_and_cover.dataset.reader import CoverDataset, Part, pixel_table
from duck_and_cover.errors import BadInput
from duck_and_cover.genres import main_family
from duck_and_cover.training.recipe import FlowRecipe, Recipe

__all__ = ["FEWEST_COVERS", "Batch", "BatchStream", "TrainingSet", "training_set"]

FEWEST_COVERS = 64
"""Fewer than this are a picture book, not a data set: any network learns them by heart."""


@dataclass(frozen=True, eq=False)
class Batch:
    """One step's worth. picture (B, 3, R, R) in [-1, 1]; condition (B, D); aspects (B, A); weight (B, 1, R, R)."""

    picture: Tensor
    condition: Tensor
    aspects: Tensor
    weight: Tensor

    def packed(self) -> Batch:
        """A quarter of the size, for the way to a GPU: pictures and weights as bytes, until `to`."""
        picture = ((self.picture + 1) * 127.5).round().to(torch.uint8)
        return Batch(picture, self.condition, self.aspects, (255 * self.weight).round().to(torch.uint8))

    def to(self, device: torch.device) -> Batch:
        """On a device, unpacked."""
        picture, condition, aspects, weight = (
            t.to(device, non_blocking=True) for t in (self.picture, self.condition, self.aspects, self.weight)
        )
        if picture.dtype == torch.uint8:
            picture, weight = picture.float() / 127.5 - 1, weight.float() / 255
        return Batch(picture, condition, aspects, weight)

    def pin_memory(self) -> Batch:
        """In memory that a GPU can fetch from by itself; torch's loader calls this."""
        return Batch(*(t.pin_memory() for t in (self.picture, self.condition, self.aspects, self.weight)))


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """Covers ready to be shown.

    tables:        side R -> uint8 (N, M, M, 3), lettering filled in; files on disk, mapped into memory.
    boxes:         N times where the lettering was.
    conditions:    float32 (N, D).
    chances:       float64 (N,), how often each is drawn, summing to 1; 0 where lettering leaves too little art.
    wordless:      float64 (N,), how often the words of its genres are left open.
    content_hash:  of the shards; `letters_hash` of the boxes.
    families:      covers by the family that most of their genres lie in.
    """

    tables: Mapping[int, NDArray[np.uint8]]
    boxes: Sequence[Sequence[Box]]
    conditions: NDArray[np.float32]
    chances: NDArray[np.float64]
    wordless: NDArray[np.float64]
    content_hash: str
    letters_hash: str = ""
    families: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.conditions)


def training_set(
    data: Path,
    recipe: Recipe,
    encoder: ConditionEncoder,
    cache_dir: Path,
    *,
    part: Part = "train",
    letters: Mapping[str, Sequence[Box]] | None = None,
) -> TrainingSet:
    """Decode once at each resolution the recipe shows (cached), fill lettering in and encode the conditions."""
    tables, table = {}, None
    for side in sorted(recipe.resolutions, reverse=True):
        margin_px = round(side * (1 + recipe.zoom))
        dataset = CoverDataset(data, part, margin_px, recipe.smallest_px)
        table = pixel_table(dataset, cache_dir, letters=letters, larger=table)
        tables[side] = table.pixels
    assert table is not None
    origins = table.origins
    conditions = encoder.encode_all(Condition.of(origin.album) for origin in origins)
    if recipe.drop_all < 1 and not conditions.any():
        raise BadInput(
            f"{data}: no cover states a genre, year, artist or album, so there is nothing to ask a network for; "
            "add those columns, or train without conditions: --set drop_all=1"
        )
    boxes = tuple(tuple((letters or {}).get(origin.id, ())) for origin in origins)
    shown = np.array([covered(each) <= MOST_COVERED for each in boxes])
    if not shown.any():
        if part == "train":
            raise BadInput(f"{data}: lettering fills every cover; train without --letters")
        shown[:] = True  # to be measured against they will do
    families = [main_family(origin.album.genres) or "" for origin in origins]
    counts = Counter(family for family, there in zip(families, shown, strict=True) if family and there)
    wordless = _wordless([origin.album.genres for origin in origins], recipe.half_known)
    return TrainingSet(tables, boxes, conditions, _chances(families, recipe.balance, shown), wordless,
                       table.content_hash, table.letters_hash, dict(counts.most_common()))  # fmt: skip


def _chances(families: Sequence[str], balance: float, shown: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How often each cover is drawn, given the family of each, and whether it is shown at all.

    A family of fewer than `FEWEST_COVERS` is lifted no further than one of so many, or it would be learned by heart.
    """
    counts = Counter(family for family, there in zip(families, shown, strict=True) if there)
    chances = np.array([max(counts[family], FEWEST_COVERS) ** -balance for family in families]) * shown
    return chances / chances.sum()


def _wordless(genres: Sequence[Sequence[str]], half_known: float) -> NDArray[np.float64]:
    """k / (n + k) for each cover, given its genres: n is how many covers share one, in the mean of its genres."""
    counts = Counter(genre for each in genres for genre in set(each))
    rare = {genre: half_known / (count + half_known) for genre, count in counts.items()}
    return np.array([np.mean([rare[genre] for genre in each]) if each else 0.0 for each in genres])


class BatchStream(IterableDataset[Batch]):
    """Endless batches from the picture `start` on.

    rank, ranks:  of `ranks` processes, number `rank` gets pictures rank, rank + ranks, ... of each batch.
    packed:       yield batches as bytes; `Batch.to` unpacks them.
    """

    def __init__(self, covers: TrainingSet, recipe: Recipe, encoder: ConditionEncoder, start: int = 0,
                 rank: int = 0, ranks: int = 1, *, packed: bool = False) -> None:  # fmt: skip
        super().__init__()
        self.covers, self.recipe, self.encoder, self.packed = covers, recipe, encoder, packed
        self.start, self.rank, self.ranks = start, rank, ranks
        self._cumulative = np.cumsum(covers.chances)
        self._letter_weight = recipe.letter_weight if isinstance(recipe, FlowRecipe) else 1.0

    def __iter__(self) -> Iterator[Batch]:
        worker = torch.utils.data.get_worker_info()
        mine, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        images, number = self.start, 0
        while True:
            if number % workers == mine:
                yield self.batch(images).packed() if self.packed else self.batch(images)
            images, number = images + self.recipe.batch_at(images), number + 1

    def batch(self, images: int) -> Batch:
        """The batch of the step that begins after so many pictures."""
        size = self.recipe.resolution_at(images)
        shown = range(images + self.rank, images + self.recipe.batch_at(images), self.ranks)
        pictures = np.empty((len(shown), size, size, 3), np.uint8)
        letters = np.zeros((len(shown), size, size), np.float32)
        conditions = np.empty((len(shown), self.covers.conditions.shape[1]), np.float32)
        zooms = np.empty(len(shown), np.float32)
        for i, number in enumerate(shown):
            rng = np.random.default_rng((self.recipe.seed, number))
            row = min(int(np.searchsorted(self._cumulative, rng.random())), len(self.covers) - 1)
            conditions[i] = self._condition(row, rng)
            zooms[i] = self._cut(row, size, rng, pictures[i], letters[i])
        weight = 1.0 - (1.0 - self._letter_weight) * letters
        return Batch(
            torch.from_numpy(to_network(pictures)),
            torch.from_numpy(conditions),
            torch.from_numpy(np.stack([letters.mean((1, 2)), zooms], 1)),
            torch.from_numpy(weight[:, None]),
        )

    def _cut(self, row: int, size: int, rng: np.random.Generator, picture: NDArray[np.uint8],
             letters: NDArray[np.float32]) -> float:  # fmt: skip
        """Fill `picture` and `letters` (R, R) with a window of a cover, mirrored half the time; returns its zoom, 0 to
        1."""
        cover = self.covers.tables[size][row]
        margin = len(cover)
        side = margin if margin == size or rng.random() < 0.5 else int(rng.integers(size, margin + 1))
        x, y = rng.integers(0, margin - side + 1, 2) if side < margin else (0, 0)
        step = -1 if rng.random() < 0.5 else 1
        window = np.s_[y : y + side, x : x + side]
        picture[:] = _reduced(cover[window][:, ::step], size)
        if self.covers.boxes[row]:
            mask = letter_mask(self.covers.boxes[row], margin)[window][:, ::step].astype(np.float32)
            letters[:] = _reduced(mask, size)
        return (margin - side) / max(1, margin - size)

    def _condition(self, row: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """An encoding with fields left open at random, and noise on the others."""
        recipe, kept = self.recipe, self.covers.conditions[row].copy()
        said = self.encoder.read(kept[None])
        if recipe.year_off and said.knows_year[0]:
            kept = self.encoder.dated(kept, said.year[0] + recipe.year_off * rng.standard_normal())
        chances = {"genres": recipe.drop_genres, "year": recipe.drop_year,
                   "artist": recipe.drop_names, "album": recipe.drop_names}  # fmt: skip
        draws, whole = rng.random(len(chances)), rng.random()
        noise = recipe.condition_noise * rng.standard_normal(len(kept)) if recipe.condition_noise else None
        for draw, (name, where) in zip(draws, self.encoder.fields.items(), strict=True):
            if whole < recipe.drop_all or draw < chances[name]:
                kept[where] = 0.0
            elif noise is not None and kept[where].any():
                kept[where] += noise[where]
        if self.covers.wordless[row] and rng.random() < self.covers.wordless[row]:
            kept[self.encoder.words] = 0.0
        return kept


def _reduced(values: NDArray[Any], size: int) -> NDArray[Any]:
    if len(values) == size:
        return values
    return cv2.resize(np.ascontiguousarray(values), (size, size), interpolation=cv2.INTER_AREA)

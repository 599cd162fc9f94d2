"""`evaluate`: draw for the conditions of real covers, and measure what was drawn beside real covers.

reference   training covers that everything is compared with
elsewhere   as many other real covers: what real ones measure in the place of drawn ones (the floor). Covers kept
            back where there are enough; else other training covers, which the judge has seen as well, so that
            floors in its features are then a little too low
kept back   covers that neither the network nor the judge was shown: the ceiling of control, and for copies
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.letters import Box
from duck_and_cover.dataset.reader import CoverDataset, Part, pixel_table
from duck_and_cover.errors import BadInput, TooFewPictures
from duck_and_cover.evaluation.control import follows, share_error
from duck_and_cover.evaluation.copies import Copies, copies
from duck_and_cover.evaluation.encoding import as_published
from duck_and_cover.evaluation.inception import Inception
from duck_and_cover.evaluation.measure import (
    FIVE,
    Eye,
    Measured,
    control,
    distances,
    inception_distance,
    tellable,
)

__all__ = ["Draw", "Evaluation", "RealCovers", "evaluate", "real_covers", "swapped"]

Draw = Callable[[Condition, int], Pixels]
"""(condition, seed) -> uint8 (R, R, 3)."""

FEWEST = 200
"""Fewer drawn pictures leave no metric of sets standing."""

SWAPS = 40
_SWAP_SEEDS = 1_000_000_000


@dataclass(frozen=True, eq=False)
class RealCovers:
    """Art of real covers, lettering filled in, and what is known of each. uint8 (N, R, R, 3)."""

    training: Pixels
    training_asked: tuple[Condition, ...]
    kept_back: Pixels
    kept_back_asked: tuple[Condition, ...]
    content_hash: str


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What was drawn and measured.

    drawn:     on drawn pictures, name -> number.    real:  on real covers in their place.
    pictures:  uint8 (N, R, R, 3), for `asked`.
    floor:     "kept back" or "training", which covers stand in the place of drawn ones.
    """

    drawn: Mapping[str, Measured]
    real: Mapping[str, Measured]
    pictures: Pixels
    asked: tuple[Condition, ...]
    reference: Pixels
    training: Pixels
    copies: Copies | None
    floor: str


def real_covers(
    data: Path, side_px: int, cache_dir: Path, letters: Mapping[str, Sequence[Box]] | None = None
) -> RealCovers:
    """Read a dataset at one resolution; decoded pictures are kept under `cache_dir`."""
    pixels: dict[str, Pixels] = {}
    asked: dict[str, tuple[Condition, ...]] = {}
    content = ""
    parts: tuple[Part, ...] = ("train", "validation", "test")
    for part in parts:
        table = pixel_table(CoverDataset(data, part, side_px), cache_dir, letters=letters)
        pixels[part], content = np.asarray(table.pixels), table.content_hash
        asked[part] = tuple(Condition.of(origin.album) for origin in table.origins)
    return RealCovers(pixels["train"], asked["train"], np.concatenate([pixels["validation"], pixels["test"]]),
                      asked["validation"] + asked["test"], content)  # fmt: skip


def evaluate(draw: Draw, covers: RealCovers, eye: Eye, *, samples: int = 2000, seed: int = 0,
             inception: Inception | None = None,
             progress: Callable[[int, int], None] = lambda done, total: None) -> Evaluation:  # fmt: skip
    """Draw `samples` pictures for the conditions of as many training covers, and measure them.

    inception:  where its weights are at hand, FID is measured too.
    progress:   is told (drawn, samples).
    Raises `TooFewPictures` below 200 samples, or where there are fewer than twice as many training covers.
    """
    if samples < FEWEST:
        raise TooFewPictures("an evaluation", samples, FEWEST)
    if len(covers.training) < 2 * samples:
        raise BadInput(f"{samples} samples want {2 * samples} training covers, since as many more are their floor; "
                       f"there are {len(covers.training)}: ask for fewer --samples")  # fmt: skip
    order = np.random.default_rng(seed).permutation(len(covers.training))
    first, second = np.sort(order[:samples]), np.sort(order[samples : 2 * samples])
    asked = tuple(covers.training_asked[row] for row in first)
    pictures = _drawn(draw, asked, seed, progress)
    reference, floor = covers.training[first], "training"
    elsewhere = covers.training[second]
    if len(covers.kept_back) >= samples:
        elsewhere, floor = covers.kept_back[:samples], "kept back"
    if pictures.shape[1:] != reference.shape[1:]:
        raise BadInput(
            f"drawn pictures are {pictures.shape[1]} px, real ones {reference.shape[1]}; read them at one size"
        )
    seen = [eye.opinion(each) for each in (reference, pictures, elsewhere, covers.kept_back)]
    among = tellable(eye, asked, covers.kept_back_asked)
    drawn = distances(reference, seen[0], pictures, seen[1], seed) | control(eye, seen[1], asked, among, seed)
    real = distances(reference, seen[0], elsewhere, seen[2], seed)
    real |= control(eye, seen[3], covers.kept_back_asked, among, seed)
    if inception is not None:
        reference_features = inception.features(reference)
        drawn["fid"] = inception_distance(reference_features, inception.features(pictures))
        real["fid"] = inception_distance(reference_features, inception.features(elsewhere))
    drawn["swap"] = swapped(draw, eye, seed)
    real["swap"] = Measured(why_not="real covers cannot be drawn again for another genre")
    try:
        found = copies(pictures, covers.training, covers.kept_back)
        drawn["copies"] = Measured(found.ratio)
    except TooFewPictures as error:
        found, drawn["copies"] = None, Measured(why_not=str(error))
    real["copies"] = Measured(1.0)
    return Evaluation(drawn, real, pictures, asked, reference, covers.training, found, floor)


def swapped(draw: Draw, eye: Eye, seed: int = 0) -> Measured:
    """The same noise drawn for one family and then for another: how often does the judge follow? 0.5 is chance."""
    names = [name for name in FIVE if name in eye.names]
    if len(names) < 2:
        return Measured(why_not=f"the judge knows {len(names)} of the families {', '.join(FIVE)}; wanted two")
    rng, first = np.random.default_rng(seed), _SWAP_SEEDS + SWAPS * seed
    pairs = np.array([rng.choice(len(names), 2, replace=False) for _ in range(SWAPS)])
    before, after = (
        eye.opinion(as_published(np.stack([draw(Condition({names[pair[i]]: 1.0}), first + n)
                                           for n, pair in enumerate(pairs)]))).families
        for i in (0, 1)
    )  # fmt: skip
    places = np.array([eye.names.index(name) for name in names])
    share = follows(np.asarray(before, float), np.asarray(after, float), places[pairs[:, 0]], places[pairs[:, 1]])
    return Measured(share, share_error(share * SWAPS, SWAPS))


def _drawn(draw: Draw, asked: Sequence[Condition], seed: int, progress: Callable[[int, int], None]) -> Pixels:
    pictures = []
    for number, condition in enumerate(asked):
        pictures.append(draw(condition, seed * len(asked) + number))
        progress(number + 1, len(asked))
    if len({picture.shape for picture in pictures}) > 1:
        raise BadInput(f"drawn pictures are of mixed sizes: {sorted({len(p) for p in pictures})} px")
    return as_published(np.stack(pictures))

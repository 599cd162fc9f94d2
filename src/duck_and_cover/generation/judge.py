"""Ask the judge what genre and decade pictures look like, through onnxruntime.

N  pictures    R  resolution in px    K  families    Y  decades    F  features
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.bundle import Bundle
from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover, Pixels, to_network
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.engine import DEFAULT_JUDGE, shelf
from duck_and_cover.generation.session import Session
from duck_and_cover.genres import main_family

__all__ = ["Judge", "Opinion", "open_judge", "verdict"]

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Opinion:
    """What the judge makes of N pictures. Probabilities are those where every class is as frequent as every other.

    families:  (N, K).    decades:  (N, Y).    year:  (N,), expected.    features:  (N, F).
    """

    families: Array
    decades: Array
    year: Array
    features: Array


class Judge:
    """A classifier of art without letters. `names` are its K families, `middle_years` those of its Y decades."""

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        try:
            network = bundle.facts["training"]["recipe"]["network"]
            self.names = tuple(network["families"])
            self.middle_years = network["first_decade"] + 10 * (np.arange(network["decades"], dtype=np.float32) + 0.5)
        except KeyError as error:
            raise BadInput(f"{bundle.folder}: not a judge, it does not say which families it knows") from error
        self.bundle, self.session = bundle, Session(bundle, threads)

    @property
    def weights(self) -> str:
        """sha256 of the network alone: the same judge, whatever its card says."""
        return self.bundle.facts["files"][self.bundle.model.name]["sha256"]

    def opinion(self, pictures: Pixels, batch: int = 64) -> Opinion:
        """uint8 (N, R, R, 3), any R; brought to the judge's own size by areas."""
        side = self.bundle.resolution_px
        if pictures.shape[1] != side:
            pictures = np.stack([cv2.resize(p, (side, side), interpolation=cv2.INTER_AREA) for p in pictures])
        found: list[list[Array]] = []
        for start in range(0, len(pictures), batch):
            given = {"picture": to_network(pictures[start : start + batch])}
            found.append(self.session.run(["families", "decades", "features"], given))
        families, decades, features = (np.concatenate(parts) for parts in zip(*found, strict=True))
        decades = _softmax(decades)
        return Opinion(_softmax(families), decades, decades @ self.middle_years, features)


def verdict(judge: Judge, cover: Cover, asked: Condition) -> dict[str, Any]:
    """How far art looks like what was asked, JSON-able.

    genre:  the family that the judge thinks of first, and, where one that it knows was asked for, how likely it finds
            that one beside chance (1 / K). The probabilities are those where all families are as frequent.
    year:   what was asked, and what the judge expects.
    """
    seen, family = judge.opinion(cover.pixels[None]), main_family(tuple(asked.genres))
    genre: dict[str, Any] = {"asked": family, "first": judge.names[int(seen.families[0].argmax())]}
    if family in judge.names:
        probability = float(seen.families[0, judge.names.index(family)])
        genre |= {"probability": round(probability, 3), "chance": round(1 / len(judge.names), 3)}
    return {"judge": judge.bundle.name, "sha256": judge.bundle.sha256, "genre": genre,
            "year": {"asked": asked.year, "looks_like": round(float(seen.year[0]), 1)}}  # fmt: skip


def open_judge(folder: Path | None = None, threads: int = 0) -> Judge:
    """The judge of a bundle's folder; the one that ships by default. Raises `BadInput` where none does."""
    if folder is None and not (shelf() / DEFAULT_JUDGE).is_dir():
        raise BadInput(f"no judge ships with this version; train one (duckcover train {DEFAULT_JUDGE} …, duckcover "
                       "export) and name its bundle")  # fmt: skip
    return Judge(Bundle.open(folder or shelf() / DEFAULT_JUDGE), threads)


def _softmax(logits: Array) -> Array:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)

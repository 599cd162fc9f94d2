"""`Health`: hold what a run draws against covers that it is never shown; keep its best moment; stop a collapse.

Two numbers, every `health_kimg`: the sliced Wasserstein distance to covers kept back, and how different drawn pictures
are from each other beside how different real ones are. The weights of the smallest distance are kept in `best.pt`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from torch import Tensor

from duck_and_cover.cover import Pixels, from_network, resized
from duck_and_cover.errors import Failure
from duck_and_cover.evaluation.swd import sliced_wasserstein
from duck_and_cover.training.batches import TrainingSet
from duck_and_cover.training.checkpoints import passed, write_weights
from duck_and_cover.training.module import PictureTraining

__all__ = ["COLLAPSED", "Health", "variety"]

COLLAPSED = 0.3
"""Drawn pictures that differ from each other by less than this share of what real ones do are one picture."""

PATIENCE = 3
PATIENT_SHARE = 0.25
"""Of a run: so long a network that was never healthy may take to become so."""

PICTURES = 128
SIDE_PX = 32  # composition and colour are judged; fine detail grows late in every family


class Health(L.Callback):
    """Measures, keeps, stops. Its own state (the best distance so far) is part of every checkpoint.

    real:    covers kept back, or the training's own where too few are.
    folder:  where `best.pt` goes.
    """

    def __init__(self, real: TrainingSet, folder: Path) -> None:
        self.folder = folder
        rows = np.random.default_rng(0).permutation(len(real))[:PICTURES]
        table = real.tables[max(real.tables)]
        self.real: Pixels = np.stack([resized(table[row], SIDE_PX) for row in np.sort(rows)])
        self.conditions = torch.from_numpy(real.conditions[np.sort(rows)].copy())
        self.best, self.best_images, self.best_px, self.poor, self.healthy = float("inf"), 0, 0, 0, False

    def state_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("best", "best_images", "best_px", "poor", "healthy")}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        for name, value in state_dict.items():
            setattr(self, name, value)

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, PictureTraining)
        if not passed(pl_module, pl_module.recipe.health_kimg):
            return
        found = trainer.strategy.broadcast(self.measure(pl_module))
        pl_module.last |= found
        shown, side = int(pl_module.images_shown), pl_module.recipe.resolution_at(int(pl_module.images_shown))
        if side != self.best_px:  # a growing network's best is one of its present size
            self.best, self.best_px = float("inf"), side
        if found["swd"] < self.best:
            self.best, self.best_images = found["swd"], shown
            if trainer.is_global_zero:
                write_weights(pl_module, self.folder / "best.pt")
        self.healthy |= found["variety"] >= COLLAPSED
        begun = self.healthy or shown > PATIENT_SHARE * pl_module.recipe.total_images
        self.poor = self.poor + 1 if begun and found["variety"] < COLLAPSED else 0
        if self.poor >= PATIENCE:
            raise Failure(
                f"collapsed: {PATIENCE} times running, drawn pictures differed from each other by less than "
                f"{COLLAPSED:.0%} of what real ones do ({found['variety']:.0%} after {shown / 1000:.0f} kimg); "
                f"weights of the best moment ({self.best_images / 1000:.0f} kimg) are in {self.folder / 'best.pt'}"
            )

    def measure(self, module: PictureTraining) -> dict[str, float]:
        """swd: mean over levels, x 1000. variety: distance between drawn pictures beside that between real ones."""
        generator, drawn = torch.Generator().manual_seed(7), []
        for rows in self.conditions.split(32):
            with torch.autocast(module.device.type, torch.bfloat16):
                pictures = module.draw(rows.to(module.device), module.latent(len(rows), generator).to(module.device))
            drawn += list(from_network(pictures.float().cpu().numpy()))
        fake = np.stack([resized(picture, SIDE_PX) for picture in drawn])
        distance = float(np.mean(list(sliced_wasserstein(self.real, fake, patches=32, directions=128).values())))
        return {"swd": round(distance, 2), "variety": round(variety(fake) / variety(self.real), 3)}


def variety(pictures: Pixels) -> float:
    """Mean distance between pairs of pictures (N, R, R, 3) at 8 x 8 px, in units of 1 = black to white."""
    small = torch.from_numpy(np.stack([resized(p, 8) for p in pictures])).float().flatten(1) / 255
    distances: Tensor = torch.cdist(small, small) / small.shape[1] ** 0.5
    return float(distances.sum() / (len(small) * (len(small) - 1)))

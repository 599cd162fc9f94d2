"""`previews/`: what a run draws as it learns, from the same latents and for the same conditions, one condition a
row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from PIL import Image

from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import from_network
from duck_and_cover.training.checkpoints import passed
from duck_and_cover.training.module import PictureTraining

__all__ = ["COLUMNS", "ROWS", "Previews", "preview_grid"]

ROWS: tuple[tuple[str, int], ...] = (
    ("thrash metal", 1988),
    ("black metal", 1995),
    ("jazz", 1959),
    ("jazz", 2005),
    ("techno", 1996),
    ("hip hop", 1994),
    ("country", 1975),
    ("vaporwave", 2015),
    ("classical", 1982),
    ("pop", 1985),
    ("pop", 2019),
    ("folk", 1972),
)
COLUMNS = 10
LARGEST_CELL_PX = 160


class Previews(L.Callback):
    """A grid every `preview_kimg`, and one before the first step; its name is the number of pictures shown."""

    def __init__(self, folder: Path, encoder: ConditionEncoder) -> None:
        self.folder, self.encoder = folder, encoder

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        assert isinstance(pl_module, PictureTraining)
        if not int(pl_module.images_shown) and trainer.is_global_zero:
            self.write(pl_module)

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, PictureTraining)
        if passed(pl_module, pl_module.recipe.preview_kimg) and trainer.is_global_zero:
            self.write(pl_module)

    def write(self, module: PictureTraining) -> None:
        self.folder.mkdir(exist_ok=True)
        target = self.folder / f"{int(module.images_shown):010d}.png"
        partial = target.with_suffix(".partial")
        preview_grid(module, self.encoder).save(partial, "PNG")
        partial.replace(target)


def preview_grid(module: PictureTraining, encoder: ConditionEncoder) -> Image.Image:
    """The averaged network's pictures for `ROWS`; a network that still grows shows its pixels as squares."""
    conditions = torch.from_numpy(encoder.encode_all(Condition({genre: 1.0}, year) for genre, year in ROWS))
    latent = module.latent(COLUMNS, torch.Generator().manual_seed(1)).to(module.device)
    cell = min(module.recipe.network.resolution_px, LARGEST_CELL_PX)
    rows = []
    for row in conditions.to(module.device):
        with torch.autocast(module.device.type, torch.bfloat16):
            pictures = module.draw(row.expand(COLUMNS, -1), latent)
        strip = Image.fromarray(np.concatenate(list(from_network(pictures.float().cpu().numpy())), axis=1))
        filter = Image.Resampling.NEAREST if strip.height < cell else Image.Resampling.LANCZOS
        rows.append(np.asarray(strip.resize((COLUMNS * cell, cell), filter)))
    return Image.fromarray(np.concatenate(rows, axis=0))

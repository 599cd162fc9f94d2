"""`previews/`: what a run draws as it learns, from the same latents and for the same conditions, one condition a row;
or, of an upscaler, the same covers made large again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from PIL import Image

from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import from_network, resized, to_network
from duck_and_cover.training.batches import TrainingSet
from duck_and_cover.training.checkpoints import passed
from duck_and_cover.training.module import PictureTraining, Training
from duck_and_cover.training.upscaling import UpscaleTraining, made_small

__all__ = ["COLUMNS", "ROWS", "Enlargements", "Previews", "preview_grid"]

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
ENLARGED = 6
LARGEST_CELL_PX = 160


class _Grids(L.Callback):
    """A grid every `preview_kimg`, and one before the first step; its name is the number of pictures shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        assert isinstance(pl_module, Training)
        if not int(pl_module.images_shown) and trainer.is_global_zero:
            self.write(pl_module)

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, Training)
        if passed(pl_module, pl_module.recipe.preview_kimg) and trainer.is_global_zero:
            self.write(pl_module)

    def write(self, module: Training) -> None:
        self.folder.mkdir(exist_ok=True)
        target = self.folder / f"{int(module.images_shown):010d}.png"
        partial = target.with_suffix(".partial")
        self.grid(module).save(partial, "PNG")
        partial.replace(target)

    def grid(self, module: Training) -> Image.Image:
        raise NotImplementedError


class Previews(_Grids):
    """Of a network that draws: `ROWS` of conditions, the same latents in each."""

    def __init__(self, folder: Path, encoder: ConditionEncoder) -> None:
        super().__init__(folder)
        self.encoder = encoder

    def grid(self, module: Training) -> Image.Image:
        assert isinstance(module, PictureTraining)
        return preview_grid(module, self.encoder)


class Enlargements(_Grids):
    """Of an upscaler: a cover kept back made small, enlarged plainly, by the network, and as it is; one a row."""

    def __init__(self, folder: Path, covers: TrainingSet) -> None:
        super().__init__(folder)
        table = covers.tables[max(covers.tables)]
        self.real = torch.from_numpy(to_network(np.stack([table[row] for row in range(min(ENLARGED, len(table)))])))

    def grid(self, module: Training) -> Image.Image:
        assert isinstance(module, UpscaleTraining)
        small, side = made_small(self.real), self.real.shape[-1]
        with torch.autocast(module.device.type, torch.bfloat16):
            large = module.enlarge(small.to(module.device))
        plain = [resized(picture, side) for picture in from_network(small.numpy())]
        columns = [np.stack(plain), *(from_network(x.float().cpu().numpy()) for x in (large, self.real))]
        rows = [np.concatenate(row, axis=1) for row in zip(*columns, strict=True)]
        return Image.fromarray(np.concatenate(rows))


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

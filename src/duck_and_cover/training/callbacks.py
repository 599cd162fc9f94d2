"""What a run writes while it trains: `stats.jsonl`, `previews/`, checkpoints. All survive `kill -9`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from PIL import Image

from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import from_network
from duck_and_cover.training.denoising import FlowTraining, draw

__all__ = ["PREVIEW_ROWS", "Checkpoints", "Previews", "Stats", "preview_grid"]

PREVIEW_ROWS: tuple[tuple[str, int], ...] = (
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
PREVIEW_COLUMNS = 10


def _every(kimg: float, before: int, after: int) -> bool:
    """Whether a multiple of `kimg` thousand images was passed."""
    return int(before / (1000 * kimg)) != int(after / (1000 * kimg))


class Stats(L.Callback):
    """One JSON line every `every_kimg`: images shown, mean loss since the last line, images/s, learning rate."""

    def __init__(self, path: Path, every_kimg: float = 1.0, quiet: bool = False) -> None:
        self.path, self.every_kimg, self.quiet = path, every_kimg, quiet
        self.losses: list[float] = []
        self.since = (0.0, 0)

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Rows after the checkpoint that training goes on from are dropped: those images are shown again."""
        assert isinstance(pl_module, FlowTraining)
        shown = int(pl_module.images_shown)
        self.since = (time.monotonic(), shown)
        if self.path.exists() and trainer.is_global_zero:
            rows = [line for line in self.path.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
            partial = self.path.with_suffix(".partial")
            partial.write_text("".join(row for row in rows if json.loads(row)["images"] <= shown), "utf-8")
            partial.replace(self.path)

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, FlowTraining)
        shown = int(pl_module.images_shown)
        self.losses.append(pl_module.last["loss"])
        if not _every(self.every_kimg, shown - pl_module.recipe.batch, shown) or not trainer.is_global_zero:
            return
        now = time.monotonic()
        rate = (shown - self.since[1]) / max(1e-9, now - self.since[0])
        row = {"images": shown, **pl_module.last, "loss": float(np.mean(self.losses)), "images_per_s": round(rate, 2)}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        if not self.quiet:
            left = max(0.0, (pl_module.recipe.kimg * 1000 - shown) / rate)
            print(
                f"{shown / 1000:9.1f} kimg of {pl_module.recipe.kimg:g}   loss {row['loss']:.4f}   "
                f"{rate:6.1f} images/s   {left / 60:6.1f} min left",
                flush=True,
            )
        self.losses, self.since = [], (now, shown)


class Previews(L.Callback):
    """A grid every `preview_kimg`: one condition a row, one noise a column, always the same."""

    def __init__(self, folder: Path, encoder: ConditionEncoder) -> None:
        self.folder, self.encoder = folder, encoder

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, FlowTraining)
        shown, recipe = int(pl_module.images_shown), pl_module.recipe
        if _every(recipe.preview_kimg, shown - recipe.batch, shown) and trainer.is_global_zero:
            self.folder.mkdir(exist_ok=True)
            target = self.folder / f"{shown:010d}.png"
            partial = target.with_suffix(".partial")
            preview_grid(pl_module, self.encoder).save(partial, "PNG")
            partial.replace(target)


def preview_grid(module: FlowTraining, encoder: ConditionEncoder) -> Image.Image:
    """The averaged network's pictures for `PREVIEW_ROWS`."""
    recipe, size = module.recipe, module.recipe.network.resolution_px
    conditions = encoder.encode_all(Condition({genre: 1.0}, year) for genre, year in PREVIEW_ROWS)
    noise = torch.randn(PREVIEW_COLUMNS, 3, size, size, generator=torch.Generator().manual_seed(1)).to(module.device)
    rows = []
    for row in torch.from_numpy(conditions).to(module.device):
        with torch.autocast(module.device.type, torch.bfloat16):
            pictures = draw(module.averaged, row.expand(PREVIEW_COLUMNS, -1), noise,
                            guidance=recipe.guidance, steps=max(2, recipe.steps // 2))  # fmt: skip
        rows.append(np.concatenate(list(from_network(pictures.float().cpu().numpy())), axis=1))
    return Image.fromarray(np.concatenate(rows, axis=0))


class Checkpoints(L.Callback):
    """`last.ckpt` every `checkpoint_kimg` and when training ends or is interrupted; written beside and renamed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, FlowTraining)
        shown, recipe = int(pl_module.images_shown), pl_module.recipe
        if _every(recipe.checkpoint_kimg, shown - recipe.batch, shown):
            self.save(trainer)

    def on_train_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        self.save(trainer)

    def on_exception(self, trainer: L.Trainer, pl_module: L.LightningModule, exception: BaseException) -> None:
        if isinstance(exception, KeyboardInterrupt) and isinstance(pl_module, FlowTraining) and pl_module.whole:
            self.save(trainer)

    def save(self, trainer: L.Trainer) -> None:
        partial = self.path.with_suffix(".partial")
        trainer.save_checkpoint(partial, weights_only=False)
        if trainer.is_global_zero:
            partial.replace(self.path)

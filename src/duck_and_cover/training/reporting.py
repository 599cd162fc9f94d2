"""How a run tells what it does: `stats.jsonl`, a line or a bar in the terminal, TensorBoard. All survive `kill -9`."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch

from duck_and_cover.training.checkpoints import passed
from duck_and_cover.training.module import Training

__all__ = ["Stats", "Terminal"]

_STATE = ("learning_rate", "level", "augment", "swd", "variety", "genre", "years")
"""Numbers that are a state and not a sample: the last one is reported, not the mean."""


class Stats(L.Callback):
    """One JSON line every `every_kimg`: images shown, means since the last line, images/s, memory held, which must stay
    flat. TensorBoard gets the means.

    tensorboard:  also write event files into the run, where the package is installed.
    """

    def __init__(self, path: Path, every_kimg: float = 1.0, tensorboard: bool = True) -> None:
        self.path, self.every_kimg, self.tensorboard = path, every_kimg, tensorboard
        self.seen: dict[str, list[float]] = {}
        self.since = (0.0, 0)
        self.row: dict[str, float] = {}
        self.writer: Any = None

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Rows after the checkpoint that training goes on from are dropped: those images are shown again."""
        assert isinstance(pl_module, Training)
        shown = int(pl_module.images_shown)
        self.since = (time.monotonic(), shown)
        if not trainer.is_global_zero:
            return
        if self.path.exists():
            rows = [line for line in self.path.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
            partial = self.path.with_suffix(".partial")
            partial.write_text("".join(row for row in rows if json.loads(row)["images"] <= shown), "utf-8")
            partial.replace(self.path)
        if self.tensorboard:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                return
            self.writer = SummaryWriter(str(self.path.parent / "tensorboard"), purge_step=shown + 1)

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, Training)
        if not trainer.is_global_zero:
            return
        for name, value in pl_module.last.items():
            self.seen.setdefault(name, []).append(value)
        if not passed(pl_module, self.every_kimg):
            return
        now, shown = time.monotonic(), int(pl_module.images_shown)
        rate = (shown - self.since[1]) / max(1e-9, now - self.since[0])
        means = {k: round(float(v[-1] if k in _STATE else np.mean(v)), 6) for k, v in self.seen.items()}
        self.row = {"images": shown, **means, "images_per_s": round(rate, 2), **_memory(pl_module.device)}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.row) + "\n")
        if self.writer is not None:
            for name, value in means.items():
                self.writer.add_scalar(name, value, shown)
            self.writer.flush()
        self.seen, self.since = {}, (now, shown)

    def on_exception(self, trainer: L.Trainer, pl_module: L.LightningModule, exception: BaseException) -> None:
        self.on_train_end(trainer, pl_module)

    def on_train_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


class Terminal(L.Callback):
    """A bar with rate and time left where the terminal is interactive, else a line with each row of `Stats`."""

    def __init__(self, stats: Stats) -> None:
        self.stats, self.live = stats, sys.stdout.isatty()
        self.began, self.at_first, self.drawn, self.last_row = 0.0, 0, 0.0, 0

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        assert isinstance(pl_module, Training)
        self.began, self.at_first = time.monotonic(), int(pl_module.images_shown)
        if self.at_first and trainer.is_global_zero:
            sys.stdout.write(f"going on from {self.at_first:,} images shown\n")

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, Training)
        if not trainer.is_global_zero:
            return
        now, shown, total = time.monotonic(), int(pl_module.images_shown), pl_module.recipe.total_images
        rate = (shown - self.at_first) / max(1e-9, now - self.began)
        left = _left((total - shown) / rate)
        state = f"{shown / 1000:8.1f} kimg of {total / 1000:g}   {rate:6.1f} images/s   {left} left"
        if self.live and now - self.drawn > 0.5:
            self.drawn = now
            full = round(24 * min(1.0, shown / total))
            sys.stdout.write(f"\r{'━' * full}{'─' * (24 - full)} {state}   {_losses(pl_module.last)}\x1b[K")
            sys.stdout.flush()
        row = int(self.stats.row.get("images", 0))
        if row != self.last_row:
            self.last_row = row
            if not self.live:
                sys.stdout.write(f"{state}   {_losses(self.stats.row)}\n")
                sys.stdout.flush()

    def on_train_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        self._leave_line()

    def on_exception(self, trainer: L.Trainer, pl_module: L.LightningModule, exception: BaseException) -> None:
        self._leave_line()

    def _leave_line(self) -> None:
        if self.live and self.drawn:
            sys.stdout.write("\n")
            sys.stdout.flush()


def _memory(device: torch.device) -> dict[str, float]:
    """MiB that this process holds, without files mapped into memory as covers are (told by Linux alone), and of the
    GPU's where it trains on one.
    """
    held = {}
    if sys.platform == "linux":
        _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text("ascii").split())
        held["memory_mib"] = round((resident - shared) * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)
    if device.type == "cuda":
        held["gpu_memory_mib"] = round(torch.cuda.memory_reserved(device) / 2**20, 1)
    return held


def _losses(row: dict[str, float]) -> str:
    shown = ("loss", "critic", "generator", "level", "swd", "variety", "family", "decade", "genre", "years")
    return "   ".join(f"{name} {row[name]:.3g}" for name in shown if name in row)


def _left(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"

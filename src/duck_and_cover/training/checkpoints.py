"""What a run keeps on disk while it trains: `last.ckpt`, the one before it, and weights worth keeping.

A checkpoint is written beside its target and renamed; the one before is kept until the next is whole. Its bytes are
checked (CRC-32) before a run goes on from it. Nothing in it is executed when it is read.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import lightning as L
import torch

from duck_and_cover.errors import BadInput, CannotWrite, Failure
from duck_and_cover.training.module import Training

__all__ = ["BEFORE", "LAST", "Checkpoints", "has_checkpoint", "newest", "passed", "read_checkpoint", "write_weights"]

LAST, BEFORE = "last.ckpt", "before.ckpt"


def passed(module: Training, kimg: float) -> bool:
    """Whether the last step passed a multiple of `kimg` thousand pictures."""
    shown = int(module.images_shown)
    return int((shown - module.last_batch) / (1000 * kimg)) != int(shown / (1000 * kimg))


class Checkpoints(L.Callback):
    """Writes every `checkpoint_kimg`, when training ends and when it is interrupted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.saved = -1

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, Training)
        if passed(pl_module, pl_module.recipe.checkpoint_kimg):
            self.save(trainer)

    def on_train_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        assert isinstance(pl_module, Training)
        if int(pl_module.images_shown) != self.saved:
            self.save(trainer)

    def on_exception(self, trainer: L.Trainer, pl_module: L.LightningModule, exception: BaseException) -> None:
        stopped = isinstance(exception, KeyboardInterrupt | SystemExit)  # Lightning makes the latter of a polite kill
        if stopped and isinstance(pl_module, Training) and pl_module.whole:
            self.save(trainer)

    def save(self, trainer: L.Trainer) -> None:
        """Raises `CannotWrite` where the disk is full; the checkpoint before is then untouched."""
        last = self.folder / LAST
        partial = last.with_suffix(".partial")
        try:
            trainer.save_checkpoint(partial, weights_only=False)
            if trainer.is_global_zero:
                if last.exists():
                    last.replace(self.folder / BEFORE)
                partial.replace(last)
            module = trainer.lightning_module
            assert isinstance(module, Training)
            self.saved = int(module.images_shown)
        except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
            partial.unlink(missing_ok=True)
            raise CannotWrite(
                f"{last}: cannot write a checkpoint ({getattr(error, 'strerror', None) or error}); "
                "the one before is kept: make room and go on with --resume"
            ) from error


def write_weights(module: Training, path: Path) -> None:
    """The averaged weights alone, with the pictures shown, as `load_weights` of torch reads them."""
    partial = path.with_suffix(".partial")
    try:
        torch.save({"images_shown": int(module.images_shown), "averaged": module.averaged.state_dict()}, partial)
        partial.replace(path)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        raise CannotWrite(f"{path}: cannot write ({getattr(error, 'strerror', None) or error})") from error


def has_checkpoint(folder: Path) -> bool:
    """Whether a run has come to its first checkpoint."""
    return any((folder / name).exists() for name in (LAST, BEFORE))


def read_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint, its bytes checked. Raises `Failure` where it is damaged, `BadInput` where there is none."""
    if not path.exists():
        raise BadInput(f"{path}: no checkpoint there")
    try:
        with zipfile.ZipFile(path) as archive:
            if (bad := archive.testzip()) is not None:
                raise Failure(f"{path}: damaged (its part {bad} does not match its checksum)")
        return torch.load(path, map_location="cpu", weights_only=True)
    except Failure:
        raise
    except Exception as error:  # a damaged directory of a zip raises whatever its bytes happen to mean
        raise Failure(f"{path}: damaged ({' '.join(str(error).split())[:120] or os.strerror(5)})") from error


def newest(folder: Path) -> tuple[Path, dict[str, Any], str]:
    """The newest whole checkpoint of a run, its content, and what to say where an older one had to do ("" else).

    Raises `BadInput` where there is none, `Failure` where all are damaged.
    """
    said = ""
    for name in (LAST, BEFORE):
        path = folder / name
        if name == BEFORE and not path.exists():
            break
        try:
            content = read_checkpoint(path)
        except BadInput:
            continue
        except Failure as error:
            said = str(error)
            continue
        try:
            shown = int(content["state_dict"]["images_shown"])
        except (KeyError, TypeError):
            said = f"{path}: not a checkpoint of a run"
            continue
        return path, content, f"{said}; going on from {name}, {shown:,} images" if said else ""
    if said:
        raise Failure(f"{said}, and no older checkpoint is whole; the weights of its best moment may be in best.pt")
    raise BadInput(f"{folder}: nothing to resume, there is no {LAST}")

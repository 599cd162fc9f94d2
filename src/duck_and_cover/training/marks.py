"""`Marks`: how well a judge knows covers that it is never shown, as it learns."""

from __future__ import annotations

from typing import Any

import lightning as L
import numpy as np
import torch

from duck_and_cover.cover import Pixels, resized, to_network
from duck_and_cover.evaluation.control import balanced_accuracy, confusion, frequent, rank_correlation
from duck_and_cover.training.batches import TrainingSet
from duck_and_cover.training.checkpoints import passed
from duck_and_cover.training.judging import JudgeTraining

__all__ = ["Marks"]


class Marks(L.Callback):
    """Every `health_kimg`: balanced accuracy over families, and rank correlation of judged with true years.

    covers:  kept back. Families with fewer than 5 of them do not count.
    """

    def __init__(self, covers: TrainingSet, side_px: int) -> None:
        table = covers.tables[max(covers.tables)]
        self.pictures: Pixels = np.stack([resized(picture, side_px) for picture in table])
        self.conditions = torch.from_numpy(covers.conditions)

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, JudgeTraining)
        if passed(pl_module, pl_module.recipe.health_kimg):
            pl_module.last |= trainer.strategy.broadcast(self.measure(pl_module))

    @torch.no_grad()
    def measure(self, module: JudgeTraining) -> dict[str, float]:
        """genre: balanced accuracy. years: Spearman's. Either is left out where too few covers state it."""
        module.averaged.eval()
        blocks = np.array_split(self.pictures, max(1, len(self.pictures) // 64))
        given = [module.averaged(torch.from_numpy(to_network(block)).to(module.device)) for block in blocks]
        family, decade = (torch.cat([each[i] for each in given]).float().cpu() for i in (0, 1))
        labels = module.labels(self.conditions.to(module.device))
        found = {}
        known = labels.has_family.cpu().numpy() > 0
        asked, judged = labels.family.argmax(1).cpu().numpy()[known], family.argmax(1).numpy()[known]
        table = frequent(confusion(asked, judged, len(module.recipe.network.families)))
        if table.any():
            found["genre"] = round(balanced_accuracy(table)[0], 4)
        dated = labels.has_decade.cpu().numpy() > 0
        if dated.sum() >= 20:
            middles = torch.tensor(module.recipe.network.middle_years)
            year = (decade.softmax(1) @ middles).numpy()[dated]
            truth = module.encoder.read(self.conditions).year.numpy()[dated]
            found["years"] = round(rank_correlation(truth, year), 4)
        return found

"""`Deadline`: a run that is as long as a time allows, for machines that are lent or paid by the hour."""

from __future__ import annotations

from time import monotonic
from typing import Any

import lightning as L

from duck_and_cover.errors import BadInput
from duck_and_cover.training.module import Training

__all__ = ["Deadline"]

FIRST = 3
"""Steps that are not counted: kernels are compiled and chosen in them."""

SET_AT = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000)
SETTLED = 0.4
"""Share of the time from the first steps on after which the length stays, since rates soon begin to fall towards it."""

KEPT_FREE = 0.01
"""Share of the time that is left for saving."""


class Deadline(L.Callback):
    """Sets the recipe's `kimg` to what can be shown until the time is up, as fast as the run is found to be.

    minutes:  from now on, with everything that comes before the first step.
    Raises `BadInput` where that is not above 0.
    """

    def __init__(self, minutes: float) -> None:
        if not minutes > 0:
            raise BadInput(f"{minutes:g} minutes to train; wanted more than 0")
        self.began, self.seconds = monotonic(), 60 * minutes * (1 - KEPT_FREE)
        self.first: tuple[float, int] | None = None

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """A run that was done, or is soon, has more before it."""
        assert isinstance(pl_module, Training)
        recipe, shown = pl_module.recipe, int(pl_module.images_shown)
        soon = (shown + SET_AT[2] * recipe.batch_at(shown)) / 1000
        pl_module.recipe = recipe.with_changes(kimg=max(recipe.kimg, soon))

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, Training)
        now, shown = monotonic(), int(pl_module.images_shown)
        left = self.began + self.seconds - now
        if left <= 0:
            trainer.should_stop = True
        elif batch_idx + 1 == FIRST:
            self.first = now, shown
        elif batch_idx + 1 in SET_AT and self.first is not None:
            taken = max(1e-9, now - self.first[0])
            kimg = (shown + (shown - self.first[1]) / taken * left) / 1000
            if taken > SETTLED * (taken + left) and batch_idx + 1 > SET_AT[0]:
                kimg = pl_module.recipe.kimg
            kimg = trainer.strategy.broadcast(kimg)  # all processes fall towards the same end
            pl_module.recipe = pl_module.recipe.with_changes(kimg=round(kimg, 3))

"""`Training`: what all training shares: progress in images, averaged weights, exact resumption; and
`PictureTraining`, of networks that draw.

All randomness of a step comes from (seed, images shown), and every process draws the whole batch's and keeps its rows,
so that a run that is broken off and resumed, or spread over processes, is the same run.
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from typing import Any

import lightning as L
import torch
from torch import Tensor, nn

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.errors import Failure
from duck_and_cover.training.batches import Batch
from duck_and_cover.training.recipe import Recipe

__all__ = ["PictureTraining", "Training"]


class Training(L.LightningModule):
    """A training run in Lightning, optimised by hand. `averaged` holds the weights to use.

    images_shown:  over all processes.
    last:          numbers of the last step, for `stats.jsonl`.
    whole:         False in the middle of a step, when the state must not be saved.
    """

    images_shown: Tensor
    averaged: nn.Module

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.recipe = recipe
        self.register_buffer("images_shown", torch.zeros((), dtype=torch.long))
        self.last: dict[str, float] = {}
        self.last_batch = 0
        self.whole = True
        torch.manual_seed(recipe.seed)

    @property
    @abstractmethod
    def learner(self) -> nn.Module:
        """The network whose weights are averaged."""

    @abstractmethod
    def step(self, batch: Batch, shown: int) -> dict[str, float]:
        """Change the weights by one batch, `shown` images into the run; returns what to report."""

    def keep_average(self) -> None:
        """Make the average; call it at the end of the constructor."""
        self.averaged = copy.deepcopy(self.learner).requires_grad_(False)

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        shown, self.whole = int(self.images_shown), False
        torch.manual_seed((self.recipe.seed * 1_000_003 + shown) * 1_009 + self.global_rank)  # of dropout
        self.last_batch = self.recipe.batch_at(shown)
        self.last = self.settled(self._over_processes(self.step(batch, shown)))
        self.images_shown += self.last_batch
        self._average()
        self.whole = True
        if self._asked_to_stop() or int(self.images_shown) >= self.recipe.total_images:
            self.trainer.should_stop = True

    def _asked_to_stop(self) -> bool:
        """Whether any process was: one that left alone would leave the others waiting for its gradients."""
        asked = torch.tensor(float(self.trainer.should_stop), device=self.device)
        if self.trainer.world_size > 1:
            asked = self.trainer.strategy.reduce(asked, reduce_op="sum")
        return float(asked) > 0

    def settled(self, report: dict[str, float]) -> dict[str, float]:
        """The last word on a step's report, after it was averaged over processes."""
        return report

    def _over_processes(self, report: dict[str, float]) -> dict[str, float]:
        if self._trainer is None or self.trainer.world_size == 1:
            return report
        values = torch.tensor(list(report.values()), dtype=torch.float64, device=self.device)
        return dict(zip(report, self.trainer.strategy.reduce(values, reduce_op="mean").tolist(), strict=True))

    def generator_at(self, shown: int) -> torch.Generator:
        """The randomness of the step that begins after `shown` images; the same in every process."""
        return torch.Generator(self.device).manual_seed(self.recipe.seed * 1_000_003 + shown)

    def rows(self, values: Tensor) -> Tensor:
        """This process's rows of what was drawn for the whole batch."""
        ranks = self.trainer.world_size if self._trainer is not None else 1
        return values[self.global_rank :: ranks] if ranks > 1 else values

    def check_finite(self, value: Tensor, name: str, shown: int) -> None:
        """Raise, in every process, before a loss or gradient that is not a number reaches the weights."""
        if self._trainer is not None and self.trainer.world_size > 1:
            value = self.trainer.strategy.reduce(value.detach().clone(), reduce_op="sum")
        if not torch.isfinite(value):
            raise Failure(
                f"the {name} is {value.item()} after {shown} images; the checkpoint before is whole, "
                "and weights of a good moment are in best.pt where a network that draws was measured"
            )

    def descend(self, loss: Tensor, shown: int, rate: float, clip_norm: float) -> dict[str, float]:
        """One step of the only optimiser down the gradient of `loss`; returns what to report."""
        self.check_finite(loss, "loss", shown)
        optimizer: Any = self.optimizers()
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        self.manual_backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self.learner.parameters(), clip_norm)
        self.check_finite(norm, "gradient", shown)
        optimizer.step()
        return {"gradient_norm": float(norm), "learning_rate": rate}

    @torch.no_grad()
    def _average(self) -> None:
        """Exponential average, half life `ema_kimg`, shorter at first (Karras et al. 2024, arXiv:2312.02696).

        Statistics of batch normalisation are averages already and are copied.
        """
        half_life = min(self.recipe.ema_kimg, float(self.images_shown) / 10_000)
        keep = 0.5 ** (self.last_batch / (1000 * half_life))
        torch._foreach_lerp_(list(self.averaged.parameters()), list(self.learner.parameters()), 1.0 - keep)
        for kept, now in zip(self.averaged.buffers(), self.learner.buffers(), strict=True):
            kept.copy_(now)

    def transfer_batch_to_device(self, batch: Batch, device: torch.device, dataloader_idx: int) -> Batch:
        return batch.to(device)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["duck_and_cover"] = {"recipe": self.recipe.to_json(), "encoder": ConditionEncoder().to_json()}


class PictureTraining(Training):
    """Training of a network that draws."""

    @abstractmethod
    def latent(self, count: int, generator: torch.Generator) -> Tensor:
        """What pictures are drawn from."""

    @abstractmethod
    def draw(self, condition: Tensor, latent: Tensor) -> Tensor:
        """Pictures of the averaged network at this stage. (B, D), latents -> (B, 3, r, r) in about [-1, 1]."""

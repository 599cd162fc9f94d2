"""The Lightning module that trains the flow-matching denoiser, with averaged weights and exact resumption.

All randomness of a step comes from (seed, step), so a run that is broken off and resumed is the same run.
"""

from __future__ import annotations

import copy
from typing import Any

import lightning as L
import torch
from torch import Tensor

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.errors import Failure
from duck_and_cover.models.flow import FlowDenoiser, guided, integrate, mixed, velocity_loss
from duck_and_cover.training.batches import Batch
from duck_and_cover.training.recipe import Recipe

__all__ = ["FlowTraining", "draw"]


class FlowTraining(L.LightningModule):
    """Trains `net` and keeps `averaged`, the weights to draw with. Optimisation is manual: read `training_step`."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.recipe = recipe
        torch.manual_seed(recipe.seed)
        self.net = FlowDenoiser(recipe.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.averaged = copy.deepcopy(self.net).requires_grad_(False)
        self.register_buffer("images_shown", torch.zeros((), dtype=torch.long))
        self.last: dict[str, float] = {}
        self.whole = True
        """False in the middle of a step, when the state must not be saved."""

    def configure_optimizers(self) -> torch.optim.Optimizer:
        r = self.recipe
        return torch.optim.AdamW(self.net.parameters(), r.learning_rate, betas=(0.9, 0.99), weight_decay=r.weight_decay)

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        recipe, shown, self.whole = self.recipe, int(self.images_shown), False
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + shown + self.global_rank)
        count = len(batch.picture)
        t = torch.sigmoid(recipe.time_mean + recipe.time_std * torch.randn(count, generator=generator)).to(self.device)
        noise = torch.randn(batch.picture.shape, generator=generator).to(self.device)
        noisy = mixed(batch.picture, noise, t).contiguous(memory_format=torch.channels_last)

        velocity = self.net(noisy, t, batch.condition, batch.aspects)
        loss = velocity_loss(velocity, batch.picture, noise, batch.weight).mean()
        if not torch.isfinite(loss):
            raise Failure(f"the loss is {loss.item()} after {shown} images; resume from the last checkpoint")

        optimizer = self.optimizers()
        for group in optimizer.param_groups:  # type: ignore[union-attr]
            group["lr"] = recipe.learning_rate_at(shown)
        optimizer.zero_grad()  # type: ignore[union-attr]
        self.manual_backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(), recipe.clip_norm)
        optimizer.step()  # type: ignore[union-attr]

        self.images_shown += recipe.batch
        self._average()
        self.last = {
            "loss": float(loss.detach()),
            "gradient_norm": float(norm),
            "learning_rate": recipe.learning_rate_at(shown),
        }
        self.whole = True

    @torch.no_grad()
    def _average(self) -> None:
        """Exponential average, half life `ema_kimg`, shorter at first (Karras et al. 2024, arXiv:2312.02696)."""
        half_life = min(self.recipe.ema_kimg, float(self.images_shown) / 10_000)
        keep = 0.5 ** (self.recipe.batch / (1000 * half_life))
        averaged, current = list(self.averaged.parameters()), list(self.net.parameters())
        torch._foreach_lerp_(averaged, current, 1.0 - keep)

    def transfer_batch_to_device(self, batch: Batch, device: torch.device, dataloader_idx: int) -> Batch:
        return batch.to(device)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["duck_and_cover"] = {"recipe": self.recipe.to_json(), "encoder": ConditionEncoder().to_json()}


@torch.no_grad()
def draw(net: FlowDenoiser, condition: Tensor, noise: Tensor, *, guidance: float, steps: int) -> Tensor:
    """Pictures for `condition` (B, D) from `noise` (B, 3, R, R), in about [-1, 1], by Heun steps with guidance."""

    def velocity(x: Tensor, t: Tensor) -> Tensor:
        both = net(torch.cat([x, x]), torch.cat([t, t]), torch.cat([condition, torch.zeros_like(condition)])).float()
        return guided(*both.chunk(2), scale=guidance)

    training = net.training
    net.eval()
    pictures = integrate(velocity, noise, torch.linspace(1, 0, steps + 1, device=noise.device))
    net.train(training)
    return pictures

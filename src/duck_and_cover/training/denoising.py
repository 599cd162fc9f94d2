"""Training the flow-matching denoiser: predict the velocity from picture to noise at a random time."""

from __future__ import annotations

from importlib.util import find_spec

import torch
from torch import Tensor, nn

from duck_and_cover.models.flow import FlowDenoiser, guided, integrate, mixed, velocity_loss
from duck_and_cover.training.augment import Augment
from duck_and_cover.training.batches import Batch
from duck_and_cover.training.module import PictureTraining
from duck_and_cover.training.recipe import FlowRecipe

__all__ = ["FlowTraining", "draw"]


class FlowTraining(PictureTraining):
    """Trains `net`; read `step`."""

    recipe: FlowRecipe

    def __init__(self, recipe: FlowRecipe) -> None:
        super().__init__(recipe)
        self.net = FlowDenoiser(recipe.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.keep_average()

    @property
    def learner(self) -> nn.Module:
        return self.net

    def configure_optimizers(self) -> torch.optim.Optimizer:
        r, parameters = self.recipe, list(self.net.parameters())
        return torch.optim.AdamW(parameters, r.learning_rate, betas=(0.9, 0.99), weight_decay=r.weight_decay,
                                 fused=parameters[0].is_cuda)  # fmt: skip

    def on_fit_start(self) -> None:
        if self.device.type == "cuda" and find_spec("triton"):
            self.net.compile()

    def step(self, batch: Batch, shown: int) -> dict[str, float]:
        recipe, generator, count = self.recipe, self.generator_at(shown), self.recipe.batch_at(shown)
        size = recipe.network.resolution_px
        normal = torch.randn(count, generator=generator, device=self.device)
        t = self.rows(torch.sigmoid(recipe.time_mean + recipe.time_std * normal))
        noise = self.rows(torch.randn(count, 3, size, size, generator=generator, device=self.device))
        picture, weight, aspects = batch.picture, batch.weight, batch.aspects
        if recipe.augment:
            change = Augment(recipe.augment, count, generator, self.device, self.rows)
            picture, weight, changes = change.labelled(picture, weight)
            aspects = torch.cat([aspects, changes], 1)
        noisy = mixed(picture, noise, t).contiguous(memory_format=torch.channels_last)

        velocity = self.net(noisy, t, batch.condition, aspects)
        loss = velocity_loss(velocity, picture, noise, weight).mean()
        return {"loss": float(loss.detach())} | self.descend(
            loss, shown, recipe.learning_rate_at(shown), recipe.clip_norm
        )

    def latent(self, count: int, generator: torch.Generator) -> Tensor:
        size = self.recipe.network.resolution_px
        return torch.randn(count, 3, size, size, generator=generator)

    def draw(self, condition: Tensor, latent: Tensor) -> Tensor:
        steps = max(2, self.recipe.steps // 2)
        return draw(self.averaged, condition, latent, guidance=self.recipe.guidance, steps=steps)


@torch.no_grad()
def draw(net: nn.Module, condition: Tensor, noise: Tensor, *, guidance: float, steps: int) -> Tensor:
    """Pictures for `condition` (B, D) from `noise` (B, 3, R, R), in about [-1, 1], by Heun steps with guidance."""

    def velocity(x: Tensor, t: Tensor) -> Tensor:
        both = net(torch.cat([x, x]), torch.cat([t, t]), torch.cat([condition, torch.zeros_like(condition)])).float()
        return guided(*both.chunk(2), scale=guidance)

    training = net.training
    net.eval()
    pictures = integrate(velocity, noise, torch.linspace(1, 0, steps + 1, device=noise.device))
    net.train(training)
    return pictures

"""Training a GAN: the critic learns to tell real covers from drawn ones, the generator to be mistaken.

One step shows the critic one batch of real pictures; every `critic_steps`-th also moves the generator, with latents of
its own. A growing pair (ProGAN) changes resolution by the schedule of its recipe, and its optimisers start anew then.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam

from duck_and_cover.models.conditioning import Stage
from duck_and_cover.models.progan import faded
from duck_and_cover.training.augment import Augment, Strength
from duck_and_cover.training.batches import Batch
from duck_and_cover.training.losses import (
    critic_loss,
    drift,
    generator_loss,
    gradient_penalty,
    zero_centred_penalty,
)
from duck_and_cover.training.module import PictureTraining, Training
from duck_and_cover.training.recipe import GanRecipe

__all__ = ["AdversarialTraining", "GanTraining"]


class AdversarialTraining(Training):
    """Trains `generator` against `critic`; read `step`."""

    recipe: GanRecipe
    phase: Tensor
    """Of growing, that the optimisers were made for."""

    def __init__(self, recipe: GanRecipe) -> None:
        super().__init__(recipe)
        self.generator = recipe.network.generator().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.critic = recipe.network.critic().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.strength = Strength(recipe.augment)
        self.register_buffer("phase", torch.tensor(recipe.phase_at(0), dtype=torch.long))
        self.keep_average()

    @property
    def learner(self) -> nn.Module:
        return self.generator

    def configure_optimizers(self) -> list[torch.optim.Optimizer]:
        r = self.recipe
        return [
            Adam(self.generator.parameters(), r.generator_rate, betas=(r.beta1, r.beta2), eps=1e-8),
            Adam(self.critic.parameters(), r.critic_rate, betas=(r.beta1, r.beta2), eps=1e-8),
        ]

    def step(self, batch: Batch, shown: int) -> dict[str, float]:
        recipe, stage, generator = self.recipe, self.recipe.stage_at(shown), self.generator_at(shown)
        self._prepare_optimisers(shown)
        count, device = recipe.batch_at(shown), self.device
        z, again = (self.rows(self.latents(count, generator)) for _ in range(2))
        share = self.rows(torch.rand(count, generator=generator, device=device))
        augment = Augment(self.strength.p, count, generator, device, rows=self.rows)

        real = faded(batch.picture, stage.level) if recipe.grows else batch.picture
        real = augment(real.contiguous(memory_format=torch.channels_last))
        report = self._critic_step(real, batch.condition, z, share, stage, augment, shown)
        if (shown // count) % recipe.critic_steps == 0:
            report |= self._generator_step(real, batch.condition, again, stage, augment, shown)
        else:
            report |= {name: self.last[name] for name in ("generator", "beside") if name in self.last}
        if recipe.grows:
            report["level"] = stage.level
        return report

    def settled(self, report: dict[str, float]) -> dict[str, float]:
        if self.recipe.augment:
            self.strength.update(report.pop("sign"), self.last_batch)
            report["augment"] = self.strength.p
        return report

    def _critic_step(self, real: Tensor, condition: Tensor, z: Tensor, share: Tensor, stage: Stage, augment: Augment,
                     shown: int) -> dict[str, float]:  # fmt: skip
        recipe = self.recipe
        _, optimizer = self._optimisers()
        self.toggle_optimizer(optimizer)  # type: ignore[arg-type]
        with torch.no_grad():
            fake = augment(self.generator(z, condition, stage).float())
        gamma = recipe.annealed(shown, recipe.gamma, recipe.final_gamma)
        if gamma:
            real, fake = real.detach().requires_grad_(True), fake.detach().requires_grad_(True)
        on_real = self.critic(real, condition, stage).float()
        on_fake = self.critic(fake, condition, stage).float()
        loss = critic_loss(recipe.loss, on_real, on_fake).mean()
        report = {"critic": float(loss.detach()), "real": float(on_real.detach().mean()),
                  "fake": float(on_fake.detach().mean())}  # fmt: skip
        if recipe.augment:
            report["sign"] = float((on_real.detach() - on_fake.detach()).sign().mean())
        if gamma:
            r1, r2 = zero_centred_penalty(on_real, real).mean(), zero_centred_penalty(on_fake, fake).mean()
            loss = loss + gamma / 2 * (r1 + r2)
            report |= {"r1": float(r1.detach()), "r2": float(r2.detach())}
        if recipe.gradient_penalty:
            penalty = gradient_penalty(lambda x: self.critic(x, condition, stage), real, fake, share).mean()
            loss = loss + recipe.gradient_penalty * penalty
            report["penalty"] = float(penalty.detach())
        if recipe.drift:
            loss = loss + recipe.drift * drift(on_real).mean()
        self._move(optimizer, loss, "critic", shown)
        return report

    def _generator_step(self, real: Tensor, condition: Tensor, z: Tensor, stage: Stage, augment: Augment,
                        shown: int) -> dict[str, float]:  # fmt: skip
        optimizer, _ = self._optimisers()
        self.toggle_optimizer(optimizer)  # type: ignore[arg-type]
        drawn = self.generator(z, condition, stage)
        on_fake = self.critic(augment(drawn), condition, stage).float()
        on_real = on_fake
        if self.recipe.loss == "relativistic":
            with torch.no_grad():
                on_real = self.critic(real, condition, stage).float()
        loss = generator_loss(self.recipe.loss, on_real, on_fake).mean()
        report = {"generator": float(loss.detach())}
        if (more := self.beside(drawn, real, condition)) is not None:
            loss, report["beside"] = loss + more, float(more.detach())
        self._move(optimizer, loss, "generator", shown)
        return report

    def beside(self, drawn: Tensor, real: Tensor, condition: Tensor) -> Tensor | None:
        """What the generator minimises beside what the critic says; nothing here."""
        return None

    def _move(self, optimizer: Any, loss: Tensor, side: str, shown: int) -> None:
        """One step of an optimiser, unless its loss or gradient is not a number."""
        self.check_finite(loss, f"{side}'s loss", shown)
        optimizer.zero_grad()
        self.manual_backward(loss)
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        self.check_finite(torch.nn.utils.get_total_norm(gradients), f"{side}'s gradient", shown)
        optimizer.step()
        self.untoggle_optimizer(optimizer)

    def _optimisers(self) -> tuple[Any, Any]:
        generator, critic = self.optimizers()  # type: ignore[misc]
        return generator, critic

    def _prepare_optimisers(self, shown: int) -> None:
        """Rates and beta 2 of this moment; moments forgotten where a phase of growing begins."""
        recipe = self.recipe
        new_phase = recipe.grows and recipe.phase_at(shown) != tuple(self.phase.tolist())
        if recipe.grows:
            self.phase.copy_(torch.tensor(recipe.phase_at(shown)))
        for optimizer, rate in zip(self._optimisers(), (recipe.generator_rate, recipe.critic_rate), strict=True):
            if new_phase:
                optimizer.optimizer.state = defaultdict(dict)
            for group in optimizer.param_groups:
                group["lr"] = recipe.annealed(shown, rate, recipe.final_rate)
                group["betas"] = (recipe.beta1, recipe.annealed(shown, recipe.beta2, recipe.final_beta2))

    def latents(self, count: int, generator: torch.Generator) -> Tensor:
        """What a whole batch is drawn from, on the generator's device."""
        latent: int = self.recipe.network.latent  # type: ignore[union-attr]  (an upscaler has none)
        return torch.randn(count, latent, generator=generator, device=generator.device)


class GanTraining(AdversarialTraining, PictureTraining):
    """A pair that draws from latents and conditions."""

    def latent(self, count: int, generator: torch.Generator) -> Tensor:
        return self.latents(count, generator)

    @torch.no_grad()
    def draw(self, condition: Tensor, latent: Tensor) -> Tensor:
        training = self.averaged.training
        self.averaged.eval()
        pictures = self.averaged(latent, condition, self.recipe.stage_at(int(self.images_shown)))
        self.averaged.train(training)
        return pictures

"""Training the judge: what genre and decade does a cover look like?

Labels are read from a cover's condition, so the judge needs no data of its own. Classes differ in size by ten and more:
the share of each is added to the logits while training and left out afterwards, which asks for what is *typical* of a
class instead of what is frequent.

    B  batch    K  families    Y  decades

Pictures are mixed with others of the same process, so that several processes learn the same but not to the last bit.

References: Menon et al. 2021 (arXiv:2007.07314), logit adjustment; Zhang et al. 2018 (arXiv:1710.09412), mixing pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.models.judge import JudgeNetwork
from duck_and_cover.training.augment import Augment
from duck_and_cover.training.batches import Batch
from duck_and_cover.training.module import Training
from duck_and_cover.training.recipe import JudgeRecipe

__all__ = ["JudgeTraining", "Labels"]

BLUR_YEARS = 6.0
"""A record of 1989 looks like one of 1991; so far a year's label reaches into the decades beside it."""

CLEAR = 0.5
"""A cover counts for genre where at least so much of its genres lies in the families that are told apart."""


class Labels(NamedTuple):
    """family (B, K) and decade (B, Y), each row summing to 1; whether they are known, (B,) of 0 and 1."""

    family: Tensor
    decade: Tensor
    has_family: Tensor
    has_decade: Tensor


class JudgeTraining(Training):
    """Trains `net`; read `step`. `family_share` and `decade_share` are the shares of the classes in what was shown."""

    recipe: JudgeRecipe
    family_share: Tensor
    decade_share: Tensor

    def __init__(self, recipe: JudgeRecipe) -> None:
        super().__init__(recipe)
        config = recipe.network
        self.encoder = ConditionEncoder()
        self.net = JudgeNetwork(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        for name, count in (("family_share", len(config.families)), ("decade_share", config.decades)):
            self.register_buffer(name, torch.full((count,), 1 / count))
        self.keep_average()

    @property
    def learner(self) -> nn.Module:
        return self.net

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.net.parameters(), self.recipe.learning_rate,
                                 weight_decay=self.recipe.weight_decay)  # fmt: skip

    def labels(self, condition: Tensor) -> Labels:
        """What a condition (B, D) says, as targets."""
        config, read = self.recipe.network, self.encoder.read(condition)
        places = [self.encoder.tree.families.index(name) for name in config.families]
        family, middles = read.families[:, places], torch.tensor(config.middle_years, device=condition.device)
        weight = family.sum(1, keepdim=True)
        near = torch.exp(-(((read.year[:, None] - middles) / BLUR_YEARS) ** 2) / 2)
        total = near.sum(1, keepdim=True)
        return Labels(family / weight.clamp_min(1e-6), near / total.clamp_min(1e-6), (weight[:, 0] >= CLEAR).float(),
                      ((read.knows_year > 0) & (total[:, 0] > 1e-3)).float())  # fmt: skip

    def step(self, batch: Batch, shown: int) -> dict[str, float]:
        recipe, generator, count = self.recipe, self.generator_at(shown), self.recipe.batch_at(shown)
        picture = batch.picture
        if recipe.augment:
            picture = Augment(recipe.augment, count, generator, self.device, self.rows, colours=False)(picture)
        share = self.rows(1 - recipe.mix * torch.rand(count, generator=generator, device=self.device))
        picture = torch.lerp(picture.roll(1, 0), picture, share[:, None, None, None])
        labels = self.labels(batch.condition)
        self._count(labels)

        family, decade, _ = self.net(picture.contiguous(memory_format=torch.channels_last))
        losses = {
            "family": _loss(family, self.family_share, labels.family, labels.has_family, share),
            "decade": _loss(decade, self.decade_share, labels.decade, labels.has_decade, share),
        }
        loss = losses["family"] + recipe.decade_weight * losses["decade"]
        told = {name: float(value.detach()) for name, value in losses.items()}
        return told | self.descend(loss, shown, recipe.learning_rate_at(shown), clip_norm=1.0)

    @torch.no_grad()
    def _count(self, labels: Labels) -> None:
        """Move the shares a little towards those of this batch, all processes' rows of it."""
        for shares, values, known in ((self.family_share, labels.family, labels.has_family),
                                      (self.decade_share, labels.decade, labels.has_decade)):  # fmt: skip
            counted = (values * known[:, None]).sum(0)
            if self._trainer is not None and self.trainer.world_size > 1:
                counted = self.trainer.strategy.reduce(counted, reduce_op="sum")
            if counted.any():
                shares.lerp_(counted / counted.sum(), 0.01)


def _loss(logits: Tensor, shares: Tensor, target: Tensor, known: Tensor, share: Tensor) -> Tensor:
    """Cross entropy with both labels of each mixed pair, over those that are known."""
    surprise = -F.log_softmax(logits.float() + shares.clamp_min(1e-3).log(), 1)
    own, other = (surprise * target).sum(1), (surprise * target.roll(1, 0)).sum(1)
    weight = known * share + known.roll(1, 0) * (1 - share)
    return (known * share * own + known.roll(1, 0) * (1 - share) * other).sum() / weight.sum().clamp_min(1e-6)

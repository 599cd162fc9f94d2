"""Training the upscaler: pieces of real covers are made small and a little worse, and made large again.

What comes out must be the piece when both are made small (before that was made worse), and look like a piece of a
cover to a critic; how far it is from the very piece hardly counts, since that would ask for the mean of all textures
that fit: a blur.

    B  batch    r  small side of a piece in px    R  large side
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from duck_and_cover.models.upscaler import SCALE
from duck_and_cover.training.adversarial import AdversarialTraining
from duck_and_cover.training.batches import Batch
from duck_and_cover.training.recipe import UpscaleRecipe

__all__ = ["UpscaleTraining", "made_small"]


class UpscaleTraining(AdversarialTraining):
    """A GAN whose condition is a small picture."""

    recipe: UpscaleRecipe  # type: ignore[assignment]

    def step(self, batch: Batch, shown: int) -> dict[str, float]:
        generator, side = self.generator_at(shown + 1), self.recipe.network.piece_px  # latents are drawn at `shown`
        room = batch.picture.shape[-1] - side + 1
        y, x = (int(torch.randint(0, room, (), generator=generator, device=self.device)) for _ in range(2))
        piece = batch.picture[:, :, y : y + side, x : x + side]
        count = self.recipe.batch_at(shown)
        worse = self.rows(torch.rand(2, count, generator=generator, device=self.device).T)
        grain = torch.randn(count, 3, side // SCALE, side // SCALE, generator=generator, device=self.device)
        small = made_small(piece)
        blurred = F.avg_pool2d(F.pad(small, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
        small = torch.lerp(small, blurred, self.recipe.worse * worse[:, :1, None, None])
        small = small + 0.05 * self.recipe.worse * worse[:, 1:, None, None] * self.rows(grain)
        return super().step(Batch(piece, small, batch.aspects, batch.weight), shown)

    def beside(self, drawn: Tensor, real: Tensor, condition: Tensor) -> Tensor:
        """After the critic: the difference when both are made small, and a little of that to the very piece."""
        recipe = self.recipe
        same = (made_small(drawn.float()) - made_small(real)).abs().mean()
        return recipe.faithful * same + recipe.content * (drawn.float() - real).abs().mean()

    def latents(self, count: int, generator: torch.Generator) -> Tensor:
        side = self.recipe.network.piece_px // SCALE
        return torch.randn(count, 1, side, side, generator=generator, device=generator.device)

    @torch.no_grad()
    def enlarge(self, small: Tensor) -> Tensor:
        """(B, 3, r, r) -> (B, 3, R, R) by the averaged network, always with the same noise."""
        generator = torch.Generator(small.device).manual_seed(1)
        z = torch.randn(len(small), 1, *small.shape[2:], generator=generator, device=small.device)
        return self.averaged(z, small)


def made_small(picture: Tensor) -> Tensor:
    """Means of 4 x 4. (B, 3, R, R) -> (B, 3, R / 4, R / 4)."""
    return F.avg_pool2d(picture, SCALE)

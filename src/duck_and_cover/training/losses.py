"""What the two sides of a GAN minimise. One value a sample where not said otherwise, so that the caller chooses the
mean.

    B  batch    R  resolution in px

References: Goodfellow et al. 2014 (arXiv:1406.2661), the standard loss; Gulrajani et al. 2017 (arXiv:1704.00028), the
gradient penalty; Karras et al. 2018 (arXiv:1710.10196), drift; Huang et al. 2024 (arXiv:2501.05441), relativistic
pairing; Mescheder et al. 2018 (arXiv:1801.04406), R1 and R2.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from duck_and_cover.models.blocks import gradient_of_pictures_only
from duck_and_cover.training.recipe import Loss

__all__ = ["critic_loss", "drift", "generator_loss", "gradient_penalty", "zero_centred_penalty"]


def critic_loss(loss: Loss, real: Tensor, fake: Tensor) -> Tensor:
    """What the critic minimises: (B,) scores of real and of generated pictures, paired row by row -> (B,).

    standard:      -log sigmoid(real) - log(1 - sigmoid(fake)).
    wasserstein:   fake - real: the distance with its sign turned.
    relativistic:  softplus(fake - real): each real picture shall score above the generated one it is paired with.
    """
    match loss:
        case "standard":
            return F.softplus(-real) + F.softplus(fake)
        case "wasserstein":
            return fake - real
        case "relativistic":
            return F.softplus(fake - real)


def generator_loss(loss: Loss, real: Tensor, fake: Tensor) -> Tensor:
    """What the generator minimises; only the relativistic loss looks at `real`. (B,), (B,) -> (B,)."""
    match loss:
        case "standard":
            return F.softplus(-fake)  # non-saturating: -log sigmoid(fake)
        case "wasserstein":
            return -fake
        case "relativistic":
            return F.softplus(real - fake)


def gradient_penalty(critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """(|gradient| - 1)^2 of the score at blends of real and generated pictures. Two-sided, equation 3. -> (B,)

    critic:  (B, 3, R, R) -> (B,).
    share:   (B,) uniform in [0, 1], how much of each blend is real.
    """
    blend = torch.lerp(fake.detach(), real, share[:, None, None, None]).requires_grad_(True)
    with gradient_of_pictures_only():
        (gradient,) = torch.autograd.grad(critic(blend).sum(), blend, create_graph=True)
    return (gradient.float().square().sum((1, 2, 3)) + 1e-12).sqrt().sub(1).square()


def zero_centred_penalty(score: Tensor, picture: Tensor) -> Tensor:
    """|gradient|^2 of `score` (B,) at `picture` (B, 3, R, R), which must require a gradient: R1 on real pictures, R2 on
    generated ones. -> (B,)
    """
    with gradient_of_pictures_only():
        (gradient,) = torch.autograd.grad(score.sum(), picture, create_graph=True)
    return gradient.float().square().sum((1, 2, 3))


def drift(real: Tensor) -> Tensor:
    """score^2 of real pictures, which keeps a Wasserstein critic from wandering off. On reals only. (B,) -> (B,)"""
    return real.square()

from __future__ import annotations

import math

import pytest
import torch

from duck_and_cover.training.losses import critic_loss, drift, generator_loss, gradient_penalty, zero_centred_penalty

REAL, FAKE = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 3.0])


def softplus(x: float) -> float:
    return math.log1p(math.exp(x))


def test_standard_is_cross_entropy_and_the_generators_does_not_saturate() -> None:
    wanted = [
        -math.log(1 / (1 + math.exp(-r))) - math.log(1 - 1 / (1 + math.exp(-f)))
        for r, f in zip(REAL, FAKE, strict=True)
    ]
    assert critic_loss("standard", REAL, FAKE).tolist() == pytest.approx(wanted, rel=1e-5)
    assert generator_loss("standard", REAL, FAKE).tolist() == pytest.approx([softplus(-0.5), softplus(-3.0)], rel=1e-5)
    lost = torch.tensor([-20.0], requires_grad=True)
    generator_loss("standard", lost.detach(), lost).sum().backward()
    assert float(lost.grad) == pytest.approx(-1.0), "full gradient where the critic is sure"


def test_wasserstein_is_a_difference() -> None:
    assert critic_loss("wasserstein", REAL, FAKE).tolist() == [-1.5, 4.0]
    assert generator_loss("wasserstein", REAL, FAKE).tolist() == [-0.5, -3.0]


def test_relativistic_compares_within_a_pair() -> None:
    assert critic_loss("relativistic", REAL, FAKE).tolist() == pytest.approx([softplus(-1.5), softplus(4.0)], rel=1e-5)
    wanted = [softplus(1.5), softplus(-4.0)]
    assert generator_loss("relativistic", REAL, FAKE).tolist() == pytest.approx(wanted, rel=1e-5)
    shifted = critic_loss("relativistic", REAL + 7, FAKE + 7)
    assert torch.allclose(shifted, critic_loss("relativistic", REAL, FAKE)), "only differences count"


def test_gradient_penalty_of_a_slope() -> None:
    """A critic with gradient of length g everywhere is charged (g - 1)^2, above and below 1 alike."""
    direction = torch.randn(3, 8, 8)
    direction /= direction.norm()
    real, fake, share = torch.randn(4, 3, 8, 8), torch.randn(4, 3, 8, 8), torch.rand(4)
    for length in (0.25, 1.0, 3.0):
        found = gradient_penalty(lambda x: length * (x * direction).sum((1, 2, 3)), real, fake, share)  # noqa: B023
        assert found.tolist() == pytest.approx([(length - 1) ** 2] * 4, abs=1e-5)


def test_gradient_penalty_looks_between_real_and_drawn() -> None:
    seen: list[torch.Tensor] = []

    def critic(x: torch.Tensor) -> torch.Tensor:
        seen.append(x.detach())
        return x.sum((1, 2, 3))

    gradient_penalty(critic, torch.ones(3, 3, 2, 2), torch.zeros(3, 3, 2, 2), torch.tensor([0.0, 0.25, 1.0]))
    assert seen[0][:, 0, 0, 0].tolist() == [0.0, 0.25, 1.0]


def test_gradient_penalty_teaches_the_critic() -> None:
    weight = torch.full((1,), 3.0, requires_grad=True)
    gradient_penalty(lambda x: weight * x[:, 0, 0, 0], torch.ones(2, 3, 2, 2), torch.zeros(2, 3, 2, 2),
                     torch.rand(2)).mean().backward()  # fmt: skip
    assert float(weight.grad) == pytest.approx(4.0), "d (w - 1)^2 / d w"


def test_zero_centred_penalty() -> None:
    picture = torch.randn(2, 3, 4, 4, requires_grad=True)
    score = (picture.square() / 2).sum((1, 2, 3))
    assert torch.allclose(zero_centred_penalty(score, picture), picture.detach().square().sum((1, 2, 3)))


def test_drift_is_the_square() -> None:
    assert drift(torch.tensor([-3.0, 0.5])).tolist() == [9.0, 0.25]

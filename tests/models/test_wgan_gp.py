"""WGAN-GP's choices: Gulrajani et al. 2017, section 4 and appendix F."""

from __future__ import annotations

import torch
from torch import nn

from duck_and_cover.models.wgan_gp import LayerNorm, WganGpConfig

SMALL = WganGpConfig(32, width=8, latent=6, embedding=4, condition_dims=5)


def test_widths_are_the_papers() -> None:
    assert WganGpConfig(64).widths == (512, 512, 256, 128, 64)
    assert WganGpConfig(128).widths == (512, 512, 512, 256, 128, 64)
    assert WganGpConfig().latent == 128


def test_batch_normalisation_in_the_generator_only() -> None:
    generator, critic = SMALL.generator(), SMALL.critic()
    assert any(isinstance(m, nn.BatchNorm2d) for m in generator.modules())
    assert not any(isinstance(m, nn.BatchNorm2d) for m in critic.modules())
    assert sum(isinstance(m, LayerNorm) for m in critic.modules()) == 6, "two in each block"


def test_the_critic_judges_each_picture_by_itself() -> None:
    torch.manual_seed(0)
    critic, picture, condition = SMALL.critic(), torch.randn(4, 3, 32, 32), torch.randn(4, 5)
    alone = torch.cat([critic(picture[i : i + 1], condition[i : i + 1]) for i in range(4)])
    assert torch.allclose(critic(picture, condition), alone, atol=1e-4)


def test_layer_norm_is_over_all_of_a_picture() -> None:
    x = torch.randn(3, 8, 4, 4) * 5 + 2
    y = LayerNorm(8)(x)
    assert torch.allclose(y.mean((1, 2, 3)), torch.zeros(3), atol=1e-5)
    assert torch.allclose(y.var((1, 2, 3), unbiased=False), torch.ones(3), atol=1e-3)
    assert y.mean((0, 2, 3)).abs().max().item() > 1e-3, "not over each channel"


def test_residual_blocks_change_resolution() -> None:
    generator, critic = SMALL.generator(), SMALL.critic()
    x, sides = torch.randn(2, 64, 4, 4), []
    for block in generator.blocks:
        x = block(x)
        sides.append(x.shape[-1])
    assert sides == [8, 16, 32]
    x, sides = critic.enter(torch.randn(2, 3, 32, 32)), []
    for block in critic.blocks:
        x = block(x)
        sides.append(x.shape[-1])
    assert sides == [16, 8, 4]


def test_a_block_is_its_skip_plus_its_branch() -> None:
    block = SMALL.critic().blocks[0]
    with torch.no_grad():
        block.conv2.weight.zero_()
    x = torch.randn(2, 8, 32, 32)
    assert torch.allclose(block(x), block.skip(nn.functional.avg_pool2d(x, 2)), atol=1e-5)


def test_the_score_is_unbounded() -> None:
    critic = SMALL.critic()
    with torch.no_grad():
        critic.real.bias.fill_(7.0)
    assert critic(torch.zeros(1, 3, 32, 32), torch.zeros(1, 5)).item() > 5

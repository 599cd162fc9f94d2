"""R3GAN's choices: Huang et al. 2024, sections 4 and 5."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from torch import nn

from duck_and_cover.models import r3gan
from duck_and_cover.models.r3gan import R3ganConfig, smoothly_doubled, smoothly_halved

SMALL = R3ganConfig(
    32, widths=(32, 32, 16, 16), blocks=2, expansion=2, group=8, latent=6, embedding=4, condition_dims=5
)


def blocks_of(net: nn.Module) -> list[nn.Module]:
    return [block for stage in net.blocks for block in stage]


def test_no_normalisation_anywhere() -> None:
    kinds = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)
    for net in (SMALL.generator(), SMALL.critic()):
        assert not any(isinstance(m, kinds) for m in net.modules())


def test_blocks_are_a_bottleneck_turned_inside_out() -> None:
    """1 x 1 to twice the width, grouped 3 x 3, 1 x 1 back."""
    for net in (SMALL.generator(), SMALL.critic()):
        found = blocks_of(net)
        assert len(found) == SMALL.total_blocks == 8
        for block in found:
            assert [conv.kernel_size for conv in (block.conv1, block.conv2, block.conv3)] == [(1, 1), (3, 3), (1, 1)]
            assert block.conv1.out_channels == 2 * block.conv1.in_channels == 2 * block.conv3.out_channels
            assert block.conv2.in_channels // block.conv2.groups == 8
            assert block.conv3.bias is None


def test_every_block_starts_as_the_identity() -> None:
    for block in blocks_of(SMALL.generator()):
        x = torch.randn(2, block.conv1.in_channels, 4, 4)
        assert torch.equal(block(x), x)


def test_depth_scales_the_first_layers_down() -> None:
    torch.manual_seed(0)
    shallow = R3ganConfig(8, widths=(256, 256), blocks=1, condition_dims=5).generator()
    deep = R3ganConfig(8, widths=(256, 256), blocks=8, condition_dims=5).generator()
    ratio = blocks_of(deep)[0].conv1.weight.std() / blocks_of(shallow)[0].conv1.weight.std()
    assert ratio.item() == pytest.approx((16 / 2) ** -0.25, rel=0.05)


def test_the_generator_begins_with_a_learned_picture_of_features() -> None:
    generator = SMALL.generator()
    assert generator.basis.shape == (32, 4, 4)
    with torch.no_grad():
        generator.basis.zero_()
    assert not generator(torch.randn(2, 6), torch.zeros(2, 5)).any(), "z only weighs it"


def test_the_critic_ends_with_one_filter_a_channel() -> None:
    critic = SMALL.critic()
    assert critic.basis.shape == (32, 4, 4)
    with torch.no_grad():
        critic.basis.zero_()
    assert not critic(torch.randn(2, 3, 32, 32), torch.randn(2, 5)).any()


def test_resampling_is_smooth() -> None:
    """[1, 2, 1]: a constant stays a constant up to the edge, a checkerboard of single pixels vanishes."""
    constant = torch.ones(1, 2, 8, 8)
    assert torch.equal(smoothly_doubled(constant), torch.ones(1, 2, 16, 16))
    assert torch.equal(smoothly_halved(constant), torch.ones(1, 2, 4, 4))
    board = torch.ones(1, 1, 8, 8)
    board[..., ::2, 1::2] = board[..., 1::2, ::2] = -1
    assert torch.allclose(smoothly_halved(board)[..., 1:, 1:], torch.zeros(1, 1, 3, 3), atol=1e-6)
    ramp = torch.arange(8.0).expand(1, 1, 8, 8)
    assert torch.allclose(smoothly_doubled(ramp)[0, 0, 4, :15], torch.arange(15.0) / 2)
    dot = torch.zeros(1, 1, 8, 8)
    dot[..., 4, 4] = 16
    assert smoothly_halved(dot)[0, 0, 2, 1:4].tolist() == [0.0, 4.0, 0.0]
    assert smoothly_halved(dot.roll(1, -1))[0, 0, 2, 1:4].tolist() == [0.0, 2.0, 2.0]


def test_pictures_may_be_folded() -> None:
    folded = R3ganConfig(64, widths=(32, 32, 16, 16), blocks=1, group=8, latent=6, embedding=4, fold_px=2,
                         condition_dims=5)  # fmt: skip
    picture = folded.generator()(torch.randn(2, 6), torch.zeros(2, 5))
    assert picture.shape == (2, 3, 64, 64)
    assert folded.critic()(picture, torch.zeros(2, 5)).shape == (2,)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"resolution_px": 96}, "5 widths folded 1 reach 64 px; wanted 96"),
        ({"widths": (512, 512)}, "2 widths folded 1 reach 8 px; wanted 64"),
        ({"widths": (768, 768, 768, 768, 60)}, "must be multiples of group 16"),
    ],
)
def test_impossible_shapes_are_refused(wrong: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        R3ganConfig(**wrong)


def test_it_can_be_exported_before_anything_was_drawn() -> None:
    """What the resampling keeps between calls must be real numbers, also where the first call is an export."""
    r3gan._doubling.cache_clear()
    generator = SMALL.generator().eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.export(generator, (torch.randn(2, 6), torch.zeros(2, 5)))
    with torch.no_grad():
        assert np.isfinite(generator(torch.randn(1, 6), torch.zeros(1, 5)).numpy()).all()

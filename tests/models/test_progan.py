"""ProGAN's choices: Karras et al. 2018, table 2 and sections 2 to 4."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from duck_and_cover.models.conditioning import Stage
from duck_and_cover.models.progan import (
    EqualConv,
    EqualLinear,
    ProganConfig,
    bake,
    faded,
    pixel_norm,
    spread_plane,
)

SMALL = ProganConfig(32, capacity=64, widest=16, latent=6, embedding=4, condition_dims=5)


def stage(level: float) -> Stage:
    return Stage(1.0, level)


def given(count: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, SMALL.latent, generator=generator), torch.randn(count, 5, generator=generator)


def test_widths_are_the_papers() -> None:
    config = ProganConfig(1024)
    assert {2**level: config.width(level) for level in range(2, 11)} == {
        4: 512, 8: 512, 16: 512, 32: 512, 64: 256, 128: 128, 256: 64, 512: 32, 1024: 16,
    }  # fmt: skip
    assert config.latent == 512
    with torch.device("meta"):
        sizes = [sum(p.numel() for n, p in net.named_parameters() if "condition" not in n and "fit" not in n)
                 for net in (config.generator(), config.critic())]  # fmt: skip
    assert [round(size / 1e6, 1) for size in sizes] == [24.1, 23.1], "23.1 M each, and 1 M for the condition"


def test_both_networks_mirror_each_other() -> None:
    generator, critic = SMALL.generator(), SMALL.critic()
    drawn = [tuple(conv.weight.shape[:2]) for block in generator.blocks for conv in block]
    judged = [tuple(conv.weight.shape[:2]) for block in critic.blocks for conv in reversed(block)]
    assert [(b, a) for a, b in drawn] == judged


@pytest.mark.parametrize("layer", [EqualConv(8, 4, 3), EqualLinear(72, 4)], ids=["conv", "dense"])
def test_weights_are_scaled_at_run_time(layer: nn.Module) -> None:
    """Section 4.1: stored N(0, 1), used times gain / sqrt(fan in)."""
    assert layer.scale == pytest.approx(math.sqrt(2) / math.sqrt(72))
    assert not layer.bias.any()
    torch.manual_seed(0)
    big = EqualLinear(400, 500)
    assert big.weight.std().item() == pytest.approx(1.0, abs=0.02)
    out = big(torch.randn(64, 400))
    assert out.std().item() == pytest.approx(math.sqrt(2), rel=0.05)


def test_gains() -> None:
    """sqrt(2) everywhere but: RGB and the last layer 1, the first dense layer sqrt(2) / 4."""
    generator, critic = SMALL.generator(), SMALL.critic()
    for layer in [*generator.to_rgb, critic.real]:
        fan_in = layer.weight[0].numel()
        assert layer.scale == pytest.approx(1 / math.sqrt(fan_in))
    inputs = SMALL.latent + SMALL.embedding
    assert generator.enter.scale == pytest.approx(math.sqrt(2) / 4 / math.sqrt(inputs))
    for layer in [generator.first, critic.last, critic.dense, *critic.from_rgb]:
        assert layer.scale == pytest.approx(math.sqrt(2) / math.sqrt(layer.weight[0].numel()))


def test_pixel_norm() -> None:
    x = torch.randn(2, 8, 3, 3) * 7
    assert torch.allclose(pixel_norm(x).square().mean(1), torch.ones(2, 3, 3), atol=1e-4)
    assert pixel_norm(torch.zeros(1, 8, 2, 2)).isfinite().all()


def test_latents_lie_on_the_hypersphere() -> None:
    generator = SMALL.generator()
    z, condition = given()
    assert torch.allclose(generator(z, condition), generator(9 * z, condition), atol=1e-5)


def test_pixel_norm_follows_every_convolution_of_the_generator_and_none_of_the_critic() -> None:
    generator, seen = SMALL.generator(), []
    for conv in [conv for block in generator.blocks for conv in block] + list(generator.to_rgb[1:]):
        conv.register_forward_pre_hook(lambda layer, x: seen.append(x[0]))
    generator(*given(), stage(5.0))
    assert len(seen) == 7
    assert all(torch.allclose(x.square().mean(1), torch.ones(()), atol=1e-3) for x in seen)
    critic, features = SMALL.critic(), []
    critic.dense.register_forward_pre_hook(lambda layer, x: features.append(x[0]))
    critic(torch.randn(3, 3, 32, 32), given()[1])
    assert not torch.allclose(features[0].square().mean(1), torch.ones(()), atol=1e-2)


def test_rgb_is_linear() -> None:
    generator = SMALL.generator()
    with torch.no_grad():
        generator.to_rgb[-1].bias.fill_(40.0)
    assert generator(*given()).mean().item() > 30


@pytest.mark.parametrize(("level", "side"), [(2.0, 4), (2.3, 8), (3.0, 8), (4.9, 32), (5.0, 32), (math.inf, 32)])
def test_the_resolution_is_the_levels(level: float, side: int) -> None:
    generator, critic = SMALL.generator(), SMALL.critic()
    z, condition = given()
    picture = generator(z, condition, stage(level))
    assert picture.shape == (3, 3, side, side)
    assert critic(picture, condition, stage(level)).shape == (3,)


def test_a_new_resolution_fades_in() -> None:
    """Figure 2: at the beginning it is the coarse picture made large, in the end the fine one, linear between."""
    generator = SMALL.generator()
    z, condition = given()
    coarse = F.interpolate(generator(z, condition, stage(3.0)), scale_factor=2.0, mode="nearest")
    fine = generator(z, condition, stage(4.0))
    assert torch.allclose(generator(z, condition, stage(3.25)), 0.75 * coarse + 0.25 * fine, atol=1e-5)
    assert torch.allclose(generator(z, condition, stage(3 + 1e-7)), coarse, atol=1e-4)


def test_the_critic_fades_in_alike() -> None:
    critic, condition = SMALL.critic(), given()[1]
    picture = torch.randn(3, 3, 16, 16)
    small = F.avg_pool2d(picture, 2)
    assert torch.allclose(critic(picture, condition, stage(3 + 1e-7)), critic(small, condition, stage(3.0)), atol=1e-3)
    assert torch.allclose(critic(picture, condition, stage(4 - 1e-7)), critic(picture, condition, stage(4.0)),
                          atol=1e-3)  # fmt: skip


def test_reals_are_blended_in_the_same_way() -> None:
    picture = torch.randn(2, 3, 8, 8)
    assert faded(picture, 3.0) is picture
    coarse = F.interpolate(F.avg_pool2d(picture, 2), scale_factor=2.0, mode="nearest")
    assert torch.allclose(faded(picture, 2.25), 0.75 * coarse + 0.25 * picture, atol=1e-6)


def test_layers_of_later_resolutions_rest() -> None:
    generator, critic = SMALL.generator(), SMALL.critic()
    z, condition = given()
    critic(generator(z, condition, stage(3.5)), condition, stage(3.5)).sum().backward()
    nets = (generator, critic)
    moved = [[i for i, block in enumerate(net.blocks) if block[0].weight.grad is not None] for net in nets]
    assert moved == [[0, 1], [0, 1]], "8 px and the 16 px that fades in; not 32 px"


def test_the_spread_of_the_minibatch_is_one_more_plane() -> None:
    """Section 3: one number for the whole minibatch, everywhere."""
    x = torch.randn(6, 4, 4, 4)
    y = spread_plane(x)
    assert y.shape == (6, 5, 4, 4)
    assert torch.equal(y[:, :4], x)
    wanted = x.std(0, unbiased=False).mean()
    assert torch.allclose(y[:, 4], wanted.expand(6, 4, 4), atol=1e-4)
    assert float(spread_plane(x[:1].expand(6, -1, -1, -1))[:, 4].max()) < 1e-3, "equal pictures are noticed"


def test_groups_are_measured_apart() -> None:
    x = torch.randn(8, 4, 4, 4)
    x[::2] = x[:1]  # with two groups of four, every other picture: the first group is all the same
    plane = spread_plane(x, 4)[:, 4, 0, 0]
    assert float(plane[::2].max()) < 1e-3 < 0.3 < float(plane[1::2].min())
    assert torch.equal(spread_plane(x[:6], 4), spread_plane(x[:6])), "a group that does not fit is the whole"


def test_a_picture_is_judged_by_its_company() -> None:
    critic, condition = SMALL.critic(), given(4)[1]
    picture = torch.randn(4, 3, 32, 32)
    same = critic(picture[:1].expand(4, -1, -1, -1), condition[:1].expand(4, -1))
    assert abs((same[0] - critic(picture, condition)[0]).item()) > 1e-5


def test_baking_changes_the_weights_and_not_the_picture() -> None:
    generator = SMALL.generator()
    before, first = generator(*given()), generator.first.weight.clone()
    bake(generator)
    assert torch.allclose(generator(*given()), before, atol=1e-4)
    assert not torch.equal(generator.first.weight, first)

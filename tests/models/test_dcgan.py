"""DCGAN's choices, section by section of Radford, Metz & Chintala 2016."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from duck_and_cover.models.dcgan import DcganConfig

SMALL = DcganConfig(32, width=8, latent=6, embedding=4, condition_dims=5)


def layers(net: nn.Module, kind: type | tuple[type, ...]) -> list[nn.Module]:
    return [m for m in net.modules() if isinstance(m, kind)]


def test_widths_are_the_papers() -> None:
    assert DcganConfig(64).widths == (1024, 512, 256, 128)
    assert DcganConfig(128).widths == (1024, 1024, 512, 256, 128)
    assert DcganConfig().latent == 100


def test_strided_convolutions_of_5_and_no_pooling() -> None:
    """Section 3: all resolution changes are learned."""
    generator, critic = SMALL.generator(), SMALL.critic()
    for conv in layers(generator, nn.ConvTranspose2d) + layers(critic, nn.Conv2d):
        assert conv.kernel_size == (5, 5) and conv.stride == (2, 2)
    assert len(layers(generator, nn.ConvTranspose2d)) == len(layers(critic, nn.Conv2d)) == 3
    pools = (nn.MaxPool2d, nn.AvgPool2d, nn.Upsample)
    assert not layers(generator, pools) + layers(critic, pools)


def test_batch_normalisation_everywhere_but_at_output_and_input() -> None:
    generator, critic = SMALL.generator(), SMALL.critic()
    assert [norm.num_features for norm in layers(generator, nn.BatchNorm2d)] == [32, 16, 8]
    assert [norm.num_features for norm in layers(critic, nn.BatchNorm2d)] == [16, 32], "not the critic's first layer"


def test_no_hidden_dense_layers() -> None:
    """Beside the condition's: one in, one out."""
    generator, critic = SMALL.generator(), SMALL.critic()
    own = [m for name, m in generator.named_modules() if isinstance(m, nn.Linear) and "condition" not in name]
    assert [m.out_features for m in own] == [16 * 32]
    own = [m for name, m in critic.named_modules() if isinstance(m, nn.Linear) and "fit" not in name]
    assert [m.out_features for m in own] == [1]


def test_weights_start_near_zero() -> None:
    torch.manual_seed(0)
    for net in (SMALL.generator(), SMALL.critic()):
        for layer in layers(net, (nn.Conv2d, nn.ConvTranspose2d)):
            assert layer.weight.std().item() == pytest.approx(0.02, rel=0.15)
        for norm in layers(net, nn.BatchNorm2d):
            assert norm.weight.mean().item() == pytest.approx(1.0, abs=0.02)


def test_latents_are_uniform_inside() -> None:
    """Every family is given standard normal latents; the error function makes them uniform in [-1, 1]."""
    generator, seen = SMALL.generator().eval(), []
    generator.enter.register_forward_pre_hook(lambda layer, given: seen.append(given[0][:, : SMALL.latent]))
    generator(torch.randn(4000, SMALL.latent), torch.zeros(4000, 5))
    u = seen[0]
    assert u.abs().max().item() <= 1
    quarters = torch.histc(u, 4, -1, 1) / u.numel()
    assert torch.allclose(quarters, torch.full((4,), 0.25), atol=0.02)


def test_output_is_a_hyperbolic_tangent() -> None:
    generator = SMALL.generator()
    with torch.no_grad():
        for p in generator.parameters():
            p.mul_(50)
    picture = generator(torch.randn(4, SMALL.latent), torch.zeros(4, 5))
    assert 0.99 < picture.abs().max().item() <= 1.0


def test_leaky_relu_of_a_fifth_in_the_critic_and_relu_in_the_generator() -> None:
    critic, seen = SMALL.critic().eval(), []
    critic.shrink[1].register_forward_pre_hook(lambda layer, given: seen.append(given[0]))
    with torch.no_grad():
        critic.shrink[0].weight.zero_()
        critic.shrink[0].bias.fill_(-1.0)
    critic(torch.zeros(2, 3, 32, 32), torch.zeros(2, 5))
    assert torch.allclose(seen[0], torch.tensor(-0.2))
    generator, seen = SMALL.generator().eval(), []
    generator.grow[0].register_forward_pre_hook(lambda layer, given: seen.append(given[0]))
    generator(torch.randn(8, SMALL.latent), torch.zeros(8, 5))
    assert seen[0].min().item() == 0.0

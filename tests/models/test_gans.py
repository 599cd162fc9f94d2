"""What all four GAN families promise: shapes, conditions, stages. Each paper's own choices are tested beside it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.models.conditioning import ConditionEmbedding, Projection, Stage
from duck_and_cover.models.dcgan import DcganConfig
from duck_and_cover.models.progan import ProganConfig
from duck_and_cover.models.r3gan import R3ganConfig
from duck_and_cover.models.wgan_gp import WganGpConfig

D = 7
SMALL: dict[str, Any] = {
    "dcgan": DcganConfig(16, width=8, latent=10, embedding=4, condition_dims=D),
    "wgan-gp": WganGpConfig(16, width=8, latent=10, embedding=4, condition_dims=D),
    "progan": ProganConfig(16, capacity=64, widest=16, latent=10, embedding=4, condition_dims=D),
    "r3gan": R3ganConfig(16, widths=(16, 16, 8), blocks=1, group=8, latent=10, embedding=4, condition_dims=D),
    "r3gan folded": R3ganConfig(16, widths=(16, 8), blocks=2, group=0, latent=10, embedding=4, fold_px=2,
                                condition_dims=D),
}  # fmt: skip


@pytest.fixture(params=SMALL)
def config(request: pytest.FixtureRequest) -> Any:
    return SMALL[request.param]


def awake(net: nn.Module) -> nn.Module:
    """A network whose zero-initialised layers are not zero."""
    with torch.no_grad():
        for parameter in net.parameters():
            if not parameter.any():
                parameter.normal_(0, 0.1)
    return net


def pair(config: Any) -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(0)
    return awake(config.generator()), awake(config.critic())


def inputs(config: Any, count: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, config.latent, generator=generator), torch.randn(count, D, generator=generator)


def test_shapes(config: Any) -> None:
    generator, critic = pair(config)
    z, condition = inputs(config)
    picture = generator(z, condition)
    assert picture.shape == (4, 3, 16, 16)
    assert picture.isfinite().all() and picture.std() > 0
    score = critic(picture, condition)
    assert score.shape == (4,) and score.isfinite().all()


def test_gradient_reaches_every_parameter(config: Any) -> None:
    generator, critic = pair(config)
    z, condition = inputs(config)
    critic(generator(z, condition), condition).square().sum().backward()
    asleep = [name for net in (generator, critic) for name, p in net.named_parameters()
              if (p.grad is None or not p.grad.any()) and "rgb" not in name]  # fmt: skip
    assert asleep == [], "ProGAN's RGB layers of resolutions left behind are the exception"


def test_the_gradient_of_a_gradient_exists(config: Any) -> None:
    """Penalties on gradients need it."""
    _, critic = pair(config)
    picture = torch.randn(4, 3, 16, 16, requires_grad=True)
    (gradient,) = torch.autograd.grad(critic(picture, inputs(config)[1]).sum(), picture, create_graph=True)
    gradient.square().sum().backward()
    assert sum(bool(p.grad is not None and p.grad.any()) for p in critic.parameters()) >= 3


def test_the_condition_matters_as_much_as_the_stage_says(config: Any) -> None:
    generator, critic = (net.eval() for net in pair(config))
    z, condition = inputs(config)
    other = torch.flip(condition, [0])
    for ask in (lambda c, s: generator(z, c, s), lambda c, s: critic(torch.ones(4, 3, 16, 16), c, s)):
        moved = [(ask(condition, Stage(s)) - ask(other, Stage(s))).abs().max().item() for s in (0.0, 0.1, 1.0)]
        assert moved[0] == 0.0
        assert moved[1] > 1e-5 and moved[2] > 1.5 * moved[1]


def test_the_empty_condition_is_no_condition(config: Any) -> None:
    generator, critic = (net.eval() for net in pair(config))
    z, condition = inputs(config)
    nothing, unheard = torch.zeros_like(condition), Stage(0.0)
    assert torch.allclose(generator(z, nothing), generator(z, condition, unheard), atol=1e-6)
    picture = torch.ones(4, 3, 16, 16)
    assert torch.allclose(critic(picture, nothing), critic(picture, condition, unheard), atol=1e-6)


def test_the_latent_matters(config: Any) -> None:
    generator = pair(config)[0].eval()
    z, condition = inputs(config)
    assert (generator(z, condition) - generator(-z, condition)).abs().amax((1, 2, 3)).min() > 1e-4


@pytest.mark.parametrize(
    "make", [DcganConfig, WganGpConfig, ProganConfig], ids=["dcgan", "wgan-gp", "progan"]
)  # fmt: skip
@pytest.mark.parametrize("size", [48, 100, 2])
def test_a_resolution_that_is_no_power_of_two_is_refused(make: Any, size: int) -> None:
    with pytest.raises(ValueError, match=f"resolution is {size} px; wanted a power of two"):
        make(size)


def test_default_condition_is_what_the_encoder_makes() -> None:
    for make in (DcganConfig, WganGpConfig, ProganConfig, R3ganConfig):
        assert make().condition_dims == ConditionEncoder().dims


def test_embedding_is_of_unit_mean_square_or_nothing() -> None:
    torch.manual_seed(0)
    embedding = ConditionEmbedding(213, 32)
    asked = torch.randn(5, 213) * 0.2
    asked[2] = 0.0
    sizes = embedding(asked).square().mean(1)
    assert sizes[2] == 0.0
    assert torch.allclose(sizes[[0, 1, 3, 4]], torch.ones(4), atol=0.05)


def test_projection_is_an_inner_product() -> None:
    torch.manual_seed(0)
    projection, features, condition = Projection(16, D), torch.randn(3, 16), torch.randn(3, D)
    wanted = (features * projection.embedding(condition)).sum(1) / 4
    assert torch.allclose(projection(features, condition), wanted)
    assert torch.allclose(projection(2 * features, condition), 2 * wanted)
    assert not projection(features, torch.zeros(3, D)).any()

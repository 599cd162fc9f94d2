from __future__ import annotations

import math

import pytest
import torch

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.models.flow import FlowConfig, FlowDenoiser, guided, integrate, mixed, velocity_loss

TINY = FlowConfig(resolution_px=16, widths=(32, 64), attention=(False, True), blocks=1, embedding=32, condition_dims=7)


def inputs(count: int = 3, config: FlowConfig = TINY) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(count, 3, config.resolution_px, config.resolution_px, generator=generator)
    return x, torch.rand(count, generator=generator), torch.randn(count, config.condition_dims, generator=generator)


def awake(config: FlowConfig = TINY) -> FlowDenoiser:
    """A denoiser whose zero-initialised layers are not zero."""
    torch.manual_seed(1)
    net = FlowDenoiser(config)
    with torch.no_grad():
        for parameter in net.parameters():
            if not parameter.any():
                parameter.normal_(0, 0.05)
    return net


@pytest.mark.parametrize(
    "config",
    [
        TINY,
        FlowConfig(resolution_px=8, patch_px=1, widths=(32,), attention=(True,), blocks=2, embedding=16,
                   condition_dims=3),
        FlowConfig(resolution_px=32, patch_px=4, widths=(32, 32, 64), attention=(False, True, False), blocks=1,
                   embedding=24, condition_dims=5, dropout=0.2),
    ],
)  # fmt: skip
@pytest.mark.parametrize("count", [1, 3])
def test_velocity_has_the_shape_of_the_picture(config: FlowConfig, count: int) -> None:
    x, t, condition = inputs(count, config)
    velocity = awake(config)(x, t, condition)
    assert velocity.shape == x.shape
    assert velocity.isfinite().all() and velocity.any()


def test_default_condition_is_what_the_encoder_makes() -> None:
    assert FlowConfig().condition_dims == ConditionEncoder().dims


def test_starts_by_saying_nothing() -> None:
    x, t, condition = inputs()
    assert not FlowDenoiser(TINY)(x, t, condition).any()


def test_gradient_reaches_every_parameter() -> None:
    net = awake()
    x, t, condition = inputs()
    net(x, t, condition, torch.ones(3, 2)).square().mean().backward()
    asleep = [name for name, p in net.named_parameters() if p.grad is None or not p.grad.any()]
    assert asleep == []


@pytest.mark.parametrize("which", ["t", "condition", "aspects", "x"])
def test_every_input_matters(which: str) -> None:
    net = awake().eval()
    x, t, condition = inputs()
    given = {"x": x, "t": t, "condition": condition, "aspects": torch.zeros(3, 2)}
    before = net(**given)
    after = net(**{**given, which: given[which] + 0.5})
    assert (before - after).abs().amax((1, 2, 3)).min() > 1e-5


def test_no_aspects_are_zero_aspects() -> None:
    net = awake().eval()
    x, t, condition = inputs()
    assert torch.equal(net(x, t, condition), net(x, t, condition, torch.zeros(3, 2)))


def test_samples_do_not_see_each_other() -> None:
    net = awake().eval()
    x, t, condition = inputs()
    alone = torch.cat([net(x[i : i + 1], t[i : i + 1], condition[i : i + 1]) for i in range(3)])
    assert torch.allclose(net(x, t, condition), alone, atol=1e-5)


def test_attention_lets_far_pixels_meet() -> None:
    x, t, condition = inputs(1)
    x.requires_grad_(True)
    awake().eval()(x, t, condition)[0, :, 0, 0].sum().backward()
    assert x.grad is not None and x.grad[0, :, -1, -1].abs().max() > 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"widths": (32, 64), "attention": (True,)}, "2 widths and 1 attention flags"),
        ({"resolution_px": 60}, "resolution is 60 px; wanted a power of two"),
        ({"resolution_px": 4}, "resolution 4 does not divide into 3 levels"),
        ({"widths": (32, 48, 64)}, r"multiples of 32; found \(32, 48, 64\)"),
    ],
)
def test_impossible_shapes_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FlowConfig(**wrong)  # type: ignore[arg-type]


def test_mixed_runs_from_picture_to_noise() -> None:
    picture, noise = torch.zeros(3, 3, 2, 2), torch.ones(3, 3, 2, 2)
    assert mixed(picture, noise, torch.tensor([0.0, 0.25, 1.0]))[:, 0, 0, 0].tolist() == [0.0, 0.25, 1.0]


def test_loss_is_the_squared_error_of_the_velocity_per_sample() -> None:
    picture, noise = torch.zeros(2, 3, 4, 4), torch.ones(2, 3, 4, 4)
    velocity = torch.stack([torch.ones(3, 4, 4), torch.full((3, 4, 4), 3.0)])
    assert velocity_loss(velocity, picture, noise).tolist() == [0.0, 4.0]


def test_loss_weights_count_pixels() -> None:
    picture, noise, velocity = torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4)
    velocity[..., :2] = 2.0  # an error of 4 on the left half
    weight = torch.ones(1, 1, 4, 4)
    assert velocity_loss(velocity, picture, noise, weight).item() == pytest.approx(2.0)
    weight[..., :2] = 0.0
    assert velocity_loss(velocity, picture, noise, weight).item() == 0.0
    weight[..., :2] = 0.5
    assert velocity_loss(velocity, picture, noise, weight).item() == pytest.approx(4 * 0.5 / 1.5)
    assert velocity_loss(velocity, picture, noise, torch.zeros(1, 1, 4, 4)).isfinite().all()


def test_loss_is_single_precision() -> None:
    half = torch.full((1, 3, 2, 2), 300.0, dtype=torch.float16)
    assert velocity_loss(half, torch.zeros(1, 3, 2, 2), torch.zeros(1, 3, 2, 2)).item() == 90_000


def test_guidance_extrapolates_from_unconditional_to_conditional() -> None:
    one, other = torch.tensor([3.0]), torch.tensor([1.0])
    assert [guided(one, other, s).item() for s in (0.0, 1.0, 2.5)] == [1.0, 3.0, 6.0]


def test_straight_paths_are_followed_exactly() -> None:
    picture, noise = torch.rand(2, 3, 4, 4), torch.randn(2, 3, 4, 4)
    for steps in (1, 5):
        drawn = integrate(lambda x, t: noise - picture, noise, torch.linspace(1, 0, steps + 1))
        assert torch.allclose(drawn, picture, atol=1e-6)


def test_heun_is_of_second_order() -> None:
    """dx/dt = x from t = 1 to 0 gives x(0) = x(1) / e. The last step is Euler's, by design, so it is left out here."""

    def error(steps: int) -> float:
        start = torch.ones(1, 1, 1, 1, dtype=torch.float64)
        end = integrate(lambda x, t: x, start, torch.linspace(1, 0.5, steps + 1, dtype=torch.float64))
        return abs(end.item() - math.exp(-0.5))

    assert error(8) / error(16) == pytest.approx(4, rel=0.1)
    assert error(16) / error(32) == pytest.approx(4, rel=0.1)


def test_velocity_is_asked_at_the_times_given() -> None:
    asked: list[float] = []

    def velocity(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        assert t.shape == (len(x),)
        asked.append(round(float(t[0]), 6))
        return torch.zeros_like(x)

    integrate(velocity, torch.zeros(2, 3, 2, 2), torch.tensor([1.0, 0.5, 0.0]))
    assert asked == [1.0, 0.5, 0.5], "two evaluations a step, one for the last"

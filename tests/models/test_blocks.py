"""Convolution and resampling whose derivatives of any order are fast: they must be the true ones."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

from duck_and_cover.models.blocks import Conv2d, convolved, doubled, gradient_of_pictures_only, halved
from duck_and_cover.training.losses import zero_centred_penalty


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_(True)


@pytest.mark.parametrize(("kernel", "padding", "groups"), [(1, 0, 1), (3, 1, 1), (3, 0, 1), (3, 1, 2)])
def test_convolution_is_torchs(kernel: int, padding: int, groups: int) -> None:
    x, w, b = numbers(2, 4, 5, 5), numbers(6, 4 // groups, kernel, kernel, seed=1), numbers(6, seed=2)
    ours = convolved(x, w, b, padding, groups)
    theirs = F.conv2d(x, w, b, padding=padding, groups=groups)
    assert torch.allclose(ours, theirs)
    weight = torch.randn_like(ours)
    for mine, expected in zip(
        torch.autograd.grad(ours, (x, w, b), weight), torch.autograd.grad(theirs, (x, w, b), weight), strict=True
    ):
        assert torch.allclose(mine, expected)


@pytest.mark.parametrize(("kernel", "padding", "groups"), [(1, 0, 1), (3, 1, 1), (3, 1, 2)])
def test_its_derivatives_of_both_orders_agree_with_differences(kernel: int, padding: int, groups: int) -> None:
    given = (numbers(2, 2, 4, 4), numbers(2, 2 // groups, kernel, kernel, seed=1), numbers(2, seed=2), padding, groups)
    assert gradcheck(convolved, given)
    assert gradgradcheck(convolved, given)


@pytest.mark.parametrize("resample", [halved, doubled])
def test_resampling_derivatives_agree_with_differences(resample: object) -> None:
    assert gradcheck(resample, numbers(2, 2, 4, 4))
    assert gradgradcheck(resample, numbers(2, 2, 4, 4))


def test_resampling_is_the_plain_one() -> None:
    x = numbers(1, 3, 6, 6)
    assert torch.equal(halved(x), F.avg_pool2d(x, 2))
    assert torch.equal(doubled(x), F.interpolate(x, scale_factor=2.0, mode="nearest"))
    with torch.no_grad():
        assert torch.equal(doubled(halved(x)), F.interpolate(F.avg_pool2d(x, 2), scale_factor=2.0, mode="nearest"))


def test_a_penalty_moves_the_weights_as_torchs_would() -> None:
    """Two layers and a penalty on the gradient of the score, differentiated."""

    def moved(conv: object) -> tuple[Tensor, ...]:
        x, first, last = numbers(2, 3, 6, 6), numbers(4, 3, 3, 3, seed=1), numbers(1, 4, 3, 3, seed=2)
        score = conv(F.leaky_relu(conv(x, first, padding=1), 0.2), last, padding=1).tanh().sum((1, 2, 3))  # type: ignore[operator]
        return torch.autograd.grad(zero_centred_penalty(score, x).sum(), (first, last))

    for mine, expected in zip(moved(convolved), moved(F.conv2d), strict=True):
        assert torch.allclose(mine.double(), expected.double(), rtol=1e-5)


def test_weights_are_passed_over_only_where_asked() -> None:
    conv = Conv2d(2, 2, 3, padding=1)
    x = torch.randn(1, 2, 4, 4, requires_grad=True)
    with gradient_of_pictures_only():
        conv(x).sum().backward(retain_graph=True)
        assert conv.weight.grad is None
        assert x.grad is not None
    conv(x).sum().backward()
    assert conv.weight.grad is not None


def test_what_it_cannot_do_is_refused() -> None:
    with pytest.raises(ValueError, match="stride of 1"):
        Conv2d(2, 2, 3, stride=2)


def test_half_precision_inside_autocast() -> None:
    conv = Conv2d(2, 4, 3, padding=1)
    with torch.autocast("cpu", torch.bfloat16):
        y = conv(torch.randn(1, 2, 4, 4))
    assert y.dtype == torch.bfloat16
    y.float().sum().backward()
    assert conv.weight.grad is not None
    assert conv.weight.grad.dtype == torch.float32

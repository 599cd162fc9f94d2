"""What critics are built of, made so that the derivative of a derivative is as fast as the derivative.

A gradient penalty differentiates the critic's own gradient. For that, torch turns a convolution inside out: it takes
the batch for channels and the picture for a kernel, and its pooling fills and copies, which on a CPU costs several
times what it should. Here every operation names its derivative, which is another operation of this file.

    B  batch    C  channels    H, W  side in px    K  kernel in px

Reference: the derivatives of a linear map are that map and its transpose; Gulrajani et al. 2017 (arXiv:1704.00028) and
Mescheder et al. 2018 (arXiv:1801.04406) for the penalties that need them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["Conv2d", "convolved", "doubled", "gradient_of_pictures_only", "halved"]

_weights_wanted = True


@contextmanager
def gradient_of_pictures_only() -> Iterator[None]:
    """Inside, convolutions give no gradient of their weights: for `torch.autograd.grad(score, picture)`.

    Only what is asked for is computed by torch's own operations; one written in Python is not told what that is.
    """
    global _weights_wanted  # noqa: PLW0603  the engine runs a GPU's derivatives in a thread of its own
    before, _weights_wanted = _weights_wanted, False
    try:
        yield
    finally:
        _weights_wanted = before


class Conv2d(nn.Conv2d):
    """`nn.Conv2d` of stride 1 whose second derivative is fast. (B, C_in, H, W) -> (B, C_out, H', W')."""

    def __init__(self, *sizes: int, **more: Any) -> None:
        super().__init__(*sizes, **more)  # type: ignore[arg-type]
        plain = self.stride == (1, 1) and self.dilation == (1, 1) and self.padding_mode == "zeros"
        if not plain or len(set(self.padding)) != 1:
            raise ValueError("only a stride of 1 without dilation, and the same padding by zeros on all sides")

    def forward(self, input: Tensor) -> Tensor:
        return convolved(input, self.weight, self.bias, self.padding[0], self.groups)  # type: ignore[arg-type]


def convolved(x: Tensor, weight: Tensor, bias: Tensor | None = None, padding: int = 0, groups: int = 1) -> Tensor:
    """Convolution of stride 1. (B, C_in, H, W), (C_out, C_in / groups, K, K), (C_out,) -> (B, C_out, H', W').

    In half precision inside autocast, as torch's own.
    """
    kind = x.device.type
    if torch.is_autocast_enabled(kind):
        half = torch.get_autocast_dtype(kind)
        x, weight = x.to(half), weight.to(half)
        bias = None if bias is None else bias.to(half)
    if not torch.is_grad_enabled() or torch.onnx.is_in_onnx_export():
        return F.conv2d(x, weight, bias, padding=padding, groups=groups)
    y = _Convolution.apply(x, weight, padding, groups)
    return y if bias is None else y + bias[:, None, None]


def halved(x: Tensor) -> Tensor:
    """Means of 2 x 2. (B, C, H, W) -> (B, C, H / 2, W / 2)."""
    return _Halved.apply(x) if torch.is_grad_enabled() else F.avg_pool2d(x, 2)


def doubled(x: Tensor) -> Tensor:
    """Every pixel as 2 x 2. (B, C, H, W) -> (B, C, 2H, 2W)."""
    return _Doubled.apply(x) if torch.is_grad_enabled() else _nearest(x)


class _Convolution(torch.autograd.Function):
    """y = w * x. Bilinear: its derivatives are the two functions below, and theirs these three again."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, padding: int, groups: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.how = (padding, groups)
        return F.conv2d(x, weight, padding=padding, groups=groups)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,), (x, weight) = grads, ctx.saved_tensors
        of_x = _OfInput.apply(grad, weight, x.shape, *ctx.how) if ctx.needs_input_grad[0] else None
        wanted = ctx.needs_input_grad[1] and _weights_wanted
        of_weight = _OfWeight.apply(grad, x, weight.shape, *ctx.how) if wanted else None
        return of_x, of_weight, None, None


class _OfInput(torch.autograd.Function):
    """What moves the output by `grad` is moved at the input by so much: the transposed convolution."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, weight: Tensor, shape: torch.Size, padding: int, groups: int) -> Tensor:
        ctx.save_for_backward(grad, weight)
        ctx.how = (padding, groups)
        return _derivative(grad, grad.new_empty(1).expand(shape), weight, padding, groups, (True, False, False))[0]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (of_x,), (grad, weight) = grads, ctx.saved_tensors
        of_grad = _Convolution.apply(of_x, weight, *ctx.how) if ctx.needs_input_grad[0] else None
        wanted = ctx.needs_input_grad[1] and _weights_wanted
        of_weight = _OfWeight.apply(grad, of_x, weight.shape, *ctx.how) if wanted else None
        return of_grad, of_weight, None, None, None


class _OfWeight(torch.autograd.Function):
    """The same at the weight: every shift of the input against `grad`."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, x: Tensor, shape: torch.Size, padding: int, groups: int) -> Tensor:
        ctx.save_for_backward(grad, x)
        ctx.how = (padding, groups)
        return _derivative(grad, x, grad.new_empty(1).expand(shape), padding, groups, (False, True, False))[1]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (of_weight,), (grad, x) = grads, ctx.saved_tensors
        of_grad = _Convolution.apply(x, of_weight, *ctx.how) if ctx.needs_input_grad[0] else None
        of_x = _OfInput.apply(grad, of_weight, x.shape, *ctx.how) if ctx.needs_input_grad[1] else None
        return of_grad, of_x, None, None, None


def _derivative(grad: Tensor, x: Tensor, weight: Tensor, padding: int, groups: int, wanted: tuple[bool, bool, bool],
                ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    return torch.ops.aten.convolution_backward(
        grad, x, weight, None, (1, 1), (padding, padding), (1, 1), False, (0, 0), groups, wanted
    )


class _Halved(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, 2)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        return 0.25 * _Doubled.apply(grads[0])


class _Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return _nearest(x)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        return 4.0 * _Halved.apply(grads[0])


def _nearest(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")

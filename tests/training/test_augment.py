from __future__ import annotations

import pytest
import torch

from duck_and_cover.models.flow import CHANGES
from duck_and_cover.training.augment import FULL_KIMG, LARGEST_P, Augment, Strength

CPU = torch.device("cpu")


def augment(p: float, count: int = 64, seed: int = 0, rows=lambda x: x) -> Augment:
    return Augment(p, count, torch.Generator().manual_seed(seed), CPU, rows)


def pictures(count: int = 64) -> torch.Tensor:
    return torch.rand(count, 3, 16, 16, generator=torch.Generator().manual_seed(9)) * 2 - 1


def test_nothing_happens_at_first() -> None:
    x = pictures()
    assert augment(0.0)(x) is x


def test_about_as_many_as_p_says_are_changed() -> None:
    """Eight numbers are drawn, each with chance p: a picture stays as it is with chance (1 - p)^8."""
    x = pictures(2000)
    for p in (0.05, 0.2):
        changed = ((augment(p, 2000)(x) - x).abs().amax((1, 2, 3)) > 1e-3).float().mean()
        assert float(changed) == pytest.approx(1 - (1 - p) ** 8, abs=0.04)


def test_each_call_draws_anew_and_a_seed_repeats() -> None:
    x = pictures()
    first = augment(0.5)
    a, b = first(x), first(x)
    assert not torch.equal(a, b)
    again = augment(0.5)
    assert torch.equal(again(x), a) and torch.equal(again(x), b)


def test_processes_change_their_rows_as_one_would() -> None:
    x = pictures(8)
    whole = augment(0.7, 8)(x)
    halves = [augment(0.7, 8, rows=lambda v, r=r: v[r::2])(x[r::2]) for r in (0, 1)]
    for r in (0, 1):
        assert torch.allclose(halves[r], whole[r::2], atol=1e-6)


def test_gradients_pass_through() -> None:
    x = pictures(4).requires_grad_(True)
    augment(0.8, 4)(x).sum().backward()
    assert x.grad is not None and bool(x.grad.abs().amax((1, 2, 3)).min() > 0)


def test_grey_stays_grey_but_for_light() -> None:
    """Hue and chroma leave grey alone; moving a flat picture shows nothing."""
    out = augment(0.8)(torch.zeros(64, 3, 16, 16))
    assert torch.allclose(out, out.mean((1, 2, 3), keepdim=True).expand_as(out), atol=1e-5)
    assert 0.05 < float(out.abs().max()) <= 0.2 + 1e-5


def test_strength_follows_the_critic_and_stays_below_leaking() -> None:
    strength = Strength(0.6)
    strength.update(0.9, 1000)
    assert strength.p == pytest.approx(1 / FULL_KIMG)
    strength.update(0.1, 1000)
    strength.update(0.1, 1000)
    assert strength.p == 0.0
    for _ in range(300):
        strength.update(1.0, 1000)
    assert strength.p == pytest.approx(LARGEST_P)


def test_strength_is_saved() -> None:
    strength = Strength(0.6)
    strength.update(1.0, 5000)
    other = Strength(0.6)
    other.load_state_dict(strength.state_dict())
    assert other.p == strength.p > 0


def test_half_precision_around_it_changes_nothing() -> None:
    x = pictures(16)
    with torch.autocast("cpu", torch.bfloat16):
        inside = augment(0.8, 16)(x)
    assert torch.equal(inside, augment(0.8, 16)(x))


def test_what_is_told_is_what_was_done() -> None:
    """A denoiser is told how a picture was changed: zeros where it was not, and the labels follow the change."""
    x, weight = pictures(512), torch.ones(512, 1, 16, 16)
    weight[:, :, :8] = 0.1
    picture, moved, changes = augment(0.5, 512).labelled(x, weight)
    assert changes.shape == (512, CHANGES) and float(changes.abs().max()) <= 1
    untouched = changes.abs().amax(1) == 0
    assert 0 < int(untouched.sum()) < 512
    assert torch.allclose(picture[untouched], x[untouched], atol=1e-4)
    assert torch.allclose(moved[untouched], weight[untouched], atol=1e-4)
    brightness = changes[:, 4]
    plain = (changes[:, [0, 1, 2, 3, 5, 6, 7]].abs().amax(1) == 0) & (brightness.abs() > 0.2)
    lifted = (picture - x)[plain].mean((1, 2, 3))
    assert int(plain.sum()) and torch.all(lifted.sign() == brightness[plain].sign())
    sideways = (changes[:, 2].abs() > 0.4) & (changes[:, :2].abs().amax(1) == 0) & (changes[:, 3] == 0)
    assert torch.allclose(moved[sideways], weight[sideways], atol=1e-4), (
        "rows that weigh alike may move along themselves"
    )
    downwards = changes[:, 3].abs() > 0.4
    assert torch.all((moved - weight)[downwards].abs().amax((1, 2, 3)) > 0.1), "the weight moves with the picture"

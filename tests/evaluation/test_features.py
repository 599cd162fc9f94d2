"""Distances of sets in features: floors, and what each must notice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from duck_and_cover.errors import TooFewPictures
from duck_and_cover.evaluation.coverage import density_and_coverage, distances
from duck_and_cover.evaluation.frechet import frechet_distance
from duck_and_cover.evaluation.kid import kernel_distance
from duck_and_cover.evaluation.uncertainty import bootstrap

Features = Callable[..., np.ndarray]


def test_frechet_is_that_of_normal_distributions() -> None:
    """Two that differ by 3 in one mean, and one that is twice as wide in another direction: 9 + (2 - 1)^2."""
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, (2, 60_000, 4))
    other = other * [1, 1, 2, 1] + [3, 0, 0, 0]
    assert frechet_distance(one, other) == pytest.approx(10, rel=0.02)
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(one, other) == pytest.approx(frechet_distance(other, one))


def test_all_three_notice_a_missing_kind(features: Features) -> None:
    real, more, fewer = features(600, 0), features(600, 1), features(600, 2, kinds=2)
    assert frechet_distance(real, fewer) > 10 * frechet_distance(real, more)
    (floor, spread), (found, _) = kernel_distance(real, more), kernel_distance(real, fewer)
    assert abs(floor) < 3 * spread
    assert found > 10 * spread
    assert density_and_coverage(real, more)[1] > 0.9
    assert density_and_coverage(real, fewer)[1] < 0.75


def test_density_notices_what_is_unlike_and_coverage_what_is_one_and_the_same(features: Features) -> None:
    real, more = features(400, 0), features(400, 1)
    assert density_and_coverage(real, more)[0] == pytest.approx(1, abs=0.15)
    assert density_and_coverage(real, more + 6)[0] < 0.2
    assert density_and_coverage(real, np.repeat(more[:1], 400, 0))[1] < 0.05


def test_the_kernel_distance_is_unbiased_on_few(features: Features) -> None:
    """The Fréchet distance of equal sets falls with their number; this one is about zero whatever the number."""
    few = [kernel_distance(features(60, s), features(60, s + 50), times=2)[0] for s in range(20)]
    far = kernel_distance(features(60, 0), features(60, 1, kinds=1))[0]
    assert abs(float(np.mean(few))) < 0.02 * far
    assert frechet_distance(features(60, 0), features(60, 1)) > 3 * frechet_distance(features(900, 0), features(900, 1))


def test_errors_are_what_a_distance_really_moves_by(features: Features) -> None:
    """Measured again and again on new sets of the same kinds."""
    pairs = [(features(200, s), features(200, s + 100, kinds=2)) for s in range(30)]
    found = [kernel_distance(one, two) for one, two in pairs]
    moves = float(np.std([value for value, _ in found], ddof=1))
    assert float(np.mean([error for _, error in found])) == pytest.approx(moves, rel=0.4)


def test_distances_are_euclidean() -> None:
    one, other = np.random.default_rng(0).normal(0, 1, (2, 5, 3))
    wanted = np.linalg.norm(one[:, None] - other, axis=2)
    assert np.allclose(distances(one, other), wanted)
    assert np.allclose(np.diag(distances(one, one)), 0, atol=1e-7)


def test_the_bootstrap_foretells_how_far_a_mean_moves() -> None:
    values = np.random.default_rng(0).normal(0, 3, 400)
    assert bootstrap(lambda v: float(v.mean()), values, times=200) == pytest.approx(3 / 20, rel=0.2)


@pytest.mark.parametrize(
    ("measure", "needed"), [(frechet_distance, 16), (kernel_distance, 50), (density_and_coverage, 50)]
)
def test_too_few_are_refused_with_the_number_needed(measure: Callable, needed: int, features: Features) -> None:
    with pytest.raises(TooFewPictures, match=f"of {needed - 1} pictures says nothing; wanted {needed} or more"):
        measure(features(needed - 1, 0), features(200, 1))

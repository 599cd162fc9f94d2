"""Control: a judge's view of what was drawn, beside what was asked."""

from __future__ import annotations

import numpy as np
import pytest

from duck_and_cover.errors import TooFewPictures
from duck_and_cover.evaluation.calibration import calibration
from duck_and_cover.evaluation.control import balanced_accuracy, confusion, follows, frequent, rank_correlation, share


def test_balanced_accuracy_counts_every_class_alike() -> None:
    """Nine tenths of one class, always judged as that: half right, though nine tenths of the answers are."""
    asked = np.array([0] * 90 + [1] * 10)
    value, error = balanced_accuracy(confusion(asked, np.zeros(100, int), 3))
    assert value == 0.5
    assert 0 < error < 0.1, "all and none right are not certain either"


def test_shuffled_labels_drop_to_chance() -> None:
    rng = np.random.default_rng(0)
    asked = np.repeat(np.arange(4), 100)
    judged = np.where(rng.random(400) < 0.7, asked, rng.integers(0, 4, 400))
    value, error = balanced_accuracy(confusion(asked, judged, 4))
    shuffled, _ = balanced_accuracy(confusion(rng.permutation(asked), judged, 4))
    assert value == pytest.approx(0.775, abs=3 * error)
    assert shuffled == pytest.approx(0.25, abs=0.07)
    assert share(value, 0.775, 0.25) == pytest.approx(1, abs=0.15)
    assert share(0.25, 0.775, 0.25) == 0


def test_classes_that_hardly_occur_can_be_left_out() -> None:
    table = confusion(np.array([0] * 9 + [1] * 4), np.zeros(13, int), 2)
    assert frequent(table).tolist() == [[9, 0], [0, 0]]
    assert balanced_accuracy(frequent(table))[0] == 1


def test_the_table_has_what_was_asked_in_its_rows() -> None:
    assert confusion(np.array([0, 0, 1]), np.array([1, 1, 0]), 2).tolist() == [[0, 2], [1, 0]]


def test_a_class_asked_for_a_few_times_says_nothing() -> None:
    with pytest.raises(TooFewPictures, match="accuracy on a class of 4 pictures"):
        balanced_accuracy(confusion(np.array([0] * 9 + [1] * 4), np.zeros(13, int), 2))


def test_rank_correlation_is_spearmans() -> None:
    years = np.array([1950, 1960, 1960, 1970, 1980] * 4)
    assert rank_correlation(years, np.exp(years / 100)) == pytest.approx(1)
    assert rank_correlation(years, -years) == pytest.approx(-1)
    assert rank_correlation(years, np.full(20, 1980)) == 0
    rng = np.random.default_rng(0)
    assert abs(rank_correlation(rng.permutation(np.tile(years, 30)), np.tile(years, 30))) < 0.12
    tied = np.array([1.0, 1, 2, 3] * 5)
    assert rank_correlation(tied, np.arange(20.0) % 4) == pytest.approx(0.9487, abs=1e-3)


def test_swapping_moves_the_judge_or_does_not() -> None:
    rng = np.random.default_rng(0)
    old, new = np.zeros(200, int), np.ones(200, int)
    noise = rng.dirichlet([1, 1, 1], (2, 200))
    assert follows(noise[0], noise[1], old, new) == pytest.approx(0.5, abs=0.1)
    assert follows(noise[0], 0.7 * noise[0] + 0.3 * np.eye(3)[1], old, new) == 1
    assert follows(noise[0], noise[0], old, new) == 0.5


def test_a_judge_that_means_what_it_says_is_calibrated() -> None:
    rng = np.random.default_rng(0)
    honest = rng.dirichlet([0.7] * 4, 20_000)
    truth = (honest.cumsum(1) > rng.random((20_000, 1))).argmax(1)
    found = calibration(honest, truth)
    assert found.error < 0.02
    assert np.allclose(found.share.sum(), 1)
    boastful = honest**3 / (honest**3).sum(1, keepdims=True)
    assert calibration(boastful, truth).error > 0.1
    assert (calibration(boastful, truth).confidence > calibration(boastful, truth).accuracy).all()


def test_calibration_counts_every_class_alike() -> None:
    """Nine of ten are of a class that is always known, the tenth never: half right, not nine tenths."""
    truth = np.array([0] * 90 + [1] * 10)
    sure = np.tile([0.95, 0.05], (100, 1))
    assert calibration(sure, truth).accuracy.tolist() == pytest.approx([0.5])

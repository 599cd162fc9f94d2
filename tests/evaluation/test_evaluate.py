"""The whole of an evaluation, on made-up covers and networks whose faults are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels
from duck_and_cover.errors import BadInput, TooFewPictures
from duck_and_cover.evaluation.encoding import as_published
from duck_and_cover.evaluation.evaluate import Evaluation, RealCovers, evaluate
from duck_and_cover.evaluation.measure import distances, tellable
from duck_and_cover.evaluation.report import LINES, write_report

SIDE = 32
GENRES = ("jazz", "metal", "rock")
TINTS = dict(zip(GENRES, (60, 20, 120), strict=True))


def made(condition: Condition, seed: int) -> Pixels:
    """A cover of this world: the genre is its colour, the year its lightness, the rest is chance."""
    rng = np.random.default_rng(seed)
    genre = next(iter(condition.genres), "rock")
    picture = rng.normal(100, 20, (4, 4, 3)).repeat(8, 0).repeat(8, 1)
    picture[..., 0] += TINTS.get(genre, 0) - 60
    picture += ((condition.year or 1985) - 1985) * 1.5 + rng.normal(0, 8, (SIDE, SIDE, 1))
    return picture.clip(0, 255).astype(np.uint8)


class Eye:
    """Sees colour as genre and lightness as year."""

    names = GENRES

    def opinion(self, pictures: Pixels) -> SimpleNamespace:
        mean = pictures.astype(np.float64).mean((1, 2))
        redness = mean[:, 0] - mean[:, 2]
        off = np.abs(redness[:, None] - (np.array([TINTS[g] for g in GENRES]) - 60))
        sharp = np.exp(-off / 10)
        cells = pictures.reshape(len(pictures), 2, 16, 2, 16, 3).mean((2, 4)).reshape(len(pictures), -1)
        return SimpleNamespace(families=sharp / sharp.sum(1, keepdims=True), year=1985 + (mean[:, 1] - 100) / 1.5,
                               features=cells / 50)  # fmt: skip


@pytest.fixture(scope="module")
def covers() -> RealCovers:
    def some(count: int, seed: int) -> tuple[Pixels, tuple[Condition, ...]]:
        rng = np.random.default_rng(seed)
        asked = tuple(Condition({str(rng.choice(GENRES)): 1.0}, int(rng.integers(1960, 2010))) for _ in range(count))
        return np.stack([made(c, seed * 10_000 + i) for i, c in enumerate(asked)]), asked

    return RealCovers(*some(440, 1), *some(320, 2), "0123")


@pytest.fixture(scope="module")
def measured(covers: RealCovers) -> Callable[[Callable[[Condition, int], Pixels]], Evaluation]:
    return lambda draw: evaluate(draw, covers, Eye(), samples=200)


def new(condition: Condition, seed: int) -> Pixels:
    return made(condition, 777_000 + seed)


@pytest.fixture(scope="module")
def good(measured: Callable) -> Evaluation:
    return measured(new)


def test_a_network_that_draws_the_world_measures_as_the_world_does(good: Evaluation) -> None:
    for name in ("swd", "frechet", "kid", "palette"):
        drawn, real = good.drawn[name], good.real[name]
        assert drawn.value < real.value + 6 * max(real.error, drawn.error), name
    assert good.drawn["coverage"].value > 0.8
    assert good.drawn["genre"].value > 0.8 > 0.5 > good.drawn["genre by chance"].value
    assert good.drawn["year"].value > 0.7
    assert abs(good.drawn["year by chance"].value) < 0.25
    assert good.drawn["swap"].value > 0.9
    assert good.copies is not None
    assert not good.copies.alarm
    assert good.drawn["copies"].value == pytest.approx(1, abs=0.15)


def test_every_fault_shows_where_it_must(measured: Callable, good: Evaluation, covers: RealCovers) -> None:
    deaf = measured(lambda condition, seed: new(Condition({GENRES[seed % 3]: 1.0}, 1960 + seed * 7 % 50), seed))
    assert deaf.drawn["genre"].value < 0.5
    assert abs(deaf.drawn["year"].value) < 0.25
    assert deaf.drawn["swap"].value == pytest.approx(0.5, abs=0.25)
    assert deaf.drawn["frechet"].value < 4 * good.drawn["frechet"].value, "as a set it is right"

    stuck = measured(lambda condition, seed: new(Condition({"jazz": 1.0}, 1985), 0))
    assert stuck.drawn["likeness"].value > 0.95 > good.drawn["likeness"].value
    assert stuck.drawn["coverage"].value < 0.2
    assert stuck.drawn["palette"].value > 10 * good.real["palette"].error

    thief = measured(lambda condition, seed: covers.training[seed % 30])
    assert thief.copies.alarm
    assert thief.drawn["copies"].value < 0.3


def test_a_report_needs_nothing_beside_it(good: Evaluation, tmp_path: Path) -> None:
    grid = np.stack([[new(Condition({genre: 1.0}), seed) for seed in range(3)] for genre in GENRES])
    write_report(tmp_path / "report", good, {"name": "<b>mine", "samples": 200}, (GENRES, grid))
    assert sorted(p.name for p in (tmp_path / "report").iterdir()) == ["index.html", "report.json"]
    record = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert record["numbers"]["swd"]["drawn"]["value"] == pytest.approx(good.drawn["swd"].value, abs=1e-4)
    assert record["numbers"]["frechet"]["real"]["error"] > 0
    assert "why_not" in record["numbers"]["swap"]["real"]
    page = (tmp_path / "report" / "index.html").read_text("utf-8")
    assert "&lt;b&gt;mine" in page and "<b>mine" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("data:image/webp;base64,") == 2 + 10 + len(GENRES)  # drawn, real, ten bands of 20 pairs, steering
    assert all(title in page for name, (title, _) in LINES.items() if name in good.drawn)


def test_without_labels_the_rest_is_measured(covers: RealCovers) -> None:
    nameless = RealCovers(covers.training, (Condition(),) * len(covers.training), covers.kept_back,
                          (Condition(),) * len(covers.kept_back), "0")  # fmt: skip
    found = evaluate(new, nameless, Eye(), samples=200)
    assert "says nothing" in found.drawn["genre"].why_not
    assert "says nothing" in found.drawn["year"].why_not
    assert found.drawn["swd"].value > 0


def test_the_floor_is_of_covers_kept_back_where_there_are_enough(good: Evaluation, covers: RealCovers) -> None:
    assert good.floor == "kept back"
    few = RealCovers(covers.training, covers.training_asked, covers.kept_back[:150], covers.kept_back_asked[:150], "0")
    found = evaluate(new, few, Eye(), samples=200)
    assert found.floor == "training"
    assert found.copies is None
    assert "300" in found.drawn["copies"].why_not


def test_another_seed_draws_other_pictures(covers: RealCovers) -> None:
    drawn = []
    for seed in (0, 1):
        evaluate(lambda c, number: drawn.append(number) or new(c, number), covers, Eye(), samples=200, seed=seed)  # type: ignore[func-returns-value]
    half = len(drawn) // 2
    assert len(set(drawn[:half]) & set(drawn[half:])) == 0


def test_only_families_that_both_sides_have_are_compared() -> None:
    asked = [[Condition({"jazz": 1.0})] * 5 + [Condition({"metal": 1.0})] * 9, [Condition({"jazz": 1.0})] * 9]
    assert tellable(Eye(), *asked) == ("jazz",)


def test_odd_sizes_leave_numbers_out_and_keep_the_rest() -> None:
    rng = np.random.default_rng(0)
    one, two = (rng.integers(0, 256, (60, 24, 24, 3)).astype(np.uint8) for _ in range(2))
    seen = [SimpleNamespace(features=rng.normal(0, 1, (60, 8)), families=None, year=None) for _ in range(2)]
    found = distances(one, seen[0], two, seen[1])
    assert "power of two" in found["swd"].why_not
    assert "32 or more" in found["likeness"].why_not
    assert found["frechet"].value > 0


def test_too_few_and_mixed_sizes_are_refused(covers: RealCovers) -> None:
    with pytest.raises(TooFewPictures, match="an evaluation of 100 pictures says nothing; wanted 200"):
        evaluate(new, covers, Eye(), samples=100)
    with pytest.raises(BadInput, match="400 samples want 800 training covers"):
        evaluate(new, covers, Eye(), samples=400)
    with pytest.raises(BadInput, match="mixed sizes"):
        evaluate(lambda c, seed: new(c, seed)[: 32 - seed % 2 * 16, : 32 - seed % 2 * 16], covers, Eye(), samples=200)
    with pytest.raises(BadInput, match="drawn pictures are 16 px, real ones 32"):
        evaluate(lambda c, seed: new(c, seed)[::2, ::2], covers, Eye(), samples=200)


def test_encoding_leaves_marks_and_nothing_more() -> None:
    pictures = np.stack([new(Condition(), i) for i in range(4)])
    coded = as_published(pictures)
    assert coded.shape == pictures.shape
    difference = np.abs(coded.astype(int) - pictures).mean()
    assert 0.3 < difference < 8

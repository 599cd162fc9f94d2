from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lightning as L
import pytest
from click.testing import CliRunner

from duck_and_cover.cli import duckcover
from duck_and_cover.errors import BadInput
from duck_and_cover.training.deadline import KEPT_FREE, Deadline
from duck_and_cover.training.recipe import FlowRecipe
from duck_and_cover.training.record import read_record
from duck_and_cover.training.run import train


class Clock(L.Callback):
    """Every step takes so many seconds, the first one longer."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds, self.steps = 1000.0, seconds, 0

    def on_train_batch_end(self, *given: Any) -> None:
        self.steps += 1
        self.now += 20.0 if self.steps == 1 else self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(1.0)
    monkeypatch.setattr("duck_and_cover.training.deadline.monotonic", lambda: clock.now)
    return clock


def rates(run_dir: Path) -> list[float]:
    return [json.loads(line)["learning_rate"] for line in (run_dir / "stats.jsonl").read_text("utf-8").splitlines()]


def test_a_run_is_as_long_as_its_time_and_its_rate_falls_to_the_end(
    small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path, clock: Clock
) -> None:
    """Two minutes of steps of 16 pictures a second, compiling for twenty."""
    module = train(small_recipe, tiny_dataset, tmp_path, accelerator="cpu", quiet=True, minutes=2, watchers=[clock])
    steps = round(120 * (1 - KEPT_FREE) - 20) + 1
    assert int(module.images_shown) == pytest.approx(16 * steps, abs=3 * 16)
    assert read_record(tmp_path)["recipe"]["kimg"] == pytest.approx(int(module.images_shown) / 1000, abs=0.05)
    lowest = small_recipe.learning_rate * 0.02
    assert rates(tmp_path)[-1] < 4 * lowest and max(rates(tmp_path)) == small_recipe.learning_rate


def test_a_machine_that_slows_down_ends_in_time(
    small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path, clock: Clock
) -> None:
    class Slower(L.Callback):
        def on_train_batch_end(self, *given: Any) -> None:
            clock.seconds = 4.0 if clock.steps > 70 else 1.0

    train(small_recipe, tiny_dataset, tmp_path, accelerator="cpu", quiet=True, minutes=2, watchers=[clock, Slower()])
    assert 1000 + 115 <= clock.now <= 1000 + 118.8 + 2 * 4, "the step in hand, and one more by this clock"


def test_a_finished_run_goes_on_for_so_long(
    small_recipe: FlowRecipe, tiny_dataset: Path, tmp_path: Path, clock: Clock
) -> None:
    train(small_recipe, tiny_dataset, tmp_path, accelerator="cpu", quiet=True, watchers=[clock])
    clock.steps = 0
    again = train(small_recipe, tiny_dataset, tmp_path, accelerator="cpu", quiet=True, minutes=1, watchers=[clock])
    assert int(again.images_shown) == pytest.approx(800 + 16 * 40, abs=3 * 16)


@pytest.mark.parametrize("minutes", [0.0, -1.0, float("nan")])
def test_no_time_is_no_run(minutes: float) -> None:
    with pytest.raises(BadInput, match="wanted more than 0"):
        Deadline(minutes)


def test_a_length_and_a_time_are_one_too_many(tiny_dataset: Path, tmp_path: Path) -> None:
    words = ["train", "flow-tiny", "--data", str(tiny_dataset), "-o", str(tmp_path / "run")]
    with pytest.raises(BadInput, match="--kimg and --minutes both say how long"):
        CliRunner().invoke(duckcover, [*words, "--kimg", "1", "--minutes", "1"], catch_exceptions=False)
    assert not (tmp_path / "run").exists()

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from duck_and_cover.bundle import Bundle, Sampler
from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import Drawn, from_network
from duck_and_cover.errors import DamagedBundle, UnknownChoice
from duck_and_cover.generation import engine as engines
from duck_and_cover.generation.engine import engine_names, open_engine
from duck_and_cover.generation.onnx import DenoiserEngine, engine_on, follow, times_of
from duck_and_cover.generation.session import Session

METAL = Condition({"thrash metal": 1.0}, 1988, "Razormouth", "Cathedral of Rust")
JAZZ = Condition({"jazz": 1.0}, 1959)
RATE, SIDE_PX = 0.5, 16  # of the network in conftest.py: dx/dt = RATE * x - condition @ W
Write = Callable[..., Bundle]


def weights() -> np.ndarray:
    return (np.random.default_rng(3).standard_normal((ConditionEncoder().dims, 3)) * 0.2).astype(np.float32)


def exact(condition: Condition, seed: int, guidance: float) -> np.ndarray:
    """The picture in closed form: x(0) = (x(1) - k / RATE) e^-RATE + k / RATE, k the guided pull."""
    noise = np.random.default_rng(seed).standard_normal((1, 3, SIDE_PX, SIDE_PX), np.float32)
    pull = guidance * (ConditionEncoder().encode(condition) @ weights())[None, :, None, None]
    return from_network(((noise - pull / RATE) * math.exp(-RATE) + pull / RATE).astype(np.float32))[0]


@pytest.fixture
def engine(tmp_path: Path, write_bundle: Write) -> DenoiserEngine:
    return engine_on(write_bundle(tmp_path / "colours"))


def test_same_seed_same_pixels(engine: DenoiserEngine, tmp_path: Path) -> None:
    first = engine.draw(METAL, 7)
    again = engine_on(Bundle.open(tmp_path / "colours")).draw(METAL, 7)
    assert np.array_equal(first.pixels, again.pixels)
    assert not np.array_equal(first.pixels, engine.draw(METAL, 8).pixels)


def test_what_was_drawn_before_does_not_matter(engine: DenoiserEngine) -> None:
    first = engine.draw(METAL, 7).pixels
    for seed in (1, 2, 3):
        engine.draw(JAZZ, seed)
    assert np.array_equal(engine.draw(METAL, 7).pixels, first)


def test_the_condition_changes_the_picture(engine: DenoiserEngine) -> None:
    metal, jazz = engine.draw(METAL, 7).pixels.astype(float), engine.draw(JAZZ, 7).pixels.astype(float)
    assert np.abs(metal.mean((0, 1)) - jazz.mean((0, 1))).max() > 3


@pytest.mark.parametrize("guidance", [1.0, 2.0, 3.5])
def test_draws_the_picture_of_the_closed_form(tmp_path: Path, write_bundle: Write, guidance: float) -> None:
    engine = engine_on(write_bundle(tmp_path / "fine", Sampler(60, guidance, 1)))
    difference = engine.draw(METAL, 3).pixels.astype(int) - exact(METAL, 3, guidance)
    assert np.abs(difference).max() <= 1


def test_nothing_asked_is_unconditional(engine: DenoiserEngine) -> None:
    difference = engine.draw(Condition(), 3).pixels.astype(int) - exact(Condition(), 3, 1.0)
    assert np.abs(difference).max() <= 2


@pytest.mark.parametrize(("refresh", "evaluations"), [(1, 20), (3, 14), (4, 13), (99, 11)])
def test_guidance_is_evaluated_every_so_many_steps(
    tmp_path: Path, write_bundle: Write, monkeypatch: pytest.MonkeyPatch, refresh: int, evaluations: int
) -> None:
    engine = engine_on(write_bundle(tmp_path / "some", Sampler(10, 2.0, refresh)))
    asked: list[bool] = []
    original = engine._velocity
    monkeypatch.setattr(engine, "_velocity", lambda x, t, c: asked.append(bool(c.any())) or original(x, t, c))
    kept = engine.draw(METAL, 3).pixels
    assert len(asked) == evaluations and asked.count(True) == 10
    # the difference is the same everywhere in this network, so keeping it changes nothing
    fresh = engine_on(write_bundle(tmp_path / "fresh", Sampler(10, 2.0, 1))).draw(METAL, 3).pixels
    assert np.abs(kept.astype(int) - fresh).max() <= 1


def test_hardly_known_genres_are_followed_less(
    tmp_path: Path, write_bundle: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the engine tells a network is within its reach (`test_reach.py`), and guidance goes as far."""
    bundle = write_bundle(tmp_path / "plain", Sampler(60, 3.0, 1))
    known = replace(bundle, facts={**bundle.facts, "training": {"data": {"families": {"metal": 150, "jazz": 2}}}})
    engine, told = engine_on(known), []
    original = engine._velocity
    monkeypatch.setattr(engine, "_velocity", lambda x, t, c: told.append(c) or original(x, t, c))
    engine.draw(METAL, 3)
    genres, plain = known.encoder.fields["genres"], known.encoder.encode(METAL)
    softly = next(c[0] for c in told if c.any())
    assert np.allclose(softly[genres], 0.75 * plain[genres])
    assert np.array_equal(softly[genres.stop :], plain[genres.stop :]), "the year is told as it is"
    assert not np.array_equal(engine.draw(METAL, 3).pixels, engine_on(bundle).draw(METAL, 3).pixels)


@pytest.mark.parametrize(("guidance", "condition"), [(1.0, METAL), (3.0, Condition())])
def test_no_guidance_costs_nothing(
    tmp_path: Path, write_bundle: Write, monkeypatch: pytest.MonkeyPatch, guidance: float, condition: Condition
) -> None:
    engine = engine_on(write_bundle(tmp_path / "some", Sampler(5, guidance, 1)))
    calls: list[int] = []
    original = engine._velocity
    monkeypatch.setattr(engine, "_velocity", lambda *given: calls.append(1) or original(*given))
    engine.draw(condition, 1)
    assert len(calls) == 5


def test_threads_do_not_disturb_each_other(engine: DenoiserEngine) -> None:
    wanted = [engine.draw(METAL, seed).pixels for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda seed: engine.draw(METAL, seed).pixels, range(8)))
    assert all(np.array_equal(a, b) for a, b in zip(wanted, found, strict=True))


def test_a_cover_says_what_drew_it(engine: DenoiserEngine) -> None:
    cover = engine.draw(METAL, 7)
    assert cover.origin == Drawn(engine.sha256, METAL, 7)
    assert cover.pixels.shape == (SIDE_PX, SIDE_PX, 3)
    assert engine.name == "colours"
    assert engine.sha256 == engine.bundle.sha256


def test_open_engine_by_folder(engine: DenoiserEngine, tmp_path: Path) -> None:
    opened = open_engine(tmp_path / "colours")
    assert opened.sha256 == engine.sha256
    assert np.array_equal(opened.draw(METAL, 1).pixels, engine.draw(METAL, 1).pixels)


def test_open_engine_by_name(engine: DenoiserEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "shelf", lambda: tmp_path)
    assert engine_names() == ("colours",)
    assert open_engine("colours").sha256 == engine.sha256


def test_unknown_engines_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(UnknownChoice, match=r"no engine .* is called 'flwo-64'"):
        open_engine("flwo-64")
    monkeypatch.setattr(engines, "shelf", lambda: tmp_path / "none")
    assert engine_names() == ()
    with pytest.raises(UnknownChoice):
        open_engine("flow-64")


def test_a_model_that_is_no_network_is_damage(tmp_path: Path, write_bundle: Write) -> None:
    with pytest.raises(DamagedBundle, match="onnxruntime cannot open it"):
        engine_on(write_bundle(tmp_path / "junk", model=b"not a network"))


def test_a_model_of_another_size_than_its_index_says_is_damage(tmp_path: Path, write_bundle: Write) -> None:
    index = write_bundle(tmp_path / "mine").folder / "bundle.json"
    facts = json.loads(index.read_text("utf-8"))
    del facts["index_sha256"]
    facts["condition"]["name_dims"] += 1
    index.write_text(json.dumps(facts), "utf-8")
    with pytest.raises(DamagedBundle, match=r"does not fit its bundle\.json"):
        open_engine(tmp_path / "mine").draw(JAZZ, 1)


def test_times_run_from_one_to_zero_denser_at_the_noise() -> None:
    times = times_of(Sampler(steps=10))
    assert len(times) == 11
    assert times[0] == 1.0 and times[-1] == 0.0
    steps = -np.diff(times)
    assert (steps > 0).all()
    assert (np.diff(steps) > 0).all(), "each step is longer than the one before it"
    assert np.allclose(times_of(Sampler(steps=4, shift=0.0)), [1, 0.75, 0.5, 0.25, 0])


@pytest.mark.parametrize("uneven", [False, True])
def test_follow_is_of_second_order(uneven: bool) -> None:
    """dx/dt = cos(t) x has x(0) = x(1) e^(sin 0 - sin 1)."""

    def error(steps: int) -> float:
        times = times_of(Sampler(steps=steps)) if uneven else np.linspace(1, 0, steps + 1)
        # float64 inside, so that rounding does not hide the order
        end = follow(lambda x, t, step: x * math.cos(t), np.ones((1, 1), np.float64), times)  # type: ignore[arg-type]
        return abs(float(end[0, 0]) - math.exp(-math.sin(1)))

    ratios = [error(n) / error(2 * n) for n in (16, 32, 64)]
    assert all(3.3 < ratio < 4.7 for ratio in ratios), ratios


def test_follow_asks_once_a_step() -> None:
    asked: list[tuple[int, float]] = []

    def velocity(x: np.ndarray, t: float, step: int) -> np.ndarray:
        asked.append((step, t))
        return np.ones_like(x)

    end = follow(velocity, np.full((1, 2), 5.0, np.float32), np.array([1.0, 0.7, 0.2, 0.0]))
    assert asked == [(0, 1.0), (1, 0.7), (2, 0.2)]
    assert np.allclose(end, 4.0, atol=1e-6), "straight paths are exact"
    assert end.dtype == np.float32


def test_the_making_bank_needs_no_torch() -> None:
    code = (
        "import sys; import duck_and_cover.generation.onnx, duck_and_cover.generation.engine;"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'torch', 'lightning', 'pyarrow', 'onnx'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_network_stays_open_until_its_bundle_is_another(tmp_path: Path, write_bundle: Write) -> None:
    first = Session(write_bundle(tmp_path / "mine"))
    assert Session(Bundle.open(tmp_path / "mine"))._session is first._session
    assert Session(Bundle.open(tmp_path / "mine"), threads=1)._session is not first._session
    shutil.rmtree(tmp_path / "mine")
    assert Session(write_bundle(tmp_path / "mine", sampler=Sampler(steps=3)))._session is not first._session

"""Priors in the design: real covers shift what is likely, and no further than taste allows."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest

from duck_and_cover.colour import parse_hex
from duck_and_cover.design.choosing.prior import MOST, Prior, finish_measures
from duck_and_cover.design.finish import FINISHES
from duck_and_cover.design.inks.palette import named

FILE = resources.files("duck_and_cover.design").joinpath("priors/covers.json")


def of(family: str, year: int | None = 1990) -> Prior:
    return Prior({family: 1.0}, year)


def test_the_file_is_numbers_small_and_of_use() -> None:
    text = FILE.read_text("utf-8")
    told = json.loads(text)
    assert len(text) < 2_000_000
    assert told["covers"] > 9000 and {"colours", "lightness", "chroma"} <= set(told["statistics"])
    for name, table in told["statistics"].items():
        assert table["gain"] > table["error"] > 0, f"{name} says no more than the mean of all"


def test_metal_is_dark_country_warm_and_synth_is_violet() -> None:
    assert of("metal").expected("lightness")[0] < of("pop").expected("lightness")[0]
    assert of("country").expected("warmth")[0] > of("synth").expected("warmth")[0]
    black = {"black grey": 1.0}
    assert of("metal").likelier("colours", black) > 1 > of("synth").likelier("colours", black)
    assert of("synth").likelier("colours", {"light hue 7": 0.5, "light hue 6": 0.5}) > 1.2


def test_palettes_and_finishes_are_told_apart_within_limits() -> None:
    for family in ("metal", "synth", "country", "jazz"):
        factors = [of(family).suits_palette(p.paper, p.inks, p.accent) for p in named().values()]
        assert 1 / MOST <= min(factors) + 1e-9 < 0.95 < 1.05 < max(factors) <= MOST + 1e-9
        assert all(1 / MOST <= of(family).suits_finish(f.name) + 1e-9 <= MOST + 2e-9 for f in FINISHES)
    dark, light = (of("metal").suits_palette(parse_hex(paper), (parse_hex(ink),) * 2, parse_hex(ink))
                   for paper, ink in (("#101010", "#3a3a3a"), ("#f7d7a0", "#f0b0a0")))  # fmt: skip
    assert dark > light


def test_every_finish_was_measured() -> None:
    assert set(finish_measures()) == {finish.name for finish in FINISHES}


def test_what_covers_do_not_tell_changes_nothing() -> None:
    nothing = of("metal")
    assert nothing.expected("number of cats") is None
    assert nothing.likelier("number of cats", {"yes": 1.0}) == nothing.nearer("number of cats", 3.0) == 1.0
    unheard = Prior({"unheard": 1.0}, None)
    assert unheard.expected("colours") == pytest.approx(
        np.maximum(json.loads(FILE.read_text("utf-8"))["statistics"]["colours"]["all"], 1e-3), rel=0.05, abs=2e-3
    )
    assert unheard.likelier("colours", {"black grey": 1.0}) == pytest.approx(1.0)


def test_years_pass_smoothly_and_mixtures_lie_between() -> None:
    values = [float(of("pop", year).expected("lightness")[0]) for year in range(1965, 2015)]
    assert np.abs(np.diff(values)).max() < 0.02
    mixed = Prior({"metal": 0.5, "pop": 0.5}, 1990).expected("lightness")[0]
    low, high = sorted(float(of(family).expected("lightness")[0]) for family in ("metal", "pop"))
    assert low < mixed < high

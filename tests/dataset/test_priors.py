"""Priors: what is counted is what is there; effects that are planted are found, and none where there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duck_and_cover.colour import COLOUR_BINS, INK_NAMES, bin_colour, colour_bin, srgb_to_oklab
from duck_and_cover.dataset.priors.chart import draw_chart
from duck_and_cover.dataset.priors.learn import Seen, as_shares, learn, save
from duck_and_cover.dataset.priors.observe import STATISTICS, observe
from duck_and_cover.dataset.priors.palettes import curve, typical_palettes
from duck_and_cover.dataset.priors.shrink import fit
from duck_and_cover.errors import BadInput


def flat(colour: tuple[int, int, int], side: int = 64) -> np.ndarray:
    return np.full((side, side, 3), colour, np.uint8)


def line(role: str, box: tuple[float, float, float, float], **facts: Any) -> dict[str, Any]:
    return {"box": box, "text": "x", "score": 0.9, "role": role, "case": "upper", "colour": "#ffffff",
            "ground": "#101010", **facts}  # fmt: skip


def test_the_bins_hold_all_colours_and_show_their_own() -> None:
    shown = [int(colour_bin(srgb_to_oklab(bin_colour(i)))) for i in range(len(COLOUR_BINS))]
    middle = [i for i, name in enumerate(COLOUR_BINS) if name.startswith(("dark", "light")) or name.endswith("grey")]
    assert [shown[i] for i in middle] == middle
    assert all(i // 9 == own // 9 for i, own in zip(shown, range(len(COLOUR_BINS)), strict=True)), "all as light"
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 9)] * 3), -1).reshape(-1, 3)
    bins = colour_bin(srgb_to_oklab(grid))
    assert bins.min() >= 0 and bins.max() < len(COLOUR_BINS)
    assert COLOUR_BINS[int(colour_bin(srgb_to_oklab((0.02, 0.02, 0.02))))] == "black grey"


def test_colours_light_and_words_are_counted() -> None:
    picture = flat((250, 250, 250))
    picture[:32] = (5, 5, 5)
    lines = [line("artist", (0.1, 0.05, 0.9, 0.17), case="upper"), line("album", (0.1, 0.85, 0.4, 0.9), case="title"),
             line("other", (0.8, 0.95, 0.9, 0.97))]  # fmt: skip
    found = observe(picture, {"id": "x", "boxes": [each["box"] for each in lines], "lines": lines})

    def told(name: str) -> Any:
        labels = next(each.labels for each in STATISTICS if each.name == name)
        return labels[int(found[name].argmax())] if labels else float(found[name][0])

    assert found["colours"].sum() == pytest.approx(1)
    assert found["colours"][COLOUR_BINS.index("black grey")] == pytest.approx(0.5, abs=0.02)
    assert 0.4 < told("lightness") < 0.65 and told("contrast") > 0.8 and told("chroma") < 0.01
    assert (told("lettered"), told("lines"), told("leads"), told("ink")) == ("yes", 3, "artist", "lighter")
    assert (told("artist place"), told("artist side"), told("artist case")) == ("top centre", "centre", "upper")
    assert (told("title place"), told("title side"), told("title case")) == ("foot left", "left", "title")
    assert told("artist height") == pytest.approx(0.12) and told("title height") == pytest.approx(0.05)
    assert 0.05 < told("covered") < 0.2


def test_lines_and_inks_are_counted_for_each_name() -> None:
    lines = [line("artist", (0.1, 0.04, 0.9, 0.1), colour="#d8261c"), line("artist", (0.1, 0.12, 0.9, 0.17)),
             line("album", (0.1, 0.85, 0.4, 0.9), colour="#0a0a0a", ground="#f0f0f0")]  # fmt: skip
    found = observe(flat((250, 250, 250)), {"id": "x", "boxes": [each["box"] for each in lines], "lines": lines})
    assert (found["artist lines"].tolist(), found["title lines"].tolist()) == ([2], [1])
    assert INK_NAMES[int(found["artist ink"].argmax())] == "red", "that of the largest line"
    assert INK_NAMES[int(found["title ink"].argmax())] == "black"


def scheme(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_typical_palettes_are_of_covers_and_tell_crowds_apart() -> None:
    rng = np.random.default_rng(5)
    crowds = [scheme((0.1, 0, 0, 0.7), (0.2, 0.01, 0, 0.2), (0.6, 0.15, 0.1, 0.1)),
              scheme((0.5, -0.02, -0.12, 0.6), (0.7, 0, -0.08, 0.3), (0.95, 0, 0, 0.1)),
              scheme((0.3, 0, 0, 0.3), (0.6, 0, 0, 0.3), (0.95, 0, 0, 0.4))]  # fmt: skip
    which = rng.integers(0, 3, 300)
    seen = [crowds[i] + np.c_[rng.normal(0, 0.008, (3, 3)), np.zeros(3)].astype(np.float32) for i in which]
    found = typical_palettes(seen, 3)
    assert all(len(set(found.members[which == i])) == 1 for i in range(3)), "each crowd has one palette"
    assert len(set(found.members.tolist())) == 3
    shown = [any(np.array_equal(palette, own) for own in seen) for palette in found.palettes]
    assert all(shown), "a palette is one cover's, not a mean"
    light = (found.palettes[:, :, 0] * found.palettes[:, :, 3]).sum(1)
    assert (np.diff(light) > 0).all(), "numbered from dark to light"
    again = typical_palettes(seen, 3)
    assert np.array_equal(again.palettes, found.palettes) and np.array_equal(again.members, found.members)
    assert len(typical_palettes(seen[:1] * 4, 3).palettes) == 1, "no more than there are"


def test_a_curve_goes_from_dark_to_light_by_share() -> None:
    one, other = scheme((0.9, 0, 0, 0.5), (0.1, 0.1, 0, 0.5)), scheme((0.1, 0.1, 0, 0.5), (0.9, 0, 0, 0.5))
    assert np.array_equal(curve(one), curve(other)), "the order in which colours are told does not matter"
    assert curve(one)[0] == pytest.approx(0.1) and curve(one)[-3] == pytest.approx(0.9)


def test_what_a_cover_does_not_show_is_not_counted() -> None:
    bare = observe(flat((200, 30, 30)), {"id": "x", "boxes": [], "lines": []})
    assert bare["lettered"].tolist() == [0, 1] and "artist case" not in bare and "lines" not in bare
    assert not {"lettered", "covered"} & set(observe(flat((200, 30, 30)), None)), "where nobody looked nobody knows"
    assert not {"lettered", "covered"} & set(observe(flat((200, 30, 30)), {"id": "x", "boxes": []})), (
        "nor with boxes alone"
    )


def noisy(count: int, effect: float, seed: int = 1) -> tuple[np.ndarray, list[str | None], list[int | None]]:
    rng = np.random.default_rng(seed)
    families = [("a", "b", None)[i] for i in rng.integers(0, 3, count)]
    decades = [(1970, 1980, 1990, None)[i] for i in rng.integers(0, 4, count)]
    values = rng.normal(0.5, 0.1, (count, 1))
    values += effect * np.array([[(f == "a") + 0.5 * (d == 1990)] for f, d in zip(families, decades, strict=True)])
    return values, families, decades


def test_planted_effects_are_found() -> None:
    effects = fit(*noisy(3000, 0.1))
    step = effects.expect("a", 1970) - effects.expect("b", 1970)
    assert step[0] == pytest.approx(0.1, abs=0.015)
    assert (effects.expect("b", 1990) - effects.expect("b", 1970))[0] == pytest.approx(0.05, abs=0.015)
    assert effects.expect("unheard", 1800) == pytest.approx(effects.everything)
    assert effects.spread[0] == pytest.approx(0.1, abs=0.01)


def test_chance_is_no_effect() -> None:
    sizes = [np.abs(effects.expect("a", 1970) - effects.everything).max()
             for effects in (fit(*noisy(300, 0.0, seed)) for seed in range(20))]  # fmt: skip
    assert np.median(sizes) < 0.004 and max(sizes) < 0.03


def test_few_covers_say_little() -> None:
    values, families, decades = noisy(600, 0.1)
    rare = np.array([[0.9]] * 2)
    effects = fit(np.concatenate([values, rare]), [*families, "rare", "rare"], [*decades, None, None])
    pulled = effects.expect("rare", None)[0] - effects.everything[0]
    assert 0 < pulled < 0.36 * 0.9, "drawn towards the mean of all"


def seen(count: int, effect: float) -> Seen:
    values, families, decades = noisy(count, effect)
    rng = np.random.default_rng(3)
    shares = as_shares(rng.dirichlet(np.ones(len(COLOUR_BINS)), count))
    rows = [{"lightness": value.astype(np.float32), "colours": share.astype(np.float32)}
            for value, share in zip(values, shares, strict=True)]  # fmt: skip
    return Seen(tuple(rows), tuple(families), tuple(decades), tuple(rng.integers(0, 5, count).tolist()), "c0ffee")


def test_a_statistic_that_tells_nothing_is_dropped(tmp_path: Path) -> None:
    learned = {each.statistic.name: each for each in learn(seen(2000, 0.1))}
    assert learned["lightness"].kept and learned["lightness"].gain > 0.1
    assert not learned["colours"].kept, "those were drawn without looking at genre or year"
    save(list(learned.values()), seen(2000, 0.1), tmp_path / "priors.json")
    told = json.loads((tmp_path / "priors.json").read_text("utf-8"))
    assert set(told["statistics"]) == {"lightness"} and told["covers"] == 2000 and told["content"] == "c0ffee"
    assert told["statistics"]["lightness"]["family"]["a"][0] > 0.02


def test_where_nothing_is_known_nothing_is_learned() -> None:
    with pytest.raises(BadInput, match="100 covers teach nothing; wanted 200 or more"):
        learn(seen(100, 0.1))


def test_the_chart_is_whole(tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[2] / "src" / "duck_and_cover" / "design" / "priors" / "covers.json"
    draw_chart(shipped, tmp_path / "chart.svg")
    text = (tmp_path / "chart.svg").read_text("utf-8")
    assert text.startswith("<svg ") and text.rstrip().endswith("</svg>")
    assert "hip hop" in text and "r&b" not in text.replace("r&amp;b", "")

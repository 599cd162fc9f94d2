"""The moving loop: no seam, letters that stand, art that moves, words that read at every moment."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.choosing.taste import Taste
from duck_and_cover.design.compose import compose, planned
from duck_and_cover.design.inks import ink
from duck_and_cover.design.layouts.archetypes import LAYOUTS
from duck_and_cover.design.motion.drawing import Drawing, Grain
from duck_and_cover.design.motion.field import Field
from duck_and_cover.design.motion.loop import Loop, loop
from duck_and_cover.design.motion.moves import KINDS, Move, move_for
from duck_and_cover.design.motion.stage import HEIGHT_PX, OVER, WIDTH_PX, staged
from duck_and_cover.design.style import Seeds, Style, choose_style
from duck_and_cover.errors import BadInput, UnknownChoice

ALBUM = Album("The Understudies", "Low Tide", ("indie rock",), 2004)
SEEDS = Seeds.of(5)
PX = 180
COARSE = 12


@lru_cache(maxsize=1)
def art() -> np.ndarray:
    """Blurred blobs of colour, as a small network draws them."""
    small = np.random.default_rng(3).random((7, 7, 3)).astype(np.float32)
    return np.rint(np.clip(cv2.resize(small, (96, 96), interpolation=cv2.INTER_CUBIC), 0, 1) * 255).astype(np.uint8)


@lru_cache(maxsize=64)
def made(finish: str, layout: str = "overprint", move: str | None = None) -> Loop:
    style = choose_style(ALBUM, art(), SEEDS, finish=finish, layout=layout)
    return loop(art(), ALBUM, style, SEEDS, seconds=3, move=move).at_width(PX)


@lru_cache(maxsize=8)
def turned(finish: str, layout: str = "overprint", move: str | None = None) -> np.ndarray:
    """All frames of a loop that takes its way in few steps, (N, H, W, 3)."""
    return np.stack(list(replace(made(finish, layout, move), count=COARSE)))


def field(move: Move, mirror: bool = False) -> Field:
    return Field(art().astype(np.float32) / 255, (0.0, -OVER, 1.0, 1 + OVER), (0.0, 0.0, 1.0, 1.0), move, mirror)


def away(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(np.int16) - b.astype(np.int16)).mean())


def letters(of: Loop, whole: float = 0.0) -> np.ndarray:
    """(H, W) where letters are at least a pixel from their edge."""
    out = np.zeros((of.drawing.height_px, PX), np.float32)
    for item, shift in zip(of.stage.plan.texts, of.stage.shifts, strict=True):
        top = round((OVER + shift) * PX)
        out[top : top + PX] = np.maximum(out[top : top + PX], item.outline.coverage(PX))
    return cv2.erode((out > 0.999).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def test_a_frame_is_nine_to_sixteen_and_the_loop_as_long_as_asked() -> None:
    frames = turned("halftone")
    assert WIDTH_PX * 16 == HEIGHT_PX * 9 and frames.shape == (COARSE, 320, PX, 3) and frames.dtype == np.uint8
    assert len(made("halftone")) == 72 and made("halftone").report["seconds"] == 3


@pytest.mark.parametrize("kind", KINDS)
def test_every_movement_returns_without_a_seam(kind: str) -> None:
    style = choose_style(ALBUM, art(), SEEDS, finish="film")
    moving = field(move_for(Taste.of(ALBUM), style, SEEDS, kind))
    assert np.allclose(moving._moved(0.0), moving._moved(1.0), atol=1e-3)
    moments = [moving._moved(k / 24) for k in range(24)]
    steps = [float(np.abs(moments[k] - moments[k - 1]).mean()) for k in range(24)]
    assert steps[0] <= 1.3 * max(steps[1:]), "the step over the seam is no larger than another"
    assert max(steps) > 1e-4
    assert max(float(np.abs(m - moments[0]).mean()) for m in moments) > 2.5 * max(steps), "it goes somewhere, slowly"


@pytest.mark.parametrize("finish", ["film", "paint", "halftone"])
def test_the_last_frame_leads_into_the_first(finish: str) -> None:
    frames = turned(finish)[:: 2 if finish == "halftone" else 1]  # its drawings are held for two frames
    steps = [away(frames[k], frames[k - 1]) for k in range(len(frames))]
    assert steps[0] <= 1.25 * max(steps[1:])
    assert away(frames[0], frames[len(frames) // 2]) > 1.5 * steps[0]


@pytest.mark.parametrize("finish", ["halftone", "film", "paint"])
def test_letters_stand_while_the_art_moves(finish: str) -> None:
    frames, inside = turned(finish), letters(made(finish))
    assert inside.sum() > 300
    spread = frames.max(0).astype(int) - frames.min(0)
    assert spread[~inside].mean() > 8
    if finish == "film":
        assert not spread[inside].any(), "solid ink is the same bytes in all frames"
    assert spread[inside].mean() < 0.6 and np.percentile(spread[inside], 98) <= 8  # pinholes of dry ink show the art


def test_words_may_be_left_out() -> None:
    style = choose_style(ALBUM, art(), SEEDS, finish="halftone", layout="overprint")
    bare = loop(art(), ALBUM, style, SEEDS, seconds=3, words=False)
    assert not bare.stage.plan.texts and bare.report["texts"] == []
    frame = next(iter(bare.at_width(PX)))
    assert frame.shape == (320, PX, 3)


@pytest.mark.parametrize("finish", ["film", "halftone", "isolines", "riso"])
def test_words_read_over_every_finish_at_moments_nobody_looked_at(finish: str) -> None:
    each = made(finish, "caption")
    assert all(r.contrast >= r.needed for r in each.readings)
    style, wide = each.style, each.at_width(540)
    front = compose(art(), ALBUM, style, SEEDS, 540)
    inks = {words.name: words.layers[-1].colour for words in front.words}
    canvas = wide.drawing.at(0.3125 + 1 / 32)
    for step in wide.steps[: len(wide.steps) - len(inks)]:  # all but the letters
        step(canvas)
    for item, shift in zip(each.stage.plan.texts, each.stage.shifts, strict=True):
        top = round((OVER + shift) * 540)
        ground = ink.luminances(canvas[top : top + 540], item.outline)
        assert ink.fifth(inks[item.name], ground) >= 0.95 * ink.needed(item)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if LAYOUTS[name].blocks])
def test_words_stay_whole_and_off_the_players_head_and_foot(layout: str) -> None:
    style = choose_style(ALBUM, art(), SEEDS, finish="halftone", layout=layout)
    stage = staged(planned(art(), ALBUM, style, SEEDS))
    for item, shift in zip(stage.plan.texts, stage.shifts, strict=True):
        _, top, _, bottom = item.bounds
        assert (top + shift + OVER) / (1 + 2 * OVER) > 0.14 and (bottom + shift + OVER) / (1 + 2 * OVER) < 0.82
        for window in stage.windows:
            if not stage.floats(item) and window.outline is None:
                clear = (bottom + shift <= window.box[1] + 1e-6 or top + shift >= window.box[3] - 1e-6
                         or item.bounds[0] >= window.box[2] or item.bounds[2] <= window.box[0])  # fmt: skip
                assert clear or stage.plan.on_panel(item.outline.bounds)
    tall = max(w.box[3] - w.box[1] for w in stage.windows)
    own = max(w.own[3] - w.own[1] for w in stage.windows)
    assert tall > 1.25 * own or any(w.outline is not None or w.own[2] - w.own[0] < 0.8 for w in stage.windows)


def test_a_full_picture_fills_the_frame_and_frames_run_to_its_edges() -> None:
    style = choose_style(ALBUM, art(), SEEDS, finish="xerox", layout="edge")
    stage = staged(planned(art(), ALBUM, style, SEEDS))
    assert not stage.bare and stage.windows[0].box == (0.0, -OVER, 1.0, 1.0 + OVER)
    framed = staged(planned(art(), ALBUM, choose_style(ALBUM, art(), SEEDS, layout="recital"), SEEDS))
    frame = max((o.bounds for o, _ in framed.marks), key=lambda b: b[3] - b[1])
    assert frame[1] == pytest.approx(0.03 - OVER, abs=1e-6) and frame[3] == pytest.approx(0.97 + OVER, abs=1e-6)


def test_a_bar_across_a_picture_ends_beyond_its_words() -> None:
    """Else it were a solid foot of a third of the frame."""
    style = choose_style(ALBUM, art(), SEEDS, finish="xerox", layout="band")
    plan = planned(art(), ALBUM, style, SEEDS)
    stage = staged(plan)
    assert stage.windows[0].box == (0.0, -OVER, 1.0, 1.0 + OVER), "with picture above and below"
    _, top, _, foot = stage.marks[0][0].bounds
    assert plan.marks[0][0].bounds[1] == pytest.approx(top, abs=1e-9)
    high, low = min(t.bounds[1] for t in plan.texts), max(t.bounds[3] for t in plan.texts)
    assert foot - low == pytest.approx(high - top, abs=0.004) and foot < 1


def test_a_disc_grows_and_stays_round_between_its_words() -> None:
    style = choose_style(ALBUM, art(), SEEDS, layout="disc")
    plan = planned(art(), ALBUM, style, SEEDS)
    stage = staged(plan)
    (window,) = stage.windows
    left, top, right, bottom = window.box
    assert right - left == pytest.approx(bottom - top, abs=1e-9)
    assert right - left > 1.3 * (window.own[2] - window.own[0])
    assert window.outline is not None and window.outline.bounds == pytest.approx(window.box, abs=1e-3)
    for item, shift in zip(plan.texts, stage.shifts, strict=True):
        y0, y1 = item.bounds[1] + shift, item.bounds[3] + shift
        assert y1 < top or y0 > bottom, "words gave way"
    assert left > 0.02 and not any(stage.floats(item) for item in plan.texts)


def test_the_screen_stays_while_the_art_moves() -> None:
    """Dots grow and shrink on one grid: their places repeat from frame to frame far better than the art does."""
    of = made("halftone").at_width(540)
    first, later = (of.drawing.at(t)[330:620].mean(2).astype(np.float32) for t in (0.0, 0.5))

    def fine(picture: np.ndarray) -> np.ndarray:
        return picture - cv2.GaussianBlur(picture, (0, 0), 5)

    def alike(a: np.ndarray, b: np.ndarray) -> float:
        return float((a * b).mean() / (a.std() * b.std()))

    still = alike(fine(first), fine(later))
    half_a_dot = np.roll(fine(later), 4, axis=1)
    assert still > alike(fine(first), half_a_dot) + 0.1


def test_no_jump_where_the_art_grows_busier() -> None:
    style = choose_style(ALBUM, art(), SEEDS, finish="isolines")
    moving = field(move_for(Taste.of(ALBUM), style, SEEDS, "breathe"))
    from duck_and_cover.design.finish.prepare import restlessness, trimmed

    plain = [restlessness(trimmed(moving._moved(k / 12))) for k in range(12)]
    held = [restlessness(trimmed(moving.at(k / 12))) for k in range(12)]
    assert max(held) - min(held) < 0.004 or max(held) - min(held) < 0.1 * (max(plain) - min(plain))


def test_mirrored_art_keeps_one_half() -> None:
    style = choose_style(ALBUM, art(), SEEDS, finish="mirror")
    out = field(move_for(Taste.of(ALBUM), style, SEEDS, "drift"), mirror=True)._moved(0.3)
    assert np.array_equal(out, out[:, ::-1])


def test_art_beyond_the_square_is_drawn_out_and_never_turns_back_in_sight() -> None:
    ramp = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[:, None, None], 64, 1).repeat(3, 2)
    still = Field(ramp, (0.0, -OVER, 1.0, 1 + OVER), (0.0, 0.0, 1.0, 1.0), Move("drift")).still[..., 0]
    column = still[:, 100]
    rows = len(column)
    middle = column[rows // 5 : -rows // 5]
    assert (np.diff(middle) > -1e-4).all(), "from head to foot once"
    assert np.ptp(column[: rows // 10]) < 0.25 * np.ptp(middle)


def test_grain_is_new_on_every_picture_and_comes_again_with_its_number() -> None:
    of = made("film").at_width(360)
    picture = of.drawing.at(0.0)
    grain = Grain.of(of.drawing, picture)
    assert grain is not None and Grain.of(made("halftone").drawing, turned("halftone")[0]) is None
    a, b, again = (picture.copy() for _ in range(3))
    grain.on(a, 0)
    grain.on(b, 1)
    grain.on(again, 0)
    assert np.array_equal(a, again) and away(a, b) > 1.5
    own = grain.laid - cv2.GaussianBlur(grain.laid, (0, 0), 2.5)

    def left(frame: np.ndarray) -> float:
        seen = frame.mean(2)
        return abs(float(((seen - cv2.GaussianBlur(seen, (0, 0), 2.5)) * own).mean()))

    assert left(a) < 0.25 * left(picture), "the grain that stood is taken off"


def test_the_same_words_and_seeds_give_the_same_frames() -> None:
    of = made("isolines", "caption")
    again = loop(art(), ALBUM, of.style, SEEDS, seconds=3).at_width(PX)
    assert again.report == of.report
    one, other = (next(iter(each)) for each in (again, of))
    assert np.array_equal(one, other)


def test_a_loop_left_early_ends_its_threads() -> None:
    import threading

    before = threading.active_count()
    frames = made("tiles", "caption").frames()
    next(frames)
    frames.close()
    assert threading.active_count() == before


def test_what_nobody_offers_is_said() -> None:
    style: Style = choose_style(ALBUM, art(), SEEDS)
    for seconds in (2.9, 8.1):
        with pytest.raises(BadInput, match="wanted 3 to 8"):
            loop(art(), ALBUM, style, SEEDS, seconds=seconds)
    with pytest.raises(UnknownChoice, match="movement"):
        loop(art(), ALBUM, style, SEEDS, move="shake")
    with pytest.raises(BadInput, match="multiple of 18"):
        made("halftone").at_width(100)


def test_genre_sets_the_pace_and_the_seed_the_movement() -> None:
    style = choose_style(ALBUM, art(), SEEDS, finish="film")
    slow, fast = (move_for(Taste.of(Album("A", "B", (g,), 2000)), style, SEEDS, "drift") for g in ("ambient", "punk"))
    assert slow.drift[0] < 0.8 * fast.drift[0]
    drawn = {move_for(Taste.of(ALBUM), style, Seeds.of(n)).name for n in range(30)}
    assert len(drawn) >= 3


def test_a_drawing_at_another_width_is_the_same_made_small() -> None:
    wide: Drawing = made("halftone").at_width(540).drawing
    small = cv2.resize(wide.at(0.2), (PX, 320), interpolation=cv2.INTER_AREA)
    assert away(small, made("halftone").drawing.at(0.2)) < 12

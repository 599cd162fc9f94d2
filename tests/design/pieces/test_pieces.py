"""The pieces of releases: every word in its place, readable, and told by somebody."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from duck_and_cover.album import Album, Track
from duck_and_cover.design.pieces import scenes
from duck_and_cover.design.pieces.backs import back
from duck_and_cover.design.pieces.formats import SHEETS, sheet_named
from duck_and_cover.design.pieces.matter import Matter
from duck_and_cover.design.pieces.pasteup import Pasteup
from duck_and_cover.design.pieces.preview import preview
from duck_and_cover.design.pieces.release import pieces
from duck_and_cover.design.pieces.sheet import Piece
from duck_and_cover.design.style import Seeds, Style, choose_style
from duck_and_cover.errors import BadInput, UnknownChoice

DPI = 72.0
RECORDS = {
    "metal": (Album("Razormouth", "Cathedral of Rust", ("thrash metal",), 1988, (
        "A1 Iron Sermon 4:12", "A2 Choir of Saws 3:38", "B1 Hammer Psalm 3:20", "B2 No Bells 4:59")), "RZM 013", 3),
    "arabic": (Album("ليلى الحداد", "أغاني البحر القديم", ("world",), 1976, (
        "ليل المدينة 5:32", "يا طير 4:05", "عند الفجر 7:21")), None, 5),
    "korean": (Album("별빛소녀", "밤하늘의 노래", ("k-pop",), None, (
        "별빛 속으로 (2:58)", "Dreamer (3:05)")), "SL-7", 8),
    "symphonies": (Album("Northern Lights Orchestra", "Symphonies", ("classical",), 1994, (
        "CD 1", *(f"{i}. Movement {i}, molto espressivo e cantabile (7:{i:02})" for i in range(1, 21)),
        "CD 2", *(f"{i}. Song {i} of the outer islands (4:{i:02})" for i in range(1, 21)))), "NCD 1", 2),
    "single": (Album("Mara Vey", "Paper Boats", ("indie folk",), 2016, ("Paper Boats",)), None, 1),
    "nothing": (Album(None, None, ("ambient",)), None, 4),
}  # fmt: skip


def art(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    small = rng.integers(20, 235, (6, 6, 3)).astype(np.uint8)
    return np.kron(small, np.ones((16, 16, 1), np.uint8))


@cache
def styled(name: str) -> tuple[Album, str | None, Style, Seeds]:
    album, catalogue, seed = RECORDS[name]
    seeds = Seeds.of(seed)
    return album, catalogue, choose_style(album, art(seed), seeds), seeds


@cache
def made(name: str) -> dict[str, Piece]:
    album, catalogue, style, seeds = styled(name)
    each = pieces(album, art(RECORDS[name][2]), style, seeds, catalogue=catalogue, dpi=DPI)
    return {piece: make() for piece, make in each if piece != "lp-jacket" or name in ("metal", "arabic")}


def words(piece: Piece) -> str:
    return "\n".join(text.text for text in piece.words)


@pytest.fixture(params=RECORDS)
def release(request: pytest.FixtureRequest) -> dict[str, Piece]:
    return made(request.param)


def test_names_of_pieces() -> None:
    assert list(made("metal")) == ["cd-front", "cd-tray", "cd-label", "lp-jacket", "lp-label-a", "lp-label-b",
                                   "7-inch-front", "7-inch-back", "j-card"]  # fmt: skip
    assert [n for n in made("symphonies") if "label" in n] == ["cd-label-1", "cd-label-2", "lp-label-a", "lp-label-b",
                                                               "lp-label-c", "lp-label-d"]  # fmt: skip


def test_grounds_are_as_large_as_trim_and_bleed(release: dict[str, Piece]) -> None:
    for name, piece in release.items():
        wide, tall = piece.sheet.px(DPI)
        assert piece.ground.shape == (tall, wide, 3), name
        assert wide == round((piece.sheet.width_mm + 6) / 25.4 * DPI)


def test_words_keep_off_trims_folds_and_holes(release: dict[str, Piece]) -> None:
    for name, piece in release.items():
        sheet = piece.sheet
        for text in piece.words:
            for layer in text.layers:
                points = layer.outline.points
                if not len(points):
                    continue
                if sheet.round_mm:
                    far = np.hypot(*(points - sheet.round_mm / 2).T)
                    assert far.max() <= sheet.round_mm / 2 - sheet.safe_mm + 0.6, (name, text.text)
                    assert far.min() >= sheet.hole_mm / 2 + 2.5, (name, text.text)
                    continue
                x0, y0, x1, y1 = layer.outline.bounds
                safe = sheet.safe_mm - 0.05
                panel = next(p for p in sheet.panels if p.box[0] - 1e-6 <= (x0 + x1) / 2 <= p.box[2] + 1e-6)
                across = panel.safe_mm - 0.05 if panel.safe_mm is not None else safe
                across = 2.5 if panel.name == "spine" and sheet.name == "j-card" else across
                assert x0 >= panel.box[0] + across and x1 <= panel.box[2] - across, (name, text.text)
                assert y0 >= safe and y1 <= sheet.height_mm - safe, (name, text.text)


def test_type_is_never_too_small_and_always_reads(release: dict[str, Piece]) -> None:
    for name, piece in release.items():
        for told in piece.report["inks"]:
            assert told["least_pt"] >= (5.0 if told["tone"] == "quiet" else 6.0) - 1e-6, (name, told)
            assert told["contrast_p5"] >= told["contrast_needed"], (name, told)


def test_contrast_is_what_the_pixels_say() -> None:
    """Measured anew on the picture that people see, letter by letter."""
    for name, piece in made("metal").items():
        if name not in ("cd-tray", "cd-label", "j-card"):
            continue
        shown = preview(piece, bleed=True).astype(float)
        per = DPI / 25.4
        for text in piece.words:
            if text.name not in ("track", "legal"):
                continue
            x0, y0, x1, y1 = ((v + 3) * per for v in text.layers[-1].outline.bounds)
            part = shown[int(y0) : int(y1) + 1, int(x0) : int(x1) + 1].mean(2)
            assert part.max() - part.min() > 60, (name, text.text)


def test_every_track_is_on_the_back_once() -> None:
    for name in ("metal", "arabic", "korean", "symphonies"):
        told = words(made(name)["cd-tray"])
        lines = [t for t in styled(name)[0].tracks if isinstance(t, str) and not t.startswith("CD ")]
        for line in lines:
            title = re.sub(r"^(\d+\.|[AB]\d)\s+", "", re.sub(r"\s+\(?[\d:]+\)?$", "", line))
            assert len(re.findall(re.escape(title) + r"\b", told)) == 1, (name, title)


def test_nothing_is_made_up(release: dict[str, Piece]) -> None:
    name = next(n for n in RECORDS if made(n) is release)
    album, catalogue, *_ = styled(name)
    given = " ".join([album.artist or "", album.title or "", catalogue or "", str(album.year or ""),
                      *map(str, album.tracks)]).split()  # fmt: skip
    allowed = {w.strip("().,").casefold() for w in given} | {"–", "·", "©", "side", "", *"abcdefgh"}
    for piece_name, piece in release.items():
        for word in re.sub(r"\d+:\d\d(:\d\d)?", "", words(piece)).split():
            bare = word.strip("().,").casefold()
            assert bare in allowed or bare.isdigit(), (piece_name, word)


def test_sides_tell_their_time() -> None:
    assert "7:50" in words(made("metal")["lp-label-a"])  # 4:12 and 3:38
    assert "Iron Sermon" in words(made("metal")["lp-label-a"])
    assert "Iron Sermon" not in words(made("metal")["lp-label-b"])


def test_a_single_is_not_named_twice_on_its_back() -> None:
    assert words(made("single")["cd-tray"]).split("\n").count("Paper Boats") == 3  # two spines and the back


def test_without_words_there_are_pictures() -> None:
    release = made("nothing")
    assert not release["cd-tray"].words
    assert release["cd-tray"].ground[20:-20, 40:-40].std() > 10
    assert words(release["lp-label-a"]) == "A"


def test_spines_read_from_top_to_bottom() -> None:
    piece = made("metal")["cd-tray"]
    for panel in (piece.sheet.panels[0], piece.sheet.panels[2]):
        boxes = {text.layers[0].outline.bounds: text.text for text in piece.words}
        own = sorted((b for b in boxes if panel.box[0] < b[0] and b[2] < panel.box[2]), key=lambda b: b[1])
        assert [boxes[b] for b in own] == ["Razormouth", "Cathedral of Rust", "RZM 013"]
        assert own[0][1] < own[1][1] < own[2][1]
        assert all(box[3] - box[1] > 2 * (box[2] - box[0]) for box in own)


def test_a_name_too_long_for_a_spine_is_left_out_and_told() -> None:
    album = Album("An Orchestra " * 12, "A Title " * 20, ("classical",), 1990)
    seeds = Seeds.of(2)
    style = choose_style(album, art(2), seeds)
    each = dict(pieces(album, art(2), style, seeds, dpi=DPI))
    tray = each["cd-tray"]()
    assert tray.report["spine_whole"] is False
    assert "A Title A Title" in words(tray)


def test_a_front_is_composed_for_its_size_and_mirrored_into_the_bleed() -> None:
    piece = made("metal")["cd-front"]
    bleed = round(3 / 25.4 * DPI)
    for k in range(1, bleed):
        assert np.array_equal(piece.ground[:, bleed - k], piece.ground[:, bleed + k])
        assert np.array_equal(piece.ground[bleed - k], piece.ground[bleed + k])
    assert {"front title", "front artist"} == {text.name for text in piece.words}
    jacket = made("metal")["lp-jacket"]
    x0, _, x1, _ = next(t for t in jacket.words if t.name == "front artist").layers[-1].outline.bounds
    assert jacket.sheet.panel("front").x_mm + 10 < x0 < x1 < jacket.sheet.width_mm - 10


def test_every_front_has_the_same_inks(release: dict[str, Piece]) -> None:
    """A record's jacket and its cassette are one design: nothing is chosen anew where the front is smaller."""
    inks = {
        name: {text.name: [layer.colour for layer in text.layers] for text in piece.words if "front " in text.name}
        for name, piece in release.items() if name in ("cd-front", "7-inch-front", "lp-jacket", "j-card")
    }  # fmt: skip
    told = [each for each in inks.values() if each]
    assert len(told) >= 2 or not any(text.name.startswith("front") for text in release["cd-front"].words)
    assert all(each == told[0] for each in told)
    small = release["cd-front"].ground[9:-9, 9:-9]
    large = release["7-inch-front"].ground[9:-9, 9:-9]
    seen = [cv2.resize(each, (60, 60), interpolation=cv2.INTER_AREA).astype(int) for each in (small, large)]
    assert np.abs(seen[0] - seen[1]).mean() < 4


def test_a_bare_back_has_a_picture_where_there_is_much_room() -> None:
    album, _, style, seeds = styled("korean")
    paste = Pasteup(sheet_named("7-inch-back"), style, seeds, 184.0, DPI)
    back(paste, paste.sheet.panel("back").box, art(8), Matter.of(album), arrangement="sheet")
    bare = Pasteup(sheet_named("7-inch-back"), style, seeds, 184.0, DPI)
    bare.bare(bare.whole, scenes.sheet_tone(style, seeds), 3)
    apart = np.abs(paste.ground.astype(int) - bare.ground).max(2) > 40
    rows, columns = np.flatnonzero(apart.any(1)), np.flatnonzero(apart.any(0))
    assert len(rows) > 0.3 * len(apart) and 0.25 < len(columns) / apart.shape[1] < 0.6


@pytest.mark.parametrize("seed", [1, 2, 3, 6])
def test_a_disc_whose_list_is_too_long_for_it_has_a_picture(seed: int) -> None:
    """Else half of it would be bare."""
    lines = tuple(f"{'The river that nobody crossed twice and the lantern ' * 2}{i}" for i in range(20))
    album, seeds = Album("Ensemble", "Songs", ("folk",), 1990, lines), Seeds.of(seed)
    style = choose_style(album, art(3), seeds)
    disc = dict(pieces(album, art(3), style, seeds, dpi=40))["cd-label"]()
    assert disc.report["arrangement"] == "split" and disc.report["tracks_told"] is False
    short = dict(pieces(replace(album, tracks=("One", "Two")), art(3), style, seeds, dpi=40))["cd-label"]()
    assert short.report["tracks_told"] is (short.report["arrangement"] == "plain")


def test_a_front_on_a_cassette_is_not_named_again_below(release: dict[str, Piece]) -> None:
    card = release["j-card"]
    below = [text for text in card.words if text.name == "names" and text.layers[0].outline.bounds[0] > 29]
    assert not below or not any(text.name.startswith("front") for text in card.words)


def test_rights_are_what_was_given() -> None:
    album, _, style, seeds = styled("metal")
    small = art(3)

    def legal(album: Album, line: str | None) -> list[str]:
        made = dict(pieces(album, small, style, seeds, legal=line, dpi=DPI))["cd-tray"]()
        return [text.text for text in made.words if text.name == "legal"]

    assert legal(album, None) == ["© 1988 Razormouth"]
    assert legal(album, "") == []
    assert legal(album, "℗ 1988 Rust Press") == ["℗ 1988 Rust Press"]
    assert legal(Album("Razormouth", "Cathedral of Rust"), None) == []


def test_the_same_seeds_give_the_same_piece() -> None:
    album, catalogue, style, seeds = styled("korean")
    again = dict(pieces(album, art(8), style, seeds, catalogue=catalogue, dpi=DPI))["cd-tray"]()
    first = made("korean")["cd-tray"]
    assert np.array_equal(first.ground, again.ground)
    assert all(np.array_equal(a.layers[0].outline.points, b.layers[0].outline.points)
               for a, b in zip(first.words, again.words, strict=True))  # fmt: skip


def test_a_list_that_cannot_be_read_is_refused_before_anything_is_drawn() -> None:
    _, _, style, seeds = styled("metal")
    with pytest.raises(BadInput, match="41 tracks"):
        pieces(Album("A", "B", tracks=("x",) * 41), art(3), style, seeds)
    many = Album("A", "B", tracks=tuple(Track("Very long indeed " * 20) for _ in range(40)))
    with pytest.raises(BadInput, match="do not fit"):
        dict(pieces(many, art(3), style, seeds, dpi=DPI))["cd-tray"]()


def test_a_preview_shows_words_trim_and_hole() -> None:
    piece = made("metal")["cd-label"]
    shown = preview(piece)
    side = round(118 / 25.4 * DPI)
    assert shown.shape == (side, side, 3)
    assert (shown[0, 0] == 236).all() and (shown[side // 2, side // 2] == 236).all()
    with_bleed = preview(piece, bleed=True)
    assert with_bleed.shape == piece.ground.shape
    assert (with_bleed != piece.ground).any(2).mean() > 0.005
    assert preview(piece, 36).shape[0] == pytest.approx(side / 2, abs=1)


def test_sheets_add_up() -> None:
    for sheet in SHEETS.values():
        assert sheet.bleed_mm == 3 and sheet.safe_mm >= 3 and sheet.source
        assert max(p.box[2] for p in sheet.panels) == pytest.approx(sheet.width_mm)
        assert sum(p.width_mm for p in sheet.panels) == pytest.approx(sheet.width_mm)
        assert all(p.height_mm == sheet.height_mm for p in sheet.panels)
        assert sheet.folds == pytest.approx([p.box[2] for p in sheet.panels[:-1]])
    assert sheet_named("lp-jacket").px() == (7547, 3791)
    with pytest.raises(UnknownChoice, match="no sheet is called 'cd'"):
        sheet_named("cd")

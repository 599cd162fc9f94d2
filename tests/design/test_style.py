from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.axes import AXES, names
from duck_and_cover.design.choosing import looks
from duck_and_cover.design.finish import FINISHES
from duck_and_cover.design.inks.palette import named
from duck_and_cover.design.layouts.archetypes import LAYOUTS
from duck_and_cover.design.style import Seeds, Style, choose_style, choose_styles
from duck_and_cover.design.type.faces import FACES
from duck_and_cover.errors import UnknownChoice
from duck_and_cover.genres import FAMILIES

ART = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)


def styles(genre: str, year: int | None, count: int = 40, **lock: str) -> list[Style]:
    album = Album("Razormouth", "Cathedral of Rust", (genre,) if genre else (), year)
    return [choose_style(album, ART, Seeds.of(s), **lock) for s in range(count)]


def share(found: list[Style], test: object) -> float:
    return sum(map(test, found)) / len(found)  # type: ignore[arg-type]


LOGOS = {"logo", "logo foot", "framed logo", "corner logo"}


@pytest.mark.parametrize(
    ("genre", "year", "finishes", "classes", "layouts"),
    [
        (
            "jazz",
            1959,
            {"halftone", "tiles"},
            {"grotesque", "serif", "wood", "fat"},
            {"label grid", "label foot", "overprint", "poster"},
        ),
        ("thrash metal", 1988, {"mirror", "engraving", "contours", "woodcut"}, {"blackletter", "horror"}, LOGOS),
        (
            "black metal",
            1995,
            {"paint", "engraving", "xerox", "woodcut", "film", "mirror"},
            {"blackletter", "serif"},
            LOGOS | {"letterbox", "corner label", "title card"},
        ),
        ("synthwave", 1985, {"neon"}, {"neon", "machine", "sans", "script"}, LOGOS | {"title card"}),
        ("folk", 1972, {"contours", "paint", "woodcut"}, {"serif", "fat", "wood"}, {"framed picture"}),
        (
            "hip hop",
            1994,
            {"xerox", "halftone", "rosette"},
            {"grotesque", "dirt", "machine"},
            {"band", "overprint", "stacked"},
        ),
        ("techno", 1996, {"isolines", "ridges"}, {"machine", "sans", "mono"}, {"field", "gallery"}),
        ("classical", 1982, {"paint", "film", "engraving"}, {"serif"}, {"recital"}),
        (
            "indie pop",
            2019,
            {"riso", "film"},
            {"fat", "serif", "sans", "hand", "grotesque"},
            {"stacked", "caption", "poster", "overprint", "wall", "gatefold", "tape"},
        ),
        (
            "pop",
            2022,
            {"film", "riso"},
            {"sans", "serif", "grotesque"},
            {"caption", "stacked", "whisper", "edge", "overprint", "wall", "gatefold", "poster"},
        ),
    ],
)
def test_genre_and_year_lead_where_one_expects(
    genre: str, year: int, finishes: set[str], classes: set[str], layouts: set[str]
) -> None:
    found = styles(genre, year, 160)
    assert share(found, lambda s: s.finish.name in finishes) > 0.7
    assert share(found, lambda s: bool(looks.FACE_CLASSES[s.lead_face.id] & classes)) > 0.7
    assert share(found, lambda s: s.layout.name in layouts) > 0.5


def test_dark_music_gets_dark_paper_and_old_jazz_gets_cream() -> None:
    assert share(styles("thrash metal", 1988), lambda s: s.palette.dark) > 0.8
    assert share(styles("techno", 1996), lambda s: s.palette.dark) > 0.6
    assert share(styles("jazz", 1959), lambda s: s.palette.light) > 0.9
    assert share(styles("classical", 1982), lambda s: s.palette.light) > 0.7


def test_the_year_changes_the_look() -> None:
    for genre, then, now in (("jazz", 1959, 2015), ("pop", 1965, 2022), ("metal", 1986, 2018)):
        old, new = (Counter(s.finish.name for s in styles(genre, y)) for y in (then, now))
        moved = sum(abs(old[k] - new[k]) for k in old | new) / 80
        assert moved > 0.2, genre


def test_the_choice_is_reproducible_and_varied() -> None:
    again = styles("jazz", 1959, 12)
    assert [s.finish.name for s in again] == [s.finish.name for s in styles("jazz", 1959, 12)]
    all_round = styles("", None)
    assert len({s.finish.name for s in all_round}) >= 4
    assert len({s.layout.name for s in all_round}) >= 6
    assert len({s.lead_face.id for s in all_round}) >= 8


def test_one_seed_changes_one_axis() -> None:
    """A finish may bring a palette or layout that goes with it; the lettering is left alone by all others."""
    album = Album("A Band", "A Title", ("rock",), 1999)
    seeds = Seeds.of(5)
    base = choose_style(album, ART, seeds)
    finishes = set()
    for other in range(8):
        assert choose_style(album, ART, seeds.with_(layout=other)).finish is base.finish
        changed = choose_style(album, ART, seeds.with_(type=other))
        assert (changed.finish, changed.palette) == (base.finish, base.palette)
        assert choose_style(album, ART, seeds.with_(palette=other)).lead_face is base.lead_face
        pressed = choose_style(album, ART, seeds.with_(finish=other))
        assert pressed.lead_face is base.lead_face
        finishes.add(pressed.finish.name)
    assert len(finishes) > 1


@pytest.mark.parametrize("genre", ["pop", "rock", "jazz", "metal", "electronic"])
def test_the_year_alone_changes_the_look(genre: str) -> None:
    """Same words, same seed, another decade: finish, palette and type together hardly ever stay."""

    def look(seed: int, year: int) -> tuple[str, str, str]:
        style = choose_style(Album("Maren Holloway", "Long Way Down", (genre,), year), ART, Seeds.of(seed))
        return style.finish.name, style.palette.name, style.lead_face.id

    pairs = [(look(seed, 1985), look(seed, 1995)) for seed in range(40)]
    assert sum(one == other for one, other in pairs) <= 4
    for axis in range(3):
        assert sum(one[axis] != other[axis] for one, other in pairs) > 12, axis
    assert all(look(seed, 1985) == look(seed, 1985) for seed in range(3))
    assert sum(look(seed, 1984) == look(seed, 1986) for seed in range(40)) > 25, "within a decade it holds"


def test_a_seed_is_not_lucky_with_one_finish_in_every_genre() -> None:
    records = (("synthwave", 1985), ("jazz", 1959), ("bollywood", 1975), ("techno", 1996), ("folk", 1972))
    for seed in range(30):
        styles = [choose_style(Album("A Band", "A Title", (g,), y), ART, Seeds.of(seed)) for g, y in records]
        assert len({s.finish.name for s in styles}) >= 3, seed


def test_names_lock_an_axis() -> None:
    album = Album("A", "B", ("jazz",), 1959)
    style = choose_style(album, ART, Seeds.of(1), finish="neon", palette="acid", type="monoton", layout="logo")
    assert (style.finish.name, style.palette.name, style.lead_face.id, style.layout.name) == (
        "neon",
        "acid",
        "monoton",
        "logo",
    )
    art = choose_style(album, ART, Seeds.of(1), palette="art")
    assert art.palette.name not in named()


@pytest.mark.parametrize("axis", ["finish", "palette", "type", "layout"])
def test_unknown_names_are_refused(axis: str) -> None:
    with pytest.raises(UnknownChoice, match="nonsense"):
        choose_style(Album("A", "B"), ART, Seeds.of(1), **{axis: "nonsense"})


@pytest.mark.parametrize("axis", AXES)
def test_every_name_on_an_axis_can_be_asked_for(axis: str) -> None:
    for name in names(axis):
        choose_style(Album("A", "B", ("jazz",), 1959), ART, Seeds.of(1), **{axis: name})


def test_siblings_differ() -> None:
    album = Album("Otis Marlowe Quartet", "The Quiet Hour", ("jazz",), 1959)
    found = choose_styles(album, [ART] * 8, [Seeds.of(s) for s in range(8)])
    assert len({(s.finish.name, s.layout.name, s.lead_face.id) for s in found}) == 8
    assert len({s.layout.name for s in found}) >= 5
    assert len({s.lead_face.id for s in found}) >= 6
    first = choose_style(album, ART, Seeds.of(0))
    assert (first.finish.name, first.layout.name) == (found[0].finish.name, found[0].layout.name)


def test_seeds_are_independent() -> None:
    one, two = Seeds.of(1), Seeds.of(2)
    assert one == Seeds.of(1)
    assert len({one.finish, one.palette, one.type, one.layout, two.finish, two.palette, two.type, two.layout}) == 8
    assert one.with_(finish=9).finish == 9 and one.with_(finish=9).type == one.type


def test_an_album_without_words_gets_a_layout_without_words() -> None:
    assert choose_style(Album(genres=("ambient",)), ART, Seeds.of(1)).layout.name == "no words"


def test_long_titles_avoid_tiring_faces_and_small_layouts() -> None:
    album = Album(
        "Neon",
        "A Very Long Title That Goes On About the Night for Quite a While Longer Than That",
        ("synthwave",),
        1985,
    )
    for seed in range(20):
        style = choose_style(album, ART, Seeds.of(seed))
        assert style.lead_face.id != "monoton"
        assert style.layout.length[1] >= 22


def test_the_tables_name_things_that_exist() -> None:
    finishes = {f.name for f in FINISHES}
    for look in looks.LOOKS:
        assert look.family in FAMILIES
        assert set(look.finishes) <= finishes
        assert set(look.palettes) <= set(named())
        assert set(look.faces) <= set(FACES)
        assert set(look.layouts) <= set(LAYOUTS)
    for table in (looks.INK_ON, looks.OWN_COLOURS, looks.UNDER_TYPE):
        assert set(table) <= finishes
    assert set(looks.INK_ON) == finishes
    display = {f.id for f in FACES.values() if f.role in ("display", "both")}
    assert display <= set(looks.FACE_CLASSES)
    for classes in looks.FACE_CLASSES.values():
        assert set(looks.pairing(classes)) <= set(FACES)
    for layout in LAYOUTS.values():
        assert set(layout.families) <= set(FAMILIES)
        assert set(layout.finishes) <= finishes
        assert set(layout.faces) <= set(looks.PAIRS), layout.name

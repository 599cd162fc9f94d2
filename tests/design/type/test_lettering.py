"""Lettering: what is done to a name fits its room, keeps its words, and is left undone where it cannot be done well."""

from __future__ import annotations

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.design.choosing.looks import FACE_CLASSES, ORNATE
from duck_and_cover.design.compose import compose
from duck_and_cover.design.style import Seeds, choose_style
from duck_and_cover.design.type.faces import face
from duck_and_cover.design.type.lettering import LEAST_LEFT, LETTERINGS, PLAIN, lettered, lettering_named
from duck_and_cover.design.type.typography import fit
from duck_and_cover.errors import UnknownChoice
from duck_and_cover.genres import genre_tree

ROOM = (0.86, 0.4)
TREATED = [name for name in LETTERINGS if name != PLAIN]


def set_in(font: str = "anton", text: str = "Low Tide", max_lines: int = 1):
    return fit(text, face(font), *ROOM, max_lines=max_lines, max_size=0.16)


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("name", TREATED)
def test_it_fits_its_room(name: str, align: str) -> None:
    for text, lines in (("Low Tide", 1), ("Iron Verdict Rising", 2)):
        made = lettered(set_in(text=text, max_lines=lines), LETTERINGS[name], ROOM, align, flat=True)  # type: ignore[arg-type]
        whole = made.face if made.behind is None else made.face + made.behind
        left, top, right, bottom = whole.bounds
        assert left >= -1e-9 and right <= ROOM[0] + 1e-9 and top == pytest.approx(0, abs=1e-6)
        assert bottom <= ROOM[1] + 1e-6 and made.height == pytest.approx(bottom)
        plain = set_in(text=text, max_lines=lines)
        assert made.setting.text == plain.text and made.setting.size >= LEAST_LEFT * plain.size


@pytest.mark.parametrize("name", TREATED)
def test_every_treatment_changes_a_name_it_suits(name: str) -> None:
    plain = set_in()
    made = lettered(plain, LETTERINGS[name], ROOM, "left", flat=True)
    assert made.name == name
    assert not np.array_equal(made.face.points, plain.outline.points) or made.behind is not None


def test_it_is_left_undone_where_it_cannot_be_done_well() -> None:
    hollow, arc = LETTERINGS["hollow"], LETTERINGS["arc"]
    assert lettered(set_in(), hollow, ROOM, "left", flat=False).name == PLAIN, "the picture would show through"
    small = fit("Low Tide", face("anton"), *ROOM, max_size=0.05)
    assert lettered(small, hollow, ROOM, "left", flat=True).name == PLAIN
    assert lettered(set_in(text="Iron Verdict Rising", max_lines=2), arc, ROOM, "left", flat=True).name == PLAIN
    assert lettered(set_in("poiret-one"), hollow, ROOM, "left", flat=True).name == PLAIN, "letters are too thin"
    assert lettered(set_in(), arc, (0.86, 0.08), "left", flat=True).name == PLAIN, "little of its size would be left"


def test_rows_name_families_and_classes_that_there_are() -> None:
    families, classes = set(genre_tree().families), {c for each in FACE_CLASSES.values() for c in each}
    for row in LETTERINGS.values():
        assert set(row.families) <= families | {"spoken"} and set(row.classes) <= classes, row.name
    with pytest.raises(UnknownChoice, match="shadow"):
        lettering_named("shadw")


def art() -> np.ndarray:
    y, x = np.mgrid[0:64, 0:64]
    return np.stack([x * 3 + 40, y * 2 + 60, 200 - x * 2], -1).astype(np.uint8)


def test_most_names_stand_plain_and_funk_is_treated_more_than_ambient() -> None:
    def share(genre: str, year: int) -> float:
        album = Album("Brother Comet", "Elastic Parade", (genre,), year)
        styles = [choose_style(album, art(), Seeds.of(s), layout="poster") for s in range(60)]
        assert all(
            s.lettering == PLAIN or not LETTERINGS[s.lettering].surface for s in styles if s.lead_face.id in ORNATE
        )
        return sum(style.lettering != PLAIN for style in styles) / 60

    assert share("ambient", 1998) < 0.1 < share("funk", 1975) < 0.75


def test_a_block_is_a_second_ink_that_the_letters_stand_off() -> None:
    album = Album("Brother Comet", "Elastic Parade", ("funk",), 1975)
    style = choose_style(album, art(), Seeds.of(3), type="shrikhand", layout="poster", lettering="block",
                         finish="halftone", palette="sunburst seventies")  # fmt: skip
    design = compose(art(), album, style, Seeds.of(3), 500)
    title = next(text for text in design.words if text.name == "title")
    assert len(title.layers) == 2 and title.layers[0].colour != title.layers[1].colour
    told = next(text for text in design.report["texts"] if text["name"] == "title")
    assert told["lettering"] == "block" and told["contrast_p5"] >= told["contrast_needed"]
    assert design.report["type"]["lettering"] == "block"


def test_a_name_on_a_ring_goes_round_the_picture() -> None:
    album = Album("Hank Delaney", "Dust on the Radio", ("country",), 1968)
    style = choose_style(album, art(), Seeds.of(3), type="rye", layout="ring")
    design = compose(art(), album, style, Seeds.of(3), 400)
    assert design.report["layout"] == "ring"
    for text in design.plan.texts:
        away = np.hypot(*(text.outline.flattened(1e-4)[0] - 0.5).T)
        assert away.min() > 0.3 and away.max() < 0.46, "between the disc and the margin"
    assert not design.plan.texts[0].outline.bounds[3] > design.plan.texts[1].outline.bounds[1]

import pytest

from duck_and_cover.design.type.faces import FACES, FAMILIES, Face, affinity, face, faces_for
from duck_and_cover.design.type.fontfiles import manifest
from duck_and_cover.errors import UnknownChoice


def test_every_face_is_vendored_and_every_vendored_family_has_a_row():
    assert {f.id: f.weights for f in FACES.values()} == {
        id: tuple(sorted({f.weight for f in files})) for id, files in manifest().items()
    }
    assert sum(f.role != "sibling" for f in FACES.values()) >= 24


@pytest.mark.parametrize("id", sorted(FACES))
def test_rows_are_plausible(id):
    row = FACES[id]
    assert len(row.families) >= 3
    assert all(0 < v <= 1 for v in row.families.values())
    assert row.years[0] < row.years[1]
    assert abs(row.tracking) < 0.15
    assert all(s in FACES and s != id for s in row.siblings)
    if id not in ("noto-emoji",):
        reach = {id, *row.siblings}
        scripts = ("hebrew", "arabic", "devanagari", "thai", "jp", "kr", "sc")
        assert reach >= {f"noto-sans-{s}" for s in scripts} | {"noto-sans"}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_choice(family):
    titles = faces_for(family, None, "display")
    texts = faces_for(family, None, "text")
    assert len(titles) >= 5 and len({f.id for f, _ in titles}) == len(titles)
    assert len(texts) >= 4
    assert all(w in f.weights and f.role in ("display", "both") for f, w in titles)
    assert all(w in f.weights and f.role in ("text", "both") for f, w in texts)


def test_the_era_decides():
    def first(family, year):
        return [f.id for f, _ in faces_for(family, year)[:3]]

    assert "limelight" in first("jazz", 1935) and "limelight" not in first("jazz", 2020)
    assert "monoton" in first("synth", 1984)
    assert "rye" in first("country", 1960) and "unifrakturcook" in first("metal", 1992)
    assert affinity(face("chango"), "funk", 1970) == 0.8 > affinity(face("chango"), "funk", 2020) > 0.8 / 3


def test_wrong_names_are_answered_with_near_ones():
    with pytest.raises(UnknownChoice, match="oswald"):
        face("osvald")
    with pytest.raises(UnknownChoice, match="gospel"):
        faces_for("gospl")
    with pytest.raises(ValueError, match="no genre family"):
        Face("x", "X", (400,), "both", {"polka": 1.0}, (1900, 2000))
    with pytest.raises(ValueError, match="connected script"):
        Face("x", "X", (400,), "both", {"pop": 1.0}, (1900, 2000), tracking=0.1, joined=True)

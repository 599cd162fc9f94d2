import unicodedata
from itertools import pairwise

import pytest

from duck_and_cover.design.type import linebreak, writing
from duck_and_cover.design.type.faces import FACES, face
from duck_and_cover.design.type.typography import HANGS, DoesNotFit, MissingGlyphs, cased, fit, optical, set_line
from duck_and_cover.errors import BadInput

TITLES = {
    "capitals": ("MIDNIGHT HARVEST", "anton", {"anton"}),
    "one letter": ("I", "caprasimo", {"caprasimo"}),
    "200 letters": ("midnight harvest " * 11 + "again and yet", "inter", {"inter"}),
    "one word of 200": ("Harvest" * 28 + "Moon", "jost", {"jost"}),
    "Polish": ("Żółty Księżyc", "playfair-display", {"playfair-display"}),
    "Polish in a face without it": ("Żółty Księżyc", "im-fell-english", {"eb-garamond"}),
    "Cyrillic": ("Ночной урожай", "bebas-neue", {"oswald"}),
    "Greek": ("Νυχτερινή συγκομιδή", "anton", {"roboto-condensed"}),
    "Vietnamese": ("Những khúc hát mùa thu", "cormorant-garamond", {"cormorant-garamond"}),
    "Arabic": ("حصاد منتصف الليل", "abril-fatface", {"lalezar"}),
    "Hebrew": ("קציר חצות", "rubik-dirt", {"rubik-dirt"}),
    "Devanagari": ("आधी रात की फसल", "caprasimo", {"rozha-one"}),
    "Thai": ("เก็บเกี่ยวเที่ยงคืน", "inter", {"noto-sans-thai"}),
    "Japanese": ("真夜中の収穫、そして「海」へ", "monoton", {"noto-sans-jp"}),
    "Korean": ("한밤의 수확", "oswald", {"noto-sans-kr"}),
    "Tamil": ("நள்ளிரவு அறுவடை", "inter", {"noto-sans-tamil"}),
    "Bengali": ("মধ্যরাতের ফসল", "inter", {"noto-sans-bengali"}),
    "Georgian": ("შუაღამის მოსავალი", "inter", {"noto-sans-georgian"}),
    "Chinese": ("我们的夜晚", "inter", {"noto-sans-sc"}),
    "emoji": ("Love 👩‍👩‍👧 🇩🇪 👍🏽 ❤️", "shrikhand", {"shrikhand", "noto-emoji"}),
    "signs": ("I ♥ you ∞", "anton", {"anton", "noto-sans-symbols-2", "roboto"}),
    "mixed": ("مرحبا 東京 Привет", "inter", {"inter", "noto-sans-arabic", "noto-sans-jp"}),
}


@pytest.mark.parametrize("name", TITLES)
def test_every_title_is_set_whole_inside_its_box(name):
    text, id, faces = TITLES[name]
    setting = fit(text, face(id), 0.84, 0.3, align="center", valign="middle")
    left, top, right, bottom = setting.bounds
    assert left >= -1e-9 and top >= -1e-9 and right <= 0.84 + 1e-9 and bottom <= 0.3 + 1e-9
    assert right - left == pytest.approx(0.84) or bottom - top == pytest.approx(0.3)
    assert {f.id for line in setting.lines for f in line.faces} == faces
    assert all(glyph.id for line in setting.lines for glyph in line.glyphs)
    assert "".join(setting.text.split()) == "".join(unicodedata.normalize("NFC", text).split())
    assert setting.outline.moved(0.08, 0.08).coverage(100).sum() > 10


def test_text_that_no_face_can_set_is_refused_by_name():
    with pytest.raises(MissingGlyphs, match=r"U\+12000.*U\+E123") as caught:
        set_line("a 𒀀 b \ue123", face("inter"))
    assert isinstance(caught.value, BadInput)


def test_a_line_fills_its_box_where_asked():
    def bounds(**where):
        return fit("low", face("inter"), 0.5, 0.5, max_size=0.1, **where).bounds

    assert bounds()[:2] == pytest.approx((0, 0))
    assert bounds(align="right", valign="bottom")[2:] == pytest.approx((0.5, 0.5))
    centred = bounds(align="center", valign="middle")
    assert centred[0] + centred[2] == pytest.approx(0.5) and centred[1] + centred[3] == pytest.approx(0.5)


def test_what_cannot_be_read_is_refused_with_the_size_reached():
    with pytest.raises(DoesNotFit, match="allow more lines") as caught:
        fit("many words " * 30, face("unbounded"), 0.3, 0.02)
    assert 0 < caught.value.size < 0.018
    assert fit("many words " * 30, face("unbounded"), 0.6, 0.6, max_lines=30).size > 0.018
    with pytest.raises(BadInput, match="no text"):
        fit("  \n", face("inter"), 1, 1)
    with pytest.raises(BadInput, match="no ink"):
        fit("\u200b", face("inter"), 1, 1)


def test_lines_never_touch():
    text = "gjpqy ÅÉŰ\ngjpqy ÅÉŰ\nẤỄ"
    setting = fit(text, face("playfair-display"), 0.5, 0.5)
    ink = [
        (y + line.ink[1] * setting.size, y + line.ink[3] * setting.size)
        for line, (_, y) in zip(setting.lines, setting.origins, strict=True)
    ]
    assert len(ink) == 3
    assert all(above[1] < below[0] for above, below in pairwise(ink))


def test_all_lines_come_from_one_face():
    setting = fit("Ona i Księżyc", face("im-fell-english"), 0.3, 0.4)
    assert len(setting.lines) > 1
    assert {line.face.id for line in setting.lines} == {"eb-garamond"}
    assert set_line("Ona", face("im-fell-english")).face.id == "im-fell-english"
    street = fit("Улица\n123", face("bebas-neue"), 0.3, 0.4)
    assert [line.face.id for line in street.lines] == ["oswald", "oswald"]
    mixed = fit("Привет 東京 مرحبا Привет 東京", face("inter"), 0.3, 0.5, max_lines=5)
    assert len(mixed.lines) == 5
    assert [line.face.id for line in mixed.lines if line.text == "Привет"] == ["inter", "inter"]


def test_breaks_are_balanced_without_widows():
    def lines(text, n):
        return fit(text, face("inter"), 0.6, 0.6, max_lines=n).text.split("\n")

    assert lines("The Slow Unmaking of Every Known God", 3)[-1] != "God"
    assert lines("An Incomplete Index of Frequencies", 3)[0] != "An"
    assert not any(line.endswith((" of", " the")) for line in lines("The Slow Unmaking of Every Known God", 4))
    assert not any(line.endswith("-") for line in lines("Ônibus à Meia-Noite e Água", 3))
    assert lines("I Can Hear the Heart Beating as One", 3) == ["I Can Hear", "the Heart", "Beating as One"]


def test_kinsoku():
    parts = [p.text for p in linebreak.pieces("真夜中の「海」へ、ッと")]
    assert "「海」" in parts and "へ、ッ" in parts and len(parts) > 4
    assert [p.text for p in linebreak.pieces("한밤의 수확")] == ["한밤의", "수확"]


def test_a_long_word_is_broken_only_when_it_must():
    word = "Donaudampfschifffahrtsgesellschaft"
    assert fit(word, face("oswald"), 0.84, 0.3).text == word
    narrow = fit(word * 4, face("oswald"), 0.3, 0.3, max_lines=6, min_size=0.03)
    assert len(narrow.lines) > 1 and narrow.text.replace("\n", "") == word * 4


def test_tracking_opens_letters_but_never_joined_ones():
    for text, id, changes in (
        ("Harvest", "inter", True),
        ("حصاد", "inter", False),
        ("फसल", "inter", False),
        ("Harvest", "pacifico", False),
        ("שלום", "inter", True),
    ):
        close, wide = (set_line(text, face(id), tracking=t).advance for t in (0.0, 0.2))
        gaps = len(writing.graphemes(text)) - 1
        assert wide - close == pytest.approx(0.2 * gaps if changes else 0.0, abs=1e-6), text


def test_tracking_takes_ligatures_apart():
    assert len(set_line("fi", face("eb-garamond"), tracking=0.0).glyphs) == 1
    assert len(set_line("fi", face("eb-garamond"), tracking=0.1).glyphs) == 2
    assert set_line("\ufb01n", face("anton")).text == "fin"


def test_marks_stay_on_their_letters():
    composed, parted = set_line("é", face("inter")), set_line("e\u0301", face("inter"))
    assert composed.ink == parted.ink
    pointed, plain = set_line("בָּ", face("inter"), tracking=0.3), set_line("ב", face("inter"))
    assert pointed.advance == pytest.approx(plain.advance)


def visual(text):
    """The text as it reads from left to right, by levels."""
    clusters = writing.graphemes(text)
    levels = list(writing.levels(clusters, writing.base_level(text)))
    return "".join(clusters[i] for i in writing.visual_order(levels))


def test_bidirectional_order():
    assert visual("abc אבג def") == "abc גבא def"
    assert visual("אבג abc def דה") == "הד abc def גבא"
    assert visual("אבג 123 abc") == "abc 123 גבא"
    assert visual("אבג — Live (2024)") == "Live (2024) — גבא"
    assert visual("abc (אבג) 123") == "abc (גבא) 123"


def test_glyphs_of_a_mixed_line_stand_in_visual_order():
    """One face covers both scripts, so the whole line is set in it, and its parts read in their own
    directions."""

    def ids(text):
        line = set_line(text, face("inter"))
        assert [g.x for g in line.glyphs] == sorted(g.x for g in line.glyphs)
        return [g.id for g in line.glyphs]

    home = face("noto-sans-hebrew")
    latin, hebrew = ([g.id for g in set_line(t, home).glyphs] for t in ("abc", "אבג"))
    assert hebrew[0] == set_line("ג", home).glyphs[0].id
    assert ids("abc אבג")[:3] == latin and ids("abc אבג")[-3:] == hebrew
    assert ids("אבג abc")[:3] == latin and ids("אבג abc")[-3:] == hebrew


def test_justified_lines_end_together():
    setting = fit("Streetlight Gospel for the Broken", face("anton"), 0.84, 0.3, max_lines=2, justify=True)
    rights = [x + line.ink[2] * setting.size for line, (x, _) in zip(setting.lines, setting.origins, strict=True)]
    assert len(rights) == 2 and rights[0] == pytest.approx(rights[1], abs=1e-6)


def test_case_changes_letters_only():
    assert cased("Straße nach DJ McCoy", "upper") == "STRASSE NACH DJ MCCOY"
    assert cased("Ελλάδα μου, άυλος, Μάιος, ή", "upper") == "ΕΛΛΑΔΑ ΜΟΥ, ΑΫΛΟΣ, ΜΑΪΟΣ, Ή"
    assert cased("ΟΔΟΣ Σ", "lower") == "οδος σ"
    assert cased("don't stop dj McCoy", "title") == "Don't Stop Dj McCoy"
    assert cased("ქართული 東京 שלום", "upper") == "ქართული 東京 שלום"
    assert cased("İstanbul ışık i", "upper") == "İSTANBUL IŞIK I"
    assert cased("éa e\u0301", "upper") == "ÉA E\u0301"
    assert cased("DJ i", "as typed") == "DJ i"


def test_graphemes_are_what_readers_count():
    text = "👩‍👩‍👧🇩🇪🇫🇷👍🏽❤️e\u0301क्षिกำ각"
    assert writing.graphemes(text) == ("👩‍👩‍👧", "🇩🇪", "🇫🇷", "👍🏽", "❤️", "e\u0301", "क्षि", "กำ", "각")


def test_setting_knows_its_measures():
    setting = fit("Hx", face("inter"), 0.5, 0.1)
    assert setting.cap_height == pytest.approx(0.1, rel=0.02)
    assert 0.6 < setting.x_height / setting.cap_height < 0.85
    assert setting.face is FACES["inter"] and setting.text == "Hx"


def test_setting_twice_gives_the_same_outline():
    one, two = (fit("Midnight Harvest", face("metal-mania"), 0.8, 0.3).outline.svg_path(3000, 2) for _ in range(2))
    assert one == two and one.startswith("M")


def edges(text: str, align: str) -> list[tuple[float, float]]:
    """Left and right end of each line's letters, without a mark that hangs."""
    setting = fit(text, face("inter"), 0.8, 0.6, align=align, max_size=0.1)  # type: ignore[arg-type]
    out = []
    for line, (x, _) in zip(setting.lines, setting.origins, strict=True):
        shapes = [shape.bounds for shape in line.letters]
        left = shapes[1] if line.text[0] in HANGS else shapes[0]
        right = shapes[-2] if line.text[-1] in HANGS else shapes[-1]
        out.append((x + left[0] * setting.size, x + right[2] * setting.size))
    return out


@pytest.mark.parametrize("text", ["“Hold\nHome”", "Hold\n“Home”", "'Hold\nHome'"])
def test_quotation_marks_hang_outside_the_edge(text: str) -> None:
    (one, _), (other, _) = edges(text, "left")
    assert one == pytest.approx(other, abs=1e-6)
    (_, one), (_, other) = edges(text, "right")
    assert one == pytest.approx(other, abs=1e-6)
    middles = [(left + right) / 2 for left, right in edges(text, "center")]
    assert middles[0] == pytest.approx(middles[1], abs=1e-6)


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_what_hangs_stays_in_the_box(align: str) -> None:
    for text in ("“Hold\nHome”", "A\n“Windmill”", "“Windmill”\nA.", "“שלום\nעולם”"):
        setting = fit(text, face("inter"), 0.3, 0.6, align=align)  # type: ignore[arg-type]
        left, _, right, _ = setting.bounds
        assert left >= -1e-9 and right <= 0.3 + 1e-9, (text, align)


def test_small_type_is_opened_and_large_type_closed() -> None:
    assert optical(0.02) > optical(0.06) > optical(0.1) == 0 > optical(0.3)
    small, large = (fit("Harbour", face("inter"), 0.9, 0.9, max_size=size, max_lines=1) for size in (0.02, 0.2))
    assert (small.bounds[2] - small.bounds[0]) / small.size > (large.bounds[2] - large.bounds[0]) / large.size
    fixed = fit("Harbour", face("inter"), 0.9, 0.9, max_size=0.02, tracking=0.0)
    assert fixed.lines[0].tracking == 0, "a spacing that is asked for stays"

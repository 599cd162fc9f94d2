from __future__ import annotations

import pytest

from duck_and_cover import genres


def test_all_listed_names_are_there_once() -> None:
    names = genres.known_genres()
    assert len(names) == 3253
    assert len(set(names)) == 3253


def test_every_listed_name_finds_a_family() -> None:
    assert [name for name in genres.known_genres() if not genres.families_of(name)] == []


EXCEPTIONS = {word.removeprefix("="): genres.FAMILIES[homes[0]]
              for word, homes in genres.genre_tree().places.items() if word.startswith("=")}  # fmt: skip


def test_exceptions_are_listed_names() -> None:
    assert len(EXCEPTIONS) > 400
    assert set(EXCEPTIONS) <= {genres.normal(name) for name in genres.known_genres()}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_lies_where_it_was_put(name: str) -> None:
    assert genres.main_family([name]) == EXCEPTIONS[name]


def test_an_exception_says_nothing_of_its_words() -> None:
    assert genres.main_family(["c"]) == "indie"
    assert "indie" not in genres.families_of("c-pop")


@pytest.mark.parametrize(
    ("genre", "family"),
    [
        ("swedish death metal", "metal"),
        ("Thrash Metal", "metal"),
        ("hard bop", "jazz"),
        ("jazz rap", "hip hop"),
        ("detroit techno", "techno"),
        ("vaporwave", "synth"),
        ("singer-songwriter", "folk"),
        ("k-pop", "pop"),
        ("string quartet", "classical"),
        ("quiet storm", "r&b"),
        ("hardcore punk", "punk"),
        ("Música CÉLTIC", "latin"),
        ("CÉLTIC", "folk"),
        ("swamp dub", "reggae"),
    ],
)
def test_names_lie_in_their_family(genre: str, family: str) -> None:
    assert next(iter(genres.families_of(genre))) == family


def test_weights_sum_to_one_largest_first() -> None:
    for name in genres.known_genres()[:400]:
        weights = list(genres.families_of(name).values())
        assert weights == sorted(weights, reverse=True)
        assert not weights or sum(weights) == pytest.approx(1)


def test_nothing_is_known_of_nonsense() -> None:
    assert genres.families_of("zzqx") == {}
    assert genres.families_of("") == {}
    assert genres.main_family(("zzqx", "")) is None
    assert genres.mixed_families(()) == {}


def test_case_accents_and_space_do_not_matter() -> None:
    assert genres.normal("  Música\tPOPULAR ") == "musica popular"
    assert genres.families_of("BLACK   Metál") == genres.families_of("black metal")


def test_words_of_hyphenated_names() -> None:
    assert genres.words_of("Post-Rock") == ("post-rock", "post", "rock")
    assert genres.words_of("drum & bass (liquid)") == ("drum", "&", "bass", "liquid")
    assert genres.words_of(" -/ ") == ()


def test_callers_cannot_spoil_the_cache() -> None:
    genres.families_of("techno").clear()
    assert genres.families_of("techno")


def test_first_genre_counts_twice() -> None:
    jazz_first = genres.mixed_families(("jazz", "techno"))
    assert jazz_first["jazz"] == pytest.approx(2 * jazz_first["techno"])
    weighted = genres.mixed_families({"jazz": 1.0, "techno": 3.0})
    assert weighted["techno"] == pytest.approx(3 * weighted["jazz"])
    assert sum(weighted.values()) == pytest.approx(1)


def test_parse_reads_words_phrases_and_remarks() -> None:
    tree = genres.GenreTree.parse('# remark\nlow: deep "Sub Bass"\nhigh: thin deep\n')
    assert tree.families == ("low", "high")
    assert tree.places == {"deep": (0, 1), "sub bass": (0,), "thin": (1,)}
    assert tree.families_of("thin") == {"high": 1.0}
    assert tree.families_of("deep") == {"low": 0.5, "high": 0.5}


def test_similarity_is_symmetric_and_bounded() -> None:
    pairs = [("black metal", "death metal"), ("jazz", "techno"), ("pop", "zzqx"), ("", "jazz")]
    for first, second in pairs:
        value = genres.similarity(first, second)
        assert 0 <= value < 1
        assert value == pytest.approx(genres.similarity(second, first))
    assert genres.similarity("black metal", "black metal") == pytest.approx(1)
    assert genres.similarity("black metal", "death metal") > genres.similarity("black metal", "cool jazz")


def test_nearest_finds_itself_and_kin() -> None:
    assert genres.nearest("black metal", 1) == ("black metal",)
    near = genres.nearest("scandinavian blackened thrash metal", 8)
    assert len(near) == len(set(near)) == 8
    assert near[0] == "thrash metal"
    assert sum("metal" in genres.families_of(name) for name in near) >= 5
    assert genres.nearest("", 3) == ()

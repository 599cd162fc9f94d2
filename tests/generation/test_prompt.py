"""What large models are asked: an album's subject, genre and time; nothing to be written, and no person."""

from __future__ import annotations

import re

import pytest

from duck_and_cover.condition import Condition
from duck_and_cover.generation.prompt import _SCENES, AGAINST, prompt_of
from duck_and_cover.genres import FAMILIES, known_genres

SEEDS = range(24)


def asked(*genres: str, year: int | None = None, artist: str | None = None, title: str | None = None) -> Condition:
    return Condition(dict.fromkeys(genres, 1.0), year, artist, title)


def texts(condition: Condition, **how: bool) -> set[str]:
    return {prompt_of(condition, seed, **how).text for seed in SEEDS}


def test_a_seed_gives_its_words_again_and_others_give_others() -> None:
    metal = asked("thrash metal", year=1988)
    assert prompt_of(metal, 7) == prompt_of(metal, 7)
    assert len(texts(metal)) >= 6, "pictures times media"
    assert prompt_of(asked("dub", year=1978, title="Low Tide"), 7).text == (
        "low tide, airbrush painting with soft gradients, warm, hazy, vivid red, yellow and green, "
        "in the spirit of dub, one clear subject, calm empty space around it"
    )


def test_the_artist_is_never_named_and_no_letters_are_asked_for() -> None:
    for text in texts(asked("jazz", year=1959, artist="Odell Marsh", title='"Blue" Hour')):
        assert "odell" not in text.casefold() and '"' not in text and "blue hour" in text
        assert not re.search(r"\b(letter|text|word|title|typograph|album|cover|poster)", text)
    assert {"lettering", "typography", "text"} <= set(AGAINST.split(", "))


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Cathedral of Rust (Deluxe Edition) [Remastered]", "cathedral of rust"),
        ("Live at the Harbour", "the harbour"),
        ("Live and Let Live", "live and let live"),
        ("Rivers, Vol. 2", "rivers"),
        ("Парад планет", "парад планет"),
        ("one two three four five six seven eight nine ten", "one two three four five six seven eight"),
    ],
)
def test_a_title_is_a_subject(title: str, subject: str) -> None:
    assert {text.split(", ")[0] for text in texts(asked("folk", title=title))} == {subject}


@pytest.mark.parametrize(
    "title", ["Greatest Hits, Vol. 2", "1984", "IV", "Untitled", "The Best of Low", "Demo", "Ivy", None]
)
def test_titles_that_show_nothing_are_left_out(title: str | None) -> None:
    named, without = (texts(asked("folk", artist="Ivy", title=t)) for t in (title, None))
    assert named == without


def test_a_title_stands_alone_every_other_time() -> None:
    scenes = _SCENES["folk"][0].split("|")
    with_scene = [
        any(scene in prompt_of(asked("folk", title="Rivers"), seed).text for scene in scenes) for seed in SEEDS
    ]
    assert 4 < sum(with_scene) < 20
    assert all(any(scene in text for scene in scenes) for text in texts(asked("folk")))


def test_genre_and_year_choose_pictures_and_how_they_were_made() -> None:
    metal, jazz = texts(asked("black metal", year=1995)), texts(asked("cool jazz", year=1959))
    assert all("ominous" in text and "in the spirit of black metal" in text for text in metal)
    assert all("cool, spare" in text for text in jazz) and not any("ominous" in text for text in jazz)
    assert any("cross-processed" in text for text in metal) and any("cut paper" in text for text in jazz)
    assert not any("cross-processed" in text for text in jazz)
    assert any("quiet" in text for text in texts(asked("ambient", "folk"))), "a second family has its say"
    assert set(_SCENES) == set(FAMILIES)


def test_a_model_taught_by_captions_is_asked_as_they_begin() -> None:
    for text in texts(asked("thrash metal", year=1988), captioned=True):
        assert text.startswith("album cover, thrash metal, 1988, ")
    assert prompt_of(Condition(), 1, captioned=True).text.startswith("album cover, ")


def test_it_fits_into_the_77_tokens_that_clip_reads() -> None:
    longest = 0
    for i, genre in enumerate(known_genres()[:600]):
        for captioned in (False, True):
            condition = asked(genre, "post-rock", year=1930 + i % 90, title="a long title of a record that goes on")
            words = re.findall(r"\w+|[^\w\s]", prompt_of(condition, i, captioned=captioned).text)
            longest = max(longest, len(words))
    assert 40 < longest <= 66, "a rare word is two or three tokens"
    assert len(re.findall(r"\w+|[^\w\s]", AGAINST)) < 60

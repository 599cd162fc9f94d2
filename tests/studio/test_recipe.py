"""A recipe is an address, and an address a recipe."""

from __future__ import annotations

import pickle

import pytest

from duck_and_cover.album import Album, Track
from duck_and_cover.errors import BadInput
from duck_and_cover.studio.form import Form
from duck_and_cover.studio.recipe import Recipe

WHOLE = Recipe(
    Album(
        "Sigur & Søn", "100 % <i>Låt</i>", ("post-rock", "my own words"), 1999, (Track("One", 61, side="A"), "B1 Two")
    ),
    7,
    {"type": 3, "art": 9},
    {"finish": "Halftone", "palette": "own f3ead6 17130f e2571e 1f6f8c", "layout": "poster@lead+.05-.1"},
    frozenset({"type"}),
    art="a" * 64,
    toward=12,
    along=0.25,
    by="0123abcd",
)


def test_a_recipe_goes_through_its_address_unchanged() -> None:
    again = Recipe.of(WHOLE.query)
    assert again.query == WHOLE.query and again.album.title == "100 % <i>Låt</i>"
    assert again.album.tracks == ("A One 1:01", "B1 Two") and again.seeds == {"art": 9, "type": 3}
    assert (again.looks["finish"], again.held, again.toward, again.along) == ("halftone", {"type"}, 12, 0.25)
    assert again.by == "0123abcd" and "by=" not in again.plain.query
    assert pickle.loads(pickle.dumps(WHOLE)).query == WHOLE.query


def test_what_is_held_makes_no_other_cover_and_an_open_axis_loses_its_seed() -> None:
    assert "hold" in WHOLE.query and "hold" not in WHOLE.plain.query
    open_ = WHOLE.with_looks(type="anton", lettering="arc").without("type")
    assert "type" not in open_.seeds and {"type", "lettering"}.isdisjoint(open_.looks) and "finish" in open_.looks


def test_a_layout_without_words_is_left_when_there_are_words() -> None:
    assert "layout" not in Recipe.of("title=A&layout=no+words").looks
    assert Recipe.of("layout=no+words").looks["layout"] == "no words"


@pytest.mark.parametrize(
    "query",
    [
        "seed=-1",
        "seed=2147483648",
        "seed=seven",
        "year=0",
        "type-seed=99999999999",
        "hold=everything",
        "art=../../etc",
        "along=2",
        "by=me",
        "along=nan",
        "toward=1e3",
        "finish=" + "x" * 200,
        "tracks=" + "x%0A" * 301,
        "artist=" + "x" * 401,
        "catalogue=" + "x" * 121,
    ],
)
def test_what_is_no_recipe_is_refused(query: str) -> None:
    with pytest.raises(BadInput):
        Recipe.of(query)


def test_each_fault_is_told_at_its_field_and_the_rest_counts() -> None:
    form = Form.read([("artist", "x" * 500), ("title", "Low Tide"), ("year", "soon"), ("genre", "dub"), ("seed", "3")])
    assert set(form.faults) == {"artist", "year"} and "soon" in form.faults["year"]
    assert form.recipe.album == Album(None, "Low Tide", ("dub",)) and form.recipe.seed == 3
    assert form.typed["year"] == "soon" and form.genres == ("dub",)
    assert Form.read([]).faults == {} and Form.read([("art", "x")]).faults[""] != ""


def test_what_is_printed_beside_the_tracks_is_in_the_address_as_one_line() -> None:
    recipe = Recipe.of("title=A&catalogue=+QH%00++001&rights=%C2%A9+1959+Blue%0ANote&seed=1")
    assert recipe.release == {"catalogue": "QH 001", "rights": "© 1959 Blue Note"}
    assert Recipe.of(recipe.plain.query).release == recipe.release and Recipe.of("title=A&rights=+").release == {}
    assert "catalogue" in Form.read([("catalogue", "x" * 121)]).faults


def test_album_is_the_title_and_names_that_mean_nothing_are_told() -> None:
    form = Form.read([("album", "Low Tide"), ("colour", "red"), ("colour", "blue"), ("seat", "a"), ("hold", "type")])
    assert form.recipe.album.title == form.typed["title"] == "Low Tide" and form.unknown == ("colour",)
    assert Form.read([("album", "x" * 500)]).faults.keys() == {"title"}
    assert Recipe.of("album=Low+Tide&seed=1").query == "title=Low+Tide&seed=1"

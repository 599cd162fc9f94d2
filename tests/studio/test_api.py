"""What other programs ask of the studio: drafts, long records, kits of another version."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conftest import Served
from duck_and_cover.errors import BadInput
from duck_and_cover.studio import exports as exports_module
from duck_and_cover.studio.exports import Exports
from duck_and_cover.studio.form import Form
from duck_and_cover.studio.recipe import Recipe

RECORD = {"artist": "Nine", "title": "Low Tide", "genres": ["dub"]}


def drafts(studio: Served, **wanted: Any) -> list[dict[str, Any]]:
    status, told = studio.json("/api/drafts", {**RECORD, "count": 2, **wanted})
    assert status == 200, told
    return told


def test_drafts_keep_what_is_named_and_held(studio: Served) -> None:
    for told in drafts(studio, seeds={"art": 99}, looks={"type": "anton", "lettering": "shadow"}, toward=7, along=0.5):
        assert told["report"]["seeds"]["art"] == 99 and told["report"]["asked"]["toward"] == "7@0.5"
        assert (told["looks"]["type"], told["looks"]["lettering"]) == ("anton", "shadow")
    one, other = drafts(studio, hold=["art", "finish"])
    assert one["report"]["seeds"]["art"] == other["report"]["seeds"]["art"]
    assert one["looks"]["finish"] == other["looks"]["finish"]
    status, told = studio.json("/api/drafts", {**RECORD, "looks": {"lettering": "shadow"}})
    assert status == 422 and "name a type" in told["fault"]


def test_programs_do_not_end_each_other_s_drafts(studio: Served) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda seed: drafts(studio, seed=seed), (1, 2)))
    assert [len(each) for each in found] == [2, 2]


def test_catalogue_and_rights_are_part_of_a_cover_s_recipe(studio: Served) -> None:
    status, told = studio.json("/api/covers", {**RECORD, "seed": 1, "catalogue": "X 1", "rights": "© Nine"})
    assert status == 200
    assert dict(Recipe.of(told["recipe"]).release) == {"catalogue": "X 1", "rights": "© Nine"}


def test_too_much_is_refused_in_words(studio: Served) -> None:
    many = "&".join(["genre=x"] * 301)
    for path in (f"/api/check?recipe={many.replace('&', '%26')}", f"/cover.jpg?seed=1&{many}"):
        status, _, body = studio.ask(path)
        assert status == 422, body[:200]
    with pytest.raises(BadInput, match="41 genres"):
        Recipe.of("&".join(["genre=x"] * 41))
    form = Form.read([("tracks", "\n".join(["a" * 280] * 150))])
    assert "42,149 characters" in form.faults["tracks"] and form.typed["tracks"]


def test_a_kit_of_another_version_is_another_kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = Recipe.of("artist=Nine&seed=1")
    here = Exports(tmp_path / "one").id(recipe, ())
    assert Exports(tmp_path / "two").id(recipe, ()) == here
    monkeypatch.setattr(exports_module, "version", lambda name: "99.0")
    assert Exports(tmp_path / "one").id(recipe, ()) != here


def test_a_kit_made_before_words_could_be_read_is_another_kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for spec in (None, object()):
        monkeypatch.setattr(exports_module, "find_spec", lambda name, spec=spec: spec)
        found.append(Exports(tmp_path).id(Recipe.of("artist=Nine&seed=1"), ()))
    assert found[0] != found[1]

"""Gathering: everything once, whatever goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from provider import Fault, Provider

from duck_and_cover.catalog.gather import ATTEMPTS, Limits, Outcome, later
from duck_and_cover.catalog.store import Catalog
from duck_and_cover.sources.http import Broken, NeedsUser, Refused, Wait

Asked = Callable[..., Outcome]
Known = Callable[[Catalog], dict[str, list[tuple[Any, ...]]]]


def over(catalog: Catalog) -> None:
    """Let the time pass that a service asked for."""
    with catalog.change() as c:
        c.execute("DELETE FROM notes WHERE name = 'not before'")


@pytest.fixture
def catalog(tmp_path: Path) -> Any:
    with Catalog(tmp_path / "catalog.db") as made:
        yield made


@pytest.fixture
def whole(start: Callable, asked: Asked, known: Known, tmp_path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What an undisturbed run finds, addresses of pictures without the port."""
    with Catalog(tmp_path / "whole.db") as made:
        asked(start(state="extended"), made)
        return portless(known(made))


def portless(contents: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    def plain(value: Any) -> Any:
        return value.split("/image/")[-1] if isinstance(value, str) and "/image/" in value else value

    return {name: sorted((tuple(map(plain, row)) for row in rows), key=repr) for name, rows in contents.items()}


def test_everything_of_a_world_is_found_once(start: Callable, asked: Asked, catalog: Catalog) -> None:
    provider = start(state="extended")
    outcome = asked(provider, catalog)
    assert (outcome.left, outcome.why) == (False, "")
    world = provider.world
    listed = {artist for genre in ("dream pop", "black metal", "música popular") for artist in world.members(genre)}
    alive = {artist for artist in listed if not world.is_gone(artist)}
    related = {other for artist in alive for other in world.related(artist)}
    names = {row[0] for row in catalog.rows("SELECT id FROM artists")}
    assert len(names) == len(listed | related), "top artists and the ones related to them, each once"
    there = [artist for artist in listed | related if not world.is_gone(artist)]
    albums = {album for artist in there for album in world.albums_of(artist, ["album"])}
    assert next(catalog.rows("SELECT count(*) FROM albums"))[0] == len(albums), "all pages, shared albums once"
    assert provider.repeats() == {}
    assert len(provider.log) <= 1.02 * next(catalog.rows("SELECT count(*) FROM tasks"))[0] + 6, "and hardly more asked"


def test_asked_again_nothing_is_sent(start: Callable, asked: Asked, catalog: Catalog) -> None:
    provider = start(state="extended")
    asked(provider, catalog)
    before = len(provider.log)
    assert asked(provider, catalog).answered == 0
    assert len(provider.log) == before


def test_where_related_artists_are_not_told_one_line_says_so(start: Callable, asked: Asked, catalog: Catalog) -> None:
    said: list[str] = []
    provider = start(state="dev-2026")
    outcome = asked(provider, catalog, say=said.append, workers=4)
    assert len(said) == 1 and "related artists are not told" in said[0]
    assert provider.count("related-artists") <= 4, "each worker may have asked once"
    assert not outcome.left
    states = dict(catalog.rows("SELECT state, count(*) FROM tasks WHERE stage = 'related' GROUP BY state"))
    assert set(states) <= {"skipped", "gone"}, "whether a request was on its way does not show"
    assert catalog.notes("spotify")["search limit"] == "10"
    assert catalog.notes("spotify")["genres"] == "not told"
    assert {row[0] for row in catalog.rows("SELECT DISTINCT origin FROM artist_genres")} == {"asked"}
    asked(provider, catalog, say=said.append)
    assert len(said) == 1


FAULTS = {
    "a short wait": Fault("/albums", "429", first=3, count=2, every=9, value=1.0),
    "503 without a time": Fault("/albums", "503", first=2, count=3, every=4),
    "server faults": Fault("/v1/", "500", first=1, count=6, every=4),
    "pages of a hotel": Fault("/v1/", "html", first=2, count=4, every=5),
    "broken connections": Fault("/v1/", "reset", first=4, count=4, every=5),
    "bodies cut short": Fault("/v1/", "truncated", first=3, count=4, every=5),
    "tokens that end": Fault("/v1/", "401", first=5, count=2, every=7),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_that_pass_leave_no_trace(
    name: str, start: Callable, asked: Asked, catalog: Catalog, known: Known, whole: dict[str, list[tuple[Any, ...]]]
) -> None:
    provider = start(state="extended", faults=[FAULTS[name]])
    outcome = asked(provider, catalog)
    assert not outcome.left
    assert any(each.fault for each in provider.log), "the fault happened"
    assert portless(known(catalog)) == whole
    assert provider.repeats() == {}
    assert provider.inside_window(grace_s=0.5) == []


def test_a_long_wait_ends_the_run_and_is_remembered(start: Callable, asked: Asked, tmp_path: Path) -> None:
    provider = start(state="extended", faults=[Fault("/albums", "429", first=2, value=7200)])
    with Catalog(tmp_path / "catalog.db") as catalog:
        outcome = asked(provider, catalog, workers=1)
    assert outcome.left
    assert outcome.resume_after == pytest.approx(time.time() + 7200, abs=60)
    before = len(provider.log)
    with Catalog(tmp_path / "catalog.db") as catalog:
        again = asked(provider, catalog)
    assert (again.answered, again.resume_after) == (0, outcome.resume_after)
    assert len(provider.log) == before, "started too early, nothing is sent"
    with Catalog(tmp_path / "catalog.db") as catalog:
        over(catalog)
        assert not asked(provider, catalog).left
    assert provider.repeats() == {}


def test_what_fails_for_ever_is_parked_with_its_reason(start: Callable, asked: Asked, catalog: Catalog) -> None:
    provider = start(state="extended", faults=[Fault("/search.*black", "500", count=None)])
    outcome = asked(provider, catalog)
    assert not outcome.left
    row = next(catalog.rows("SELECT state, attempts, reason, status FROM tasks WHERE item = 'black metal'"))
    assert row == ("parked", ATTEMPTS, "500 of the server", 500)
    assert provider.count("/search.*black") == ATTEMPTS
    assert catalog.try_again("spotify") == 1
    assert catalog.due("spotify", 9, time.time())[0].task.item == "black metal"


def test_where_the_net_is_down_the_run_ends_and_nothing_is_used_up(
    start: Callable, asked: Asked, catalog: Catalog
) -> None:
    with Provider(state="extended") as gone:
        pass
    outcome = asked(gone, catalog)
    assert "in a row brought nothing (no connection)" in outcome.why
    assert outcome.left
    assert {row[0] for row in catalog.rows("SELECT attempts FROM tasks")} == {0}
    assert not asked(start(state="extended"), catalog).left


def test_who_hangs_up_for_ever_is_parked(start: Callable, asked: Asked, catalog: Catalog) -> None:
    provider = start(state="extended", faults=[Fault("/search.*black", "truncated", count=None)])
    assert not asked(provider, catalog).left
    assert next(catalog.rows("SELECT state FROM tasks WHERE item = 'black metal'"))[0] == "parked"
    assert provider.count("/search.*black") == ATTEMPTS


def test_limits_end_a_run(start: Callable, asked: Asked, catalog: Catalog) -> None:
    provider = start(state="extended")
    outcome = asked(provider, catalog, limits=Limits(requests=10), workers=1)
    assert outcome.why == "as many requests as wanted"
    assert 9 <= len(provider.log) <= 11
    assert asked(provider, catalog, limits=Limits(seconds=1e-9)).why == "as long as wanted"


def test_wrong_keys_end_the_run_and_stay_secret(start: Callable, asked: Asked, catalog: Catalog) -> None:
    provider = start(state="extended", faults=[Fault("/api/token", "400", count=None)])
    with pytest.raises(NeedsUser, match="SPOTIPY_CLIENT_ID") as caught:
        asked(provider, catalog)
    assert "under-cover" not in str(caught.value)
    assert "under-cover" not in repr(list(catalog.connection.iterdump()))


@pytest.mark.parametrize(
    ("error", "before", "becomes"),
    [
        (Refused("404", 404), 0, (1, "gone")),
        (Refused("410", 410), 2, (3, "gone")),
        (Refused("403", 403), 0, (1, "refused")),
        (Wait("429", 429, 30.0), 4, (4, "waiting")),
        (Broken("500", 500), 0, (1, "waiting")),
        (Broken("500", 500), ATTEMPTS - 1, (ATTEMPTS, "parked")),
        (Broken("no network", reached=False), ATTEMPTS - 1, (ATTEMPTS - 1, "waiting")),
        (Broken("cut short"), 0, (1, "waiting")),
        (Wait("503", 503, None), 0, (1, "waiting")),
        (Wait("503", 503, None), 99, (100, "parked")),
    ],
)
def test_what_becomes_of_a_failure(error: Any, before: int, becomes: tuple[int, str]) -> None:
    assert later(error, before, 1.0)[:2] == becomes


def test_waits_are_exact_and_pauses_grow() -> None:
    assert later(Wait("429", 429, 30.0), 0, 1.0)[2] == 30.0
    pauses = [max(later(Broken("500", 500), tried, 1.0)[2] for _ in range(200)) for tried in range(4)]
    assert pauses == sorted(pauses)
    assert 8 < pauses[3] <= 16, "up to 2 ** attempts, at random"

from __future__ import annotations

import numpy as np
import pytest

from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.generation.reach import KIN, within_reach
from duck_and_cover.genres import FAMILIES

ENCODER = ConditionEncoder()
LEARNED = {"metal": 950, "rock": 950, "electronic": 950, "techno": 50, "experimental": 2}


def reached(condition: Condition, learned: dict[str, int] = LEARNED) -> tuple[dict[str, float], float]:
    """What families are told, and the share."""
    within, share = within_reach(ENCODER.encode(condition), ENCODER, learned)
    told = within[: len(FAMILIES)]
    return {name: round(float(told[i]), 4) for i, name in enumerate(FAMILIES) if told[i]}, share


def test_a_known_family_is_asked_for_nearly_as_it_is() -> None:
    told, share = reached(Condition({"thrash metal": 1.0}))
    assert told == {"metal": 0.95} and share == pytest.approx(0.95)


def test_what_is_half_known_is_asked_for_by_half_and_its_kin_take_the_rest() -> None:
    told, share = reached(Condition({"techno": 1.0}))
    assert told == {"techno": 0.5, "electronic": 0.475} and share == pytest.approx(0.975)


def test_a_large_family_does_not_vouch_for_a_small_one_in_a_mixture() -> None:
    """Half of each was 476 covers in the mean, and so nearly all of the two of "experimental" was asked for."""
    told, _ = reached(Condition({"experimental": 1.0, "electronic": 1.0}))
    assert told["experimental"] == pytest.approx(0.5 * 2 / 52, abs=1e-4)
    assert told["electronic"] > 0.9


def test_a_family_without_covers_is_asked_for_by_kin_alone_or_not_at_all() -> None:
    assert reached(Condition({"punk": 1.0}))[0] == {"metal": 0.475, "rock": 0.475}
    told, share = reached(Condition({"punk": 1.0}), {"classical": 900})
    assert (told, share) == ({}, 0.0)


def test_words_and_the_mark_of_a_known_genre_follow() -> None:
    plain = ENCODER.encode(Condition({"techno": 1.0}, 1996, "A", "B"))
    within, share = within_reach(plain, ENCODER, LEARNED)
    genres = ENCODER.fields["genres"]
    assert np.allclose(within[ENCODER.words], 0.5 * plain[ENCODER.words]), "words are of the genre, not of its kin"
    assert within[genres.stop - 1] == pytest.approx(share)
    assert np.array_equal(within[genres.stop :], plain[genres.stop :]), "year and names are told as they are"


@pytest.mark.parametrize("condition", [Condition(), Condition(year=1970), Condition({"qwxz": 1.0})])
def test_nothing_known_of_a_genre_changes_nothing(condition: Condition) -> None:
    plain = ENCODER.encode(condition)
    within, share = within_reach(plain, ENCODER, LEARNED)
    assert np.array_equal(within, plain) and share == 1.0


def test_a_bundle_that_does_not_say_what_it_learned_is_asked_plainly() -> None:
    plain = ENCODER.encode(Condition({"techno": 1.0}))
    within, share = within_reach(plain, ENCODER, {})
    assert np.array_equal(within, plain) and share == 1.0


def test_kin_are_families_and_end_with_one_that_has_no_kin() -> None:
    assert {*KIN} | {kin for each in KIN.values() for kin in each} <= {*FAMILIES}
    assert not {kin for each in KIN.values() for kin in each} & {*KIN}

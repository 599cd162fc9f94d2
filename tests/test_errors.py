from __future__ import annotations

import re

import pytest

from duck_and_cover import errors

MADE = [
    errors.BadInput("x"),
    errors.UnknownChoice("recipe", "flow-46", ["flow-64", "flow-128"]),
    errors.MissingGlyphs("ab"),
    errors.Failure("x"),
    errors.DamagedBundle("x"),
    errors.CannotWrite("x"),
    errors.MissingExtra("training", "train"),
]


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_whose_turn_it_is(error: errors.DuckAndCoverError) -> None:
    assert error.exit_code == (2 if isinstance(error, errors.BadInput) else 1)
    assert isinstance(error, ValueError) == isinstance(error, errors.BadInput)
    assert isinstance(error, errors.BadInput) != isinstance(error, errors.Failure)
    assert "\n" not in str(error)


def test_the_drawn_tree_is_the_tree() -> None:
    drawn = set(re.findall(r"^[\s│├└─]*([A-Z]\w+)(?= |$)", errors.__doc__ or "", re.M)) - {"Every", "What"}
    assert drawn == set(errors.__all__)


def test_unknown_choice_offers_the_nearest() -> None:
    error = errors.UnknownChoice("recipe", "Flow-46", ["gan", "flow-64", "flow-128", "tiny"])
    assert str(error) == "no recipe is called 'Flow-46'; try flow-64, flow-128 (4 in all)"
    assert (error.kind, error.name, error.choices) == ("recipe", "Flow-46", ["flow-128", "flow-64", "gan", "tiny"])


def test_unknown_choice_lists_all_where_none_is_near() -> None:
    assert str(errors.UnknownChoice("look", "zzz", ["b", "a"])) == "no look is called 'zzz'; try a, b"


def test_unknown_choice_without_choices_still_reads() -> None:
    assert "no engine is called 'x'" in str(errors.UnknownChoice("engine", "x", []))


def test_missing_glyphs_are_named_once() -> None:
    error = errors.MissingGlyphs("ꙮxꙮ")
    assert error.characters == ("ꙮ", "x")
    assert "'ꙮ' (U+A66E), 'x' (U+0078);" in str(error)
    assert "and 2 more" in str(errors.MissingGlyphs("abcdefghij"))


def test_missing_extra_says_what_to_type() -> None:
    assert "pip install '.[train]'" in str(errors.MissingExtra("training", "train"))

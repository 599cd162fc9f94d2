from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from duck_and_cover.album import Album
from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.errors import BadInput, DamagedBundle

ENCODER = ConditionEncoder()
FULL = Condition({"jazz": 2.0, "bossa nova": 1.0}, 1963, "Ola Fenn", "Blue Stairs")


def cosine(first: np.ndarray, second: np.ndarray) -> float:
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def genres_part(genre: str) -> np.ndarray:
    return ENCODER.encode(Condition({genre: 1.0}))[ENCODER.fields["genres"]]


def test_empty_is_all_zeros_and_of_the_promised_length() -> None:
    empty = ENCODER.encode(Condition())
    assert empty.shape == (ENCODER.dims,) == (213,)
    assert empty.dtype == np.float32
    assert not empty.any()


def test_fields_tile_the_encoding() -> None:
    ends = [(where.start, where.stop) for where in ENCODER.fields.values()]
    assert ends[0][0] == 0 and ends[-1][1] == ENCODER.dims
    assert all(before[1] == after[0] for before, after in pairwise(ends))


@pytest.mark.parametrize("field", ["genres", "year", "artist", "album"])
def test_leaving_a_field_open_zeroes_exactly_its_slice(field: str) -> None:
    full, without = ENCODER.encode(FULL), ENCODER.encode(FULL.without(field))
    where = ENCODER.fields[field]
    assert full[where].any()
    assert not without[where].any()
    rest = np.ones(ENCODER.dims, bool)
    rest[where] = False
    assert np.array_equal(full[rest], without[rest])


def test_of_an_album_counts_the_first_genre_twice() -> None:
    condition = Condition.of(Album("A", "B", ("rock", "pop", "rock"), 1970))
    assert condition == Condition({"rock": 3.0, "pop": 1.0}, 1970, "A", "B")


def test_only_relative_weights_matter() -> None:
    one = ENCODER.encode(Condition({"rock": 1.0, "pop": 3.0}))
    ten = ENCODER.encode(Condition({"rock": 10.0, "pop": 30.0}))
    assert np.allclose(one, ten, atol=1e-6)
    assert not np.allclose(one, ENCODER.encode(Condition({"rock": 3.0, "pop": 1.0})))


def test_unseen_genres_land_near_their_kin() -> None:
    unseen = genres_part("faroese blackened death metal")
    assert cosine(unseen, genres_part("death metal")) > 0.6
    assert cosine(unseen, genres_part("death metal")) > cosine(unseen, genres_part("cool jazz")) + 0.2
    assert genres_part("zzqx").any(), "even nonsense is not the same as nothing"


def test_values_stay_small_for_a_network() -> None:
    conditions = [FULL, Condition({"x" * 400: 1.0}, 1900), Condition(year=2100, artist="初音ミク")]
    vectors = ENCODER.encode_all(conditions)
    assert vectors.shape == (3, 213)
    assert np.isfinite(vectors).all()
    assert np.abs(vectors).max() < 4


def test_neighbouring_years_are_nearer_than_far_ones() -> None:
    vector = {year: ENCODER.encode(Condition(year=year)) for year in (1960, 1961, 1990, 2020)}
    near = np.linalg.norm(vector[1960] - vector[1961])
    assert 0 < near < np.linalg.norm(vector[1960] - vector[1990])
    assert near < np.linalg.norm(vector[1960] - vector[2020])


def test_encoding_is_pinned() -> None:
    """A trained network reads these numbers; they may change only together with `ENCODING`."""
    vector = ENCODER.encode(FULL)
    assert vector.sum() == pytest.approx(4.790073, abs=1e-4)
    assert vector @ np.arange(ENCODER.dims) == pytest.approx(785.7274, abs=1e-2)
    assert np.flatnonzero(vector[: len(ENCODER.tree.families)]).tolist() == [8, 19]


def test_encode_all_of_none() -> None:
    assert ENCODER.encode_all([]).shape == (0, 213)


def test_survives_json() -> None:
    again = ConditionEncoder.from_json(json.loads(json.dumps(ENCODER.to_json())))
    assert again == ENCODER
    assert np.array_equal(again.encode(FULL), ENCODER.encode(FULL))


def test_another_tree_reads_otherwise() -> None:
    spec = ENCODER.to_json()
    spec["families"] = spec["families"][:5]
    spec["places"] = {"jazz": [2]}
    small = ConditionEncoder.from_json(spec)
    assert small.dims == 213 - len(ENCODER.tree.families) + 5
    assert small.encode(Condition({"jazz": 1.0}))[2] == 1.0


def test_unknown_encodings_are_refused() -> None:
    with pytest.raises(DamagedBundle, match="encoding 99 is not known here; wanted 1"):
        ConditionEncoder.from_json({**ENCODER.to_json(), "encoding": 99})


def test_bad_conditions_are_refused() -> None:
    for weight in (float("nan"), float("inf"), -1.0):
        with pytest.raises(BadInput, match="weights must be numbers above 0"):
            Condition({"jazz": weight})
    with pytest.raises(BadInput, match="weights must be numbers above 0"):
        Condition({"jazz": 0.0})
    with pytest.raises(BadInput, match="wanted 1900 to 2100"):
        Condition(year=1850)
    with pytest.raises(BadInput, match="wants a mapping"):
        Condition(("jazz",))  # type: ignore[arg-type]

"""Twins: no near pair is missed, none is invented, and groups are the same in any order."""

from __future__ import annotations

import itertools

import numpy as np

from duck_and_cover.dataset.building.twins import NEAR, groups, near_pairs


def planted(count: int, seed: int) -> np.ndarray:
    """Random hashes, half of them a few bits from another."""
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**64, count, np.uint64)
    for i in range(count // 2):
        flips = rng.choice(64, int(rng.integers(0, 2 * NEAR)), replace=False)
        hashes[i + count // 2] = hashes[i] ^ np.uint64(sum(1 << int(bit) for bit in flips))
    return hashes


def test_all_near_pairs_are_found_once() -> None:
    hashes = planted(300, 1)
    found = list(near_pairs(hashes))
    wanted = {(i, j) for i, j in itertools.combinations(range(300), 2)
              if (int(hashes[i]) ^ int(hashes[j])).bit_count() <= NEAR}  # fmt: skip
    assert len(wanted) > 30
    assert len(found) == len(set(found)) and set(found) == wanted


def test_same_wants_the_same_colours_and_groups_hang_together() -> None:
    red, dark = bytes([200, 20, 20] * 64), bytes([30, 5, 5] * 64)
    one = 0x0F0F_3C3C_55AA_1234
    hashes = [one, one ^ 0b111, one ^ 0b111111111, 0xFFFF_0000_FFFF_0000, one]
    same, near = groups(hashes, [red, red, red, red, dark])
    assert same.tolist() == [0, 0, 0, 3, 4], "0 and 2 are too far, but 1 stands between them"
    assert near.tolist() == [0, 0, 0, 3, 0]


def test_ten_thousand_take_no_time() -> None:
    hashes = planted(10_000, 2)
    assert len(list(near_pairs(hashes))) > 1000

"""Which covers show the same picture, and which are so alike that they must not stand on both sides of a split.

Two covers are *near* where few bits of their hashes differ, and *the same* where their small pictures agree as well.
Pairs are found without comparing all with all: two hashes that differ in at most `NEAR` bits agree wholly in one of
`NEAR` + 1 bands of their bits.

    N  covers    a hash is 64 bits (`screening.phash`)    a small picture is S x S x 3 bytes

Reference: Manku, Jain, Das Sarma 2007, "Detecting near-duplicates for web crawling".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["NEAR", "SAME", "groups", "near_pairs"]

NEAR = 6
"""Bits of 64. Random covers differ in 32 on average, fewer than one pair in a million in so few."""

SAME = 48.0
"""Mean difference of small pictures, of 255. Scans and remasters of one sleeve differ by up to so much; one that was
recoloured or turned into its negative by more.
"""

_BITS = np.array([bin(i).count("1") for i in range(1 << 16)], np.uint8)
_MOST_AT_ONCE = 2_000_000
"""Pairs whose bits are counted at a time."""


def near_pairs(hashes: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Pairs (i, j), i < j, whose hashes differ in at most `NEAR` bits; each once."""
    edges = np.linspace(0, 64, NEAR + 2).astype(int)
    bands = [(hashes >> np.uint64(low)) & np.uint64((1 << (high - low)) - 1)
             for low, high in itertools.pairwise(edges.tolist())]  # fmt: skip
    for number, band in enumerate(bands):
        order = np.argsort(band, kind="stable")
        ends = np.flatnonzero(np.diff(band[order])) + 1
        for bucket in np.split(order, ends):
            for i, j in _within(hashes, np.sort(bucket)):
                if all(other[i] != other[j] for other in bands[:number]):  # else it was found there
                    yield i, j


def _within(hashes: NDArray[np.uint64], rows: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    step = max(1, _MOST_AT_ONCE // max(1, len(rows)))
    for start in range(0, len(rows) if len(rows) > 1 else 0, step):
        block = rows[start : start + step]
        differ = hashes[block][:, None] ^ hashes[rows[start:]][None]
        bits = _BITS[differ.view(np.uint16).reshape(*differ.shape, 4)].sum(2)
        for a, b in zip(*np.nonzero(bits <= NEAR), strict=True):
            i, j = int(block[a]), int(rows[start:][b])
            if i < j:
                yield i, j


def groups(hashes: Sequence[int], small: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each of N covers the first cover of its group: of those that show the same picture, and of those that are
    near, (N,) each. Covers that agree to the last bit are one from the start, however many they are.
    """
    first: dict[tuple[int, bytes], int] = {}
    of = np.array([first.setdefault(key, i) for i, key in enumerate(zip(hashes, small, strict=True))], np.int64)
    rows = np.unique(of)
    thumbs = np.frombuffer(b"".join(small[i] for i in rows), np.uint8).reshape(len(rows), -1).astype(np.int16)
    same, near = np.arange(len(hashes)), np.arange(len(hashes))
    for a, b in near_pairs(np.array(hashes, np.uint64)[rows]):
        _join(near, int(rows[a]), int(rows[b]))
        if np.abs(thumbs[a] - thumbs[b]).mean() <= SAME:
            _join(same, int(rows[a]), int(rows[b]))
    return _roots(same)[of], _roots(near)[of]


def _root(parents: NDArray[np.int64], i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = int(parents[i])
    return i


def _join(parents: NDArray[np.int64], i: int, j: int) -> None:
    a, b = _root(parents, i), _root(parents, j)
    parents[max(a, b)] = min(a, b)


def _roots(parents: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.array([_root(parents, i) for i in range(len(parents))], np.int64)

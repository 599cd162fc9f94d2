"""Which families of genres have covers that look alike? In benchmarks/kin.md; `generation/reach.py` asks by it.

    python benchmarks/kin.py COVERS --letters letters.jsonl --cache FOLDER

Every training cover's art goes through the judge; a family is the mean of its features, weighted by how much of a
cover's genres lies in it, as it differs from the mean of all. Small families are held against large ones by the cosine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from create import machine

from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.evaluation.evaluate import real_covers
from duck_and_cover.generation.judge import open_judge
from duck_and_cover.generation.reach import KIN
from duck_and_cover.genres import FAMILIES, mixed_families

HERE = Path(__file__).parent
LARGE = 130
"""Covers."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="keep decoded covers there")
    arguments = parser.parse_args()
    letters = load_letters(arguments.letters) if arguments.letters else None
    covers = real_covers(arguments.covers, 64, arguments.cache, letters)
    features = open_judge().opinion(covers.training).features
    features = (features - features.mean(0)) / (features.std(0) + 1e-6)
    shares = [mixed_families(asked.genres) for asked in covers.training_asked]
    weights = np.array([[share.get(family, 0.0) for share in shares] for family in FAMILIES])
    counts = weights.sum(1)
    means = weights @ features / np.maximum(counts, 1e-6)[:, None]
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6)
    alike = means @ means.T
    large = [i for i, count in enumerate(counts) if count >= LARGE]
    lines = [
        "# Whose covers look alike?\n",
        f"`python benchmarks/kin.py COVERS --letters letters.jsonl --cache FOLDER`: {machine()}. Cosine between the "
        "mean features of families, as they differ from the mean of all covers.\n",
        "| family | covers' worth | looks most like | asked for by |",
        "|---|---|---|---|",
    ]
    for i in sorted(range(len(FAMILIES)), key=lambda i: -counts[i]):
        near = sorted((j for j in large if j != i), key=lambda j: -alike[i, j])[:4]
        found = ", ".join(f"{FAMILIES[j]} {alike[i, j]:.2f}" for j in near) if counts[i] else "–"
        lines.append(f"| {FAMILIES[i]} | {counts[i]:.0f} | {found} | {', '.join(KIN.get(FAMILIES[i], ()))} |")
    (HERE / "kin.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

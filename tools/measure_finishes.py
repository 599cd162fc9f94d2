"""Measure what each finish makes of art, for `design/priors/finishes.json`.

    python tools/measure_finishes.py

Covers without words, of one record in each of several genres, at 384 px: the mean of what `dataset/measures.py` says of
them. The median finish is put where real covers have their mean, so that a finish is calm or busy beside the others as
a cover is beside the others.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from duck_and_cover import Album, create
from duck_and_cover.dataset.measures import measure
from duck_and_cover.design.finish import FINISHES

TARGET = Path(__file__).resolve().parents[1] / "src" / "duck_and_cover" / "design" / "priors"
NAMES = ("flat", "busyness", "contrast")
RECORDS = (("thrash metal", 1988), ("hard bop", 1959), ("techno", 1996), ("dream pop", 2012), ("country", 1975),
           ("boom bap", 1993))  # fmt: skip


def main() -> None:
    means: dict[str, dict[str, float]] = {}
    for finish in FINISHES:
        seen = []
        for seed, (genre, year) in enumerate(RECORDS):
            sleeve = create(Album(genres=(genre,), year=year), seed=seed, size_px=384, finish=finish.name)
            seen.append(measure(sleeve.pixels))
        means[finish.name] = {name: float(np.mean([getattr(each, name) for each in seen])) for name in NAMES}
        print(f"{finish.name:12} {means[finish.name]}")
    everywhere = json.loads((TARGET / "covers.json").read_text("utf-8"))["statistics"]
    middle = {name: float(np.median([row[name] for row in means.values()])) for name in NAMES}
    told = {
        finish: {name: round(everywhere[name]["all"][0] + value - middle[name], 4)
                 for name, value in row.items() if name in everywhere}
        for finish, row in means.items()
    }  # fmt: skip
    (TARGET / "finishes.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

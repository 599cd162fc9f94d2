"""Does a network know covers by heart, and who gets to see them? In benchmarks/memories.md and .json.

    python benchmarks/memories.py COVERS BUNDLE [BUNDLE ...] --letters letters.jsonl --cache FOLDER

A network that knows a cover by heart draws it for whoever asks for just that genre and year. So pictures are drawn for
the conditions of training covers, several seeds each, without names, and each is held against all of them: is the
nearest one the very cover whose condition was told? By chance it is once in thousands. Covers are asked for in three
crowds:

    rare        of a family that fewer than 50 training covers lie in
    alone       of larger families; no other cover states the same genres within five years
    in company  the others
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from create import commit, machine
from numpy.typing import NDArray

from duck_and_cover.bundle import Bundle
from duck_and_cover.condition import Condition
from duck_and_cover.cover import resized
from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.evaluation.copies import look_of
from duck_and_cover.evaluation.coverage import distances
from duck_and_cover.evaluation.evaluate import RealCovers, real_covers
from duck_and_cover.generation.onnx import OnnxEngine, engine_on
from duck_and_cover.genres import mixed_families

HERE = Path(__file__).parent
SIDE_PX = 64
NEAR_YEARS = 5
RARE = 50
NEAR = 20.0
"""In CIELAB: below it composition and colours are plainly those of that cover (docs/log.md shows both sides of it)."""


def crowds(covers: RealCovers) -> dict[str, NDArray[np.int64]]:
    """Rows of training covers that state genres and a year."""
    stated = [(tuple(sorted(asked.genres)), asked.year) for asked in covers.training_asked]
    families = [next(iter(mixed_families(asked.genres)), "") for asked in covers.training_asked]
    common = {family for family, count in Counter(families).items() if count >= RARE}
    counts = Counter(each for each in stated if each[0] and each[1] is not None)
    found: dict[str, list[int]] = {"rare": [], "alone": [], "in company": []}
    for row, (genres, year) in enumerate(stated):
        if not genres or year is None:
            continue
        alike = sum(counts[genres, year + off] for off in range(-NEAR_YEARS, NEAR_YEARS + 1))
        crowd = "rare" if families[row] not in common else "alone" if alike == 1 else "in company"
        found[crowd].append(row)
    return {name: np.array(rows) for name, rows in found.items()}


def recalled(engine: OnnxEngine, covers: RealCovers, rows: NDArray[np.int64], seeds: int) -> dict[str, Any]:
    """How many of the pictures drawn for the conditions of `rows` are nearest to that very cover."""
    known, own, nearest = look_of(covers.training), [], []
    for row in rows:
        asked: Condition = covers.training_asked[row].without("artist", "album")
        drawn = np.stack([resized(engine.draw(asked, seed).pixels, SIDE_PX) for seed in range(seeds)])
        away = np.minimum(distances(look_of(drawn), known), distances(look_of(drawn[:, :, ::-1]), known))
        own.append(away[:, row])
        nearest.append(away.argmin(1) == row)
    hit, away = np.stack(nearest), np.stack(own)
    return {
        "covers": len(rows),
        "pictures": hit.size,
        "nearest is its own": int(hit.sum()),
        "and near": int((hit & (away < NEAR)).sum()),
        "covers met": int((hit & (away < NEAR)).any(1).sum()),
        "worst": [[int(rows[i]), int(hit[i].sum()), float(away[i].min())] for i in np.argsort(away.min(1))[:12]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("bundles", type=Path, nargs="+")
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="keep decoded covers there")
    parser.add_argument("--count", type=int, default=200, help="covers of each crowd")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    letters = load_letters(arguments.letters) if arguments.letters else None
    covers = real_covers(arguments.covers, SIDE_PX, arguments.cache, letters)
    found = crowds(covers)
    print({name: len(rows) for name, rows in found.items()}, flush=True)
    rng = np.random.default_rng(0)
    chosen = {name: np.sort(rng.permutation(rows)[: arguments.count]) for name, rows in found.items()}
    rows: dict[str, Any] = {}
    for folder in arguments.bundles:
        engine = engine_on(Bundle.open(folder))
        for name, members in chosen.items():
            row = {"of": len(found[name])} | recalled(engine, covers, members, arguments.seeds)
            rows[f"{engine.name}, {name}"] = row
            print(engine.name, name, row, flush=True)
    write(rows)


def write(rows: dict[str, Any]) -> None:
    record = {"machine": machine(), "commit": commit(), "rows": rows}
    (HERE / "memories.json").write_text(json.dumps(record, indent=1) + "\n")
    head = ("of", "covers", "pictures", "nearest is its own", "and near", "covers met")
    lines = [
        "# Does a network know covers by heart?\n",
        f"`python benchmarks/memories.py COVERS BUNDLE --letters letters.jsonl --cache FOLDER`: {record['machine']}. "
        "Pictures drawn for genres and year of training covers, without names; how many are nearest to that very "
        f"cover, and nearer than {NEAR:g} in CIELAB; how many covers are met so.\n",
        f"| | {' | '.join(head)} |",
        f"|---|{'---|' * len(head)}",
        *(f"| {name} | {' | '.join(f'{row[key]:,}' for key in head)} |" for name, row in rows.items()),
    ]
    (HERE / "memories.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

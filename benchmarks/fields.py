"""What does each field of a condition add to what a network draws? In benchmarks/fields.md and .json.

    python benchmarks/fields.py COVERS [--engines flow-64 BUNDLE ...] [--letters letters.jsonl] [--drawn 8]

Any family, denoiser or GAN, by what it draws: for held-out covers the network draws pictures, told nothing, told one
field, told all. The energy score (`evaluation/energy.py`) says how well they foretell the cover. A field that the
network does not use gains nothing; told the fields of *another* cover it must lose, if it listens: that is the control.
(`ablation.py` asks the denoiser the same by its error, which is more sensitive and which a GAN does not have.)
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from ablation import FIELDS, OTHERS, TOLD
from create import commit, machine

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.letters import letter_mask, load_letters, without_letters
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.evaluation.energy import energy_scores
from duck_and_cover.generation.engine import DEFAULT_ENGINE, Engine, open_engine

HERE = Path(__file__).parent
SIDE_PX = 32


def held_out(covers: Path, letters: dict[str, Any]) -> tuple[Pixels, list[Condition]]:
    """Covers kept from training that state at least a genre, lettering filled in."""
    pictures, conditions = [], []
    for part in ("validation", "test"):
        for cover in CoverDataset(covers, part, SIDE_PX):
            condition = Condition.of(cover.origin.album)  # type: ignore[union-attr]
            if condition.genres and condition.year and condition.artist and condition.album:
                mask = letter_mask(letters.get(cover.origin.id, ()), SIDE_PX)  # type: ignore[union-attr]
                pictures.append(without_letters(cover.pixels, mask))
                conditions.append(condition)
    return np.stack(pictures), conditions


def drawn_for(engine: Engine, conditions: list[Condition], count: int) -> Pixels:
    """The same noises for every cover. -> (N, count, 32, 32, 3)"""
    import cv2

    def small(condition: Condition, seed: int) -> Pixels:
        return cv2.resize(engine.draw(condition, seed).pixels, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)

    known: dict[str, list[Pixels]] = {}
    for condition in conditions:
        if repr(condition) not in known:
            known[repr(condition)] = [small(condition, seed) for seed in range(count)]
    return np.stack([np.stack(known[repr(condition)]) for condition in conditions])


def gains(engine: Engine, real: Pixels, conditions: list[Condition], count: int) -> list[dict[str, Any]]:
    """By what is told: how much lower the score is than when told nothing, in percent, and one standard error."""
    other = np.random.default_rng(0).permutation(len(real))
    asked = {name: [c.without(*(set(FIELDS) - set(kept))) for c in conditions] for name, kept in TOLD.items()}
    asked[OTHERS] = [conditions[i] for i in other]
    scores = {name: energy_scores(real, drawn_for(engine, told, count)) for name, told in asked.items()}
    base, rows = scores["nothing"], []
    for name, found in scores.items():
        gain = 100 * (base - found) / base.mean()
        rows.append({"told": name, "score": round(float(found.mean()), 3), "gain": round(float(gain.mean()), 2),
                     "error": round(float(gain.std() / len(gain) ** 0.5), 2)})  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--engines", nargs="+", default=[DEFAULT_ENGINE])
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--drawn", type=int, default=8)
    arguments = parser.parse_args()
    real, conditions = held_out(arguments.covers, load_letters(arguments.letters) if arguments.letters else {})
    tables = {}
    for name in arguments.engines:
        engine = open_engine(name)
        tables[engine.name] = {"sha256": engine.sha256, "rows": gains(engine, real, conditions, arguments.drawn)}
        print(engine.name, *tables[engine.name]["rows"], sep="\n  ", flush=True)
    record = {"machine": machine(), "commit": commit(), "covers": len(real), "drawn": arguments.drawn,
              "networks": tables}  # fmt: skip
    (HERE / "fields.json").write_text(json.dumps(record, indent=1) + "\n")
    cells = {name: [f"{r['gain']:+.2f} ± {r['error']:.2f}" for r in table["rows"]] for name, table in tables.items()}
    lines = [
        "# What does each field of a condition add to what a network draws?\n",
        f"`python benchmarks/fields.py`: {len(real)} held-out covers that state all fields, {arguments.drawn} pictures "
        "drawn for each. How much better they foretell the cover (energy score in CIELAB at 4 x 4) than pictures drawn "
        "for nothing, in percent, ± one standard error.\n",
        f"| told | {' | '.join(cells)} |",
        f"|---|{'---|' * len(cells)}",
        *(f"| {' | '.join(row)} |" for row in zip([*TOLD, OTHERS], *cells.values(), strict=True)),
        "\n" + "; ".join(f"{name} is {table['sha256'][:12]}" for name, table in tables.items()) + ".",
    ]  # fmt: skip
    (HERE / "fields.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

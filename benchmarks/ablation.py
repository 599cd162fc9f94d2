"""What does each field of a condition add? In benchmarks/ablation.md and .json.

    python benchmarks/ablation.py COVERS [--engine flow-128] [--letters letters.jsonl]

Held-out covers are mixed with noise and the denoiser is asked for the way back: told nothing, told one field, told all.
The same noise each time, so that the difference in error is due to the field alone. A field that the network does not
use, or that tells nothing about how covers look, lowers the error by nothing; told the fields of *another* cover, the
error must rise: that is the control.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from create import commit, machine
from held_out import FIELDS, held_out

from duck_and_cover.cover import to_network
from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.generation.engine import open_engine
from duck_and_cover.generation.onnx import DenoiserEngine

HERE = Path(__file__).parent
TIMES = (0.6, 0.8, 0.9, 0.97)
TOLD = {
    "nothing": (), "genres": ("genres",), "year": ("year",), "artist": ("artist",), "album": ("album",),
    "genres and year": ("genres", "year"), "everything": FIELDS,
}  # fmt: skip
OTHERS = "everything of another cover"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--engine", default="flow-128")
    parser.add_argument("--letters", type=Path)
    arguments = parser.parse_args()
    engine = open_engine(arguments.engine)
    assert isinstance(engine, DenoiserEngine)
    side, encoder = engine.bundle.resolution_px, engine.bundle.encoder
    letters = load_letters(arguments.letters) if arguments.letters else {}
    pictures, conditions = held_out(arguments.covers, side, letters, all_fields=True)
    x0, rng = to_network(pictures), np.random.default_rng(0)
    noise = rng.standard_normal(x0.shape, np.float32)
    other = rng.permutation(len(x0))

    def errors(told: np.ndarray, t: float) -> np.ndarray:
        """(N,) squared error of the velocity."""
        found = []
        for rows in np.array_split(np.arange(len(x0)), max(1, len(x0) // 32)):
            mixed = ((1 - t) * x0[rows] + t * noise[rows]).astype(np.float32)
            velocity = engine._velocity(mixed, t, told[rows])
            found.append(np.square(velocity - (noise[rows] - x0[rows])).mean((1, 2, 3)))
        return np.concatenate(found)

    asked = {name: encoder.encode_all(c.without(*(set(FIELDS) - set(kept))) for c in conditions)
             for name, kept in TOLD.items()}  # fmt: skip
    asked[OTHERS] = asked["everything"][other]
    base = {t: errors(asked["nothing"], t) for t in TIMES}
    rows = []
    for name, told in asked.items():
        gains = {t: 100 * (base[t] - errors(told, t)) / base[t].mean() for t in TIMES}
        rows.append({"told": name, **{str(t): [round(float(g.mean()), 3), round(float(g.std() / len(g) ** 0.5), 3)]
                                      for t, g in gains.items()}})  # fmt: skip
        print(rows[-1], flush=True)
    record = {"machine": machine(), "commit": commit(), "engine": engine.name, "sha256": engine.sha256,
              "covers": len(x0), "rows": rows}  # fmt: skip
    (HERE / "ablation.json").write_text(json.dumps(record, indent=1) + "\n")
    lines = [
        "# What does each field of a condition add?\n",
        f"`python benchmarks/ablation.py`: {engine.name} ({engine.sha256[:12]}), {len(x0)} held-out covers that state "
        "all fields. How much less error than when told nothing, in percent, ± one standard error, by how much of the "
        "mixture was noise.\n",
        f"| told | {' | '.join(f'{t:.0%} noise' for t in TIMES)} |",
        f"|---|{'---|' * len(TIMES)}",
        *(f"| {r['told']} | {' | '.join(f'{r[str(t)][0]:+.2f} ± {r[str(t)][1]:.2f}' for t in TIMES)} |" for r in rows),
    ]
    (HERE / "ablation.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

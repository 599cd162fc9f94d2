"""What does each field of a condition add to what a network draws? In benchmarks/fields.md and .json.

    python benchmarks/fields.py COVERS [--engines flow-128 BUNDLE ...] [--letters letters.jsonl] [--drawn 4]

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

import cv2
import numpy as np
from ablation import OTHERS, TOLD
from create import commit, machine
from held_out import FIELDS, held_out
from numpy.typing import NDArray

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.evaluation.energy import energy_scores
from duck_and_cover.generation.engine import DEFAULT_ENGINE, Engine, open_engine

HERE = Path(__file__).parent
SIDE_PX = 32


def drawn_for(engine: Engine, conditions: list[Condition], covers: NDArray[np.intp], count: int) -> Pixels:
    """`count` pictures for each cover, with noises of its own: the same whatever is told. -> (N, count, 32, 32, 3)"""
    return np.stack([[small(engine.draw(condition, cover * count + number).pixels) for number in range(count)]
                     for cover, condition in zip(covers.tolist(), conditions, strict=True)])  # fmt: skip


def small(picture: Pixels) -> Pixels:
    return np.asarray(cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def gains(engine: Engine, real: Pixels, conditions: list[Condition], count: int) -> list[dict[str, Any]]:
    """By what is told: how much lower the score is than when told nothing, in percent, and one standard error, over the
    covers that state what is told.
    """
    every = np.arange(len(real))
    other = [conditions[i] for i in np.random.default_rng(0).permutation(len(real))]
    base, rows = energy_scores(real, drawn_for(engine, [Condition()] * len(real), every, count)), []
    for name, kept in {**TOLD, OTHERS: FIELDS}.items():
        among = other if name == OTHERS else conditions
        told = [condition.without(*(set(FIELDS) - set(kept))) for condition in among]
        whole = name in ("everything", OTHERS)
        stated = np.array([i for i in every if whole or all(getattr(told[i], field) for field in kept)])
        found = base[stated]
        if kept:
            drawn = drawn_for(engine, [told[i] for i in stated], stated, count)
            found = energy_scores(real[stated], drawn)
        gain = 100 * (base[stated] - found) / base.mean()
        error = float(gain.std() / len(gain) ** 0.5)
        rows.append({"told": name, "covers": len(stated), "score": round(float(found.mean()), 3),
                     "gain": round(float(gain.mean()), 2), "error": round(error, 2)})  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--engines", nargs="+", default=[DEFAULT_ENGINE])
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--drawn", type=int, default=4)
    parser.add_argument("--add", action="store_true", help="keep the networks that fields.json holds")
    arguments = parser.parse_args()
    letters = load_letters(arguments.letters) if arguments.letters else {}
    real, conditions = held_out(arguments.covers, SIDE_PX, letters)
    tables: dict[str, Any] = {}
    if arguments.add:
        tables = json.loads((HERE / "fields.json").read_text())["networks"]
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
        f"`python benchmarks/fields.py`: {len(real)} held-out covers, each field over those that state it, "
        f"{arguments.drawn} pictures drawn for each. How much better they foretell the cover (energy score in CIELAB "
        "at 4 x 4) than pictures drawn for nothing, in percent, ± one standard error.\n",
        f"| told | {' | '.join(cells)} |",
        f"|---|{'---|' * len(cells)}",
        *(f"| {' | '.join(row)} |" for row in zip([*TOLD, OTHERS], *cells.values(), strict=True)),
        "\n" + "; ".join(f"{name} is {table['sha256'][:12]}" for name, table in tables.items()) + ".",
    ]  # fmt: skip
    (HERE / "fields.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

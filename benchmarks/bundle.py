"""What is a bundle of the denoiser worth, and does it copy? In benchmarks/bundle.md and .json.

    python benchmarks/bundle.py COVERS BUNDLE [BUNDLE ...] [--letters letters.jsonl] [--drawn 400]

Covers kept back are mixed with the same noise and the network, told what is known of them, is asked for the way back:
the mean squared error of the velocity, by how much of the mixture is noise. Then it draws for the conditions of
training covers, and each picture is held against all of them (`evaluation/copies.py`).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from create import commit, machine

from duck_and_cover.cover import to_network
from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.evaluation.copies import copies
from duck_and_cover.evaluation.encoding import as_published
from duck_and_cover.evaluation.evaluate import RealCovers, real_covers
from duck_and_cover.generation.engine import open_engine
from duck_and_cover.generation.onnx import DenoiserEngine

HERE = Path(__file__).parent
TIMES = (0.25, 0.5, 0.75, 0.9)


def errors(engine: DenoiserEngine, covers: RealCovers) -> dict[str, float]:
    """Over every second cover kept back."""
    x0, asked = to_network(covers.kept_back[::2]), engine.bundle.encoder.encode_all(covers.kept_back_asked[::2])
    noise = np.random.default_rng(0).standard_normal(x0.shape, np.float32)
    found = {}
    for t in TIMES:
        squares = []
        for rows in np.array_split(np.arange(len(x0)), max(1, len(x0) // 32)):
            mixed = ((1 - t) * x0[rows] + t * noise[rows]).astype(np.float32)
            missed = engine._velocity(mixed, t, asked[rows]) - (noise[rows] - x0[rows])
            squares.append(np.square(missed).mean((1, 2, 3)))
        found[f"{t:.0%}"] = round(float(np.concatenate(squares).mean()), 4)
    return found


def copied(engine: DenoiserEngine, covers: RealCovers, count: int) -> dict[str, Any]:
    rows = np.random.default_rng(0).permutation(len(covers.training))[:count]
    drawn = [engine.draw(covers.training_asked[row], number).pixels for number, row in enumerate(rows)]
    found = copies(as_published(np.stack(drawn)), covers.training, covers.kept_back)
    return {"drawn": count, "suspicious": len(found.suspicious), "expected": found.expected,
            "ratio": round(found.ratio, 3), "own": int((found.neighbour == rows).sum())}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("bundles", type=Path, nargs="+")
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--drawn", type=int, default=400)
    arguments = parser.parse_args()
    letters, rows = load_letters(arguments.letters) if arguments.letters else None, []
    for folder in arguments.bundles:
        engine = open_engine(folder)
        assert isinstance(engine, DenoiserEngine)
        with tempfile.TemporaryDirectory() as cache:
            covers = real_covers(arguments.covers, engine.bundle.resolution_px, Path(cache), letters)
        model = engine.bundle.facts["files"]["model.onnx"]["sha256"]
        rows.append({"model": model, "images": engine.bundle.facts["training"]["images_shown"],
                     "errors": errors(engine, covers), "copies": copied(engine, covers, arguments.drawn)})  # fmt: skip
        print(rows[-1], flush=True)
    record = {"machine": machine(), "commit": commit(), "rows": rows}
    (HERE / "bundle.json").write_text(json.dumps(record, indent=1) + "\n")
    lines = [
        "# What is a bundle worth, and does it copy?\n",
        "`python benchmarks/bundle.py`. Mean squared error of the velocity on covers kept back, by share of noise.\n",
        f"| images shown | model | {' | '.join(f'{t:.0%}' for t in TIMES)} |",
        f"|---|---|{'---|' * len(TIMES)}",
        *(f"| {row['images']:,} | {row['model'][:12]} | {' | '.join(f'{v:.4f}' for v in row['errors'].values())} |"
          for row in rows),
        "\nPictures drawn for the conditions of training covers, beside their nearest training covers: *suspicious* "
        "are nearer than 99 % of covers kept back are to theirs; *ratio* is the median distance beside that of covers "
        "kept back; *own* is how often the nearest is the very cover whose condition was asked for.\n",
        "| images shown | drawn | suspicious | expected by chance | ratio | own |",
        "|---|---|---|---|---|---|",
        *(f"| {row['images']:,} | {' | '.join(str(v) for v in row['copies'].values())} |" for row in rows),
    ]  # fmt: skip
    (HERE / "bundle.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

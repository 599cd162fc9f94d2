"""Do genre and year steer the art? Colours drawn beside real ones, in benchmarks/steering.md and .json.

    python benchmarks/steering.py COVERS [--seeds 12] [--grid docs/pictures/steering.jpg] [--engine BUNDLE]

For each genre the network draws the same noises; OKLab lightness and chroma of the results are compared with those of
held-out and training covers that carry the genre. A network that ignores its condition gives a correlation about 0.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from create import commit, machine
from PIL import Image

from duck_and_cover.colour import srgb_to_oklab
from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.design.files.formats import srgb_profile
from duck_and_cover.generation.engine import DEFAULT_ENGINE, open_engine
from duck_and_cover.generation.onnx import OnnxEngine

HERE = Path(__file__).parent
GENRES = ("metal", "black metal", "jazz", "country", "hip hop", "electronic", "vaporwave", "classical", "pop", "rock",
          "reggae", "blues", "synth-pop", "ambient")  # fmt: skip
GRID = (("black metal", 1995), ("thrash metal", 1988), ("vaporwave", 2015), ("jazz", 1959), ("jazz", 2005),
        ("country", 1975), ("hip hop", 1994), ("classical", 1982), ("pop", 1968), ("pop", 2019))  # fmt: skip


def colour(pictures: list[Pixels]) -> tuple[float, float]:
    """Mean OKLab lightness and chroma."""
    lab = np.stack([srgb_to_oklab(p.astype(np.float32) / 255) for p in pictures])
    return float(lab[..., 0].mean()), float(np.hypot(lab[..., 1], lab[..., 2]).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--grid", type=Path)
    parser.add_argument("--engine", default=DEFAULT_ENGINE, help="another network or bundle; prints and writes nothing")
    arguments = parser.parse_args()
    real: dict[str, list[Pixels]] = {genre: [] for genre in GENRES}
    for cover in CoverDataset(arguments.covers, "all", 32):
        for genre in set(cover.origin.album.genres) & set(GENRES):  # type: ignore[union-attr]
            if len(real[genre]) < 400:
                real[genre].append(cover.pixels)
    engine, rows = open_engine(arguments.engine), []
    assert isinstance(engine, OnnxEngine)
    model = engine.bundle.facts["files"]["model.onnx"]["sha256"]
    for genre in GENRES:
        drawn = [engine.draw(Condition({genre: 1.0}), seed).pixels for seed in range(arguments.seeds)]
        (l_real, c_real), (l_drawn, c_drawn) = colour(real[genre]), colour(drawn)
        rows.append({"genre": genre, "covers": len(real[genre]),
                     "lightness": round(l_real, 3), "drawn_lightness": round(l_drawn, 3),
                     "chroma": round(c_real, 4), "drawn_chroma": round(c_drawn, 4)})  # fmt: skip
        print(rows[-1], flush=True)

    def correlation(name: str) -> float:
        return round(float(np.corrcoef([r[name] for r in rows], [r[f"drawn_{name}"] for r in rows])[0, 1]), 2)

    found = {"lightness": correlation("lightness"), "chroma": correlation("chroma")}
    print(found)
    if arguments.engine != DEFAULT_ENGINE:
        return
    record = {"machine": machine(), "commit": commit(), "model": model, "seeds": arguments.seeds,
              "correlation": found, "rows": rows}  # fmt: skip
    (HERE / "steering.json").write_text(json.dumps(record, indent=1) + "\n")
    lines = [
        "# Do genre and year steer the art?\n",
        f"`python benchmarks/steering.py`: model {model[:12]}, {arguments.seeds} noises, the same for each; on "
        f"{record['machine']}.\n",
        f"Correlation over {len(rows)} genres of generated with real covers: **lightness {found['lightness']}, "
        f"chroma {found['chroma']}** (0 would be no steering).\n",
        "| genre | covers | lightness real | drawn | chroma real | drawn |",
        "|---|---|---|---|---|---|",
        *(f"| {' | '.join(str(value) for value in row.values())} |" for row in rows),
    ]
    (HERE / "steering.md").write_text("\n".join(lines) + "\n")
    if arguments.grid:
        strips = [np.concatenate([engine.draw(Condition({genre: 1.0}, year), seed).pixels for seed in range(1, 11)], 1)
                  for genre, year in GRID]  # fmt: skip
        sheet = Image.fromarray(np.concatenate(strips)).resize((960, 960), Image.Resampling.BICUBIC)
        sheet.save(arguments.grid, quality=84, optimize=True, icc_profile=srgb_profile())


if __name__ == "__main__":
    sys.exit(main())

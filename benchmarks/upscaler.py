"""Does the upscaler help? Held-out covers made small and large again, in benchmarks/upscaler.md and .json.

    python benchmarks/upscaler.py COVERS --upscaler BUNDLE [--grid FILE.png]

Covers of 256 px that no network was shown are made small, and enlarged by the network and by bicubic interpolation. The
sliced Wasserstein distance to other such covers says how much each looks like a cover at every level; real covers in
their place are the floor. The difference after making small again says whether it is still the same picture.

What matters in the end is the finished front: how far it is, in every finish, from what it would be with the real art.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
from create import commit, machine
from PIL import Image

from duck_and_cover.album import Album
from duck_and_cover.bundle import Bundle
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.design.compose import compose
from duck_and_cover.design.finish import FINISHES
from duck_and_cover.design.style import Seeds, Style, choose_style
from duck_and_cover.evaluation.swd import sliced_wasserstein
from duck_and_cover.generation.upscaler import Enlarger

HERE = Path(__file__).parent


FRONTS = 8
"""Covers whose fronts are compared in every finish."""


def fronts(small: Pixels, ours: Pixels, real: Pixels) -> dict[str, dict[str, float]]:
    """Finish -> mean difference (0 to 255) of fronts at 384 px from those with real art: with the small art, with ours,
    and, for scale, with the art of another cover.
    """
    album, seeds = Album(genres=("rock",), year=1990), Seeds.of(5)
    found: dict[str, dict[str, float]] = {}
    for finish in FINISHES:
        sums = dict.fromkeys(("small", "ours", "another"), 0.0)
        for i in range(len(real)):
            style = choose_style(album, real[i], seeds, finish=finish.name, palette="bone and charcoal")

            def front(art: Pixels, style: Style = style) -> np.ndarray:
                return compose(art, album, style, seeds, 384).pixels.astype(np.int16)

            wanted = front(real[i])
            for name, art in (("small", small[i]), ("ours", ours[i]), ("another", real[i - 1])):
                sums[name] += float(np.abs(front(art) - wanted).mean()) / len(real)
        found[finish.name] = {name: round(value, 2) for name, value in sums.items()}
        print(finish.name, found[finish.name], flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--upscaler", type=Path, required=True)
    parser.add_argument("--grid", type=Path, help="small, bicubic, ours and real, side by side, of eight covers")
    arguments = parser.parse_args()
    enlarger = Enlarger(Bundle.open(arguments.upscaler))
    side, large = enlarger.side_px, 4 * enlarger.side_px
    real = np.stack([cover.pixels for part in ("validation", "test")
                     for cover in CoverDataset(arguments.covers, part, large, smallest_px=large)])  # fmt: skip
    half = len(real) // 2
    reference, shown = real[:half], real[half : 2 * half]

    def sized(pictures: Pixels, px: int, how: int) -> Pixels:
        return np.stack([cv2.resize(picture, (px, px), interpolation=how) for picture in pictures])

    small = sized(shown, side, cv2.INTER_AREA)
    began = time.perf_counter()
    ours = np.stack([enlarger.enlarge(picture, seed) for seed, picture in enumerate(small)])
    seconds = (time.perf_counter() - began) / len(small)
    made = {"ours": ours, "bicubic": sized(small, large, cv2.INTER_CUBIC), "real": shown}
    rows = {}
    for name, pictures in made.items():
        back = sized(pictures, side, cv2.INTER_AREA).astype(float)
        rows[name] = {**{str(px): round(d, 1) for px, d in sliced_wasserstein(reference, pictures, patches=64).items()},
                      "difference": round(float(np.abs(back - small).mean()), 2)}  # fmt: skip
        print(name, rows[name], flush=True)
    levels = [key for key in rows["ours"] if key != "difference"]
    record = {"machine": machine(), "commit": commit(), "sha256": enlarger.bundle.sha256, "covers": half,
              "seconds": round(seconds, 3), "rows": rows,
              "fronts": fronts(small[:FRONTS], ours[:FRONTS], shown[:FRONTS])}  # fmt: skip
    (HERE / "upscaler.json").write_text(json.dumps(record, indent=1) + "\n")
    lines = [
        "# Does the upscaler help?\n",
        f"`python benchmarks/upscaler.py`: {enlarger.bundle.name} ({enlarger.bundle.sha256[:12]}) on {half} held-out "
        f"covers, {side} to {large} px, {seconds:.2f} s a picture on {record['machine']}.\n",
        "Sliced Wasserstein distance x 1000 to as many other covers, by level; and the mean difference of a value, 0 "
        "to 255, after making small again.\n",
        f"| | {' | '.join(f'{px} px' for px in levels)} | difference |",
        f"|---|{'---|' * (len(levels) + 1)}",
        *(f"| {name} | {' | '.join(str(row[key]) for key in (*levels, 'difference'))} |" for name, row in rows.items()),
        "\n## And the front?\n",
        f"Mean difference of a value, 0 to 255, of {FRONTS} fronts from those that are finished from the real art of "
        f"{large} px.\n",
        f"| finish | art of {side} px | enlarged by the network | another cover, for scale |",
        "|---|---|---|---|",
        *(f"| {name} | {row['small']} | {row['ours']} | {row['another']} |" for name, row in record["fronts"].items()),
    ]  # fmt: skip
    (HERE / "upscaler.md").write_text("\n".join(lines) + "\n")
    if arguments.grid:
        columns = [
            sized(small[:8], large, cv2.INTER_NEAREST),
            *(made[name][:8] for name in ("bicubic", "ours", "real")),
        ]
        strips = [np.concatenate(row, axis=1) for row in zip(*columns, strict=True)]
        Image.fromarray(np.concatenate(strips)).save(arguments.grid)


if __name__ == "__main__":
    main()

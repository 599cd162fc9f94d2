"""Make the pictures of docs/flagship.md.

    python tools/flagship_pictures.py [--before BUNDLE]

`docs/pictures/decades.jpg`: genres and decades as rows, one noise a column.
`docs/pictures/before-after.jpg`: 64 sleeves with the art of another bundle and, to the right of each, of the default
one; same words, same seeds.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels, resized
from duck_and_cover.design.files.formats import srgb_profile
from duck_and_cover.generation.engine import Engine, open_engine

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
GENRES = (
    "metal",
    "rock",
    "jazz",
    "hip hop",
    "electronic",
    "country",
    "pop",
    "synth-pop",
    "classical",
    "r&b",
    "reggae",
    "punk",
)
DECADES = (1968, 1985, 2003, 2019)
NOISES = 8
RECORDS = (
    ("Razormouth", "Cathedral of Rust", "thrash metal", 1988), ("Otis Marlowe Quartet", "The Quiet Hour", "jazz", 1959),
    ("Neon Meridian", "Coastline at Midnight", "synthwave", 1985), ("Dela", "Concrete Psalms", "hip hop", 1994),
    ("Ines Vale", "Paper Harbours", "indie folk", 2011), ("Klang", "Raster", "techno", 1996),
    ("The Lowlands", "Dust Letters", "country", 1975), ("Orchestra of the North", "Winter Symphony", "classical", 1982),
    ("Vanta", "Grave of Stars", "black metal", 1995), ("Lila", "Sugar Static", "pop", 2019),
    ("The Harbour Lights", "Slow Tide", "soul", 1971), ("Kino Paradis", "Plage", "city pop", 1983),
    ("Static Youth", "No Map", "punk", 1979), ("Marrow", "Salt", "ambient", 2008),
    ("Big River Six", "Delta Mail", "blues", 1964), ("Glass Animals of Rome", "Vertigo", "indie rock", 2006),
)  # fmt: skip
MOST_BYTES = 290_000


def decades(engine: Engine) -> Pixels:
    """Rows of genres, each in every decade; half of the genres stand beside the other half."""
    halves = []
    for genres in (GENRES[:6], GENRES[6:]):
        blocks = []
        for genre in genres:
            for year in DECADES:
                row = [resized(engine.draw(Condition({genre: 1.0}, year), seed).pixels, 64) for seed in range(NOISES)]
                blocks.append(np.concatenate(row, 1))
            blocks.append(np.full((6, 64 * NOISES, 3), 255, np.uint8))
        halves += [np.concatenate(blocks[:-1])]
    air = np.full((len(halves[0]), 12, 3), 255, np.uint8)
    return np.concatenate([halves[0], air, halves[1]], 1)


def before_after(before: Path, side: int = 108) -> Pixels:
    """Pairs, four records a row, each record with four seeds below each other."""
    columns = []
    for block in range(4):
        rows = []
        for artist, title, genre, year in RECORDS[4 * block : 4 * block + 4]:
            for seed in range(1, 5):
                album = Album(artist, title, (genre,), year)
                pair = [create(album, seed=seed, size_px=3 * side, engine=engine).pixels for engine in (before, None)]
                rows.append(np.concatenate([resized(each, side) for each in pair], 1))
        columns += [np.concatenate(rows), np.full((16 * side, 10, 3), 255, np.uint8)]
    return np.concatenate(columns[:-1], 1)


def save(pixels: Pixels, name: str) -> None:
    """The best JPEG that stays below `MOST_BYTES`."""
    for quality in range(88, 40, -4):
        Image.fromarray(pixels).save(PICTURES / name, quality=quality, optimize=True, icc_profile=srgb_profile())
        if (PICTURES / name).stat().st_size <= MOST_BYTES:
            break
    print(PICTURES / name, pixels.shape, (PICTURES / name).stat().st_size // 1000, "kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path)
    arguments = parser.parse_args()
    save(decades(open_engine()), "decades.jpg")
    if arguments.before:
        save(before_after(arguments.before), "before-after.jpg")


if __name__ == "__main__":
    main()

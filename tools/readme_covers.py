"""Make the pictures of the README with the tool itself: eight records, eight ideas for one, one in five genres and in
five times.

    python tools/readme_covers.py [--size 3000] [--full FOLDER]

`docs/pictures` gets small JPEGs; `--full` keeps the covers as they were made.
"""

from __future__ import annotations

import argparse
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from duck_and_cover import Album, create, create_variants
from duck_and_cover.cover import Pixels, resized
from duck_and_cover.design.files.formats import contact_sheet, srgb_profile

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
LARGEST_BYTES = 290_000


@dataclass(frozen=True)
class Shown:
    """A cover of the README: a record and the seed it is drawn with. Nothing about the style is fixed."""

    name: str
    album: Album
    seed: int


SHOWN = (
    Shown("thrash-metal", Album("Gravewind", "Engines of the Drowned", ("thrash metal",), 1988), 6),
    Shown("jazz", Album("Odell Marsh Quintet", "Blue Hour on Ninth", ("jazz", "hard bop"), 1959), 5),
    Shown("synthwave", Album("Neon Meridian", "Coastline at Midnight", ("synthwave",), 1985), 20),
    Shown("folk", Album("Maren Holloway", "Letters from the Orchard", ("folk",), 1972), 10),
    Shown("hip-hop", Album("Kid Cassius", "Streetlight Gospel", ("hip hop",), 1994), 4),
    Shown("techno", Album("Vector/State", "Parallel Systems", ("techno",), 1996), 23),
    Shown("classical", Album("Elena Vastrik", "Nocturnes & Elegies", ("classical",), 1982), 13),
    Shown("indie-pop", Album("Paper Lanterns", "Soft Geometry", ("indie pop",), 2019), 15),
)
YEARS = (("jazz", 1959), ("folk", 1972), ("synth-pop", 1985), ("techno", 1996), ("hip hop", 2004),
         ("pop", 1966), ("pop", 1978), ("pop", 1985), ("pop", 1997), ("pop", 2019))  # fmt: skip
YEARS_SEED, VARIANTS_SEED = 9, 1


def write(pixels: Pixels, name: str) -> None:
    """A JPEG in docs/pictures, as good as fits."""
    for quality in range(90, 40, -4):
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=quality, optimize=True, icc_profile=srgb_profile())
        if out.tell() <= LARGEST_BYTES:
            break
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.jpg").write_bytes(out.getvalue())
    print(f"docs/pictures/{name}.jpg   {out.tell() / 1000:.0f} kB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--full", type=Path)
    arguments = parser.parse_args()
    eight = []
    for shown in SHOWN:
        sleeve = create(shown.album, seed=shown.seed, size_px=arguments.size)
        used = sleeve.report
        print(shown.name, used["finish"], used["palette"]["name"], used["type"]["lead"], used["layout"], sep=" · ")
        if arguments.full:
            arguments.full.mkdir(parents=True, exist_ok=True)
            sleeve.save(arguments.full / f"{shown.name}.png")
        eight.append(resized(sleeve.pixels, 420))
    write(contact_sheet(eight, 4), "eight")
    album = SHOWN[0].album
    ideas = [resized(s.pixels, 400) for s in create_variants(album, 8, seed=VARIANTS_SEED, size_px=768)]
    write(contact_sheet(ideas, 4), "variants")
    times = [
        create(Album("Maren Holloway", "Long Way Down", (genre,), year), seed=YEARS_SEED, size_px=1000).pixels
        for genre, year in YEARS
    ]
    write(contact_sheet([resized(p, 340) for p in times], 5), "years")


if __name__ == "__main__":
    main()

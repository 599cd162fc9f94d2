"""Make the pictures of the README with the tool itself: eight covers, a sheet of them, and eight ideas for one record.

python tools/readme_covers.py [--only NAME] [--size 3000] [--out docs/pictures]
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from duck_and_cover import Album, create
from duck_and_cover.cover import resized
from duck_and_cover.design.formats import contact_sheet, save

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Shown:
    """A cover of the README: a record and the seed it is drawn with. Nothing about the style is fixed."""

    name: str
    album: Album
    seed: int


SHOWN = (
    Shown("thrash-metal", Album("Gravewind", "Engines of the Drowned", ("thrash metal",), 1988), 1),
    Shown("jazz", Album("Odell Marsh Quintet", "Blue Hour on Ninth", ("jazz", "hard bop"), 1959), 1),
    Shown("synthwave", Album("Neon Meridian", "Coastline at Midnight", ("synthwave",), 1985), 1),
    Shown("folk", Album("Maren Holloway", "Letters from the Orchard", ("folk",), 1972), 1),
    Shown("hip-hop", Album("Kid Cassius", "Streetlight Gospel", ("hip hop",), 1994), 1),
    Shown("techno", Album("Vector/State", "Parallel Systems", ("techno",), 1996), 1),
    Shown("classical", Album("Elena Vastrik", "Nocturnes & Elegies", ("classical",), 1982), 1),
    Shown("indie-pop", Album("Paper Lanterns", "Soft Geometry", ("indie pop",), 2019), 1),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=[shown.name for shown in SHOWN])
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--out", type=Path, default=HERE / "docs" / "pictures")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    small = []
    for shown in SHOWN:
        if arguments.only in (None, shown.name):
            sleeve = create(shown.album, seed=shown.seed, size_px=arguments.size)
            print(
                shown.name, json.dumps({k: sleeve.report[k] for k in ("finish", "layout", "type", "texts")}), flush=True
            )
            small.append(resized(sleeve.pixels, 600))
            save(
                small[-1],
                arguments.out / f"{shown.name}.jpg",
                title=shown.album.title,
                artist=shown.album.artist,
                quality=82,
            )
    if arguments.only is None:
        save(contact_sheet([resized(p, 400) for p in small], 4), arguments.out / "eight.jpg", quality=84)


if __name__ == "__main__":
    main()

"""Do two hundred covers of one genre and year differ? Looks, and nearest pairs, in benchmarks/diversity.md and .json.

    python benchmarks/diversity.py COVERS [--count 200] [--pictures docs/pictures]

COVERS is a dataset of real ones, to know what a distance means. Two covers are as far apart as their colours are, place
by place: the mean difference in OKLab of thumbnails of 24 px. That is what one sees of a shelf, and it can be told of
real ones too. A difference of 0.02 is just seen. For the nearest pairs, every axis of style that differs adds 0.03: the
same picture in another typeface is another cover, but not a very different one.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from create import commit, machine
from numpy.typing import NDArray
from odd_names import PLAIN
from PIL import Image
from sleeves import made

from duck_and_cover.album import Album
from duck_and_cover.colour import srgb_to_oklab
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.design.style import Seeds, choose_style
from duck_and_cover.genres import FAMILIES, families_of, main_family

HERE = Path(__file__).parent
ASKED = (("thrash metal", 1988), ("jazz", 1959), ("pop", 2015))
THUMB_PX, COVER_PX = 24, 200
PER_AXIS = 0.03
LOOK = ("finish", "palette", "face", "layout")
AXES = (*LOOK, "lettering")
WANTED_LOOKS = 40
FAMILY_YEARS = (1962, 1988, 2015)
PAIRS = 10
LARGEST_BYTES = 290_000
Distances = NDArray[np.float32]


def album(genre: str, year: int, number: int) -> Album:
    """A record with plain names, another for every number below some thousand."""
    artists, titles = PLAIN
    return Album(
        artists[number % len(artists)], titles[(number * 7 + number // len(artists)) % len(titles)], (genre,), year
    )


def thumbnail(pixels: Pixels) -> NDArray[np.float32]:
    """OKLab, (24, 24, 3)."""
    return srgb_to_oklab(
        cv2.resize(pixels, (THUMB_PX, THUMB_PX), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    )


def distances(thumbs: Sequence[NDArray[np.float32]]) -> Distances:
    """(N, N) mean difference of colour; infinite from a cover to itself."""
    stack = np.stack(thumbs).reshape(len(thumbs), -1, 3)
    found = np.stack([np.linalg.norm(stack - one, axis=2).mean(1) for one in stack])
    np.fill_diagonal(found, np.inf)
    return found.astype(np.float32)


def entropy(values: Sequence[str]) -> float:
    """Bits."""
    shares = np.array(list(Counter(values).values())) / len(values)
    return float(-(shares * np.log2(shares)).sum())


def nearest(found: Distances) -> dict[str, float]:
    """How far the nearest other is: the least, and the 5th, 25th, 50th and 95th percentile."""
    each = found.min(1)
    return {"least": float(each.min()), **{f"{p} %": float(np.percentile(each, p)) for p in (5, 25, 50, 95)},
            "any two": float(np.median(found[np.isfinite(found)]))}  # fmt: skip


def rounded(numbers: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in numbers.items()}


def covers_of(genre: str, year: int, count: int) -> tuple[list[Pixels], list[tuple[str, ...]], Distances]:
    """Pictures, looks and distances of pictures of so many sleeves that differ in seed and names."""
    pictures, looks = [], []
    for number in range(count):
        design = made(album(genre, year, number), number, COVER_PX)
        told = design.report
        pictures.append(design.pixels)
        treated = [text.get("lettering", "plain") for text in told["texts"]]
        lettering = next((name for name in treated if name != "plain"), "plain")
        looks.append((told["finish"], told["palette"]["name"], told["type"]["lead"], told["layout"], lettering))
        if number % 20 == 19:
            print(genre, year, number + 1, flush=True)
    return pictures, looks, distances([thumbnail(picture) for picture in pictures])


def with_axes(found: Distances, looks: Sequence[tuple[str, ...]]) -> Distances:
    differ = np.array([[sum(a != b for a, b in zip(one, other, strict=True)) for other in looks] for one in looks])
    return (found + PER_AXIS * differ).astype(np.float32)


def real(path: Path, count: int) -> dict[tuple[str, int], tuple[int, dict[str, float]]]:
    """For each genre and year that is asked: how many real covers of its family, the nearest in year, were taken; and
    how far their nearest others are.
    """
    dataset = CoverDataset(path, "all", 2 * THUMB_PX)
    origins = list(dataset.origins())
    homes, wanted = [main_family(each.album.genres) for each in origins], {}
    for genre, year in ASKED:
        family = next(iter(families_of(genre)))
        near = sorted((abs((each.album.year or 0) - year), i) for i, each in enumerate(origins)
                      if homes[i] == family and each.album.year)  # fmt: skip
        wanted[genre, year] = {i for _, i in near[:count]}
    chosen = set().union(*wanted.values())
    thumbs = {i: thumbnail(cover.pixels) for i, cover in enumerate(dataset) if i in chosen}
    return {asked: (len(which), rounded(nearest(distances([thumbs[i] for i in sorted(which)]))))
            for asked, which in wanted.items()}  # fmt: skip


def families(seeds: int) -> list[dict[str, Any]]:
    """How many looks the choice alone gives a genre called like its family, in three years.

    The art is one grey fade, so a palette taken from it counts once.
    """
    fade = np.broadcast_to(np.linspace(20, 235, 64).astype(np.uint8)[:, None, None], (64, 64, 3)).copy()
    rows = []
    for family, year in itertools.product(FAMILIES, FAMILY_YEARS):
        styles = [choose_style(album(family, year, n), fade, Seeds.of(n)) for n in range(seeds)]
        looks = [(s.finish.name, s.palette.name, s.lead_face.id, s.layout.name) for s in styles]
        rows.append({"family": family, "year": year, "looks": len(set(looks)),
                     **{axis: len({look[i] for look in looks}) for i, axis in enumerate(LOOK)}})  # fmt: skip
    return rows


def picture_of(pairs: Sequence[tuple[int, int]], pictures: Sequence[Pixels], target: Path) -> None:
    """The nearest pairs, one above the other, as a JPEG that is small enough for a page."""
    gap = np.full((COVER_PX, 10, 3), 255, np.uint8)
    rows = [np.hstack([part for pair in pairs for part in (pictures[pair[side]], gap)][:-1]) for side in (0, 1)]
    sheet = np.vstack([rows[0], np.full((4, rows[0].shape[1], 3), 255, np.uint8), rows[1]])
    out = io.BytesIO()
    for quality in range(88, 30, -4):
        out = io.BytesIO()
        Image.fromarray(sheet).save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= LARGEST_BYTES:
            break
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(out.getvalue())


def judged(genre: str, year: int, count: int, pictures: Path | None) -> dict[str, Any]:
    """All numbers of one genre and year."""
    drawn, looks, found = covers_of(genre, year, count)
    whole = with_axes(found, looks)
    order = np.argsort(whole, axis=None)[::2]  # every pair stands there twice
    pairs = [(int(a), int(b)) for a, b in (divmod(int(i), count) for i in order[:PAIRS])]
    if pictures:
        picture_of(pairs, drawn, pictures / f"nearest-{genre.replace(' ', '-')}.jpg")
    axes = {axis: [look[i] for look in looks] for i, axis in enumerate(AXES)}
    return {
        "genre": genre, "year": year, "covers": count, "looks": len({look[: len(LOOK)] for look in looks}),
        "axes": {axis: {"used": len(set(values)), "bits": round(entropy(values), 2),
                        "as many as": round(2 ** entropy(values), 1),
                        "commonest": [[name, many] for name, many in Counter(values).most_common(5)]}
                 for axis, values in axes.items()},
        "nearest": rounded(nearest(found)),
        "pairs": [{"seeds": pair, "distance": round(float(whole[pair]), 3), "colour": round(float(found[pair]), 3),
                   "shared": [axis for axis, a, b in zip(AXES, looks[pair[0]], looks[pair[1]], strict=True) if a == b]}
                  for pair in pairs],
    }  # fmt: skip


def page(record: dict[str, Any]) -> str:
    parts = [
        "# Do covers of one genre and year differ?\n",
        f"`python benchmarks/diversity.py COVERS`. {record['machine']}; commit {record['commit']}.\n",
        "Covers that differ in seed and names. A look is a finish, a palette, a leading face and a layout; lettering "
        "is what is done to letters beside setting them. *As many as* is 2 to the power of the entropy: so many "
        "equally frequent values would be as varied.\n",
        f"| | covers | looks | {' | '.join(f'{axis}: used, as many as' for axis in AXES)} |",
        f"|---|---|---|{'---|' * len(AXES)}",
    ]
    for row in record["asked"]:
        axes = " | ".join(f"{axis['used']}, {axis['as many as']}" for axis in row["axes"].values())
        parts.append(f"| {row['genre']} {row['year']} | {row['covers']} | {row['looks']} | {axes} |")
    parts += [
        "\n## How near is the nearest?\n",
        f"Mean difference of colour (OKLab) of thumbnails of {THUMB_PX} px from each cover to the nearest other of the "
        "set, of ours and of as many real covers of the family, those nearest in year; and the median of any two. 0.02 "
        "is just seen.\n",
        "| | covers | least | 5 % | 25 % | half | 95 % | any two |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in record["asked"]:
        sets = [("ours", row["covers"], row["nearest"]), ("real", row["real"]["covers"], row["real"]["nearest"])]
        for name, many, found in sets:
            numbers = " | ".join(f"{value:.3f}" for value in found.values())
            parts.append(f"| {row['genre']} {row['year']}, {name} | {many} | {numbers} |")
    parts.append("\n## The nearest pairs\n")
    parts.append(f"By that distance and {PER_AXIS} for every axis of style that differs.")
    for row in record["asked"]:
        alike = Counter(axis for pair in row["pairs"] for axis in pair["shared"])
        shown = ", ".join(f"{a}+{b} {pair['distance']}" for pair in row["pairs"] for a, b in [pair["seeds"]])
        shares = ", ".join(f"{axis} {many}" for axis, many in alike.most_common()) or "nothing"
        parts.append(f"- **{row['genre']} {row['year']}**: seeds {shown}. Of these pairs share: {shares}.")
    least = min(record["families"], key=lambda row: row["looks"])
    few = [row for row in record["families"] if row["looks"] < WANTED_LOOKS]
    parts += [
        "\n## Any genre\n",
        f"Of {record['seeds']} seeds, each family in {', '.join(map(str, FAMILY_YEARS))} gets at least "
        f"{least['looks']} looks ({least['family']} {least['year']}); {len(few)} of {len(record['families'])} get "
        f"fewer than {WANTED_LOOKS}.\n",
        f"| family | {' | '.join(map(str, FAMILY_YEARS))} |",
        f"|---|{'---|' * len(FAMILY_YEARS)}",
    ]
    for family, rows in itertools.groupby(record["families"], key=lambda row: row["family"]):
        told = " | ".join(f"{r['looks']} ({' · '.join(str(r[axis]) for axis in LOOK)})" for r in rows)
        parts.append(f"| {family} | {told} |")
    parts.append(f"\nIn brackets the values used: {' · '.join(LOOK)}.")
    return "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="where the nearest pairs are written, a JPEG a genre"
    )
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    asked = [judged(genre, year, arguments.count, arguments.pictures) for genre, year in ASKED]
    beside = real(arguments.covers, arguments.count)
    for row in asked:
        covers, found = beside[row["genre"], row["year"]]
        row["real"] = {"covers": covers, "nearest": found}
    record = {"machine": machine(), "commit": commit(), "asked": asked, "seeds": arguments.count,
              "families": families(arguments.count)}  # fmt: skip
    (HERE / "diversity.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    (HERE / "diversity.md").write_text(page(record), "utf-8")
    print(page(record))


if __name__ == "__main__":
    main()

"""Do the words of a sleeve hold? Two thousand of them, measured and read, in benchmarks/sleeves.md and .json.

    python benchmarks/sleeves.py [--count 2000] [--size 1000] [--jsonl FILE] [--ocr-every N] [--failures FOLDER]

200 genres of all families in ten years each, with odd names. A sleeve follows from its number alone, so a run with
--jsonl goes on where it was broken off, and --part 1/2 and 2/2 share the work: join both files and call again.
"""

from __future__ import annotations

import argparse
import functools
import json
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from create import commit, machine
from odd_names import ARTISTS, TITLES
from PIL import Image, ImageDraw, ImageFont
from sleeve_checks import (
    CROP_EM_PX,
    broken_words,
    but_for_twins,
    contrast_on,
    crop,
    eye,
    has_notdef,
    in_order,
    is_complete,
    is_readable,
    letters,
    margin,
    overlap,
    reads_plain,
    stands,
    turn_of,
)

from duck_and_cover.album import Album
from duck_and_cover.bundle import Bundle
from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels
from duck_and_cover.design.choosing.looks import COARSE
from duck_and_cover.design.compose import Design, compose
from duck_and_cover.design.layouts.layout import LEAST_MARGIN
from duck_and_cover.design.style import Seeds, choose_style
from duck_and_cover.errors import BadInput, Failure
from duck_and_cover.generation.engine import DEFAULT_UPSCALER, Engine, open_engine, shelf
from duck_and_cover.generation.upscaler import Enlarger
from duck_and_cover.genres import FAMILIES, families_of, known_genres

HERE = Path(__file__).parent
GENRES = 200
YEARS = (1955, 1963, 1970, 1977, 1984, 1991, 1998, 2006, 2015, 2025)

TIGHT = round(LEAST_MARGIN - 0.005, 4)
"""A letter nearer to the edge than this, in cover units, counts as cut."""

CHECKS = {
    "error": "no sleeve came out",
    "margin": f"a letter nearer to the edge than {TIGHT}, or something printed with it cut off",
    "overlap": "letters of two texts on each other",
    "contrast": "less contrast than needed, as the design measures it",
    "measured": "less contrast than needed, measured anew on the finished pixels",
    "characters": "a text is not what was typed (letter case and line ends aside), or is missing",
    "notdef": "a box in place of a character",
    "front": "the title is not read exactly on the whole front",
    "box": "nor in the crop of its box",
}
TILE_PX, SHEET, COLUMNS = 360, 60, 6


@functools.cache
def genres() -> tuple[str, ...]:
    """200 listed names: of every family as many, evenly from its most popular to its rarest."""
    homes: dict[str, list[str]] = {family: [] for family in FAMILIES}
    for name in known_genres():
        if found := families_of(name):
            homes[next(iter(found))].append(name)
    picked: list[str] = []
    for i, names in enumerate(homes.values()):
        many = GENRES // len(homes) + (i < GENRES % len(homes))
        picked += [names[round(k * (len(names) - 1) / (many - 1))] for k in range(many)]
    return tuple(picked)


def album_of(number: int) -> Album:
    """The record of a number. 2,000 in a row meet every genre in every year once; any few are well spread."""
    year, genre = divmod(number * 1237 % (GENRES * len(YEARS)), GENRES)
    title = number * 37 % len(TITLES)
    artist = (number * 11 + number // len(TITLES)) % len(ARTISTS)
    return Album(ARTISTS[artist], TITLES[title], (genres()[genre],), YEARS[year])


@functools.cache
def networks() -> tuple[Engine, Enlarger]:
    """What draws the art and what enlarges it, on one thread."""
    return open_engine(threads=1), Enlarger(Bundle.open(shelf() / DEFAULT_UPSCALER), 1)


def made(album: Album, seed: int, size_px: int) -> Design:
    """A front as `create` makes it, with the plan behind it."""
    engine, enlarger = networks()
    seeds = Seeds.of(seed)
    art = engine.draw(Condition.of(album), seeds.art).pixels
    style = choose_style(album, art, seeds)
    if len(art) == enlarger.side_px and style.finish.name not in COARSE:
        art = enlarger.enlarge(art, seeds.art)
    return compose(art, album, style, seeds, size_px)


def measure(number: int, size_px: int, read: bool, failures: Path | None) -> dict[str, Any]:
    """All that is said about one sleeve."""
    album, began = album_of(number), time.perf_counter()
    row: dict[str, Any] = {"number": number, "genre": album.genres[0], "year": album.year, "artist": album.artist,
                           "title": album.title, "size_px": size_px, "commit": here()}  # fmt: skip
    try:
        design = made(album, number, size_px)
    except (BadInput, Failure) as error:
        return {**row, "failed": ["error"], "said": str(error)}
    drawn = time.perf_counter()
    told = design.report
    treated = [text.get("lettering", "plain") for text in told["texts"]]
    row.update(finish=told["finish"], palette=told["palette"]["name"], layout=told["layout"],
               lettering=next((name for name in treated if name != "plain"), "plain"),
               margin=margin(design), overlap=overlap(design), broken=0, texts=[])  # fmt: skip
    failed = {"margin"} if row["margin"] < TIGHT else set()
    failed |= {"overlap"} if row["overlap"] else set()
    failed |= {"characters"} if {text.name for text in design.plan.texts} != {"artist", "title"} else set()
    for text in design.plan.texts:
        typed = str(album.title if text.name == "title" else album.artist)
        said = next(t for t in told["texts"] if t["name"] == text.name)
        front = next(words for words in design.words if words.name == text.name).layers[-1]
        anew = contrast_on(design.pixels, front.outline, front.spread)
        row["texts"].append({"name": text.name, "face": said["face"], "size": said["size"], "anew": round(anew, 2),
                             "contrast": said["contrast_p5"], "needed": said["contrast_needed"]})  # fmt: skip
        row["broken"] += broken_words(said["text"], typed)
        wrong = {"contrast": said["contrast_p5"] < said["contrast_needed"], "measured": anew < said["contrast_needed"],
                 "characters": not is_complete(said["text"], typed), "notdef": has_notdef(text)}  # fmt: skip
        failed |= {name for name, is_so in wrong.items() if is_so}
    title = next((text for text in design.plan.texts if text.name == "title"), None)
    row["face"] = title.setting.face.id if title else None
    if read and title and is_readable(str(album.title)):
        lines = eye()(design.pixels, turn_of(design, title) != 0)
        row.update(front=stands(lines, title.outline.bounds, str(album.title)), read=in_order(lines))
        if not row["front"]:
            for em_px in CROP_EM_PX:
                row["read"] = in_order(eye()(crop(design, title, em_px), False))
                row["box"] = letters(row["read"]) == letters(str(album.title))
                if row["box"]:
                    break
            row["twins"] = but_for_twins(row["read"]) == but_for_twins(str(album.title))
            failed |= {"front"} if row["box"] else {"front", "box"}
    row["failed"] = sorted(failed, key=list(CHECKS).index)
    row["seconds"] = [round(drawn - began, 2), round(time.perf_counter() - drawn, 2)]
    if failures:
        for check in row["failed"]:
            keep(crop(design, title) if title and check == "box" else design.pixels, row, check, failures)
    return row


here = functools.cache(commit)


# ------------------------------------------------------------------------------------------------ what went wrong


def keep(pixels: Pixels, row: dict[str, Any], check: str, folder: Path) -> None:
    """A labelled picture of a failure in the folder of its check."""
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    picture.thumbnail((TILE_PX, TILE_PX), Image.Resampling.LANCZOS)
    tile = Image.new("RGB", (TILE_PX, TILE_PX + 52), (24, 24, 24))
    tile.paste(picture, ((TILE_PX - picture.width) // 2, (TILE_PX - picture.height) // 2))
    contrast = ", ".join(f"{t['name']} {t['contrast']} / {t['anew']} of {t['needed']}" for t in row["texts"])
    said = f"read: {row['read']}" if check in ("front", "box") else contrast if check in ("contrast", "measured") else (
        f"margin {row['margin']}, {row['overlap']} px overlap")  # fmt: skip
    chosen = " / ".join(str(row[axis]) for axis in ("finish", "face", "layout", "lettering"))
    for place, line in enumerate((f"{row['number']} {row['genre']} {row['year']}", chosen, said)):
        line = unicodedata.normalize("NFKD", line).encode("ascii", "ignore").decode()[:56]  # what the label's face has
        ImageDraw.Draw(tile).text((6, TILE_PX + 1 + 16 * place), line, (220, 220, 220), ImageFont.load_default(13))
    (folder / check).mkdir(parents=True, exist_ok=True)
    tile.save(folder / check / f"{row['number']:05d}.jpg", quality=85)


def sheets(folder: Path) -> None:
    """One picture for each check, of its first failures."""
    for check in CHECKS:
        tiles = [np.asarray(Image.open(path)) for path in sorted((folder / check).glob("*.jpg"))[:SHEET]]
        if tiles:
            tiles += [np.full_like(tiles[0], 24)] * (-len(tiles) % COLUMNS)
            rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
            Image.fromarray(np.vstack(rows)).save(folder / f"{check}.jpg", quality=85)


# ------------------------------------------------------------------------------------------------- what is written


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The counts of a report."""
    read = [row for row in rows if "front" in row]
    missed = [row for row in read if not row["front"] and not row["box"]]
    able = [row for row in read if reads_plain(row["title"])]
    texts = [text for row in rows for text in row.get("texts", ())]
    groups = {}
    for axis in ("face", "layout", "lettering", "finish"):
        every, not_read = Counter(row.get(axis) for row in read), Counter(row.get(axis) for row in missed)
        groups[axis] = [
            {"name": str(name), "missed": many, "read": every[name]} for name, many in not_read.most_common()
        ]
    seconds = np.array([row["seconds"] for row in rows if "seconds" in row] or [(0.0, 0.0)])
    return {
        "sleeves": len(rows), "size_px": sorted({row["size_px"] for row in rows}),
        "commits": sorted({row["commit"] for row in rows}),
        "failed": {check: sum(check in row["failed"] for row in rows) for check in CHECKS},
        "least margin": min((row["margin"] for row in rows if "margin" in row), default=None),
        "broken words": sum(row.get("broken", 0) > 0 for row in rows),
        "contrast over needed, least": {name: min((round(t[name] / t["needed"], 3) for t in texts), default=None)
                                        for name in ("contrast", "anew")},
        "titles": {"able": len(able), "able not exact": sum(row in missed for row in able),
                   "unable": sorted({row["title"] for row in read if not reads_plain(row["title"])}),
                   "read": len(read), "exact on the front": sum(row["front"] for row in read),
                   "exact in its box": sum(row.get("box", False) for row in read),
                   "but for look-alikes": sum(row.get("twins", False) for row in missed)},
        "missed": groups, "seconds": {"made": round(float(np.median(seconds[:, 0])), 2),
                                      "measured and read": round(float(np.median(seconds[:, 1])), 2)},
    }  # fmt: skip


def page(found: dict[str, Any]) -> str:
    titles = found["titles"]
    left = titles["read"] - titles["exact on the front"] - titles["exact in its box"]
    checks = "\n".join(f"| {says} | {found['failed'][check]} |" for check, says in CHECKS.items())
    share = titles["read"] or 1
    able = titles["able"] - titles["able not exact"]
    tables = "\n".join(
        f"\n**By {axis}**: " + (" · ".join(f"{g['name']} {g['missed']} of {g['read']}" for g in groups[:20]) or "none")
        for axis, groups in found["missed"].items()
    )
    least = found["contrast over needed, least"]
    return f"""# Do the words of a sleeve hold?

`python benchmarks/sleeves.py`: {found["sleeves"]:,} sleeves of {" and ".join(map(str, found["size_px"]))} px, {GENRES}
genres of all families × {len(YEARS)} years, {len(TITLES)} titles and {len(ARTISTS)} artists that are hard to set.
{found["machine"]}; commit {", ".join(found["commits"])}; {found["seconds"]["made"]} s to make one and
{found["seconds"]["measured and read"]} s to measure and read it, the median.

| what | sleeves |
|---|---|
{checks}

The least margin is {found["least margin"]} of the cover. The least contrast is {least["contrast"]} of what is needed
as the design measures it, and {least["anew"]} on the finished pixels, each pixel beside a letter held against the ink
printed near it. A word is broken over two lines on {found["broken words"]} sleeves.

## Can it be read?

PP-OCR (`rapidocr`) reads {titles["read"]:,} fronts whose titles are in Latin letters
that it knows, reduced to 640 px to find the lines.

| title | fronts | |
|---|---|---|
| exact on the front | {titles["exact on the front"]:,} | {titles["exact on the front"] / share:.1%} |
| exact in the crop of its box, upright | {titles["exact in its box"]:,} | {titles["exact in its box"] / share:.1%} |
| not exact | {left:,} | {left / share:.1%} |
| … of these exact but for 0/O, 1/l/I, 5/S | {titles["but for look-alikes"]:,} | |
| exact, of titles that it reads in plain type | {able:,} of {titles["able"]:,} | {able / (titles["able"] or 1):.1%} |

What counts: all letters and digits of the title, in order, none more. Case, accents, spaces and punctuation do not; ß
is ss, æ ae, ø o, þ p. On the front, what is read in the title's place is the title, or a title of four letters or more
stands whole in what is read row by row. Not exact does not mean that a person cannot read it: `--failures` keeps the
crops.

The control: each title set in Inter, black on white. The eye does not read these even so, whatever a sleeve does:
{", ".join(f"`{title}`" for title in titles["unable"]) or "none"}.

Not exact, neither on the front nor in its box:
{tables}
"""


def rows_of(path: Path | None) -> list[dict[str, Any]]:
    """What a file holds; a last line that was broken off is cut away."""
    if path is None or not path.exists():
        return []
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        content = content[: content.rfind(b"\n") + 1]
        path.write_bytes(content)
    return [json.loads(line) for line in content.decode().splitlines()]


def remaining(arguments: argparse.Namespace, done: set[int]) -> Iterator[int]:
    part, parts = (int(n) for n in arguments.part.split("/"))
    return (n for n in range(arguments.count) if n % parts == part - 1 and n not in done)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument(
        "--part", default="1/1", metavar="K/N", help="make only every Nth, from the Kth; write no report"
    )
    parser.add_argument("--jsonl", type=Path, help="append a row for each, and pass over those in it")
    parser.add_argument("--ocr-every", type=int, default=1, metavar="N", help="read every Nth only; 0 for none")
    parser.add_argument(
        "--failures", type=Path, metavar="FOLDER", help="pictures of what failed, and a sheet of each kind"
    )
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rows = rows_of(arguments.jsonl)
    began = time.perf_counter()
    for count, number in enumerate(remaining(arguments, {row["number"] for row in rows}), 1):
        read = arguments.ocr_every > 0 and number % arguments.ocr_every == 0
        row = measure(number, arguments.size, read, arguments.failures)
        rows.append(row)
        if arguments.jsonl:
            with arguments.jsonl.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        each = (time.perf_counter() - began) / count
        print(f"{number:5}  {each:.2f} s each  {row['genre']} {row['year']}  {' '.join(row['failed'])}", flush=True)
    if arguments.failures and arguments.failures.is_dir():
        sheets(arguments.failures)
    if arguments.part != "1/1":
        return
    found = {"machine": machine(), **summary(rows)}
    (HERE / "sleeves.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (HERE / "sleeves.md").write_text(page(found), "utf-8")
    print(page(found))


if __name__ == "__main__":
    main()

"""Does `duckcover check` find fault with our own covers? In benchmarks/check.md and .json.

    python benchmarks/check.py [--count 500] [--size 1500] [--jsonl FILE] [--no-reader]

Covers of all families and of ten years, as `create` makes them, checked as the JPEG that a release would carry. A
cover follows from its number alone, so a run with --jsonl goes on where it was broken off. Whatever fails is a false
alarm, but for `size` where --size is smaller than stores want, and `bytes`, which `--max-bytes` is for.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
from create import commit, machine

from duck_and_cover import Album, create
from duck_and_cover.design.checking import check
from duck_and_cover.design.checking.margins import LEAST_VARIED, varied
from duck_and_cover.design.checking.sharpness import LEAST_HARDNESS, MOST_UNEVEN, hardness, unevenness
from duck_and_cover.design.checking.words import Reader
from duck_and_cover.design.files.formats import encoded
from duck_and_cover.genres import FAMILIES

HERE = Path(__file__).parent
YEARS = (1955, 1963, 1970, 1977, 1984, 1991, 1998, 2006, 2015, 2025)
ARTISTS = ("Razormouth", "Odell Marsh Quintet", "Neon Meridian", "Gravewind", "Señor Ñandú", "The Quiet Hours", "Vesna")
TITLES = ("Cathedral of Rust", "Blue Hour on Ninth", "Coastline at Midnight", "Engines of the Drowned", "1999",
          "Low Tide", "What the River Kept")  # fmt: skip
EXPECTED = ("size", "bytes")
"""What depends on how a cover is asked for, not on how it is made."""


def album(number: int) -> Album:
    """A record for every number."""
    families = sorted(FAMILIES)
    return Album(ARTISTS[number % len(ARTISTS)], TITLES[number // 7 % len(TITLES)],
                 (families[number % len(families)],), YEARS[number // 3 % len(YEARS)])  # fmt: skip


def row(number: int, size_px: int, reader: Reader | None) -> dict[str, Any]:
    """Make a cover, check it, measure it."""
    record = album(number)
    sleeve = create(record, seed=number, size_px=size_px)
    began = time.perf_counter()
    report = check(encoded(sleeve.pixels, "JPEG"), record, reader)
    seconds = time.perf_counter() - began
    return {
        "number": number, "finish": sleeve.report["finish"], "layout": sleeve.report["layout"],
        "failed": {each.rule: f"{each.severity}: {each.found}" for each in report.failed()},
        "hardness": hardness(sleeve.pixels), "unevenness": unevenness(sleeve.pixels), "varied": varied(sleeve.pixels),
        "seconds": round(seconds, 2),
    }  # fmt: skip


def written(rows: list[dict[str, Any]], size_px: int, read: bool) -> str:
    """The page."""
    alarms = Counter(rule for each in rows for rule in each["failed"] if rule not in EXPECTED)
    clean = sum(not set(each["failed"]) - set(EXPECTED) for each in rows)
    hard = [each["hardness"] for each in rows if each["hardness"] is not None]
    lines = [
        "# False alarms of `duckcover check`", "",
        f"{len(rows)} covers of our own at {size_px} px, JPEG, words {'read' if read else 'not read'}; "
        f"{machine()}; commit {commit()}.", "",
        f"**{clean} of {len(rows)} without a false alarm.**", "",
        "| measure | least | most | limit |", "|---|---|---|---|",
        f"| hardness of edges | {min(hard):.2f} | {max(hard):.2f} | at least {LEAST_HARDNESS} |",
        *(f"| {name} | {min(each[name] for each in rows):.3f} | {max(each[name] for each in rows):.3f} | {limit} |"
          for name, limit in (("unevenness", f"at most {MOST_UNEVEN}"), ("varied", f"at least {LEAST_VARIED}"))),
        f"| seconds a check | {min(e['seconds'] for e in rows)} | {max(e['seconds'] for e in rows)} | |", "",
    ]  # fmt: skip
    lines += ["| rule | false alarms | first |", "|---|---|---|"] if alarms else []
    for rule, count in alarms.most_common():
        first = next(each for each in rows if rule in each["failed"])
        lines.append(f"| {rule} | {count} | no. {first['number']}, {first['finish']}, {first['failed'][rule]} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--size", type=int, default=1500)
    parser.add_argument("--jsonl", type=Path, help="rows; a run goes on from it")
    parser.add_argument("--no-reader", action="store_true", help="leave the words unread")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    reader = None
    if not asked.no_reader:
        from duck_and_cover.dataset.lettering.ocr import reader as open_reader

        reader = open_reader()
    before = asked.jsonl.read_text().splitlines() if asked.jsonl and asked.jsonl.exists() else []
    rows = [json.loads(line) for line in before]
    done = {each["number"] for each in rows}
    for number in range(asked.count):
        if number in done:
            continue
        rows.append(row(number, asked.size, reader))
        print(number, rows[-1]["finish"], rows[-1]["failed"], flush=True)
        if asked.jsonl:
            with asked.jsonl.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
    page = written(rows, asked.size, reader is not None)
    (HERE / "check.json").write_text(json.dumps(rows, indent=1) + "\n")
    (HERE / "check.md").write_text(page)
    print(page)


if __name__ == "__main__":
    main()

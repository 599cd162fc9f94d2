"""From covers to a dataset: how fast, how much is left out, how often names are found, what priors tell.

    python benchmarks/dataset.py COVERS LETTERS

Writes benchmarks/dataset.md and .json. LETTERS is what `duckcover dataset letters COVERS` wrote; the rate of finding is
measured anew on 64 covers.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from create import commit, machine

from duck_and_cover.catalog.guard import Guard
from duck_and_cover.dataset.building.build import build
from duck_and_cover.dataset.building.candidates import candidates
from duck_and_cover.dataset.captions.caption import caption
from duck_and_cover.dataset.captions.template import Template
from duck_and_cover.dataset.lettering.finding import Job, find_letters
from duck_and_cover.dataset.priors.learn import learn, see

HERE = Path(__file__).parent
SAMPLE = 64
SIZES = ((1, 128, "below 128 px"), (128, 200, "128 to 199 px"), (200, 300, "200 to 299 px"),
         (300, 1 << 30, "300 px and more"))  # fmt: skip


def building(covers: Path, folder: Path) -> dict[str, Any]:
    """Build a dataset with processes that are warm."""
    with Guard(os.cpu_count() or 1) as crew:
        build(itertools.islice(candidates(covers, lambda path: path), 64), folder / "warm", crew)
        began = time.perf_counter()
        done = build(candidates(covers, lambda path: path), folder / "covers", crew)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    described = caption(folder / "covers", Template())
    return {"covers": done.candidates, "kept": done.kept, "rejected": dict(done.rejected),
            "parts": done.manifest["parts"], "built_a_second": done.candidates / seconds,
            "captioned_a_second": described.seen / (time.perf_counter() - began)}  # fmt: skip


def finding(covers: Path, folder: Path) -> float:
    """Covers a second whose lettering is found, in as many processes as there are cores."""
    jobs = [Job(each.id, each.content, each.artist, each.album)
            for each in itertools.islice(candidates(covers, lambda path: path), 2 * SAMPLE)]  # fmt: skip
    with Guard(os.cpu_count() or 1, longest_s=300.0, most_memory=0) as crew:
        find_letters(jobs[:SAMPLE], folder / "letters.jsonl", crew)  # the eyes open
        began = time.perf_counter()
        find_letters(jobs, folder / "letters.jsonl", crew)
    return SAMPLE / (time.perf_counter() - began)


def found(covers: Path, letters: Path) -> list[dict[str, Any]]:
    """How often names stand where they were looked for, by the size of the source."""
    widths = {row["id"]: row["source_width"] for path in covers.glob("*.parquet")
              for row in pq.read_table(path, columns=["id", "source_width"]).to_pylist()}  # fmt: skip
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in map(json.loads, letters.read_text("utf-8").splitlines()):
        known = {name: row[name] for name in ("artist", "album") if row[name] is not None}
        if not known:
            continue
        size = next(says for low, high, says in SIZES if low <= (widths[row["id"]] or 1) < high)
        for where in (size, "all"):
            counts[where]["covers"] += 1
            counts[where]["either"] += any(known.values())
            for name, there in known.items():
                counts[where][f"{name} known"] += 1
                counts[where][f"{name} found"] += there
    return [{"source": says, **counts[says]} for says in (*(s for *_, s in SIZES), "all") if says in counts]


def page(record: dict[str, Any]) -> str:
    made, rows = record["building"], record["found"]

    def share(row: dict[str, Any], name: str) -> str:
        return f"{row.get(f'{name} found', 0) / max(1, row.get(f'{name} known', 0)):.0%}"

    names = "\n".join(f"| {row['source']} | {row['covers']:,} | {row['either'] / row['covers']:.0%} | "
                      f"{share(row, 'artist')} | {share(row, 'album')} |" for row in rows)  # fmt: skip
    left = "\n".join(f"| {reason} | {many} |" for reason, many in made["rejected"].items())
    told = "\n".join(f"| {each['name']} | {each['says']} | {each['gain']} | {'' if each['kept'] else 'dropped'} |"
                     for each in record["priors"])  # fmt: skip
    return f"""# From covers to a dataset

`python benchmarks/dataset.py COVERS LETTERS`. {record["machine"]}.

- **Build and screen**: {made["built_a_second"]:.0f} covers a second, written as shards; {made["kept"]:,} of
  {made["covers"]:,} are kept ({", ".join(f"{many:,} {part}" for part, many in made["parts"].items())}).
- **Lettering**: {record["letters_a_second"]:.1f} covers a second, read and matched.
- **Captions** by the template: {made["captioned_a_second"]:.0f} a second, the shards written anew.

| left out | covers |
|---|---|
{left}

## Names found on covers

| source | covers whose names are known | artist or title found | artist | title |
|---|---|---|---|---|
{names}

## What genre family and decade tell of a cover that was not looked at

Five folds by artist. Of numbers, the share of the squared error about the mean of all covers that goes; of shares, bits
a cover.

| statistic | | gain | |
|---|---|---|---|
{told}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("letters", type=Path)
    parser.add_argument("--priors", action="store_true", help="measure the priors anew and keep the rest")
    arguments = parser.parse_args()
    record: dict[str, Any] = {} if not arguments.priors else json.loads((HERE / "dataset.json").read_text("utf-8"))
    if not record:
        record = measured(arguments.covers, arguments.letters)
    record["priors_commit"] = commit()
    record["priors"] = [
        {"name": each.statistic.name, "says": each.statistic.says, "kept": each.kept,
         "gain": (f"{each.gain:.3f} ± {each.error:.3f} bits" if each.statistic.labels
                  else f"{each.gain:.1%} ± {each.error:.1%}")}
        for each in learn(see(arguments.covers, arguments.letters))
    ]  # fmt: skip
    (HERE / "dataset.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    (HERE / "dataset.md").write_text(page(record), "utf-8")
    print(page(record))


def measured(covers: Path, letters: Path) -> dict[str, Any]:
    """Everything but the priors."""
    with tempfile.TemporaryDirectory() as folder:
        record: dict[str, Any] = {"machine": machine(), "commit": commit(), "building": building(covers, Path(folder)),
                                  "letters_a_second": finding(covers, Path(folder))}  # fmt: skip
    return record | {"found": found(covers, letters)}


if __name__ == "__main__":
    main()

"""How far can the judge be trusted? On covers that it was never shown, in benchmarks/judge.md and .json.

    python benchmarks/judge.py COVERS [--judge BUNDLE] [--letters letters.jsonl]

Accuracy by family, confusion, calibration, and years: over all held-out covers whose year is stated by a source that
gives years of first release (`dataset/reader.py` leaves the years of reissues out).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from create import commit, machine
from held_out import held_out
from numpy.typing import NDArray

from duck_and_cover.condition import Condition
from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.evaluation.calibration import calibration
from duck_and_cover.evaluation.control import balanced_accuracy, confusion, frequent, rank_correlation
from duck_and_cover.evaluation.measure import FIVE
from duck_and_cover.evaluation.uncertainty import bootstrap
from duck_and_cover.generation.judge import Judge, Opinion, open_judge
from duck_and_cover.genres import main_family

HERE = Path(__file__).parent


def families(judge: Judge, seen: Opinion, asked: list[Condition], names: tuple[str, ...]) -> dict[str, Any]:
    """How well `names` are told apart, among themselves."""
    known = [main_family(tuple(condition.genres)) or "" for condition in asked]
    rows = np.array([i for i, family in enumerate(known) if family in names])
    truth = np.array([names.index(known[i]) for i in rows])
    chances = seen.families[rows][:, [judge.names.index(name) for name in names]]
    chances = chances / chances.sum(1, keepdims=True)
    table = confusion(truth, chances.argmax(1), len(names))
    value, error, classes = accuracy(table)
    return {"names": list(names), "covers": len(rows), "value": value, "error": error, "chance": 1 / classes,
            "confusion": table.tolist(), "calibration_error": calibration(chances, truth).error}  # fmt: skip


def years(judge: Judge, seen: Opinion, asked: list[Condition]) -> dict[str, Any]:
    """How well years are told."""
    rows = np.array([i for i, condition in enumerate(asked) if condition.year])
    pairs = np.stack([[float(asked[i].year or 0) for i in rows], seen.year[rows]], 1)
    truth, count = pairs[:, 0], len(judge.middle_years)
    place = np.clip((truth - (judge.middle_years[0] - 5)) // 10, 0, count - 1).astype(int)
    value, error, classes = accuracy(confusion(place, seen.decades[rows].argmax(1), count))
    return {"covers": len(rows), "spearman": rank_correlation(*pairs.T),
            "spearman_error": bootstrap(lambda p: rank_correlation(*p.T), pairs, times=200),
            "years_off": float(np.abs(truth - pairs[:, 1]).mean()),
            "years_off_guessing": float(np.abs(truth - np.median(truth)).mean()),
            "decade": value, "decade_error": error, "decade_chance": 1 / classes}  # fmt: skip


def accuracy(table: NDArray[np.int64]) -> tuple[float, float, int]:
    """Balanced, its error, and over how many classes: those with five covers and more."""
    enough = frequent(table)
    return *balanced_accuracy(enough), int((enough.sum(1) > 0).sum())


def page(judge: Judge, every: dict[str, Any], five: dict[str, Any], dated: dict[str, Any]) -> str:
    names, table = every["names"], np.array(every["confusion"])
    right = table.diagonal() / np.maximum(1, table.sum(1))
    return f"""# How far can the judge be trusted?

`python benchmarks/judge.py`: {judge.bundle.name} ({judge.weights[:12]}) on covers that it was never shown,
lettering filled in.

- **Five families** ({", ".join(FIVE)}): balanced accuracy **{five["value"]:.3f} ± {five["error"]:.3f}**, chance
  {five["chance"]:.3f}, {five["covers"]} covers.
- **All families**: {every["value"]:.3f} ± {every["error"]:.3f}, chance {every["chance"]:.3f}, {every["covers"]} covers.
- **Years**: rank correlation **{dated["spearman"]:.3f} ± {dated["spearman_error"]:.3f}**, {dated["covers"]} covers;
  {dated["years_off"]:.1f} years off on average, {dated["years_off_guessing"]:.1f} by always saying the middle one.
  Decades: {dated["decade"]:.3f} ± {dated["decade_error"]:.3f}, chance {dated["decade_chance"]:.3f}.
- **Calibration**: confidence and accuracy differ by {every["calibration_error"]:.3f} on average, families alike.

| cover of | covers | right | {" | ".join(names)} |
|---|---|---|{"---|" * len(names)}
{chr(10).join(f"| {name} | {row.sum()} | {share:.0%} | {' | '.join(map(str, row))} |"
              for name, row, share in zip(names, table, right, strict=True))}

Rows are what covers are, columns what the judge says.
"""  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--letters", type=Path)
    arguments = parser.parse_args()
    judge = open_judge(arguments.judge)
    letters = load_letters(arguments.letters) if arguments.letters else {}
    pictures, asked = held_out(arguments.covers, judge.bundle.resolution_px, letters, every=True)
    seen = judge.opinion(pictures)
    every, five = (families(judge, seen, asked, names) for names in (judge.names, FIVE))
    dated = years(judge, seen, asked)
    record = {"machine": machine(), "commit": commit(), "judge": judge.bundle.name, "sha256": judge.weights,
              "families": every, "five": five, "years": dated}  # fmt: skip
    (HERE / "judge.json").write_text(json.dumps(record, indent=1) + "\n")
    (HERE / "judge.md").write_text(page(judge, every, five, dated))
    print(page(judge, every, five, dated))


if __name__ == "__main__":
    main()

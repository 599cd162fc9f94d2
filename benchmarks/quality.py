"""Which network is better? On the same covers, conditions and judge; in benchmarks/quality.md and .json.

    python benchmarks/quality.py COVERS BUNDLE [BUNDLE ...] --letters letters.jsonl [--samples 2000] [--reports FOLDER]

Every number of `duckcover evaluate` for each bundle, real covers in their place beside it. Bundles are made with
`duckcover export RUN -o BUNDLE`; name them after their recipes. What each was shown, its size and its time stand below.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from create import commit, machine

from duck_and_cover.bundle import Bundle
from duck_and_cover.condition import Condition
from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.evaluation.evaluate import Evaluation, RealCovers, evaluate, real_covers
from duck_and_cover.evaluation.measure import Measured
from duck_and_cover.evaluation.report import LINES, as_json, in_words, write_report
from duck_and_cover.generation.judge import Judge, open_judge
from duck_and_cover.generation.onnx import engine_on

HERE = Path(__file__).parent


def facts(bundle: Bundle) -> dict[str, Any]:
    """What is known of a network before anything is measured; the time is that of one picture alone."""
    engine, training = engine_on(bundle), bundle.facts["training"]
    engine.draw(Condition({"jazz": 1.0}), 0)
    began = time.perf_counter()
    for seed in range(10):
        engine.draw(Condition({"jazz": 1.0}), seed)
    return {"sha256": bundle.sha256, "px": bundle.resolution_px, "images shown": training["images_shown"],
            "parameters, M": round(training["parameters"] / 1e6, 2), "MB": round(bundle.model.stat().st_size / 1e6, 1),
            "s a picture": round((time.perf_counter() - began) / 10, 3)}  # fmt: skip


def measured(bundle: Bundle, covers: RealCovers, judge: Judge, samples: int) -> Evaluation:
    engine = engine_on(bundle)
    return evaluate(lambda condition, seed: engine.draw(condition, seed).pixels, covers, judge, samples=samples)


def shown(number: Measured) -> str:
    return "–" if number.why_not else " ".join(in_words(number)).strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("bundles", type=Path, nargs="+")
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--reports", type=Path, help="keep a report of each there")
    parser.add_argument("--cache", type=Path, help="keep decoded covers there for the next time")
    arguments = parser.parse_args()
    judge, letters = open_judge(arguments.judge), load_letters(arguments.letters) if arguments.letters else None
    found: dict[str, Evaluation] = {}
    known: dict[str, dict[str, Any]] = {}
    bundles = [Bundle.open(folder) for folder in arguments.bundles]
    if len({bundle.resolution_px for bundle in bundles}) > 1:
        parser.error("bundles of one resolution can be compared; these have several")
    with tempfile.TemporaryDirectory() as scratch:
        cache = arguments.cache or Path(scratch)
        for bundle in bundles:
            covers = real_covers(arguments.covers, bundle.resolution_px, cache, letters)
            known[bundle.name] = facts(bundle)
            found[bundle.name] = measured(bundle, covers, judge, arguments.samples)
            print(bundle.name, {name: shown(number) for name, number in found[bundle.name].drawn.items()}, flush=True)
            if arguments.reports:
                write_report(
                    arguments.reports / bundle.name, found[bundle.name], {"name": bundle.name, **known[bundle.name]}
                )
    write(found, known, {"machine": machine(), "commit": commit(), "judge": judge.bundle.sha256,
                         "samples": arguments.samples})  # fmt: skip


def write(found: dict[str, Evaluation], known: dict[str, dict[str, Any]], about: dict[str, Any]) -> None:
    """The table, and the same numbers as JSON."""
    names, real = list(found), next(iter(found.values())).real
    rows = [row for row in LINES if row in real]
    numbers = {name: {row: as_json(found[name].drawn[row]) for row in rows} for name in names}
    record = {**about, "networks": {name: {**known[name], "numbers": numbers[name]} for name in names},
              "real": {row: as_json(real[row]) for row in rows}}  # fmt: skip
    (HERE / "quality.json").write_text(json.dumps(record, indent=1) + "\n")
    facts_shown = ("px", "images shown", "parameters, M", "MB", "s a picture")
    lines = [
        "# Which network is better?\n",
        f"`python benchmarks/quality.py`: {about['samples']} pictures of each, for the conditions of the same covers; "
        f"judge {about['judge'][:12]}; on {about['machine']}. ± one standard error.\n",
        f"| | {' | '.join(names)} | real covers |",
        f"|---|{'---|' * (len(names) + 1)}",
        *(f"| {LINES[row][0]} | {' | '.join(shown(found[name].drawn[row]) for name in names)} | {shown(real[row])} |"
          for row in rows),
        *(f"| {key} | {' | '.join(f'{known[name][key]:,}' for name in names)} | |" for key in facts_shown),
        "",
        *(f"- **{LINES[row][0]}**: {LINES[row][1]}." for row in rows if not LINES[row][0].startswith("·")),
    ]  # fmt: skip
    (HERE / "quality.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

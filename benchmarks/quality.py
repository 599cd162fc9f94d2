"""Which network is better? On the same covers, conditions and judge; in benchmarks/quality.md and .json.

    python benchmarks/quality.py COVERS BUNDLE [BUNDLE ...] --letters letters.jsonl [--samples 2000] [--reports FOLDER]
                                 [--add]

Every number of `duckcover evaluate` for each bundle, real covers in their place beside it. Bundles are made with
`duckcover export RUN -o BUNDLE`; name them after their recipes. What each was shown, its size and its time stand below.
Larger pictures are made as small as those of 64 px, the size that all can be compared at.
`--add` keeps the columns of before that were measured alike.
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
from duck_and_cover.cover import resized
from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.evaluation.evaluate import Evaluation, RealCovers, evaluate, real_covers
from duck_and_cover.evaluation.measure import Measured
from duck_and_cover.evaluation.report import LINES, as_json, in_words, write_report
from duck_and_cover.generation.judge import Judge, open_judge
from duck_and_cover.generation.onnx import engine_on

HERE = Path(__file__).parent
SIDE_PX = 64


def facts(bundle: Bundle) -> dict[str, Any]:
    """What is known of a network before anything is measured; the time is that of one picture alone."""
    engine, training = engine_on(bundle), bundle.facts["training"]
    engine.draw(Condition({"jazz": 1.0}), 0)
    began = time.perf_counter()
    for seed in range(10):
        engine.draw(Condition({"jazz": 1.0}), seed)
    return {"sha256": bundle.sha256, "px": bundle.resolution_px, "images shown": training["images_shown"],
            "parameters, M": round(training["parameters"] / 1e6, 2), "MB": round(bundle.model.stat().st_size / 1e6, 1),
            "s a picture": round((time.perf_counter() - began) / 10, 3),
            "MiB while learning": round(training["memory_mib"]) if "memory_mib" in training else ""}  # fmt: skip


def measured(bundle: Bundle, covers: RealCovers, judge: Judge, samples: int) -> Evaluation:
    engine = engine_on(bundle)
    return evaluate(lambda condition, seed: resized(engine.draw(condition, seed).pixels, SIDE_PX), covers, judge,
                    samples=samples)  # fmt: skip


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
    parser.add_argument("--add", action="store_true", help="keep the columns of before")
    parser.add_argument("--facts-only", action="store_true", help="measure time and size anew, keep all other numbers")
    parser.add_argument("--cache", type=Path, help="keep decoded covers there for the next time")
    arguments = parser.parse_args()
    judge, letters = open_judge(arguments.judge), load_letters(arguments.letters) if arguments.letters else None
    found: dict[str, Evaluation] = {}
    known: dict[str, dict[str, Any]] = {}
    bundles = [Bundle.open(folder) for folder in arguments.bundles]
    if arguments.facts_only:
        record = json.loads((HERE / "quality.json").read_text())
        for bundle in bundles:
            record["networks"][bundle.name].update(facts(bundle))
        write(record)
        return
    if any(bundle.resolution_px < SIDE_PX for bundle in bundles):
        parser.error(f"bundles of {SIDE_PX} px or more can be compared; one draws smaller pictures")
    with tempfile.TemporaryDirectory() as scratch:
        cache = arguments.cache or Path(scratch)
        for bundle in bundles:
            covers = real_covers(arguments.covers, SIDE_PX, cache, letters)
            known[bundle.name] = facts(bundle)
            found[bundle.name] = measured(bundle, covers, judge, arguments.samples)
            print(bundle.name, {name: shown(number) for name, number in found[bundle.name].drawn.items()}, flush=True)
            if arguments.reports:
                write_report(
                    arguments.reports / bundle.name, found[bundle.name], {"name": bundle.name, **known[bundle.name]}
                )
    about = {
        "machine": machine(),
        "commit": commit(),
        "judge": judge.weights,
        "samples": arguments.samples,
    }
    write(recorded(found, known, about, add=arguments.add))


def recorded(found: dict[str, Evaluation], known: dict[str, dict[str, Any]], about: dict[str, Any], *,
             add: bool) -> dict[str, Any]:  # fmt: skip
    """Everything as JSON, with what was measured alike before."""
    real = next(iter(found.values())).real
    rows = [row for row in LINES if row in real]
    record = {**about, "real": {row: as_json(real[row]) for row in rows}, "networks": {}}
    if add:
        before = json.loads((HERE / "quality.json").read_text())
        alike = all(before[name] == about[name] for name in ("judge", "samples"))
        record["networks"] |= before["networks"] if alike else {}
    for name, evaluation in found.items():
        record["networks"][name] = {**known[name], "numbers": {row: as_json(evaluation.drawn[row]) for row in rows}}
    return record


def write(record: dict[str, Any]) -> None:
    """The table, and the same numbers as JSON."""
    (HERE / "quality.json").write_text(json.dumps(record, indent=1) + "\n")
    networks, speeds = record["networks"], json.loads((HERE / "networks.json").read_text())["rows"]
    names = list(networks)
    learned = {name: next((f"{row['images_per_s']:.0f}" for row in speeds if name.startswith(row["recipe"])), "")
               for name in names}  # fmt: skip
    lines = [
        "# Which network is better?\n",
        "`python benchmarks/quality.py COVERS BUNDLE ... --letters letters.jsonl`: "
        f"{record['samples']:,} pictures of each, for the conditions of the same covers; judge {record['judge'][:12]}; "
        f"{record['machine']}. ± one standard error.\n",
        "Each was made by `duckcover train RECIPE --data COVERS --letters letters.jsonl --kimg K -o RUN` and "
        "`duckcover export RUN -o BUNDLE`. How fast each learns alone on this machine: [networks](networks.md).\n",
        f"| | {' | '.join(names)} | real covers |",
        f"|---|{'---|' * (len(names) + 1)}",
        *(f"| {LINES[row][0]} | {' | '.join(cell(networks[name]['numbers'].get(row)) for name in names)} | "
          f"{cell(record['real'][row])} |" for row in record["real"]),
        *(f"| {key} | {' | '.join(f'{networks[name][key]:,}' for name in names)} | |"
          for key in ("px", "images shown", "parameters, M", "MB", "s a picture")),
        f"| images/s while learning | {' | '.join(learned.values())} | |",
        f"| MiB while learning | {' | '.join(str(networks[name].get('MiB while learning', '')) for name in names)} | |",
        "",
        *(f"- **{LINES[row][0]}**: {LINES[row][1]}." for row in record["real"] if not LINES[row][0].startswith("·")),
    ]  # fmt: skip
    (HERE / "quality.md").write_text("\n".join(lines) + "\n")


def cell(number: dict[str, Any] | None) -> str:
    """A number as `as_json` gives it, with its error."""
    if number is None or "value" not in number:
        return "–"
    error = float("nan") if number["error"] is None else number["error"]
    return " ".join(in_words(Measured(number["value"], error))).strip()


if __name__ == "__main__":
    main()

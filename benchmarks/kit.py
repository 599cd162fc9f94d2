"""How long does a whole release kit take, and where does the time go? In benchmarks/kit.md and .json.

python benchmarks/kit.py [--runs 1]

Each kit is a cold `duckcover kit` with everything: stores, print, loop, report. A file is timed from the line before
its own, so that a part's time is that of its making, checking and writing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MOST_S, MOST_MIB = 60.0, 2560.0
PARTS = ("front", "print", "loop", "report")
MOVEMENTS = [f"Quartet No. {work} in {key}, Op. {7 * work}: {number} {tempo} (6:{work:02})"
             for work, key in enumerate(("C minor", "E-flat", "F-sharp minor", "A", "D", "G minor", "B-flat", "E"), 1)
             for number, tempo in (("I.", "Allegro con brio"), ("II.", "Adagio"), ("III.", "Scherzo: Presto"),
                                   ("IV.", "Andante"), ("V.", "Finale: Vivace"))]  # fmt: skip
RECORDS: dict[str, tuple[list[str], list[str]]] = {
    "thrash metal, 8 tracks": (
        ["--artist", "Gravel Saint", "--album", "Mass for the Machine", "--genre", "thrash metal", "--year", "1988",
         "--seed", "3"], [f"Sermon {n} 4:1{n}" for n in range(1, 9)]),
    "jazz, 2 sides": (
        ["--artist", "Otis Marlowe Quartet", "--album", "The Quiet Hour", "--genre", "jazz", "--year", "1959",
         "--seed", "7"], ["A1 So Long 9:22", "A2 Freight 9:46", "B1 Blue Lantern 11:33"]),
    "synthwave, 8 tracks": (
        ["--artist", "Neon Meridian", "--album", "Coastline at Midnight", "--genre", "synthwave", "--year", "1985",
         "--seed", "20"], [f"Grid {n} 3:4{n}" for n in range(1, 9)]),
    "classical, 40 movements": (
        ["--artist", "Lindenberg Quartet", "--album", "The String Quartets", "--genre", "classical", "--year", "1978",
         "--seed", "4"], ["Disc 1", *MOVEMENTS[:20], "Disc 2", *MOVEMENTS[20:]]),
}  # fmt: skip


def part_of(name: str) -> str:
    """Of which part a file is."""
    folder, _, rest = name.partition("/")
    return {"print": "print", "moving": "loop"}.get(folder, "front") if rest else (
        "report" if folder.startswith("report") else "front")  # fmt: skip


def measure(words: list[str], tracks: list[str], folder: Path) -> dict[str, Any]:
    """One cold kit: wall and processor seconds, peak MiB of the largest process, and seconds by part."""
    program = Path(sysconfig.get_path("scripts")) / "duckcover"
    lines = [word for track in tracks for word in ("--track", track)]
    seconds = dict.fromkeys(("start", *PARTS), 0.0)
    began = before = time.perf_counter()
    process = subprocess.Popen([program, "kit", *words, *lines, "-o", "kit"], cwd=folder, stdout=subprocess.PIPE,
                               text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        now = time.perf_counter()
        found = re.match(r"  (\S+/?\S*)  +", line)
        seconds[part_of(found[1]) if found else "start" if not any(seconds.values()) else "report"] += now - before
        before = now
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{program} kit {' '.join(words)} failed")
    files = [path for path in (folder / "kit").rglob("*") if path.is_file()]
    return {"wall_s": time.perf_counter() - began, "cpu_s": usage.ru_utime + usage.ru_stime,
            "peak_mib": usage.ru_maxrss / 1024, "parts_s": seconds, "files": len(files),
            "mb": sum(path.stat().st_size for path in files) / 1e6}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    runs = parser.parse_args().runs
    rows: dict[str, Any] = {}
    load = os.getloadavg()[0]
    for name, (words, tracks) in RECORDS.items():
        each = []
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as folder:
                each.append(measure(words, tracks, Path(folder)))
        middle = sorted(each, key=lambda one: one["wall_s"])[len(each) // 2]
        rows[name] = {**{key: round(value, 1) for key, value in middle.items() if key != "parts_s"},
                      "parts_s": {key: round(value, 1) for key, value in middle["parts_s"].items()},
                      "all_wall_s": [round(one["wall_s"], 1) for one in each]}  # fmt: skip
        print(name, rows[name], flush=True)
    head = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    )
    where = [f"{platform.system()} {platform.machine()}", processor(), f"{os.cpu_count()} cores",
             f"Python {platform.python_version()}"]  # fmt: skip
    facts = {"machine": ", ".join(where), "commit": head.stdout.strip() or "unknown", "runs": runs,
             "load_before": round(load, 2),
             "most": {"wall_s": MOST_S, "peak_mib": MOST_MIB}, "kits": rows}  # fmt: skip
    (HERE / "kit.json").write_text(json.dumps(facts, indent=1) + "\n")
    (HERE / "kit.md").write_text(table(facts))


def processor() -> str:
    """The processor's maker and family, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(\S+ \S+)", told.read_text()) if told.exists() else None
    return found[1] if found else platform.processor() or "unknown processor"


def table(facts: dict[str, Any]) -> str:
    """kit.md."""
    kits = facts["kits"]
    wall, cpu = (max(row[key] for row in kits.values()) for key in ("wall_s", "cpu_s"))
    peak = max(row["peak_mib"] for row in kits.values()) / 1024
    lines = [
        "# How long does a release kit take?", "",
        f"`python benchmarks/kit.py`: {facts['machine']}; commit {facts['commit']}, median of {facts['runs']} cold "
        f"processes each; load of other work on the machine before it began: {facts['load_before']}.", "",
        f"**At most {wall:.0f} s on the clock, {cpu:.0f} s of processor time and {peak:.1f} GiB; wanted {MOST_S:.0f} s "
        f"with both cores free and {MOST_MIB / 1024:.1f} GiB.**", "",
        "| record | wall s | processor s | peak MiB | files | MB | to first file | front | print | loop | report |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, row in kits.items():
        parts = row["parts_s"]
        lines.append(f"| {name} | {row['wall_s']} | {row['cpu_s']} | {row['peak_mib']:.0f} | {row['files']} | "
                     f"{row['mb']:.0f} | {parts['start']} | {parts['front']} | {parts['print']} | {parts['loop']} | "
                     f"{parts['report']} |")  # fmt: skip
    share = {part: statistics.mean(row["parts_s"][part] / row["wall_s"] for row in kits.values())
             for part in ("start", *PARTS)}  # fmt: skip
    told = ", ".join(f"{part} {100 * value:.0f} %" for part, value in share.items())
    return "\n".join([*lines, "", f"Shares of the wall time, mean: {told}.", ""])


if __name__ == "__main__":
    main()

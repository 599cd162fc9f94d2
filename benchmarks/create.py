"""How long does a cover take? Cold starts of the real command, in benchmarks/create.md and .json.

python benchmarks/create.py [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
WORDS = ["--artist", "Neon Meridian", "--album", "Coastline at Midnight", "--genre", "synthwave", "--year", "1985"]
QUESTIONS = {
    "one 3000 px PNG": (["create", *WORDS, "--seed", "4", "-o", "cover.png"], 6.0),
    "eight 768 px previews": (
        ["create", *WORDS, "--seed", "4", "--variants", "8", "--size", "768", "-o", "p.png"],
        4.0,
    ),
    "--help": (["--help"], 0.3),
}


def measure(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Wall seconds and peak resident MiB of one cold `duckcover` process."""
    import os

    program = Path(sysconfig.get_path("scripts")) / "duckcover"
    began = time.perf_counter()
    process = subprocess.Popen([program, *arguments], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{program} {' '.join(arguments)} failed")
    return seconds, usage.ru_maxrss / 1024


def art_seconds(runs: int) -> float:
    """Seconds the network takes for one picture in a warm process."""
    from duck_and_cover.condition import Condition
    from duck_and_cover.generation.engine import open_engine

    engine, times = open_engine(), []
    for seed in range(runs + 1):
        began = time.perf_counter()
        engine.draw(Condition({"synthwave": 1.0}, 1985), seed)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def warm_seconds(count: int, size_px: int, runs: int) -> list[float]:
    """Seconds for so many covers of a size in a process that has made some."""
    from duck_and_cover import Album
    from duck_and_cover.sleeve import create_variants

    album, times = Album("Neon Meridian", "Coastline at Midnight", ("synthwave",), 1985), []
    for seed in range(runs + 1):
        began = time.perf_counter()
        list(create_variants(album, count, seed=20 + seed, size_px=size_px))
        times.append(time.perf_counter() - began)
    return times[1:]


def machine() -> str:
    import os

    model = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    return (
        f"{platform.system()} {platform.machine()}, {model}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )


def commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for question, (arguments, wanted) in QUESTIONS.items():
            measure(arguments, Path(folder))  # warms the disk, not the process
            found = [measure(arguments, Path(folder)) for _ in range(runs)]
            seconds = [s for s, _ in found]
            rows[question] = {"median_s": round(statistics.median(seconds), 2), "min_s": round(min(seconds), 2),
                              "max_s": round(max(seconds), 2), "peak_mib": round(max(m for _, m in found)),
                              "wanted_s": wanted}  # fmt: skip
            print(question, rows[question], flush=True)
    for question, count, size_px, wanted in (("one 3000 px cover, warm", 1, 3000, 4.0),
                                             ("eight 768 px previews, warm", 8, 768, 2.0)):  # fmt: skip
        found = warm_seconds(count, size_px, runs)
        rows[question] = {"median_s": round(statistics.median(found), 2), "min_s": round(min(found), 2),
                          "max_s": round(max(found), 2), "wanted_s": wanted}  # fmt: skip
    rows["one picture by the network, warm"] = {"median_s": round(art_seconds(runs), 3), "wanted_s": 0.7}
    record = {"machine": machine(), "commit": commit(), "runs": runs, "rows": rows}
    (HERE / "create.json").write_text(json.dumps(record, indent=1) + "\n")
    lines = [
        "# How long does a cover take?\n",
        f"`python benchmarks/create.py`: {record['machine']}; commit {record['commit']}, "
        f"median of {runs} cold processes.\n",
        "| what | median s | min to max s | peak MiB | wanted s |",
        "|---|---|---|---|---|",
    ]
    for question, row in rows.items():
        spread = f"{row['min_s']} to {row['max_s']}" if "min_s" in row else ""
        lines.append(
            f"| {question} | {row['median_s']} | {spread} | {row.get('peak_mib', '')} | under {row['wanted_s']} |"
        )
    (HERE / "create.md").write_text("\n".join(lines) + "\n")
    print((HERE / "create.md").read_text())


if __name__ == "__main__":
    sys.exit(main())

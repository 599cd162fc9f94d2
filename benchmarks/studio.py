"""How soon does the studio answer, and does it stay as it is over a long evening? In benchmarks/studio.md and .json.

python benchmarks/studio.py [--runs 7] [--rerolls 500] [--clients 50] [--each 20]

A studio of its own is started in a scratch folder, as `duckcover studio` starts it, and asked over HTTP as its page
asks: what is timed ends when the picture itself has arrived. Memory is what is resident in the server and its workers,
where what they share is counted in each.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from create import commit, machine

HERE = Path(__file__).parent
AXES = ("art", "finish", "palette", "type", "layout")
CODE = "import sys; from duck_and_cover.cli import main; sys.argv[0] = 'duckcover'; main()"
RECORDS = (
    {"artist": "Otis Marlowe Quartet", "title": "The Quiet Hour", "genre": "jazz", "year": 1959},
    {"artist": "Gravel Saint", "title": "Mass for the Machine", "genre": "thrash metal", "year": 1988},
    {"artist": "Neon Meridian", "title": "Coastline at Midnight", "genre": "synthwave", "year": 1985},
    {"title": "Low Tide", "genre": "ambient", "year": 2004},
)
PREVIEW_S, EIGHT_S, REROLL_S, PAGE_KB = 1.0, 3.0, 0.7, 150
SETTLED = 50
"""Re-rolls after which memory is read for the first time: by then everything that is opened once is open."""
NOISE_MB = 60.0
"""Pictures that were made, 64 MB of them at most, go on filling the room that they have after that."""

MB = 1e6


class Client:
    """A browser's way to the studio: one connection, its own seat."""

    def __init__(self, port: int, seat: str) -> None:
        self.seat = seat
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def ask(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body."""
        try:
            self.connection.request("GET", path)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # it was idle too long; a browser asks once more as well
            self.connection.close()
            self.connection.request("GET", path)
            answer = self.connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def reroll(self, axis: str, query: str) -> str:
        """The recipe with an axis drawn anew, once its desk and its picture are here. Raises `RuntimeError`."""
        status, headers, body = self.ask(f"/reroll/{axis}?{query}&seat={self.seat}")
        if status != 200:
            raise RuntimeError(f"{status}: {body[:200].decode()}")
        found = re.search(r'<img src="(/cover\.jpg\?[^"]+)"', body.decode())
        status, _, picture = self.ask(unescape(found[1]) if found else "/")
        if not picture.startswith(b"\xff\xd8"):
            raise RuntimeError(f"{status}: no picture came")
        return headers["x-query"]

    def draw(self, record: Mapping[str, Any]) -> tuple[list[float], list[str]]:
        """Seconds until the picture of each of eight drafts was here, and their recipes."""
        other = Client(self.connection.port, self.seat)
        began = time.perf_counter()
        self.connection.request("GET", f"/draw?{urlencode(record)}&seat={self.seat}")
        answer, seconds, queries = self.connection.getresponse(), [], []
        while line := answer.readline():
            if line.startswith(b"data: ") and b'"html"' in line:
                told = json.loads(line[6:])
                found = re.search(r'<img src="(/cover\.jpg\?[^"]+)"', told["html"])
                other.ask(unescape(found[1]) if found else "/")
                seconds.append(time.perf_counter() - began)
                queries.append(told["query"])
        other.connection.close()
        return seconds, queries


@contextmanager
def studio() -> Iterator[tuple[int, int]]:
    """A studio in a scratch folder: its port and its process."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, "studio", "--port", "0", "--no-browser", "--folder", folder],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            yield int(re.findall(r":(\d+)/", process.stdout.readline())[0]), process.pid
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
            process.stdout.close()


def resident_mb(pid: int) -> list[float]:
    """MB resident in the server and in each process that it started."""
    page = os.sysconf("SC_PAGE_SIZE")
    found = [pid]
    for each in Path("/proc").iterdir():
        if each.name.isdecimal() and _parent(each) == pid and b"spawn_main" in (each / "cmdline").read_bytes():
            found.append(int(each.name))
    return [int(Path(f"/proc/{one}/statm").read_text().split()[1]) * page / MB for one in found]


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


def page_kb(port: int) -> dict[str, float]:
    """kB of all that a browser loads before there is a preview, by kind, as it is sent."""
    client, seen = Client(port, "page"), dict[str, tuple[str, int]]()
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        status, headers, body = client.ask(path)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        kind = headers["content-type"].partition(";")[0].rpartition("/")[2]
        seen[path] = (kind, len(body))
        if kind in ("html", "css", "javascript"):
            text = body.decode()
            wanted = re.findall(r'(?:<link [^>]*href|<script [^>]*src)="([^"]+)"|url\("([^"]+)"\)|from "([^"]+)"|'
                                r'^import "([^"]+)"', text, re.MULTILINE)  # fmt: skip
            ahead += [urlsplit(urljoin(path, next(filter(None, each)))).path for each in wanted]
    kinds = sorted({kind for kind, _ in seen.values()})
    return {kind: round(sum(size for one, size in seen.values() if one == kind) / 1e3, 1) for kind in kinds}


def drafts(port: int, runs: int) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """The first and the last of eight drafts, seconds; and covers to go on with."""
    client, first, last, covers = Client(port, "draws"), [], [], []
    for number in range(runs + 2):  # two warm both workers
        seconds, queries = client.draw(RECORDS[number % len(RECORDS)])
        if number > 1:
            first.append(seconds[0])
            last.append(seconds[-1])
            covers += queries
    return _spread(first), _spread(last), covers


def rerolls(port: int, covers: list[str], runs: int) -> dict[str, dict[str, Any]]:
    """Seconds until an axis is drawn anew and its picture is there."""
    client, found = Client(port, "redraws"), dict[str, dict[str, Any]]()
    for axis in AXES:
        seconds = []
        for number in range(runs):
            began = time.perf_counter()
            client.reroll(axis, covers[number % len(covers)])
            seconds.append(time.perf_counter() - began)
        found[axis] = _spread(seconds)
    return found


def memory(port: int, pid: int, cover: str, count: int) -> dict[str, Any]:
    """MB of the server and its workers after so many re-rolls of one cover, axis after axis."""
    client, read = Client(port, "evening"), dict[int, list[float]]()
    for number in range(1, count + 1):
        cover = client.reroll(AXES[number % len(AXES)], cover)
        if number % SETTLED == 0 or number == count:
            read[number] = [round(each, 1) for each in resident_mb(pid)]
    first, last = sum(read[min(read)]), sum(read[count])
    return {
        "rerolls": count,
        "from_rerolls": min(read),
        "from_mb": round(first, 1),
        "to_mb": round(last, 1),
        "most_mb": round(max(sum(each) for each in read.values()), 1),
        "noise_mb": NOISE_MB,
        "flat": last - first < NOISE_MB,
        "server_and_workers_mb": read,
    }


def crowd(port: int, covers: list[str], clients: int, each: int) -> dict[str, Any]:
    """Waits in seconds of so many browsers at once, each of which draws an axis anew so many times; and errors."""
    waits, errors = list[float](), list[str]()

    def work(number: int) -> None:
        client, cover = Client(port, f"c{number}"), covers[number % len(covers)]
        for turn in range(each):
            began = time.perf_counter()
            try:
                cover = client.reroll(AXES[(number + turn) % len(AXES)], cover)
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                errors.append(str(error))
                client = Client(port, f"c{number}")
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "clients": clients,
        "each": each,
        "errors": len(errors),
        "first_errors": errors[:5],
        **_spread(waits),
        "in_all_s": round(time.perf_counter() - began, 1),
    }


def _spread(seconds: list[float]) -> dict[str, Any]:
    return {
        "median_s": round(statistics.median(seconds), 2),
        "min_s": round(min(seconds), 2),
        "max_s": round(max(seconds), 2),
    }


def told(record: Mapping[str, Any]) -> str:
    """The record as a page of tables."""
    rows, kept, many = record["seconds"], record["memory"], record["crowd"]
    lines = [
        "# How soon does the studio answer?\n",
        f"`python benchmarks/studio.py`: {record['machine']}; commit {record['commit']}, two workers, warm, median of "
        f"{record['runs']}. A time ends when the picture has arrived.\n",
        "| what | median s | min to max s | wanted s |",
        "|---|---|---|---|",
        *(
            f"| {what} | {row['median_s']} | {row['min_s']} to {row['max_s']} | under {row['wanted_s']} |"
            for what, row in rows.items()
        ),
        f"\nThe page before there is a preview: {sum(record['page_kb'].values()):.1f} kB as it is sent, wanted under "
        f"{PAGE_KB} (" + ", ".join(f"{kind} {size}" for kind, size in record["page_kb"].items()) + ").\n",
        f"Memory of the server and its workers, MB: {kept['from_mb']} after {kept['from_rerolls']} re-rolls of one "
        f"cover, {kept['to_mb']} after {kept['rerolls']}, {kept['most_mb']} at most; "
        + ("flat" if kept["flat"] else "not flat")
        + f" within {kept['noise_mb']:g}, which is what the pictures that the server keeps may still grow by.\n",
        f"{many['clients']} browsers at once, {many['each']} re-rolls each: {many['errors']} errors; a wait of "
        f"{many['median_s']} s in the middle and {many['max_s']} s at worst, {many['in_all_s']} s in all.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rerolls", type=int, default=500)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--each", type=int, default=20)
    given = parser.parse_args()
    record: dict[str, Any] = {"machine": machine(), "commit": commit(), "runs": given.runs}
    with studio() as (port, pid):
        record["page_kb"] = page_kb(port)
        first, last, covers = drafts(port, given.runs)
        record["seconds"] = {
            "first preview": {**first, "wanted_s": PREVIEW_S},
            "all eight previews": {**last, "wanted_s": EIGHT_S},
            **{
                f"{axis} drawn anew": {**row, "wanted_s": REROLL_S}
                for axis, row in rerolls(port, covers, given.runs).items()
            },
        }
        print(json.dumps(record, indent=1), flush=True)
        record["memory"] = memory(port, pid, covers[0], given.rerolls)
        record["crowd"] = crowd(port, covers, given.clients, given.each)
    (HERE / "studio.json").write_text(json.dumps(record, indent=1) + "\n")
    (HERE / "studio.md").write_text(told(record))
    print((HERE / "studio.md").read_text())


if __name__ == "__main__":
    sys.exit(main())

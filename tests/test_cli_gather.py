"""Gathering from the command line: what a person types, sees and gets back, against the provider of our own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "sources"))  # the provider is imported by name

from provider import CLIENT_ID, CLIENT_SECRET, Fault, Provider

from duck_and_cover.catalog.table import COLUMNS

Typed = Callable[..., subprocess.CompletedProcess[str]]
SEARCH = ("gather", "spotify", "--genre", "dream pop", "--genre", "black metal", "--top", "4")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(state="extended", artists=6, albums=12) as running:
        yield running


@pytest.fixture
def typed(provider: Provider, tmp_path: Path) -> Typed:
    """Run the real command in a folder whose .env holds the keys and addresses."""
    (tmp_path / ".env").write_text(
        f"SPOTIPY_CLIENT_ID={CLIENT_ID}\nexport SPOTIPY_CLIENT_SECRET='{CLIENT_SECRET}'  # of a made-up app\n"
        f'DUCKCOVER_SPOTIFY_URL="{provider.api_url}"\nDUCKCOVER_SPOTIFY_TOKEN_URL={provider.token_url}\n'
    )

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "duck_and_cover.cli", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, **environment})  # fmt: skip

    return run


def test_the_whole_way(typed: Typed, provider: Provider, tmp_path: Path) -> None:
    found = typed(*SEARCH, "--accept-terms")
    assert found.returncode == 0, found.stderr
    assert "complete   next: duckcover download" in found.stdout
    assert "machine-learning" in found.stderr, "the terms are shown"
    fetched = typed("download")
    assert fetched.returncode == 0, fetched.stderr
    told = typed("status").stdout
    assert "spotify albums" in told and "0 waiting" in told and "related told" in told
    assert typed("verify").stdout.endswith("0 to be fetched again\n")
    for suffix in ("jsonl", "parquet", "csv", "txt"):
        assert typed("catalog", "table", "-o", f"albums.{suffix}").returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "albums.jsonl").read_text("utf-8").splitlines()]
    assert tuple(rows[0]) == COLUMNS
    assert pq.read_table(tmp_path / "albums.parquet").to_pylist() == rows
    assert len((tmp_path / "albums.csv").read_text("utf-8").splitlines()) == len(rows) + 1
    assert {row["rights"] for row in rows} == {"spotify-content"}
    with_cover = [row for row in rows if row["album_cover_url300"]]
    assert len(with_cover) > 20
    assert all((tmp_path / row["cover300"]).is_file() for row in with_cover)
    assert provider.repeats() == {}
    assert CLIENT_SECRET not in found.stdout + found.stderr + told


def test_terms_are_asked_for_before_anything_is_sent(typed: Typed, provider: Provider) -> None:
    reply = typed(*SEARCH)
    assert reply.returncode == 1
    assert reply.stderr.splitlines()[-1].startswith("duckcover: nothing was asked: say --accept-terms")
    assert provider.log == []


def test_a_long_wait_is_told_and_kept(typed: Typed, provider: Provider) -> None:
    provider.faults = [Fault("/albums", "429", value=7200)]
    reply = typed(*SEARCH, "--accept-terms")
    assert reply.returncode == 0
    assert "resume after 20" in reply.stdout and "(in 2 h 0 min)" in reply.stdout
    before = len(provider.log)
    assert "resume after 20" in typed(*SEARCH, "--accept-terms").stdout
    assert len(provider.log) == before
    assert "wants no request before" in typed("status").stdout


def test_ctrl_c_loses_nothing(provider: Provider, typed: Typed, tmp_path: Path) -> None:
    provider.delay_s = 0.05
    typed("status")  # writes .env
    command = [sys.executable, "-m", "duck_and_cover.cli", *SEARCH, "--accept-terms"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        while len(provider.log) < 12:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr and process.stderr.read().splitlines()[-1] == "duckcover: interrupted"
    assert process.returncode == 130
    provider.delay_s = 0.0
    assert "complete" in typed(*SEARCH, "--accept-terms").stdout
    assert sum(times - 1 for times in provider.repeats().values()) <= 8, "what was under way, at most"


def test_examples_by_id(typed: Typed, provider: Provider, tmp_path: Path) -> None:
    world = provider.world
    ids = [world.album(*key).id for key in world.albums_of(2, ["album"])[:2]]
    (tmp_path / "ids.txt").write_text(f"{ids[0]}  # the first\nhttps://open.spotify.com/album/{ids[1]}?si=x\n")
    reply = typed("examples", "ids.txt", "-o", "examples", "--accept-terms")
    assert reply.returncode == 0, reply.stderr
    rows = [json.loads(line) for line in (tmp_path / "examples" / "examples.jsonl").read_text("utf-8").splitlines()]
    assert sorted(row["album_id"] for row in rows) == sorted(ids)
    assert all(row["example"] and row["artist_genre"] for row in rows)


def test_shards_merge_into_the_whole(typed: Typed, tmp_path: Path) -> None:
    for i in (0, 1):
        assert typed(*SEARCH, "--accept-terms", "--shard", f"{i}/2", "-c", f"{i}.db").returncode == 0
    assert typed(*SEARCH, "--accept-terms", "-c", "whole.db").returncode == 0
    assert typed("catalog", "merge", "0.db", "1.db", "-o", "merged.db").returncode == 0
    for name in ("whole", "merged"):
        typed("catalog", "table", "-c", f"{name}.db", "-o", f"{name}.jsonl")
    assert (tmp_path / "merged.jsonl").read_text("utf-8") == (tmp_path / "whole.jsonl").read_text("utf-8")


BAD: dict[str, tuple[tuple[str, ...], dict[str, str], int, str]] = {
    "no keys": ((*SEARCH, "--accept-terms"), {"SPOTIPY_CLIENT_ID": " "}, 1, "SPOTIPY_CLIENT_ID is not set"),
    "wrong keys": ((*SEARCH, "--accept-terms"), {"SPOTIPY_CLIENT_SECRET": "hush-hush"}, 1, "the credentials are wrong"),
    "no such source": (("gather", "napster"), {}, 2, "napster"),
    "no genre file": ((*SEARCH[:2], "--genres", "none.txt"), {}, 2, "none.txt"),
    "an empty genre file": ((*SEARCH[:2], "--genres", "empty.txt", "--accept-terms"), {}, 2, "holds no genre"),
    "a shard of none": ((*SEARCH, "--accept-terms", "--shard", "2/2"), {}, 2, "--shard 2/2"),
    "no catalog": (("status",), {}, 2, "no catalog is there"),
    "nothing to download": (("download", "-c", "none.db"), {}, 2, "no catalog is there"),
    "a folder too many": (("gather", "spotify", "."), {}, 2, "takes no folder"),
    "a folder too few": (("gather", "folder"), {}, 2, "name the folder"),
    "a plain address": ((*SEARCH, "--accept-terms"), {"DUCKCOVER_SPOTIFY_URL": "http://example.org"}, 2, "https://"),
    "no contact": (("gather", "musicbrainz", "--genre", "x"), {"DUCKCOVER_CONTACT": " "}, 1, "DUCKCOVER_CONTACT"),
    "an odd table": (("catalog", "table", "-c", "good.db", "-o", "t.xls"), {}, 2, "no table ends in '.xls'"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line(name: str, typed: Typed, tmp_path: Path) -> None:
    from duck_and_cover.catalog.store import Catalog

    (tmp_path / "empty.txt").write_text("\n\n")
    Catalog(tmp_path / "good.db").close()
    if name in ("no contact", "no keys"):
        (tmp_path / ".env").unlink()
    arguments, environment, code, says = BAD[name]
    reply = typed(*arguments, **environment)
    assert reply.returncode == code, reply.stderr
    assert says in reply.stderr.splitlines()[-1]
    assert "Traceback" not in reply.stderr
    assert "hush-hush" not in reply.stderr
    if name != "wrong keys":  # which only the service knows
        assert not (tmp_path / "catalog.db").exists()


def test_without_a_network_the_run_fails_and_can_go_on(typed: Typed, provider: Provider) -> None:
    nowhere = {"DUCKCOVER_SPOTIFY_URL": "http://127.0.0.1:9/v1", "DUCKCOVER_SPOTIFY_TOKEN_URL": "http://127.0.0.1:9/t"}
    reply = typed(*SEARCH, "--accept-terms", **nowhere)
    assert reply.returncode == 1
    assert reply.stderr.splitlines()[-1] == "duckcover: is the network up? go on with the same command"
    assert "complete" in typed(*SEARCH, "--accept-terms").stdout


def test_a_catalog_is_looked_at_without_the_extra(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['aiohttp'] = sys.modules['tinytag'] = None\n")
    from duck_and_cover.catalog.store import Catalog

    Catalog(tmp_path / "catalog.db").close()
    bare = {"PYTHONPATH": str(tmp_path)}
    for command in (("status",), ("verify",), ("catalog", "table", "-o", "t.csv")):
        reply = typed(*command, **bare)
        assert reply.returncode == 0, reply.stderr
    reply = typed("download", **bare)
    assert (reply.returncode, "needs the extra [gather]" in reply.stderr) == (1, True), reply.stderr


def test_a_folder_needs_no_network(typed: Typed, tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "mine").mkdir()
    Image.linear_gradient("L").convert("RGB").resize((400, 400)).save(
        tmp_path / "mine" / "Razormouth - Rust (1988).jpg"
    )
    reply = typed("gather", "folder", "mine")
    assert reply.returncode == 0, reply.stderr
    typed("catalog", "table", "-o", "t.jsonl")
    (row,) = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text("utf-8").splitlines()]
    assert (row["artist_name"], row["album_name"], row["year"], row["rights"]) == ("Razormouth", "Rust", 1988, "own")
    with Image.open(tmp_path / row["cover64"]) as cover:
        assert cover.size == (64, 64)

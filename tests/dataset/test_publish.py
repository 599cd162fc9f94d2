"""Publishing, over a real connection to a hub of our own: what goes, what stays, what is sent once, what is said."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

pytest.importorskip("huggingface_hub", reason="publishing needs the extra [hub]")
sys.path.insert(0, str(Path(__file__).resolve().parent))  # the hub is imported by name

from hub import OWNER, TOKEN, Fault, Hub, Repo

from duck_and_cover.dataset.publishing import publish
from duck_and_cover.dataset.publishing.publish import WORK, Ready, prepare, upload
from duck_and_cover.dataset.publishing.rights import named_license
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.dataset.shards import PARTS, order_of, read_rows, write_shards
from duck_and_cover.errors import BadInput, CannotWrite, Failure, MissingExtra

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # huggingface_hub to its own client

REPO = f"{OWNER}/covers"
BY, NC = "http://creativecommons.org/licenses/by/3.0/", "https://creativecommons.org/licenses/by-nc/4.0/"
RIGHTS = (BY, NC, "unlicensed", BY, "cc0", "spotify-content", None, NC.replace("nc", "nc-nd"))
SHARD = r"PUT /large/"


def row(number: int, rights: str | None = BY) -> dict[str, Any]:
    file = io.BytesIO()
    noise = np.random.default_rng(number).integers(0, 256, (24, 24, 3), np.uint8)
    Image.fromarray(noise).save(file, "JPEG")
    image = {"bytes": file.getvalue(), "path": f"/home/someone/music/c{number}.jpg"}
    return {"id": f"c{number}", "image": image, "genres": ["jazz"], "year": 1960 + number % 50, "artist": f"A{number}",
            "album": f"B{number}", "source": "jamendo", "rights": rights, "part": PARTS[number % 7 % 3],
            "text": f"cover {number}"}  # fmt: skip


def written(folder: Path, covers: int = 64, rights: tuple[str | None, ...] = RIGHTS, most_bytes: int = 9000) -> Path:
    rows = sorted((row(i, rights[i % len(rights)]) for i in range(covers)),
                  key=lambda each: (PARTS.index(each["part"]), order_of(each["id"])))  # fmt: skip
    facts = {
        "made_from": "/home/someone/catalog.db",
        "screened": {"too_small": 3},
        "note": "see https://example.org/a/b",
    }
    write_shards(folder, rows, facts, extra={"text": "string"}, most_bytes=most_bytes)
    return folder


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """64 covers, half of which may go up, in several shards: as many as a big dataset has."""
    original = publish.write_shards
    monkeypatch.setattr(publish, "write_shards", lambda *a, **b: original(*a, **b, most_bytes=9000))
    return written(tmp_path / "covers")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No login of this machine, Git LFS, and the waits of the library made short."""
    from huggingface_hub import constants
    from huggingface_hub.utils import _http

    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "HF_OIDC_RESOURCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
    pause = time.sleep
    monkeypatch.setattr(_http.time, "sleep", lambda seconds: pause(min(seconds, 0.01)))


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


def sent(ready: Ready, hub: Hub, **options: Any) -> str:
    return upload(ready, REPO, token=TOKEN, endpoint=hub.url, **options)


def local(ready: Ready) -> dict[str, bytes]:
    return {name: (ready.folder / name).read_bytes() for name in sorted(ready.files)}


def test_what_goes_is_what_may_go(dataset: Path, hub: Hub) -> None:
    ready = prepare(dataset, REPO)
    assert sent(ready, hub) == f"{hub.url}/datasets/{REPO}"
    there = hub.files(REPO)
    assert there.pop(".gitattributes") and there == local(ready) and len(ready.files) > 5
    assert {name: len(content) for name, content in there.items()} == ready.files
    assert hub.repos[REPO].private and hub.tokens == {TOKEN, ""}, "addresses that are signed get no token"
    rows = list(read_rows(ready.folder))
    assert {each["id"] for each in rows} == {f"c{i}" for i in range(64) if RIGHTS[i % 8] in (BY, NC, "cc0")}
    assert sum(ready.refused.values()) == 32 and len(ready.refused) == 4
    first = next(each for each in rows if each["rights"] == BY)
    assert first["license"] == "https://creativecommons.org/licenses/by/3.0/"
    assert first["image"]["bytes"] == row(int(first["id"][1:]))["image"]["bytes"]
    assert first["image"]["path"] == f"{first['id']}.jpg", "no path of this machine goes up"
    number = first["id"][1:]
    assert first["attribution"] == (f'Cover of "B{number}" by A{number}, from jamendo (c{number}), CC BY 3.0 '
                                    "(https://creativecommons.org/licenses/by/3.0/)")  # fmt: skip
    assert len(CoverDataset(ready.folder)) == 32
    assert not any(b"/home/someone" in content for content in there.values())
    assert json.loads(there["manifest.json"])["made_from"] == "catalog.db"
    assert json.loads(there["manifest.json"])["note"] == "see https://example.org/a/b"
    front = yaml.safe_load(there["README.md"].decode().split("---\n")[1])
    assert front["license"] == "cc-by-nc-4.0" and set(hub.cards) == {there["README.md"].decode()}


def test_a_second_time_sends_nothing(dataset: Path, hub: Hub) -> None:
    sent(prepare(dataset, REPO), hub)
    before = {path.name: path.stat().st_mtime_ns for path in (dataset / WORK).glob("*.parquet")}
    sent(prepare(dataset, REPO), hub)
    assert len(hub.repos[REPO].messages) == 1
    assert hub.count(SHARD) == len(before)
    assert before == {path.name: path.stat().st_mtime_ns for path in (dataset / WORK).glob("*.parquet")}


def test_a_changed_copy_is_made_anew(dataset: Path) -> None:
    before = local(prepare(dataset, REPO))
    (dataset / WORK / next(iter(before))).write_bytes(b"")
    for name in before:
        if name.endswith("parquet"):
            (dataset / WORK / name).write_bytes(b"x")
            break
    assert local(prepare(dataset, REPO)) == before


def test_what_was_withdrawn_goes_there_too(dataset: Path, hub: Hub) -> None:
    sent(prepare(dataset, REPO), hub)
    many = set(hub.files(REPO))
    hub.repos[REPO].files["mine/train-00000-of-00001.txt"] = next(iter(hub.stored))
    write_shards(dataset, [{**row(1), "part": "train"}], {}, extra={"text": "string"})
    ready = prepare(dataset, REPO)
    sent(ready, hub)
    there = hub.files(REPO)
    assert there.pop("mine/train-00000-of-00001.txt")
    assert set(there) == {*ready.files, ".gitattributes"} and set(there) < many | set(ready.files)


def test_what_everyone_sees_is_asked_for(dataset: Path, hub: Hub) -> None:
    hub.repos[REPO] = Repo(private=False)
    ready = prepare(dataset, REPO)
    with pytest.raises(Failure, match="everyone sees it; nothing was sent; say --public"):
        sent(ready, hub)
    assert hub.count("POST .*commit") == hub.count(SHARD) == 0
    sent(ready, hub, public=True)
    assert hub.repos[REPO].files.keys() == ready.files.keys()


def test_it_is_shown_when_all_of_it_is_there(dataset: Path, hub: Hub) -> None:
    sent(prepare(dataset, REPO), hub, public=True)
    assert not hub.repos[REPO].private
    assert hub.log.index(f"PUT /api/datasets/{REPO}/settings") > hub.log.index(f"POST /api/datasets/{REPO}/commit/main")


def test_own_covers_and_free_ones(tmp_path: Path, hub: Hub) -> None:
    mixed = written(tmp_path / "mixed", 16, ("own", NC, "cc0"))
    ready = prepare(mixed, REPO)
    assert ready.contents.license.name == "none-stated" and not ready.refused
    with pytest.raises(BadInput, match="name a licence"):
        sent(ready, hub, public=True)
    assert hub.log == []
    ready = prepare(mixed, REPO, own=named_license("cc-by-sa-4.0"))
    assert ready.contents.license.id == "cc-by-nc-sa-4.0"
    assert {each["license"] for each in read_rows(ready.folder, ["license"])} >= {
        "https://creativecommons.org/licenses/by-sa/4.0/"
    }
    ready = prepare(mixed, REPO, own=named_license("cc-by-4.0"), only_free=True)
    assert ready.contents.license.id == "cc-by-4.0"
    assert ready.refused == {"CC BY-NC 4.0: not for commercial use": 5}
    assert prepare(mixed, REPO, only_free=True).contents.covers == 5, "own ones without a licence are not free"
    with pytest.raises(BadInput, match="of your own, of which there are none"):
        prepare(written(tmp_path / "none", 8, (BY,)), REPO, own=named_license("cc0"))


def test_nothing_is_left(tmp_path: Path) -> None:
    closed = written(tmp_path / "closed", 8, ("unlicensed", None))
    with pytest.raises(Failure, match=r"none of 8 covers may be published: (unlicensed|not stated)") as raised:
        prepare(closed, REPO)
    assert not isinstance(raised.value, BadInput) and not (closed / WORK).exists()


@pytest.mark.parametrize("repo", ["covers", "a/b/c", "me/", "/covers", "me/..", "me/a--b", "me/-a", "me/ä", "me/a b"])
def test_no_place_on_the_hub(dataset: Path, repo: str) -> None:
    with pytest.raises(BadInput, match="wanted OWNER/NAME"):
        prepare(dataset, repo)


def test_no_room_for_the_copy(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        prepare(dataset, REPO)


@pytest.mark.parametrize("kind", ["429", "503", "reset"])
@pytest.mark.parametrize("request_", ["POST .*/preupload", "POST .*/objects/batch", "PUT /large/", "POST /verify"])
def test_one_fault_is_no_failure(dataset: Path, request_: str, kind: str) -> None:
    with Hub([Fault(request_, kind)]) as hub:
        ready = prepare(dataset, REPO)
        sent(ready, hub)
        assert hub.files(REPO).items() >= local(ready).items()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("POST /api/repos", "503"), r"failed \(503\); the same command goes on"),
        (Fault("POST /api/repos", "429"), r"takes no more requests for now \(429\)"),
        (Fault("POST /api/repos", "400"), r"refused me/covers \(400\): as was wished, Bearer …"),
        (Fault("POST .*/commit", "403"), r"the token may not write to me/covers \(403\)"),
        (Fault("POST .*/commit", "404"), r"knows no me/covers \(404\)"),
        (Fault("POST .*/commit", "412"), r"changed by someone else meanwhile \(412\)"),
        (Fault(SHARD, "503", count=99), r"failed \(503\)"),
        (Fault(SHARD, "reset", count=99), r"127\.0\.0\.1:\d+: \w+, .*; the same command goes on"),
    ],
)
def test_what_went_wrong_is_one_line(dataset: Path, fault: Fault, said: str) -> None:
    with Hub([Fault(fault.request, fault.kind, fault.first, fault.count)]) as hub:
        with pytest.raises(Failure, match=said) as raised:
            sent(prepare(dataset, REPO), hub)
        assert TOKEN not in str(raised.value) and "signed" not in str(raised.value) and "\n" not in str(raised.value)


def test_a_wrong_token_and_no_right(dataset: Path, hub: Hub) -> None:
    ready = prepare(dataset, REPO)
    with pytest.raises(Failure, match=r"does not take the token \(401\)") as raised:
        upload(ready, REPO, token="hf_wrong", endpoint=hub.url)
    assert "hf_wrong" not in str(raised.value)
    with pytest.raises(Failure, match=r"may not write to other/covers \(403\); wanted one that may, of other"):
        upload(ready, "other/covers", token=TOKEN, endpoint=hub.url)
    with pytest.raises(Failure, match=r"no token for the hub: HF_TOKEN is not set"):
        upload(ready, REPO, endpoint=hub.url)
    assert hub.repos == {}


def test_no_hub_there(dataset: Path) -> None:
    with Hub() as hub:
        url = hub.url
    with pytest.raises(Failure, match=r"ConnectError, .*refused.*; the same command goes on"):
        upload(prepare(dataset, REPO), REPO, token=TOKEN, endpoint=url)


def test_a_hub_that_dies_half_way_is_sent_the_rest(dataset: Path) -> None:
    ready = prepare(dataset, REPO)
    shards = sum(name.endswith("parquet") for name in ready.files)
    with Hub([Fault(SHARD, "stop", first=3)]) as hub, pytest.raises(Failure, match="the same command goes on"):
        sent(ready, hub)
    kept = {sha for sha, content in hub.stored.items() if content[:4] == b"PAR1"}
    assert 0 < len(kept) < shards and hub.repos[REPO].messages == []
    with Hub(repos=hub.repos, stored=hub.stored) as again:
        sent(prepare(dataset, REPO), again)
        assert again.count(SHARD) == shards - len(kept)
        assert not any(again.count(f"{SHARD}{sha}") for sha in kept), "what was there is not sent again"
        assert again.files(REPO).items() >= local(ready).items()


def test_without_the_library(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = prepare(dataset, REPO)
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtra, match=r"publishing needs the extra \[hub\]"):
        upload(ready, REPO, token=TOKEN)


def test_by_the_rust_client(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that large files take where hf_xet is installed: it tells their hashes, which the commits then name."""
    pytest.importorskip("hf_xet")
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    ready = prepare(dataset, REPO)
    with Hub([Fault("POST .*/commit", "503")], xet=tmp_path / "xet") as hub:
        sent(ready, hub)
        sent(ready, hub)
        assert len(hub.repos[REPO].messages) == 1
        expected = {name: hashlib.sha256(content).hexdigest() for name, content in local(ready).items()}
        assert hub.repos[REPO].files.items() >= expected.items()
        assert hub.count(SHARD) == 0 and any((tmp_path / "xet").rglob("xorbs/*"))


Typed = Callable[..., subprocess.CompletedProcess[str]]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "duck_and_cover.cli", "dataset", "publish", *map(str, arguments)]


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "HF_HOME": str(folder / "home"), "HF_HUB_DISABLE_XET": "1", **more}


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    """Run the real command in a folder of its own."""

    def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(*arguments), cwd=tmp_path, env=environment(tmp_path, **more),
                              capture_output=True, text=True, timeout=60, check=False)  # fmt: skip

    return run


def test_a_dry_run_lists_and_sends_nothing(dataset: Path, typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "huggingface_hub.py").write_text("raise SystemExit('was imported')")
    done = typed("covers", "--repo", REPO, "--dry-run", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0 and not done.stderr, done.stderr
    sizes = {name: int(size.replace(",", "")) for size, name in re.findall(r"^ +([\d,]+)  (\S+)$", done.stdout, re.M)}
    assert sizes == {path.name: path.stat().st_size for path in (dataset / WORK).iterdir()}
    assert "32 covers, " in done.stdout and "license cc-by-nc-4.0" in done.stdout
    assert "32 covers stay here:" in done.stdout and re.search(r" 8  spotify-content: ", done.stdout)
    assert done.stdout.endswith("nothing was sent; read the card first: covers/.publish/README.md\n")
    assert str(tmp_path) not in done.stdout


def test_killed_in_the_middle_the_same_command_goes_on(dataset: Path, typed: Typed, tmp_path: Path) -> None:
    written(dataset, 1200, (BY, NC, "unlicensed"))
    names = sorted(path.name for path in dataset.glob("*.parquet"))
    assert names
    with Hub([Fault("POST .*/commit", "hang")]) as hub:
        (tmp_path / ".env").write_text(f"HF_TOKEN={TOKEN}\nHF_ENDPOINT={hub.url}\n")
        running = subprocess.Popen(command("covers", "--repo", REPO), cwd=tmp_path, env=environment(tmp_path),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        until = time.monotonic() + 30
        while not hub.count("POST .*/commit") and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
        running.wait(10)
        before = hub.count(SHARD)
        assert before == 3 and hub.repos[REPO].messages == []
        done = typed("covers", "--repo", REPO)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert done.stdout.endswith(f"{hub.url}/datasets/{REPO}\n")
        assert hub.count(SHARD) == before, "nothing large is sent again"
        assert hub.files(REPO).keys() == {path.name for path in (dataset / WORK).iterdir()} | {".gitattributes"}
        again = typed("covers", "--repo", REPO)
        assert (again.returncode, again.stderr, len(hub.repos[REPO].messages)) == (0, "", 1)


def test_an_interrupt_ends_it_at_once(dataset: Path, tmp_path: Path) -> None:
    with Hub([Fault(SHARD, "hang", count=99)]) as hub:
        more = environment(tmp_path, HF_TOKEN=TOKEN, HF_ENDPOINT=hub.url)
        running = subprocess.Popen(command("covers", "--repo", REPO), cwd=tmp_path, env=more, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip
        until = time.monotonic() + 30
        while not hub.count(SHARD) and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=10)
        assert (running.returncode, said) == (130, "duckcover: interrupted\n")


def test_what_a_person_gets_wrong(dataset: Path, typed: Typed, tmp_path: Path) -> None:
    for arguments, more, code, said in (
        (("covers", "--repo", "x"), {}, 2, "wanted OWNER/NAME"),
        (("covers", "--repo", REPO, "--license", "mit"), {}, 2, "'mit' is no licence to publish under"),
        (("covers", "--repo", REPO), {"HF_ENDPOINT": "http://example.org"}, 2, "HF_ENDPOINT is no address to ask"),
        (("covers", "--repo", REPO), {"HF_TOKEN": ""}, 1, "no token for the hub"),
    ):
        done = typed(*arguments, **more)
        assert done.returncode == code and said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    (tmp_path / "empty").mkdir()
    done = typed("empty", "--repo", REPO, "--dry-run")
    assert done.returncode == 2 and "no dataset with a manifest" in done.stderr

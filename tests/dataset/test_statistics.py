"""The numbers of a dataset: against counts by hand, on covers whose colours are known."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from duck_and_cover.colour import parse_hex, srgb_to_oklab
from duck_and_cover.dataset.made.synthetic import synthetic_covers, write_parquet
from duck_and_cover.dataset.measures import measure
from duck_and_cover.dataset.shards import write_shards
from duck_and_cover.dataset.stats.contact import Choice
from duck_and_cover.dataset.stats.mixtures import Mixer, mixed
from duck_and_cover.dataset.stats.statistics import EVERY, UNPLACED, statistics
from duck_and_cover.errors import BadInput

RED, BLUE, WHITE = (200, 30, 30), (20, 40, 180), (250, 250, 250)


def flat(*colours: tuple[int, int, int], form: str = "PNG") -> bytes:
    """Bands of equal width."""
    file, pixels = io.BytesIO(), np.zeros((48, 48, 3), np.uint8)
    for i, colour in enumerate(colours):
        pixels[:, 48 * i // len(colours) :] = colour
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


def row(
    number: int, genres: list[str], year: int | None, colour: tuple[int, int, int], **fields: Any
) -> dict[str, Any]:
    return {"id": f"c{number}", "image": {"bytes": flat(colour), "path": None}, "genres": genres, "year": year,
            "artist": "A", "album": "B", "source": "made", "rights": "CC0-1.0", "part": "train", "source_width": 300,
            **fields}  # fmt: skip


ROWS = (
    row(0, ["metal", "black metal"], 1991, RED),
    row(1, ["metal"], 1999, RED),
    row(2, ["metal", "black metal"], 1985, BLUE, source_width=100),
    row(3, ["jazz"], None, WHITE, artist=None, rights=None, source_width=None),
    row(4, [], 1991, WHITE, source="other", source_width=1024),
    row(5, ["qqqq"], 1000, BLUE, part="test", image={"bytes": b"no picture", "path": None}, source_width=127),
)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    write_shards(tmp_path, ROWS, {"name": "made up"})
    return tmp_path


def test_counts(dataset: Path) -> None:
    found = statistics(dataset)
    assert (found.name, found.covers, found.years) == ("made up", 6, (1985, 1999))
    assert list(found.labels.items()) == [("metal", 3), ("black metal", 2), ("jazz", 1), ("qqqq", 1)]
    assert found.families == {"metal": 3, UNPLACED: 2, "jazz": 1}
    assert list(found.decades.items()) == [("1980s", 1), ("1990s", 3)]
    assert (found.parts, found.sources) == ({"train": 5, "test": 1}, {"made": 5, "other": 1})
    assert found.rights == {"CC0-1.0": 5, "unknown": 1}
    assert list(found.sizes.items()) == [("below 128 px", 2), ("256 to 511 px", 2), ("1024 px and more", 1)]
    assert found.missing == {"caption": 6, "year": 2, "artist": 1, "genre": 1, "rights": 1, "size": 1,
                             "readable picture": 1}  # fmt: skip


def test_pairs(dataset: Path) -> None:
    pairs = statistics(dataset, pictures=False).pairs
    at = {label: i for i, label in enumerate(pairs.labels)}
    assert set(at) == {"metal", "black metal", "jazz", "qqqq"}
    assert abs(at["metal"] - at["black metal"]) == 1, "what stands together stands side by side"
    assert (pairs.together == pairs.together.T).all()
    assert pairs.together[at["metal"], at["black metal"]] == 2
    assert pairs.together[at["metal"], at["jazz"]] == 0
    assert list(np.diag(pairs.together)) == [{"metal": 3, "black metal": 2}.get(label, 1) for label in pairs.labels]


def test_alike_labels_stand_side_by_side(tmp_path: Path) -> None:
    couples = [["a1", "a2"], ["b1", "b2"], ["c1", "c2"], ["d1", "d2"]]
    write_shards(tmp_path, [row(i, couples[i % 4][:: (-1) ** i], None, RED) for i in range(16)], {})
    labels = statistics(tmp_path, pictures=False).pairs.labels
    assert sorted(tuple(sorted(labels[i : i + 2])) for i in range(0, 8, 2)) == [tuple(each) for each in couples]


def test_a_chain_of_labels_is_laid_out_as_a_chain(tmp_path: Path) -> None:
    links = [["a", "b"]] * 3 + [["b", "c"]] + [["c", "d"]] * 3
    write_shards(tmp_path, [row(i, genres, None, RED) for i, genres in enumerate(links)], {})
    assert "".join(statistics(tmp_path, pictures=False).pairs.labels) in ("abcd", "dcba")


def test_colours_of_groups(dataset: Path) -> None:
    found = statistics(dataset).mixtures
    metal = found["metal", EVERY]
    assert metal.covers == 3 and sum(metal.shares) == pytest.approx(1, abs=1e-3)
    assert share_near(metal, RED) == pytest.approx(2 / 3, abs=0.01)
    assert share_near(metal, BLUE) == pytest.approx(1 / 3, abs=0.01)
    assert share_near(found["metal", "1990s"], RED) == pytest.approx(1, abs=1e-3)
    assert share_near(found["label", "black metal"], BLUE) == pytest.approx(1 / 2, abs=0.01)
    assert found[EVERY, EVERY].covers == 5, "one is no picture"
    assert ("metal", "1970s") not in found
    assert statistics(dataset, pictures=False).mixtures == {}


def share_near(mixture: Any, colour: tuple[int, int, int]) -> float:
    wanted = srgb_to_oklab(np.array(colour) / 255)
    return sum(share for name, share in zip(mixture.colours, mixture.shares, strict=True)
               if np.linalg.norm(srgb_to_oklab(np.array(parse_hex(name))) - wanted) < 0.03)  # fmt: skip


def test_a_mixture_keeps_shares_and_does_not_depend_on_order() -> None:
    rng = np.random.default_rng(1)
    colours = rng.normal((0.5, 0, 0), (0.2, 0.05, 0.05), (400, 3)).astype(np.float32)
    weights = rng.uniform(0, 1, 400).astype(np.float32)
    found, shares = mixed(colours, weights, 6)
    assert found.shape == (6, 3) and shares.sum() == pytest.approx(1)
    assert (np.diff(found[:, 0]) >= 0).all()
    mean = (colours * weights[:, None]).sum(0) / weights.sum()
    assert np.allclose((found * shares[:, None]).sum(0), mean, atol=1e-4), "what is mixed keeps its mean"
    other = rng.permutation(400)
    again, _ = mixed(colours[other], weights[other], 6)
    assert np.allclose(found, again, atol=1e-5)
    odd, _ = mixed(np.array([[0.2, 0, 0], [0.5, 0, 0], [1, 0, 0]], np.float32), np.array([9, 9, 0.01], np.float32), 2)
    assert np.allclose(odd[0], (0.2, 0, 0), atol=1e-6), "a speck takes no colour from what is large"
    few, whole = mixed(np.zeros((3, 3), np.float32), np.ones(3, np.float32), 6)
    assert few.shape == (1, 3) and whole == pytest.approx(1)
    assert Mixer().mixtures() == {}


def test_what_a_sheet_shows_depends_on_the_seed_alone() -> None:
    pictures = [np.full((64, 64, 3), (i, 255 - i, 128), np.uint8) for i in range(60)]
    seen = [measure(pixels) for pixels in pictures]

    def sheet(seed: int, order: Any) -> Any:
        choice = Choice(24, 16, seed)
        for i in order:
            choice.show(f"c{i}", pictures[i], seen[i])
        return choice.sheet(6)

    one = sheet(0, range(60))
    assert one.shape == (64, 96, 3)
    assert np.array_equal(one, sheet(0, reversed(range(60))))
    assert not np.array_equal(one, sheet(1, range(60)))
    thumbnails = one.reshape(4, 16, 6, 16, 3).swapaxes(1, 2)[:, :, 0, 0].reshape(24, 3)
    assert len({tuple(colour) for colour in thumbnails}) == 24, "none twice"
    assert sheet(0, range(60)[:10]).shape == (16, 96, 3), "what fills no row is left out"
    assert sheet(0, range(60)[:4]).shape == (16, 64, 3)
    assert Choice(24, 16, 0).sheet(6) is None


def test_any_shards_are_read(tmp_path: Path) -> None:
    write_parquet(synthetic_covers(30, seed=3, size_px=32), tmp_path)
    found = statistics(tmp_path)
    assert (found.covers, found.sources) == (30, {"synthetic": 30})
    assert sum(found.parts.values()) == 30 and found.sheets[EVERY].shape[2] == 3
    assert "readable picture" not in found.missing
    one = statistics(next(tmp_path.glob("*.parquet")), pictures=False)
    assert one.labels == found.labels and one.sheets == {}


def test_large_pictures_are_read_small(tmp_path: Path) -> None:
    bands = [
        row(i, ["pop"], None, RED, image={"bytes": flat(RED, BLUE, form=form)})
        for i, form in enumerate(("JPEG", "GIF"))
    ]
    wide = io.BytesIO()
    pixels = np.full((600, 800, 3), WHITE, np.uint8)
    pixels[:, 100:700] = RED
    Image.fromarray(pixels).save(wide, "JPEG")
    write_shards(tmp_path, [*bands, row(2, ["jazz"], None, RED, image={"bytes": wide.getvalue()})], {})
    found = statistics(tmp_path).mixtures
    assert share_near(found["pop", EVERY], RED) == pytest.approx(0.5, abs=0.05)
    assert share_near(found["jazz", EVERY], RED) == pytest.approx(1, abs=0.02), "the middle square"


def test_what_is_no_dataset_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no Parquet shards there"):
        statistics(tmp_path)
    (tmp_path / "train.parquet").write_bytes(b"PAR1 but not really PAR1")
    with pytest.raises(BadInput, match="not a readable Parquet file"):
        statistics(tmp_path)


def test_the_command(dataset: Path, tmp_path: Path) -> None:
    def typed(*arguments: str | Path) -> str:
        return subprocess.run([sys.executable, "-m", "duck_and_cover.cli", "dataset", "stats", *map(str, arguments)],
                              capture_output=True, text=True, check=True).stdout  # fmt: skip

    plain = typed(dataset)
    assert "made up   6 covers   1985 to 1999" in plain and "family     metal 3, no family 2, jazz 1" in plain
    told = json.loads(typed(dataset, "--json", "-o", tmp_path / "out" / "page.html"))
    assert told == json.loads(json.dumps(statistics(dataset).as_json()))
    assert told["palettes"]["families"]["metal"]["1990s"]["covers"] == 2
    assert (tmp_path / "out" / "page.html").read_text("utf-8").startswith("<!doctype html>")

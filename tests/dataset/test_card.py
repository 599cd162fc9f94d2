"""The card says what is so: every number on it is counted here once more, and its metadata is what the hub reads."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import yaml

from duck_and_cover.dataset.publishing.card import Contents, card, contents_of
from duck_and_cover.dataset.publishing.rights import named_license
from duck_and_cover.dataset.shards import COLUMNS
from duck_and_cover.errors import BadInput
from duck_and_cover.genres import main_family

BY, NC = "http://creativecommons.org/licenses/by/3.0/", "https://creativecommons.org/licenses/by-nc/4.0/"
GENRES = (["black metal"], ["jazz", "bop"], ["techno"], [], None)


def rows(many: int = 200, **fields: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"c{i}", "image": True, "genres": GENRES[i % 5], "year": 1950 + i % 70 if i % 3 else None,
            "artist": f"Artist {i}", "album": None, "source": ("jamendo", "netlabels")[i % 4 == 0],
            "rights": (BY, NC)[i % 2], "part": ("train", "validation", "test")[i % 10 - 7 if i % 10 > 7 else 0],
            "text": f"a | caption\n{i}" if i % 2 else None, **fields,
        }
        for i in range(many)
    ]  # fmt: skip


def manifest(**more: Any) -> dict[str, Any]:
    kinds = {**COLUMNS, "text": "string", "license": "string", "attribution": "string"}
    return {"columns": kinds, "shards": {"train-00000-of-00001.parquet": "0"}, "content": "c", **more}


def made(found: list[dict[str, Any]], refused: dict[str, int] | None = None, **more: Any) -> str:
    return card("me/covers", manifest(**more), contents_of(found), refused or {}, 1_234_567)


def table(text: str, head: str) -> dict[str, int]:
    """The rows of the table whose first column is called so: its first two columns."""
    body = text.split(f"| {head} | covers |", 1)[1].split("\n\n", maxsplit=1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:3]] for line in body]
    return {name: int(n.replace(",", "")) for name, n in cells}


def front(text: str) -> dict[str, Any]:
    return yaml.safe_load(text.split("---\n")[1])


def test_the_numbers_are_those_of_the_rows() -> None:
    found = rows()
    text = made(found)
    assert table(text, "part") == Counter(row["part"] for row in found)
    assert table(text, "source") == Counter(row["source"] for row in found)
    assert table(text, "genre family") == Counter(main_family(row["genres"] or ()) or "not known" for row in found)
    decades = Counter(f"{row['year'] // 10}0s" if row["year"] else "not known" for row in found)
    assert table(text, "decade") == decades and list(table(text, "decade")) == sorted(decades)
    assert table(text, "licence") == {
        "[CC BY 3.0](https://creativecommons.org/licenses/by/3.0/)": 100,
        "[CC BY-NC 4.0](https://creativecommons.org/licenses/by-nc/4.0/)": 100,
    }
    assert "200 album covers, with genres, the year, artist and a caption where they are known: " in text
    assert "160 train" in text and "20 validation" in text and "20 test" in text and "1.2 MB" in text
    filled = {name: int(n) for name, n in re.findall(r"^\| `(\w+)` .* (\d+) \|$", text, re.M)}
    assert filled["id"] == 200 and filled["year"] == sum(row["year"] is not None for row in found)
    assert filled["album"] == 0 and filled["genres"] == 120 and filled["text"] == 100
    assert "40% of the covers have no\n  genre, 34% no year, 0% no artist." in text


def test_the_metadata_is_what_the_hub_reads() -> None:
    told = front(made(rows()))
    assert told["pretty_name"] == "covers" and told["size_categories"] == ["n<1K"] and told["language"] == ["en"]
    assert told["license"] == "cc-by-nc-4.0" and "license_name" not in told
    assert "text-to-image" in told["task_categories"] and "image-classification" in told["task_categories"]
    files = told["configs"][0]["data_files"]
    assert files == [{"split": part, "path": f"{part}-*.parquet"} for part in ("train", "validation", "test")]
    features = {feature["name"]: feature for feature in told["dataset_info"]["features"]}
    assert list(features) == list(manifest()["columns"])
    assert features["image"]["dtype"] == "image" and features["genres"] == {"name": "genres", "list": "string"}


@pytest.mark.parametrize(
    ("covers", "said"), [(1, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (99_999, "10K<n<100K"), (100_000, "100K<n<1M")]
)
def test_sizes_have_the_names_of_the_hub(covers: int, said: str) -> None:
    found = contents_of(rows(1))
    many = {
        name: dict.fromkeys(getattr(found, name), covers)
        for name in ("parts", "sources", "families", "decades", "rights")
    }
    text = card("me/covers", manifest(), Contents(covers, **many, filled={}, across=0), {}, 1)
    assert front(text)["size_categories"] == [said]


def test_a_plain_dataset_promises_nothing_else() -> None:
    plain = made([{**row, "text": None, "genres": None, "part": "train", "rights": BY} for row in rows(5)])
    told = front(plain)
    assert "image-classification" not in told["task_categories"]
    assert "language" not in told and told["license"] == "cc-by-3.0"
    assert "Not for commercial use" not in plain and "All pictures are under the licence that is named on top" in plain
    assert [each["split"] for each in told["configs"][0]["data_files"]] == ["train"]
    kinds = {name: kind for name, kind in manifest()["columns"].items() if name != "text"}
    bare = made([{**row, "part": "train"} for row in rows(5)], columns=kinds)
    assert "## Captions" not in bare and 'covers[0]["text"]' not in bare
    assert "text-to-image" not in front(bare)["task_categories"]


def test_what_the_manifest_says_and_what_stayed() -> None:
    text = made(rows(), {"unlicensed: no licence": 1500, "not stated": 3}, size_px=256, made_by="duckcover",
                screened={"too_small": 61, "double": 1340}, captioned={"model": "one"}, nothing=None)  # fmt: skip
    making, captions = text.split("## How it was made")[1].split("## Captions")
    assert "- size: 256 px\n" in making and "- made by: duckcover\n" in making and "- nothing" not in making
    assert table(making, "screened") == {"too small": 61, "double": 1340}
    assert table(making, "left out of what is published, because") == {"unlicensed: no licence": 1500, "not stated": 3}
    assert "- captioned: model one" in captions and "> a | caption 1\n" in captions
    assert "100 of 200 covers have one" in captions


def test_artists_in_more_than_one_part_are_told() -> None:
    assert "All covers of one artist are in one part" in made(rows())
    assert "more than one part" not in made(rows())
    assert "1 artist has covers in more than one part" in made(rows(artist="One"))


def test_own_covers() -> None:
    own = [{**row, "rights": "own"} for row in rows(20)]
    text = made(own)
    assert front(text)["license"] == "other" and front(text)["license_name"] == "none-stated"
    assert "ask before you use those" in " ".join(text.split())
    named = card("me/covers", manifest(), contents_of(own, named_license("cc-by-nc-sa-2.5")), {}, 1)
    assert front(named)["license_link"] == "https://creativecommons.org/licenses/by-nc-sa/2.5/"


def test_strangers_break_no_table() -> None:
    text = made([{**row, "source": "x | y\n# heading"} for row in rows(10)])
    assert table(text, "source") == {r"x \| y # heading": 10} and "\n# heading" not in text


def test_counts_that_do_not_add_up_are_refused() -> None:
    found = contents_of(rows(3))
    with pytest.raises(BadInput, match="do not add up"):
        Contents(4, found.parts, found.sources, found.families, found.decades, found.rights, {}, 0)

"""The page that a published dataset shows: what is in it, from where, under which rights, and how to use it.

Every number on it is counted from the rows that go up; what else is said comes from the manifest.

Reference: Hugging Face hub, documentation of dataset cards and of their metadata.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from duck_and_cover.dataset.publishing.rights import License, Rights, license_of, rights_of
from duck_and_cover.dataset.shards import PARTS
from duck_and_cover.errors import BadInput
from duck_and_cover.genres import main_family, normal

__all__ = ["CARD", "Contents", "card", "contents_of"]

CARD = "README.md"
NOT_FACTS = ("columns", "parts", "sources", "rights", "shards", "content", "published")
_MEANINGS = {
    "id": "names the cover for good; say it to have one removed",
    "image": "the picture, as its source served it or made smaller and encoded anew",
    "genres": "as its source says, most important first",
    "year": "of the release",
    "release": "date of the release, as exact as it is known",
    "artist": "who made the record; to be named with the picture",
    "album": "its title; to be named with the picture",
    "source": "the service it came from",
    "rights": "as the source states them; mostly the address of a licence",
    "part": "the split that it is in",
    "source_width": "px, before it was made smaller",
    "source_height": "px, before it was made smaller",
    "sha256": "of the picture's bytes",
    "phash": "64 bits that near-equal pictures share but for a few, 16 hex digits",
    "text": "the caption",
    "license": "address of the licence of this picture",
    "attribution": "a line that names artist, title, source and licence, ready to be printed beside it",
}
_DTYPES = {"image": "image", "list": "list", "string": "string", "int32": "int32", "bool": "bool", "float32": "float32"}


@dataclass(frozen=True)
class Contents:
    """What the rows of a dataset come to.

    parts, sources, families, decades:  how many covers of each; a cover counts once, under its main family.
    rights:        rights -> covers.
    filled:        column -> rows that say something in it.
    across:        artists with covers in more than one part.
    captions:      the first few, as examples.
    """

    covers: int
    parts: Mapping[str, int]
    sources: Mapping[str, int]
    families: Mapping[str, int]
    decades: Mapping[str, int]
    rights: Mapping[Rights, int]
    filled: Mapping[str, int]
    across: int
    captions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        kinds = (self.parts, self.sources, self.families, self.decades, self.rights)
        if any(sum(kind.values()) != self.covers for kind in kinds):
            raise BadInput(f"counts of {self.covers} covers do not add up; wanted every cover once in each")

    @property
    def license(self) -> License:
        """Of the dataset as a whole."""
        return license_of(self.rights)


def contents_of(rows: Iterable[Mapping[str, Any]], own: Rights | None = None) -> Contents:
    """Count rows, which need no pictures. own: the licence of the publisher's own covers."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("parts", "sources", "families", "decades")}
    rights: Counter[Rights] = Counter()
    filled: Counter[str] = Counter()
    part_of: dict[str, str] = {}
    across: set[str] = set()
    captions: list[str] = []
    for row in rows:
        year, artist, text = row.get("year"), normal(row.get("artist") or ""), row.get("text")
        counts["parts"][row["part"]] += 1
        counts["sources"][" ".join((row.get("source") or "").split()) or "not stated"] += 1
        counts["families"][main_family(row.get("genres") or ()) or "not known"] += 1
        counts["decades"][f"{year // 10 * 10}s" if year else "not known"] += 1
        rights[rights_of(row.get("rights"), own)] += 1
        filled.update(name for name, value in row.items() if value not in (None, "", []))
        if artist and part_of.setdefault(artist, row["part"]) != row["part"]:
            across.add(artist)
        if text and len(captions) < 3:
            captions.append(str(text))
    return Contents(sum(rights.values()), **counts, rights=rights, filled=filled, across=len(across),
                    captions=tuple(captions))  # fmt: skip


def card(repo: str, manifest: Mapping[str, Any], contents: Contents, refused: Mapping[str, int], size: int) -> str:
    """The text of `README.md`, the same for the same dataset.

    repo:      OWNER/NAME, where it will lie.
    manifest:  of what goes up.
    refused:   why -> how many covers of the dataset did not.
    size:      bytes of its shards.
    """
    kinds = manifest["columns"]
    parts = [part for part in PARTS if contents.parts.get(part)]
    sections = (
        _front(repo, kinds, contents, parts),
        _about(repo, contents, parts, len(manifest["shards"]), size),
        _use(repo, parts[0], "text" in kinds),
        _columns(kinds, contents),
        _counts(contents, parts),
        _making(manifest, contents, refused),
        _captions(kinds, manifest, contents),
        _rights(repo, contents),
        _limits(contents),
    )
    return "\n".join(filter(None, sections))


def _front(repo: str, kinds: Mapping[str, str], contents: Contents, parts: list[str]) -> str:
    """The metadata that the hub reads; JSON's strings are YAML's."""
    tasks = ["unconditional-image-generation"]
    tasks = (["text-to-image", "image-to-text"] if "text" in kinds else []) + tasks
    tasks += ["image-classification"] if contents.filled.get("genres") else []
    stated = contents.license
    lines = ["---", f"pretty_name: {json.dumps(repo.partition('/')[2])}", f"license: {stated.id}"]
    lines += [f"license_name: {stated.name}"] if stated.name else []
    lines += [f"license_link: {stated.link}"] if stated.link else []
    lines += ["language:", "- en"] if contents.captions else []
    lines += ["task_categories:", *(f"- {task}" for task in tasks), "size_categories:", f"- {_size(contents.covers)}"]
    lines += ["tags:", "- album-covers", "- cover-art", "- music", "- art"]
    lines += ["configs:", "- config_name: default", "  data_files:"]
    lines += [line for part in parts for line in (f"  - split: {part}", f"    path: {part}-*.parquet")]
    lines += ["dataset_info:", "  features:"]
    for name, kind in kinds.items():
        lines += [f"  - name: {name}", "    list: string" if kind == "list" else f"    dtype: {_DTYPES[kind]}"]
    return "\n".join([*lines, "---", ""])


def _size(covers: int) -> str:
    """The hub's class of sizes."""
    steps = (1_000, "1K"), (10_000, "10K"), (100_000, "100K"), (1_000_000, "1M"), (10_000_000, "10M")
    below = "n<1K"
    for (least, name), (_, following) in zip(steps, (*steps[1:], (0, "100M")), strict=True):
        if covers >= least:
            below = f"{name}<n<{following}"
    return below


def _about(repo: str, contents: Contents, parts: list[str], shards: int, size: int) -> str:
    words = {"genres": "genres", "year": "the year", "artist": "artist", "album": "title", "text": "a caption"}
    known = [word for name, word in words.items() if contents.filled.get(name)]
    carried = f", with {_listed(known)} where they are known" if known else ""
    split = ", ".join(f"{contents.parts[part]:,} {part}" for part in parts)
    commercial = any("nc" in rights.conditions for rights in contents.rights)
    warning = "\n**Not for commercial use**: some of the pictures may not be used commercially.\n" if commercial else ""
    return f"""# {repo.partition("/")[2]}

{_many(contents.covers, "album cover")}{carried}: {split}. {_many(shards, "Parquet shard")}, {size / 1e6:,.1f} MB.
Each row says where its picture came from, under which rights, and how to name the people who made it.
{warning}"""


def _use(repo: str, part: str, captioned: bool) -> str:
    caption = '\ncovers[0]["text"]         # the caption' if captioned else ""
    return f"""## How to load it

```python
from datasets import load_dataset

covers = load_dataset("{repo}", split="{part}")
covers[0]["image"]        # a PIL picture{caption}
covers[0]["attribution"]  # what to print beside it
```

`streaming=True` looks at it without fetching all of it. To train with [Duck and
Cover](https://github.com/duck-and-cover/duck-and-cover):

```
hf download {repo} --repo-type dataset --local-dir covers
duckcover train flow-64 --data covers -o runs/mine
```
"""


def _columns(kinds: Mapping[str, str], contents: Contents) -> str:
    rows = [(f"`{name}`", kind if kind != "list" else "list of strings",
             _MEANINGS.get(name, "added by a later step; see below"), f"{contents.filled.get(name, 0):,}")
            for name, kind in kinds.items()]  # fmt: skip
    return f"## Columns\n\n{_table(('column', 'kind', 'meaning', 'rows that have it'), rows)}"


def _counts(contents: Contents, parts: list[str]) -> str:
    def table(what: str, counts: Mapping[str, int]) -> str:
        rows = [(name, f"{n:,}", f"{n / contents.covers:.1%}") for name, n in counts.items()]
        return _table((what, "covers", "share"), rows)

    tables = (
        table("part", {part: contents.parts[part] for part in parts}),
        table("source", _ranked(contents.sources)),
        table("genre family", _ranked(contents.families)),
        table("decade", dict(sorted(contents.decades.items(), key=lambda pair: (len(pair[0]), pair[0])))),
    )
    return "## What is in it\n\n" + "\n".join(tables)


def _making(manifest: Mapping[str, Any], contents: Contents, refused: Mapping[str, int]) -> str:
    has = "artist has" if contents.across == 1 else "artists have"
    split = (f"{contents.across:,} {has} covers in more than one part." if contents.across else
             "All covers of one artist are in one part: nothing is tested on what it learned from.")  # fmt: skip
    told = {name: fact for name, fact in manifest.items() if name not in NOT_FACTS and not name.startswith("caption")}
    left = _table(("left out of what is published, because", "covers"),
                  [(why, f"{n:,}") for why, n in _ranked(refused).items()]) if refused else ""  # fmt: skip
    return f"""## How it was made

Gathered, screened and written by Duck and Cover (`gather`, `download`, `dataset build`, `dataset publish`). {split}

{_told(told)}{left}"""


def _captions(kinds: Mapping[str, str], manifest: Mapping[str, Any], contents: Contents) -> str:
    if "text" not in kinds:
        return ""
    told = {name: fact for name, fact in manifest.items() if name.startswith("caption")}
    examples = "".join(f"> {' '.join(text.split())}\n>\n" for text in contents.captions).removesuffix(">\n")
    return f"""## Captions

{contents.filled.get("text", 0):,} of {contents.covers:,} covers have one. A program wrote them (`duckcover dataset
caption`), and nobody has read them all: they may be wrong.

{_told(told)}{examples}"""


def _rights(repo: str, contents: Contents) -> str:
    rows = [(f"[{rights.name}]({rights.address})" if rights.address else rights.name, f"{n:,}", _asks(rights))
            for rights, n in sorted(contents.rights.items(), key=lambda pair: (-pair[1], pair[0].name))]  # fmt: skip
    stated = contents.license
    if stated.name == "none-stated":
        whole = ("Some of the pictures belong to the publisher, who has named no licence for them: ask before you use "
                 "those.")  # fmt: skip
    elif len(contents.rights) == 1:
        whole = "All pictures are under the licence that is named on top."
    else:
        whole = ("Each picture stays under its own licence, in the column `license`. On top stands the strictest "
                 f"reading, `{stated.name or stated.id}`.")  # fmt: skip
    return f"""## Rights and terms

{_table(("licence", "covers", "asks you to"), rows)}
{whole} Name the people who made a picture: the column `attribution` has the line. Pictures may have been made smaller,
cut to a square and encoded anew (`source_width`, `source_height`). A licence is the one that the source states for the
album; it is taken to hold for the sleeve. Covers without a licence, or with one that forbids changes, are not in here.

**To have a picture removed**, open a discussion at
[the Community tab](https://huggingface.co/datasets/{repo}/discussions) and say its `id`. No reason is needed.
"""


def _asks(rights: Rights) -> str:
    """What a licence asks of who uses the picture."""
    words = {"by": "name its makers", "nc": "not use it commercially", "sa": "pass changed ones on under the same"}
    if not rights.address:
        return "ask the publisher"
    return "; ".join(text for name, text in words.items() if name in rights.conditions) or "nothing"


def _limits(contents: Contents) -> str:
    def lacking(name: str) -> str:
        return f"{1 - contents.filled.get(name, 0) / contents.covers:.0%}"

    known = [(name, n) for name, n in _ranked(contents.families).items() if name != "not known"]
    common = _listed([f"{name} ({n / contents.covers:.0%})" for name, n in known[:3]])
    largest, n = next(iter(_ranked(contents.sources).items()))
    most = f"The most common genre families are {common}." if known else "No genre is known."
    return f"""## Limits

- It is no fair sample of music: it holds what its sources have and their licences allow. {n / contents.covers:.0%} of
  the covers come from {largest}. {most}
- Genres and years are as people entered them, with their errors and gaps: {lacking("genres")} of the covers have no
  genre, {lacking("year")} no year, {lacking("artist")} no artist.
- Covers show what covers show: faces, names, nudity, violence, symbols. Nobody has looked at every one.
- Many carry lettering. What learns from them draws something like letters, and may draw something like one of them.
"""


def _told(facts: Mapping[str, Any]) -> str:
    """What a manifest says, for people: counts as tables, everything else as a list."""
    tables = {name: fact for name, fact in facts.items()
              if isinstance(fact, Mapping) and fact and all(type(value) is int for value in fact.values())}  # fmt: skip
    lines = [f"- {_words(name)}: {_plain(fact)}{' px' if name.endswith('_px') else ''}" for name, fact in facts.items()
             if name not in tables and fact not in (None, "", [], {})]  # fmt: skip
    texts = [_table((_words(name), "covers"), [(_words(key), f"{n:,}") for key, n in counts.items()])
             for name, counts in tables.items()]  # fmt: skip
    return "".join(f"{text}\n" for text in (["\n".join(lines) + "\n"] if lines else []) + texts)


def _plain(fact: Any) -> str:
    if isinstance(fact, Mapping):
        return ", ".join(f"{_words(name)} {_plain(value)}" for name, value in fact.items())
    if isinstance(fact, list | tuple):
        return ", ".join(map(_plain, fact))
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return f"{fact:,}" if isinstance(fact, int) and not 1000 <= fact < 2200 else " ".join(str(fact).split())


def _words(name: str) -> str:
    return name.removesuffix("_px").replace("_", " ")


def _ranked(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Numbers stand to the right."""
    right = [bool(rows) and all(re.fullmatch(r"[\d,.]+%?", row[i]) for row in rows) for i in range(len(heads))]
    cells = [heads, tuple("---:" if each else "---" for each in right), *rows]
    return "".join(
        f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in row)} |\n" for row in cells
    )

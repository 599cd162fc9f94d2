"""Make docs/gallery.html: a hundred sleeves over genres and decades, six of them large.

    python tools/gallery.py [--first N] [--anew]

The records stand in `gallery.txt` beside this file, nothing about their style is fixed. What was made is kept: a run
that was broken off goes on, a record whose words or seed changed is made again, and `--anew` makes all of them, as a
change of the design asks for. Pictures go to docs/pictures/gallery, with what was chosen for each in
`captions.json`.
"""

from __future__ import annotations

import argparse
import html
import io
import itertools
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from duck_and_cover import Album, create
from duck_and_cover.cover import Pixels
from duck_and_cover.design.files.formats import write
from duck_and_cover.design.type.faces import FACES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "gallery.html"
PICTURES = ROOT / "docs" / "pictures" / "gallery"
SMALL_PX, LARGE_PX = 300, 900
LARGEST_BYTES = {SMALL_PX: 18_500, LARGE_PX: 105_000}
"""So that the whole page stays below 2.5 MB."""


@dataclass(frozen=True)
class Shown:
    """A record of the gallery, the seed of its sleeve, and whether it is shown large."""

    album: Album
    seed: int
    large: bool

    @property
    def name(self) -> str:
        """Of its file: "1959-hard-bop-5"; of one genre, year and seed there is one record."""
        genre = re.sub(r"[^a-z0-9]+", "-", self.album.genres[0])
        return f"{self.album.year}-{genre}-{self.seed}"

    @property
    def size_px(self) -> int:
        return LARGE_PX if self.large else SMALL_PX


def records() -> list[Shown]:
    """All of them, by year."""
    lines = (Path(__file__).with_suffix(".txt")).read_text("utf-8").splitlines()
    shown = []
    for line in lines:
        if line and not line.startswith("#"):
            year, genre, artist, title, seed = (part.strip() for part in line.split("|"))
            shown.append(Shown(Album(artist, title, (genre,), int(year)), int(seed.rstrip(" *")), seed.endswith("*")))
    return sorted(shown, key=lambda each: each.album.year or 0)


def encoded(pixels: Pixels, most: int) -> bytes:
    """A WebP, as good as fits."""
    out = io.BytesIO()
    for quality in range(86, 20, -4):
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= most:
            break
    return out.getvalue()


def make(shown: Shown) -> dict[str, Any]:
    """Draw a sleeve at twice the size it is shown at, write it, and tell what was chosen."""
    sleeve = create(shown.album, seed=shown.seed, size_px=2 * shown.size_px)
    small = cv2.resize(sleeve.pixels, (shown.size_px, shown.size_px), interpolation=cv2.INTER_AREA)
    write(PICTURES / f"{shown.name}.webp", encoded(np.asarray(small, np.uint8), LARGEST_BYTES[shown.size_px]))
    told = sleeve.report
    return {"words": [shown.album.artist, shown.album.title], "px": shown.size_px, "finish": told["finish"],
            "palette": told["palette"]["name"], "face": FACES[told["type"]["lead"]].family, "layout": told["layout"],
            "ground": told["palette"]["paper"]}  # fmt: skip


def script_of(text: str) -> str:
    """ "" for Latin letters, else the first word of the name of its first letter's: "CYRILLIC"."""
    first = next((c for c in text if c.isalpha()), "a")
    name = unicodedata.name(first, "LATIN").split()[0]
    return "" if name == "LATIN" else name


def figure(shown: Shown, caption: dict[str, Any]) -> str:
    album, source = shown.album, f"pictures/gallery/{shown.name}.webp"
    artist, title = html.escape(str(album.artist)), html.escape(str(album.title))
    chosen = " · ".join(html.escape(caption[axis]) for axis in ("finish", "palette", "face", "layout"))
    alt = f"{title} by {artist}, {html.escape(album.genres[0])} of {album.year}"
    picture = (f'<img src="{source}" alt="{alt}" width="{shown.size_px}" height="{shown.size_px}" decoding="async" '
               f'loading="{"eager" if shown.large else "lazy"}" style="background:{caption["ground"]}">')  # fmt: skip
    words = f'<figcaption><b dir="auto">{title}</b><span dir="auto">{artist}</span>'
    words += f"<i>{html.escape(album.genres[0])}, {album.year}</i>"
    words += f"<small>{chosen} · seed&nbsp;{shown.seed}</small></figcaption>"
    if not shown.large:
        return f"<figure>{picture}{words}</figure>"
    opened = f'<div popover id="{shown.name}"><button popovertarget="{shown.name}" popovertargetaction="hide" '
    opened += f'aria-label="Close">{picture}</button></div>'
    button = f'<button popovertarget="{shown.name}" aria-label="{alt}: see it large">{picture}</button>'
    return f'<figure class="large">{button}{words}</figure>{opened}'


def page(all_shown: Sequence[Shown], captions: dict[str, Any]) -> str:
    parts = []
    for decade, group in itertools.groupby(all_shown, key=lambda each: (each.album.year or 0) // 10):
        each = sorted(group, key=lambda one: not one.large)
        figures = "\n".join(figure(shown, captions[shown.name]) for shown in each)
        parts.append(f'<section aria-labelledby="d{decade}"><h2 id="d{decade}">{decade}0s</h2>\n<div class="wall">\n'
                     f"{figures}\n</div></section>")  # fmt: skip
    decades = [f'<a href="#d{d}">{d}0s</a>' for d in sorted({(s.album.year or 0) // 10 for s in all_shown})]
    scripts = {
        script for s in all_shown for text in (s.album.artist, s.album.title) if (script := script_of(str(text)))
    }
    genres = len({shown.album.genres[0] for shown in all_shown})
    about = f"{len(all_shown)} records that nobody recorded: {genres} genres, {len(decades)} decades"
    about += f", {len(scripts) + 1} scripts." if scripts else "."
    return _SHELL.format(about=about, nav=" ".join(decades), body="\n".join(parts))


_SHELL = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Duck and Cover: a gallery</title>
<style>
:root {{ --ground: #f4f2ec; --ink: #1b1a17; --soft: #6a665d; --line: #d8d3c7; --edge: #0000001f; --focus: #b3361f }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ground: #141311; --ink: #ebe6db; --soft: #9c968a; --line: #34312b; --edge: #ffffff17;
    --focus: #ff8a66 }} }}
* {{ box-sizing: border-box }}
html {{ scroll-behavior: smooth; scroll-padding-top: 3.5rem }}
body {{ background: var(--ground); color: var(--ink); margin: 0; font: 400 .875rem/1.4 system-ui, sans-serif }}
header, main, footer {{ margin: 0 auto; max-width: 90rem; padding: 0 clamp(1rem, 4vw, 3.5rem) }}
header {{ padding-block: clamp(2.5rem, 8vw, 6rem) 1.5rem }}
h1 {{ font: 600 clamp(2.4rem, 7vw, 5rem)/.95 ui-sans-serif, system-ui, sans-serif; letter-spacing: -.045em; margin: 0 }}
header p {{ color: var(--soft); font-size: 1.05rem; margin: 1.1rem 0 0; max-width: 38rem }}
nav {{ background: var(--ground); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 1 }}
nav div {{ display: flex; gap: clamp(.8rem, 2.4vw, 1.8rem); margin: 0 auto; max-width: 90rem; overflow-x: auto;
  padding: .7rem clamp(1rem, 4vw, 3.5rem); font-variant-numeric: tabular-nums }}
a {{ color: inherit; text-underline-offset: .25em; text-decoration-color: var(--line) }}
nav a {{ color: var(--soft); text-decoration: none }} a:hover {{ color: var(--focus) }}
section {{ padding-top: clamp(2rem, 5vw, 4rem) }}
h2 {{ font: 300 clamp(1.6rem, 4vw, 2.6rem)/1 system-ui, sans-serif; letter-spacing: -.03em; margin: 0 0 1.2rem;
  font-variant-numeric: tabular-nums }}
.wall {{ display: grid; gap: 2rem clamp(.9rem, 2vw, 1.6rem); grid-auto-flow: dense;
  grid-template-columns: repeat(auto-fill, minmax(min(10.6rem, 42%), 1fr)) }}
figure {{ margin: 0; min-width: 0 }}
.large {{ grid-column: span 2; grid-row: span 2 }}
img {{ aspect-ratio: 1; border-radius: 2px; box-shadow: 0 0 0 1px var(--edge), 0 .4rem 1.2rem -.5rem #0006;
  display: block; height: auto; width: 100% }}
button {{ background: none; border: 0; cursor: zoom-in; display: block; padding: 0; width: 100% }}
:focus-visible {{ outline: 3px solid var(--focus); outline-offset: 3px }}
figcaption {{ margin-top: .7rem; overflow-wrap: anywhere }}
figcaption > * {{ display: block; font-style: normal }}
b {{ font-weight: 640; line-height: 1.25 }} i {{ color: var(--soft) }}
small {{ color: var(--soft); font-size: .75rem; line-height: 1.35; margin-top: .3rem }}
.large b {{ font-size: 1.15rem }} [dir] {{ text-align: start }}
[popover] {{ background: none; border: 0; height: 100dvh; margin: 0; max-height: none; max-width: none; padding: 2vmin;
  place-items: center; width: 100vw; inset: 0 }}
[popover]:popover-open {{ display: grid }}
[popover]::backdrop {{ background: #0b0a09e6 }}
[popover] button {{ cursor: zoom-out; width: min(96vmin, 900px) }}
@supports not selector(:popover-open) {{ [popover] {{ display: none }} }}
@media (prefers-reduced-motion: reduce) {{ html {{ scroll-behavior: auto }} }}
footer {{ border-top: 1px solid var(--line); color: var(--soft); margin-top: 5rem; padding-block: 1.5rem 4rem }}
code {{ font: .8rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere }}
</style>
<header><h1>Sleeves</h1><p>{about} Each follows from the words and the seed below it;
the finish, palette, typeface and layout were chosen by genre and year. Each large one opens.</p></header>
<nav aria-label="Decades"><div>{nav}</div></nav>
<main>
{body}
</main>
<footer><p>Any of them again, at 3000 px:<br>
<code>duckcover create --artist … --album … --genre … --year … --seed … -o cover.png</code></p>
<p>Made by <code>tools/gallery.py</code>. Artists and titles are made up.
<a href="create.md">How a sleeve is made</a></p></footer>
</html>
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, metavar="N", help="only so many, spread over all; for a look")
    parser.add_argument("--anew", action="store_true", help="make those again that are there")
    arguments = parser.parse_args()
    shown = records()
    if arguments.first:
        shown = [shown[i * len(shown) // arguments.first] for i in range(min(arguments.first, len(shown)))]
    PICTURES.mkdir(parents=True, exist_ok=True)
    kept_in = PICTURES / "captions.json"
    captions = {} if arguments.anew or not kept_in.exists() else json.loads(kept_in.read_text("utf-8"))
    for number, each in enumerate(shown, 1):
        kept = captions.get(each.name)
        there = (PICTURES / f"{each.name}.webp").exists()
        if not (
            kept and there and kept["words"] == [each.album.artist, each.album.title] and kept["px"] == each.size_px
        ):
            captions[each.name] = make(each)
            write(kept_in, (json.dumps(captions, indent=1, ensure_ascii=False) + "\n").encode())
        print(number, each.name, *(captions[each.name][axis] for axis in ("finish", "palette", "face", "layout")),
              sep=" · ", flush=True)  # fmt: skip
    names = {each.name for each in records()}
    for stray in PICTURES.glob("*.webp"):
        if stray.stem not in names:
            stray.unlink()
    captions = {name: caption for name, caption in captions.items() if name in names}
    write(kept_in, (json.dumps(captions, indent=1, ensure_ascii=False) + "\n").encode())
    write(PAGE, page(shown, captions).encode())
    size = sum((PICTURES / f"{each.name}.webp").stat().st_size for each in shown) + PAGE.stat().st_size
    print(f"docs/gallery.html and {len(shown)} pictures, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

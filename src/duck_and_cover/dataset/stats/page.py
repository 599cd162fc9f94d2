"""The statistics of a dataset as one page to read: no script, nothing beside it, light and dark."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path

from PIL import Image

from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.stats.mixtures import Mixture
from duck_and_cover.dataset.stats.statistics import EVERY, FEWEST, UNPLACED, Pairs, Statistics
from duck_and_cover.errors import CannotWrite

__all__ = ["page", "write_page"]

_MOST_LABELS, _MOST_SOURCES = 40, 30
_OVER = 60
"""From this percentage on, a cell of the table of pairs is so dark that what stands on it is light."""


def write_page(path: Path, found: Statistics) -> None:
    """Write the page; beside its target and renamed when complete."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(page(found), "utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise CannotWrite(f"{path}: cannot write the page there ({error.strerror or error})") from error


def page(found: Statistics) -> str:
    """The page as HTML. The same statistics give the same text."""
    style = (resources.files("duck_and_cover") / "dataset" / "stats" / "page.css").read_text("utf-8")
    sections = [
        _section("Time", "Covers of each decade, and the colours that they have together, dark below and light above. "
                 f"Of {_share(found.missing.get('year', 0), found.covers)} the year is not known.", _decades(found)),
        _section("Families", "Every cover stands in the family that most of its genre labels belong to.",
                 _families(found)),
        _section("Colour by family and decade", "Each bar holds the colours of all covers of a cell, as wide as the "
                 f"area that they take. Cells of fewer than {FEWEST} covers are hatched, as they say little, and "
                 "families of fewer are left out.", _palettes(found)),
        _section("Labels", f"The {min(_MOST_LABELS, len(found.labels))} most frequent of {len(found.labels):,} genre "
                 "labels, each bar in the colours of its covers. A cover counts for every label that it has.",
                 _labels(found)),
        _section("What stands together", "Of covers with the label on the left, how many in a hundred have the one "
                 "above as well. Labels that share most covers stand side by side.", _pairs(found.pairs)),
        _section("Contact sheets", "Chosen by lot: cool to warm from the left, light to dark from the top.",
                 _sheets(found)),
        _section("Where they come from, and what is missing", "", _origins(found)),
    ]  # fmt: skip
    title = html.escape(found.name)
    return _SHELL.format(title=title, style=style, head=_head(found, title), body="\n".join(sections),
                         content=found.content)  # fmt: skip


def _head(found: Statistics, title: str) -> str:
    hero = _picture(found.sheets[EVERY], "A mosaic of covers of this dataset, from cool to warm and light to dark",
                    "hero") if EVERY in found.sheets else ""  # fmt: skip
    numbers = {"covers": f"{found.covers:,}", "genre labels": f"{len(found.labels):,}",
               "families": f"{len(found.families.keys() - {UNPLACED})}",
               "sources": f"{len(found.sources):,}"}  # fmt: skip
    if found.years:
        first, last = found.years
        numbers["years"] = f"{first}" if first == last else f"{first}–{last}"
    cells = "".join(f"<li class=number><b>{value}</b><span>{name}</span>" for name, value in numbers.items())
    return f"{hero}<div><h1>{title}</h1><ul class=numbers>{cells}</ul></div>"


def _section(title: str, says: str, body: str) -> str:
    """Nothing where there is nothing to show."""
    return f"<section><h2>{title}</h2>{f'<p>{says}</p>' if says else ''}{body}</section>" if body else ""


def _decades(found: Statistics) -> str:
    most = max(found.decades.values(), default=1)
    items = ""
    for decade, count in found.decades.items():
        height = f"height:{85 * count / most:.1f}%"
        bar = _bar(found.mixtures.get((EVERY, decade)), f"{decade}: {count:,} covers", height, angle=0)
        items += f"<li><strong>{count:,}</strong>{bar}<span>{decade}</span>"
    return items and f"<ol class=strata>{items}</ol>"


def _families(found: Statistics) -> str:
    most = max(found.families.values())
    rows = "".join(
        f"<tr><th scope=row>{html.escape(family)}<td class=wide>"
        f"{_bar(found.mixtures.get((family, EVERY)), family, f'width:{100 * count / most:.1f}%')}"
        f"<td class=n>{count:,}<td class=n>{_share(count, found.covers)}"
        for family, count in found.families.items()
    )
    head = "<th scope=col>family<th scope=col>colours<th scope=col class=n>covers<th scope=col class=n>share"
    return f"<table class=counts><thead><tr>{head}<tbody>{rows}</table>"


def _palettes(found: Statistics) -> str:
    if not found.mixtures:
        return ""
    times = [EVERY, *found.decades]
    rows = []
    for family in (EVERY, *(name for name, count in found.families.items() if count >= FEWEST)):
        cells = []
        for time in times:
            mixture = found.mixtures.get((family, time))
            covers = mixture.covers if mixture else 0
            name = f"{'all families' if family == EVERY else family}, {time}: {covers:,} covers"
            cells.append(f"<td>{_bar(mixture, name) if mixture else ''}<small>{covers:,}</small>")
        label = "<b>all families</b>" if family == EVERY else html.escape(family)
        rows.append(f"<tr><th scope=row class=stick>{label}{''.join(cells)}")
    head = "".join(f"<th scope=col>{time}" for time in times)
    return (f"<div class=scroll tabindex=0 role=region aria-label='Colour by family and decade'><table class=palettes>"
            f"<thead><tr><th scope=col class=stick>family{head}<tbody>{''.join(rows)}</table></div>")  # fmt: skip


def _labels(found: Statistics) -> str:
    top = list(found.labels.items())[:_MOST_LABELS]
    items = "".join(
        f"<li><div><span>{html.escape(label)}</span><span class=soft>{count:,}</span></div>"
        f"{_bar(found.mixtures.get(('label', label)), label)}"
        for label, count in top
    )
    return items and f"<ol class=labels>{items}</ol>"


def _pairs(pairs: Pairs) -> str:
    if len(pairs.labels) < 2:
        return ""
    rows = []
    for i, label in enumerate(pairs.labels):
        cells = []
        for j in range(len(pairs.labels)):
            share = round(100 * pairs.together[i, j] / pairs.together[i, i])
            over = " class=over" if share >= _OVER else ""
            cells.append("<td class=self>·" if i == j else f"<td{over} style=--v:{share}>{share or ''}")
        rows.append(f"<tr><th scope=row class=stick>{html.escape(label)}{''.join(cells)}")
    head = "".join(f"<th scope=col>{html.escape(label)}" for label in pairs.labels)
    return (f"<div class=scroll tabindex=0 role=region aria-label='Labels that stand together'><table class=pairs>"
            f"<thead><tr><th scope=col class=stick>of these …{head}<tbody>{''.join(rows)}</table></div>")  # fmt: skip


def _sheets(found: Statistics) -> str:
    figures = "".join(
        f"<figure><figcaption><h3>{html.escape(family)}</h3><small>{count:,} covers</small></figcaption>"
        f"{_picture(found.sheets[family], f'Covers of the family {family}')}</figure>"
        for family, count in found.families.items()
        if family in found.sheets
    )
    return figures and f"<div class=sheets>{figures}</div>"


def _origins(found: Statistics) -> str:
    sources = dict(list(found.sources.items())[:_MOST_SOURCES])
    if more := sum(found.sources.values()) - sum(sources.values()):
        sources[f"{len(found.sources) - _MOST_SOURCES:,} others"] = more
    tables = (
        ("Missing", "field", found.missing), ("Size of the source", "width", found.sizes),
        ("Parts", "part", found.parts), ("Rights", "licence", found.rights), ("Sources", "source", sources),
    )  # fmt: skip
    return f"<div class=two>{''.join(_counts(*table, found.covers) for table in tables if table[-1])}</div>"


def _counts(title: str, column: str, counts: Mapping[str, int], covers: int) -> str:
    rows = "".join(f"<tr><th scope=row>{html.escape(name)}<td class=n>{count:,}<td class=n>{_share(count, covers)}"
                   for name, count in counts.items())  # fmt: skip
    head = f"<th scope=col>{column}<th scope=col class=n>covers<th scope=col class=n>share"
    return f"<div class={column}s><h3>{title}</h3><table class=counts><thead><tr>{head}<tbody>{rows}</table></div>"


def _share(count: int, covers: int) -> str:
    percent = 100 * count / covers
    return f"{percent:.0f} %" if percent >= 10 or not count else f"{percent:.1f} %" if percent >= 0.1 else "< 0.1 %"


def _bar(mixture: Mixture | None, name: str, style: str = "", angle: int = 90) -> str:
    """The colours of a mixture, dark first, as wide as their shares; hatched where it stands on too few covers."""
    if mixture is None or mixture.covers < FEWEST:
        return f'<span class="bar few" style="{style}"></span>'
    told = ", ".join(f"{colour} {share:.0%}" for colour, share in _largest(mixture))
    label = html.escape(f"{name}; {told}", quote=True)
    return (f'<span class=bar role=img aria-label="{label}" title="{label}" style="{style};background:'
            f'linear-gradient({angle}deg,{",".join(_stops(mixture))})"></span>')  # fmt: skip


def _stops(mixture: Mixture) -> Iterable[str]:
    end = 0.0
    for colour, share in zip(mixture.colours, mixture.shares, strict=True):
        begin, end = end, end + 100 * share
        yield f"{colour} {begin:.1f}% {end:.1f}%"


def _largest(mixture: Mixture) -> list[tuple[str, float]]:
    return sorted(zip(mixture.colours, mixture.shares, strict=True), key=lambda pair: -pair[1])[:3]


def _picture(pixels: Pixels, alt: str, kind: str = "") -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=78, method=6)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    height, width = pixels.shape[:2]
    return (f'<img {f"class={kind} " if kind else ""}width={width} height={height} alt="{html.escape(alt, quote=True)}"'
            f' src="data:image/webp;base64,{data}">')  # fmt: skip


_SHELL = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
<header>{head}</header>
<main>
{body}
</main>
<footer>
<p>Content {content}. Colours: five of each cover by k-means in OKLab, those of many covers mixed by weighted k-means;
a bar names its three largest. Pictures are thumbnails of 32 and 40 px and belong to those who made them.</p>
<p>duckcover dataset stats</p>
</footer>
</html>
"""

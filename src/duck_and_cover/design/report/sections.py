"""The parts of the page that say what was asked and how it was made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from duck_and_cover.design.checking.words import Line
from duck_and_cover.design.report.card import facts, inline, section
from duck_and_cover.design.report.tables import image
from duck_and_cover.design.report.told import Nearest, Told

__all__ = ["again", "asked", "colours", "nearest", "origin", "words"]

_THUMBNAIL_PX = 300
"""The size in which services show a cover in lists of albums."""


def asked(told: Told) -> str:
    """What the musician said, and the look that was given or chosen."""
    album, report = told.album, told.report
    given = told.report.get("asked", {})
    rows = [("Artist", album.artist), ("Album", album.title), ("Genre", ", ".join(album.genres)), ("Year", album.year)]
    rows += [("Tracks", f"{len(album.tracks)}")] if album.tracks else []
    rows += [("Art", f"on the way to another seed's, {given['toward']}")] if given.get("toward") else []
    type_, palette = report["type"], report["palette"]
    looks = [("finish", report["finish"]), ("palette", palette["name"])]
    looks += [("type", _type(type_)), ("layout", _layout(report))] if report["texts"] else []
    rows += [(axis.capitalize(), f"{name}, {'as asked' if given.get(axis) else 'chosen'}") for axis, name in looks]
    return _facts((name, escape(str(text)) if text else '<span class="soft">left open</span>') for name, text in rows)


def colours(report: Mapping[str, Any]) -> str:
    """The inks, with their codes."""
    palette = report["palette"]
    inks = [("paper", palette["paper"]), *((f"ink {i}", code) for i, code in enumerate(palette["inks"], 1)),
            ("accent", palette["accent"])]  # fmt: skip
    items = "".join(f'<li><i style="background:{escape(code)}"></i>{escape(name)}<br><code>{escape(code)}</code></li>'
                    for name, code in inks)  # fmt: skip
    return f'<ul class="inks">{items}</ul>'


def words(report: Mapping[str, Any], lines: Sequence[Line] | None) -> str:
    """Each text: its face, size and contrast, and what a reader read."""
    texts = report["texts"]
    if not texts:
        return "<p>The front has no words.</p>"
    rows = []
    for each in texts:
        enough = each["contrast_p5"] >= each["contrast_needed"]
        rows.append(
            f'<tr><td><span class="ink" style="background:{escape(each["colour"])}"></span>'
            f'<bdi>{escape(each["text"])}</bdi> <small>{escape(each["name"])}</small></td>'
            f'<td class="wide">{escape(each["face"])} {each["weight"]}</td>'
            f'<td class="n">{each["size"] * _THUMBNAIL_PX:.0f} px</td>'
            f'<td class="n {"good" if enough else "bad"}">{each["contrast_p5"]:.1f}'
            f' <small>of {each["contrast_needed"]:g}</small></td></tr>')  # fmt: skip
    out = (f'<table><tr><th>Text</th><th class="wide">Face</th><th class="n">Size at {_THUMBNAIL_PX} px</th>'
           f'<th class="n">Contrast</th></tr>{"".join(rows)}</table>'
           '<p class="soft">Contrast is WCAG’s, measured on the front itself: nineteen of twenty points under and '
           "around the letters have more.</p>")  # fmt: skip
    if lines is None:
        return (
            f"{out}<p>The front was not read: the optional reader, the extra <code>gather</code>, is not installed.</p>"
        )
    read = [line for line in lines if line.text]
    if not read:
        return f"{out}<p>The reader found no words on the front.</p>"
    found = ", ".join(f"“<bdi>{escape(line.text)}</bdi>” <small>({line.score:.2f})</small>" for line in read)
    return f"{out}<p>The reader read {found}, and how sure it is, from 0 to 1.</p>"


def again(told: Told) -> str:
    """The command line, and the seeds."""
    report = told.report
    seeds = ", ".join(f"{axis} {number}" for axis, number in report.get("seeds", {}).items())
    own = report.get("art") == "own"
    note = " The picture of your own must lie beside it under its name." if own else ""
    typed = re.sub(r"(?<!\S)--[a-z-]+", r'<span class="name">\g<0></span>', escape(told.command))
    return (f"<pre><code>{typed}</code></pre>"
            f'<p class="soft" style="margin-top:.75rem">The same version makes the same files of it.{note} '
            f"Seeds: {escape(seeds)}.</p>")  # fmt: skip


def origin(told: Told) -> str:
    """Where the picture comes from: the network and its card, or the user's own file."""
    report = told.report
    name, bundle = escape(str(report.get("engine", ""))), f"<code>{escape(str(report.get('bundle', '')))}</code>"
    if report.get("art") == "own":
        said = "<p>The picture is your own, not drawn by Duck and Cover; the finish and the words were set over it.</p>"
        return said + _facts([("file", name), ("sha256", bundle)])
    rows = [("network", name), ("bundle", bundle)]
    if report.get("upscaler"):
        rows.append(("enlarged by", f"<code>{escape(str(report['upscaler']))}</code>"))
    rows += [(escape(name), inline(fact)) for name, fact in facts(told.card) if name != "network"]
    rights = section(told.card, "Rights")
    note = f'<p class="soft" style="margin-top:1rem">{inline(rights)}</p>' if rights else ""
    return _facts(rows) + note


def nearest(found: Sequence[Nearest] | None) -> str:
    """Training covers that the art is nearest to."""
    if found is None:
        return ("<p>There is no index of the training covers here, so nothing was searched. The model card says what "
                "was found when the network was made; look before you release.</p>")  # fmt: skip
    if not found:
        return "<p>The index holds no covers.</p>"
    figures = "".join(
        f"<figure>{image(each.preview, each.title)}<figcaption>{escape(each.title)}<br><small>distance "
        f"{each.distance:.1f}; covers kept back {each.usual:.1f}</small></figcaption></figure>" for each in found
    )  # fmt: skip
    return f'<div class="pieces">{figures}</div>'


def _type(type_: Mapping[str, Any]) -> str:
    lead, second, lettering = type_["lead"], type_["second"], type_["lettering"]
    faces = lead if lead == second else f"{lead} with {second}"
    return faces if lettering in (None, "plain") else f"{faces}, {lettering}"


def _layout(report: Mapping[str, Any]) -> str:
    layout, wanted = report["layout"], report["layout_wanted"]
    return layout if layout == wanted else f"{layout} (in the place of {wanted}, which did not hold the words)"


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    """A list of names and facts; the facts are HTML."""
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{fact}</dd>' for name, fact in rows)}</dl>"

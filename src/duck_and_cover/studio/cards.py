"""A model card's Markdown as HTML: headings, paragraphs, lists, tables, `code` and **bold**; all else is text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

__all__ = ["as_html"]


def as_html(text: str) -> Markup:
    """The card, escaped throughout: no tag of its own comes through, and links are their words."""
    return Markup("\n").join(_blocks(_joined(text.splitlines())))


def _joined(lines: list[str]) -> list[str]:
    """The lines, where those that go on with an item of a list stand behind it."""
    out: list[str] = []
    for line in lines:
        if out and line.strip() and line[:1].isspace() and _kind(out[-1]) == "list":
            out[-1] += f" {line.strip()}"
        else:
            out.append(line)
    return out


def _blocks(lines: list[str]) -> Iterator[Markup]:
    kinds = [_kind(line) for line in lines]
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and kinds[end] == kinds[at] and kinds[at] != "head":
            end += 1
        block = [line.strip() for line in lines[at:end]]
        if kinds[at] == "head":
            yield Markup("<h3>{}</h3>").format(_inline(block[0].lstrip("# ")))
        elif kinds[at] == "list":
            items = Markup("").join(Markup("<li>{}</li>").format(_inline(line[2:])) for line in block)
            yield Markup("<ul>{}</ul>").format(items)
        elif kinds[at] == "table":
            yield Markup("<table>{}</table>").format(Markup("").join(_rows(block)))
        elif kinds[at] == "text":
            yield Markup("<p>{}</p>").format(_inline(" ".join(block)))
        at = end


def _kind(line: str) -> str:
    line = line.strip()
    if not line:
        return "none"
    if line.startswith("#"):
        return "head"
    return "list" if line[:2] in ("- ", "* ") else "table" if line[0] == "|" else "text"


def _rows(lines: list[str]) -> Iterator[Markup]:
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not any(cells) or all(re.fullmatch(r":?-+:?|", cell) for cell in cells):
            continue
        told = Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in cells)
        yield Markup("<tr>{}</tr>").format(told)


def _inline(text: str) -> Markup:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    safe = str(escape(text))
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    return Markup(re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", safe))

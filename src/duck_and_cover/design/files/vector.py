"""A front as SVG: the artwork as a picture, the words above it as outlines, a named layer each.

The words stand where they are printed, in their ink, without the press's pinholes and grain; a drawing program can
move, recolour or replace them. Where ink spreads a stroke shows it; where a finish eats letters away (xerox: 0.9 px of
3000) the outlines stay whole. Layers carry the labels of Inkscape; others show their ids.

Reference: W3C, Scalable Vector Graphics 2.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from duck_and_cover import colour
from duck_and_cover.design.compose import Design, Layer, Words
from duck_and_cover.design.files.about import caption, clean, rdf
from duck_and_cover.design.files.formats import encoded
from duck_and_cover.errors import BadInput

__all__ = ["UNITS", "as_svg", "layer_names"]

UNITS = 1000
"""SVG units of a cover's side."""

_NAMESPACES = ('xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
               'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"')  # fmt: skip


def as_svg(design: Design, metadata: Mapping[str, str] | None = None, *, picture: str | None = None) -> str:
    """The text of an SVG file.

    design:    with its ground kept (`compose(..., keep_ground=True)`).
    metadata:  words named as in `about`: title, description, and all of them as RDF.
    picture:   URL of a file that holds the ground, to be linked, most often relative; None embeds it as JPEG.
    Raises `BadInput` where the ground was not kept.
    """
    if design.ground is None:
        raise BadInput("the ground of this design was not kept; compose it with keep_ground=True")
    told = metadata or {}
    href = picture if picture is not None else _embedded(design)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg {_NAMESPACES} width="{design.size_px}" height="{design.size_px}" viewBox="0 0 {UNITS} {UNITS}">',
        f"<title>{escape(clean(told.get('Title') or 'Cover'))}</title>",
        f"<desc>{escape(clean(_told(told)))}</desc>",
        *([f"<metadata>{rdf(told, 'image/svg+xml')}</metadata>"] if told else ()),
        f'<g id="artwork" {_layer("artwork")}>',
        f'<image width="{UNITS}" height="{UNITS}" xlink:href={quoteattr(href)}/></g>',
        *map(_words, design.words, layer_names(design.words)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def layer_names(words: Sequence[Words]) -> list[str]:
    """What the layers of a front's texts are called: their names, unique by a number where one comes again."""
    before = [sum(other.name == each.name for other in words[:i]) for i, each in enumerate(words)]
    return [f"{each.name}-{number}" if number else each.name for each, number in zip(words, before, strict=True)]


def _told(told: Mapping[str, str]) -> str:
    """What a viewer shows of a file: its description, or all words there are."""
    return caption(told) or "; ".join(f"{name}: {text}" for name, text in told.items())


def _embedded(design: Design) -> str:
    assert design.ground is not None
    return "data:image/jpeg;base64," + base64.b64encode(encoded(design.ground, "JPEG")).decode("ascii")


def _words(words: Words, id: str) -> str:
    """One text: shapes filled by the non-zero rule, grown by a stroke where ink spreads."""
    shapes = "".join(map(_shape, words.layers))
    return f'<g id="{escape(id)}" {_layer(id)} role="img" aria-label={quoteattr(words.text)}>{shapes}</g>'


def _shape(layer: Layer) -> str:
    fill = colour.format_hex(layer.colour)
    stroke = (f' stroke="{fill}" stroke-width="{2 * layer.spread * UNITS:.2f}" stroke-linejoin="round"'
              if layer.spread > 0 else "")  # fmt: skip
    return f'<path fill="{fill}" fill-rule="nonzero"{stroke} d="{layer.outline.svg_path(UNITS, 2)}"/>'


def _layer(name: str) -> str:
    return f'inkscape:groupmode="layer" inkscape:label={quoteattr(name)}'

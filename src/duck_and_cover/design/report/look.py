"""How the page looks: its style sheet, and the letters that travel with it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from importlib.resources import files

from duck_and_cover.design.type.fontfiles import FontFile, family_files

__all__ = ["letters", "style"]

BODY = "inter"


def letters(title: str, lead: tuple[str, int] | None, others: Iterable[tuple[str, tuple[str, int]]] = ()) -> str:
    """`@font-face` rules: plain Latin of the body's face, the files of the title's that hold its letters, and of other
    texts' faces what neither holds, so that a name in any script is read where its reader has no such font.

    lead:    id and weight of the face in which the cover sets its title; None where it has none.
    others:  texts and the faces in which the cover sets them.
    """
    body = [family_files(BODY, weight)[0] for weight in (400, 700)]
    rules = [_rule("Body", weight, file) for weight, file in zip((400, 700), body, strict=True)]
    held, there = set(body[0].points), {body[0].name}
    for text, face in ((title, lead), *others):
        wanted = {ord(c) for c in text if not c.isspace()}
        for file in family_files(*face) if face else ():
            if file.name not in there and (wanted & file.points if text is title else wanted & file.points - held):
                rules.append(_rule("Lead", 400, file))
                there.add(file.name)
                held |= file.points
    return "\n".join(rules)


def _rule(name: str, weight: int, file: FontFile) -> str:
    data = (files("duck_and_cover.design") / "fonts" / file.family / file.name).read_bytes()
    spans = ",".join(f"U+{span}" for span in file.covers.split())
    return (f'@font-face{{font-family:"{name}";font-weight:{weight};font-display:block;unicode-range:{spans};'
            f'src:url(data:font/woff2;base64,{base64.b64encode(data).decode()}) format("woff2")}}')  # fmt: skip


def style(accent: str) -> str:
    """The style sheet. accent: a colour of the cover, for rules that carry no words."""
    return _STYLE.replace("ACCENT", accent)


_STYLE = """
:root{color-scheme:light dark;--paper:#f7f5f1;--sheet:#fff;--ink:#1b1a18;--soft:#5f5b54;--line:#dcd7ce;
--good:#1d6b3a;--bad:#b3261e;--look:#8a5a00;--accent:ACCENT}
@media (prefers-color-scheme:dark){:root{--paper:#141414;--sheet:#1d1d1c;--ink:#edeae4;--soft:#a8a39a;--line:#35332f;
--good:#7fd19b;--bad:#ff9a90;--look:#f0bf66;--accent:color-mix(in oklab,ACCENT 70%,#edeae4)}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1rem/1.55 Body,Lead,system-ui,sans-serif;
font-feature-settings:"kern","liga","calt";font-variant-numeric:tabular-nums}
main{max-width:70rem;margin:0 auto;padding:clamp(1.25rem,4vw,4rem) clamp(1rem,4vw,3rem)}
header{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:clamp(1.5rem,4vw,3.5rem);align-items:end}
header img{width:100%;display:block;box-shadow:0 .1rem .3rem #0003,0 1.2rem 3rem #0004}
h1{font:400 clamp(2rem,5.2vw,4.2rem)/1.08 Lead,Body,sans-serif;margin:0;overflow-wrap:break-word;text-wrap:balance}
.who{font-size:1.35rem;margin:.6rem 0 0}
.kind{color:var(--soft);margin:.2rem 0 0}
.state{margin:1.75rem 0 0;padding-top:1rem;border-top:.2rem solid var(--accent)}
.state strong{display:block;font-size:1.15rem}
section{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,4fr);gap:.5rem 2.5rem;
margin-top:clamp(2.25rem,5vw,3.75rem);padding-top:1rem;border-top:1px solid var(--line)}
h2{font-size:1rem;line-height:1.4;font-weight:700;margin:0;text-wrap:balance}
h3{font-size:.875rem;font-weight:700;margin:1.75rem 0 .35rem;color:var(--soft)}
section>div>:first-child{margin-top:0}
p{margin:0 0 .75rem;max-width:62ch;text-wrap:pretty}
.soft,small{color:var(--soft)}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:.2em}
a:hover{text-decoration-color:currentColor}
table{border-collapse:collapse;width:100%;font-size:.9375rem;line-height:1.45}
th,td{text-align:left;vertical-align:baseline;padding:.45rem 1.25rem .45rem 0;border-bottom:1px solid var(--line)}
th{white-space:nowrap;font-weight:400;color:var(--soft);font-size:.8125rem}
tr:last-child td{border-bottom:0}
td:last-child,th:last-child{padding-right:0}
table+p,ul+p,dl+p,pre+p{margin-top:.9rem}
.group td{font-weight:700;font-size:.875rem;color:var(--soft);padding-top:1.5rem}
.group:first-child td{padding-top:0}
.fill{width:100%}
.n{text-align:right;white-space:nowrap}
.name,.name code{white-space:nowrap}
.do{margin-top:1.5rem}
.good{color:var(--good)}.bad{color:var(--bad)}.look{color:var(--look)}
.mark{display:inline-block;width:1.25em;font-weight:700}
pre,code{font:400 .875em/1.6 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{margin:0;padding:1rem 1.15rem;background:var(--sheet);border:1px solid var(--line);white-space:pre-wrap;
overflow-wrap:anywhere}
code{overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1.5rem;margin:0;font-size:.9375rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.passed{columns:2;column-gap:2.5rem;margin:0;padding:0;list-style:none;font-size:.875rem}
.passed li{break-inside:avoid;padding:.15rem 0 .15rem 1.4em;text-indent:-1.4em}
.passed .mark{text-indent:0;width:1.4em}
.inks{display:flex;flex-wrap:wrap;gap:.9rem;margin:0;padding:0;list-style:none;font-size:.8125rem}
.inks i{display:block;width:5.5rem;height:3.5rem;border:1px solid var(--line);margin-bottom:.3rem}
.ink{display:inline-block;width:.8em;height:.8em;border:1px solid var(--line);margin-right:.45em;vertical-align:-.05em}
.pieces{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1.75rem 1.5rem;margin:1rem 0 0}
.pieces figure{margin:0}
.pieces img{max-width:100%;max-height:18rem;display:block;box-shadow:0 .1rem .3rem #0003}
figcaption{font-size:.8125rem;line-height:1.45;margin-top:.6rem;overflow-wrap:anywhere}
footer{margin-top:3.5rem;color:var(--soft);font-size:.8125rem}
@media (max-width:46rem){header,section{grid-template-columns:minmax(0,1fr)}header{align-items:start}
.passed{columns:1}.state{margin-top:1.25rem}th,td{padding-right:.8rem}
dl{grid-template-columns:5.5rem minmax(0,1fr);gap:.35rem 1rem}
.wide{display:none}}
@media (max-width:34rem){.files tr,.stores tr{display:grid;grid-template-columns:minmax(0,1fr) max-content;
padding:.45rem 0;border-bottom:1px solid var(--line)}.stores tr{grid-template-columns:minmax(0,1fr) 8.5rem 4.5rem}
.files td,.stores td{border:0;padding:0}.files .fill{order:3;grid-column:1/-1;color:var(--soft)}
.stores .fill{grid-column:1/-1}.stores td:nth-child(3),.stores th:nth-child(3){text-align:right;padding:0}
.stores th{border:0;padding:0}.stores .fill:empty,.stores th:last-child{display:none}
.files .group{border:0;padding:1.4rem 0 0}.files .group:first-child{padding-top:0}}
@page{size:A4;margin:16mm 15mm 18mm}
@media print{:root{color-scheme:light;--paper:#fff;--sheet:#fff;--ink:#000;--soft:#555;--line:#ccc;--good:#1d6b3a;
--bad:#b3261e;--look:#8a5a00;--accent:ACCENT}
html{font-size:9.5pt}body{print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{max-width:none;padding:0}header{grid-template-columns:8.5cm 1fr;gap:9mm;align-items:end}header img{box-shadow:none}
h1{font-size:2.6rem}section{grid-template-columns:3.2cm 1fr;gap:0 6mm;margin-top:7mm;padding-top:3mm}
.passed{columns:2}.wide{display:table-cell}dl{grid-template-columns:max-content 1fr}
section,tr,figure,li,pre,.inks,dd,dt,.state{break-inside:avoid}h2,h3,.group{break-after:avoid}footer{margin-top:6mm}p{orphans:3;widows:3}}
"""

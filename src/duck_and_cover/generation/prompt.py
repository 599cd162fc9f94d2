"""`prompt_of`: what a large text-to-image model is asked, in words, for art without letters.

Such models draw the words they read on covers, so neither "album cover" nor a name in quotation marks is said to one
that nobody taught better; the artist is never named, since that asks for other people's pictures of a person. What is
said: the title as a subject, a picture and a mood that suit the families of its genres, how pictures were made in its
year, the genres themselves, and that there is room for words to be set later.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from duck_and_cover.condition import Condition
from duck_and_cover.genres import mixed_families, normal

__all__ = ["AGAINST", "UNWRITTEN", "Prompt", "prompt_of"]

AGAINST = (
    "lettering, typography, text, words, letters, numbers, logo, label, signature, watermark, caption, frame, border, "
    "mockup, collage of several pictures"
)
"""Said where a pipeline takes a negative prompt."""

UNWRITTEN = "without any lettering"
"""Said where it takes none."""

MOST_TITLE_WORDS = 8
MOST_GENRES = 2

_SCENES: dict[str, tuple[str, str]] = {
    "pop": ("a figure against a plain coloured wall|a bouquet under studio light|a swimming pool seen from above",
            "bright, playful, inviting"),
    "rock": ("an empty road at dusk|a lone house on a hill|a crowd of birds over a city|a car in tall grass",
             "restless, wide, a little strange"),
    "punk": ("a boarded-up shop front at night|a broken window|a dog on a wet street",
             "raw, hard light, high contrast"),
    "indie": ("a kitchen table in morning light|a faded holiday by the sea|a window with a plant",
              "tender, hazy, unposed"),
    "metal": ("a ruined temple under a black sun|a horned figure in fog|a mountain torn open by fire|roots and bones",
              "ominous, monumental, finely detailed"),
    "hip hop": ("a street corner in long evening shadows|a still life of gold on velvet|a tower block from below",
                "confident, saturated, close"),
    "r&b": ("silk and skin tones in low light|a rainy window with city lights|a hand among flowers",
            "warm, intimate, soft"),
    "funk": ("a dancer in mid-air|a car interior of chrome and leather|a sun over a coloured skyline",
             "exuberant, sunlit, rhythmic shapes"),
    "jazz": ("a trumpet on a chair in smoke|a street in rain at night|overlapping circles and bars of colour",
             "cool, spare, deep shadows"),
    "blues": ("a porch at the edge of a field|railway tracks in heat|an old guitar case on a bench",
              "weathered, patient, warm dark tones"),
    "country": ("a fence line across a prairie|a truck under a huge sky|a motel at sunrise", "open, dusty, golden"),
    "folk": ("a hare in a winter field|a cottage among bare trees|wild flowers pressed on linen",
             "quiet, handmade, earthy"),
    "classical": ("a marble torso in side light|a still lake with one boat|an empty hall of columns",
                  "solemn, balanced, clear"),
    "electronic": ("folded sheets of coloured light|a landscape of wires and glass|a sphere breaking into particles",
                   "precise, luminous, synthetic"),
    "techno": ("a concrete stairwell under strobe light|a grid of lamps in fog|a machine part, very close",
               "stark, mechanical, nocturnal"),
    "synth": ("a coastline of neon under a low sun|a chrome face|an empty arcade at midnight",
              "glowing, nostalgic, electric"),
    "ambient": ("a horizon lost in mist|slow ripples on grey water|light falling through curtains",
                "weightless, blurred, nearly empty"),
    "experimental": ("torn paper and rust|a photograph of noise|an object that cannot be named",
                     "abrasive, abstract, off balance"),
    "reggae": ("a palm grove at golden hour|a stack of loudspeakers on a beach|a hill town in strong sun",
               "warm, hazy, vivid red, yellow and green"),
    "latin": ("a tiled courtyard at noon|a dancer's skirt in motion|a parrot among red leaves",
              "festive, rich, sun-drenched"),
    "world": ("woven patterns close up|a market street in dust and light|a river delta from the air",
              "vivid, patterned, generous"),
    "gospel": ("light breaking through clouds over a field|a stained window without figures|open hands",
               "radiant, hopeful, clear"),
    "soundtrack": ("a small figure before a vast landscape|an empty cinema in blue light|a ship between stars",
                   "epic, cinematic, wide"),
    "spoken": ("an armchair beside a lamp|a paper boat on a desk|a stage with one chair", "simple, friendly, drawn"),
}  # fmt: skip
"""Family -> pictures to choose from, and a mood."""

_ANY = ("a single object on a plain ground|a landscape under a strange sky|an abstract field of colour",
        "striking, simple")  # fmt: skip

_MEDIA: tuple[tuple[int, str], ...] = (
    (1955, "gouache illustration in a few flat inks|hand-tinted studio photograph"),
    (1965, "mid-century design of cut paper shapes|black and white photograph, deep shadows, one spot colour"),
    (1973, "ink drawing filled with saturated colours|faded Ektachrome photograph"),
    (1980, "airbrush painting with soft gradients|35 mm colour photograph, warm film grain"),
    (1990, "airbrushed illustration in hard light|studio photograph with coloured gels"),
    (2000, "cross-processed photograph, heavy grain|macro photograph in muted colours"),
    (2010, "glossy digital photograph, high contrast|flat vector-like illustration"),
    (2101, "medium format photograph, muted film colours|digital painting with visible brush strokes"),
)  # fmt: skip
"""First year after which pictures were made otherwise, and how until then."""

_ASIDE = re.compile(
    r"\s*[(\[{][^)\]}]*[)\]}]|^live (?:at|in|from|on) |[\s,:-]+(?:vol(?:ume)?|part|pt|no)\.? *[\divxlc]+$", re.I
)
_EMPTY = re.compile(
    r"(self[- ]titled|untitled|live|demo|ep|lp|single|album|anthology|greatest hits|(the )?(very )?best( of.*)?|"
    r"(the )?(complete |collected )?(works|recordings|sessions|singles)|(original )?(motion picture )?soundtrack|"
    r"(vol(ume)?|part|pt|no|number|opus|op)?[. #]*([\divxlc]+))\.?"
)
"""Titles that name nothing to be seen: numbers, kinds of releases."""


@dataclass(frozen=True)
class Prompt:
    """text: what is asked. against: what is to be kept out."""

    text: str
    against: str = AGAINST


def prompt_of(condition: Condition, seed: int, *, captioned: bool = False) -> Prompt:
    """Words for a picture. The same condition and seed give the same words, another seed chooses another picture.

    captioned:  begin as the captions of a dataset do ("album cover, thrash metal, 1988"), for a model that was taught
                by them what a cover without its letters looks like.

    >>> prompt_of(Condition({"dub": 1.0}, 1978, "Ivy Calder", "Low Tide"), 7).text.split(",")[0]
    'low tide'
    """
    luck = int.from_bytes(hashlib.sha256(f"prompt:{seed}".encode()).digest()[:8])
    families = mixed_families(condition.genres)
    main, *others = families or [""]
    scenes, mood = _SCENES.get(main, _ANY)
    luck, scene = _chosen(scenes.split("|"), luck)
    luck, medium = _chosen(_media(condition.year), luck)
    subject = _subject(condition)
    if subject and luck % 2:
        scene = ""  # the title alone, every other time: what a model makes of it may be the better picture
    second = next((_SCENES[name][1].split(", ")[0] for name in others if families[name] > 0.25), "")
    genres = sorted(condition.genres, key=lambda name: -condition.genres[name])[:MOST_GENRES]
    spirit = f"in the spirit of {' and '.join(genres)}" if genres and not captioned else ""
    known = ("album cover", *genres, str(condition.year or "")) if captioned else ()
    parts = (*known, subject, scene, medium, mood, second, spirit, "one clear subject, calm empty space around it")
    return Prompt(", ".join(dict.fromkeys(part for part in parts if part)))


def _chosen(choices: Sequence[str], luck: int) -> tuple[int, str]:
    """What is left of the luck, and the choice."""
    luck, at = divmod(luck, len(choices))
    return luck, choices[at]


def _media(year: int | None) -> list[str]:
    """How pictures were made in a year; without one, in any."""
    if year is None:
        return [medium for _, media in _MEDIA for medium in media.split("|")]
    return next(media for end, media in _MEDIA if year < end).split("|")


def _subject(condition: Condition) -> str:
    """The title as words for a picture, in small letters and without marks that ask for it to be written; "" where it
    names nothing to be seen or only the artist."""
    plain = " ".join(re.sub(r"[\"“”„«»*_|:;,]", " ", condition.album or "").split())
    plain = _ASIDE.sub("", plain).strip(" .-–—!'’").casefold()
    if _EMPTY.fullmatch(normal(plain)) or normal(plain) == normal(condition.artist or ""):
        return ""
    return " ".join(plain.split()[:MOST_TITLE_WORDS])

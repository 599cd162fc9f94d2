"""The release kit: one design as every file that a release needs, in one folder.

Files come one after the other from iterators, `digital`, `printed` and `moving`, through `reported`, which holds the
pictures for stores against their rules and ends with the report, into `write_kit`. What is for everyone lies at the top
of the folder; print and moving pieces have folders of their own.

contents.py   every file and what it is for      folder.py    a file of a kit; written whole or not at all
digital.py    the front for stores and screens   printed.py   print PDFs and soft proofs
moving.py     the loop                           reported.py  what stores say of it, and the report
"""

from duck_and_cover.design.kit.contents import FILES, PARTS, PIECES, SOMETIMES
from duck_and_cover.design.kit.digital import LARGE_PX, SIZE_PX, Kit, digital
from duck_and_cover.design.kit.folder import KitFile, Missing, check_folder, write_kit
from duck_and_cover.design.kit.moving import moving
from duck_and_cover.design.kit.printed import printed
from duck_and_cover.design.kit.reported import reported

__all__ = [
    "FILES",
    "LARGE_PX",
    "PARTS",
    "PIECES",
    "SIZE_PX",
    "SOMETIMES",
    "Kit",
    "KitFile",
    "Missing",
    "check_folder",
    "digital",
    "moving",
    "printed",
    "reported",
    "write_kit",
]

"""Duck and Cover: album covers from what you know of a record.

>>> from duck_and_cover import Album, create
>>> album = Album("Razormouth", "Cathedral of Rust", genres=("thrash metal",), year=1988)
>>> create(album, seed=4).save("cover.png")  # doctest: +SKIP
"""

from duck_and_cover.album import Album
from duck_and_cover.sleeve import Sleeve, create, create_variants

__all__ = ["Album", "Sleeve", "__version__", "create", "create_variants"]

__version__ = "0.1.0"

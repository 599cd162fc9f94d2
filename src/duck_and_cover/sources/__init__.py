"""Ask the world: one file a service, one protocol (`source.py`), and `http`, the only outward socket."""

"""Everything of a release beside its front: back, spines, labels, cards; each drawn from the same style, in millimetres."""

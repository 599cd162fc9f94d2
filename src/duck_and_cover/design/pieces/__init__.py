"""Everything of a release beside its front: backs, spines, labels, cards, in its style and in millimetres."""

"""Room 4: networks only, one self-contained file a family."""

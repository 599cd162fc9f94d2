"""Colour: palettes, where they come from, and the inks that words are printed in."""

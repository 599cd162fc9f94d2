"""Shapes: outlines, their crossings and offsets, and the pixels they cover."""

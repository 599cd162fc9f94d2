"""Type: from a line of text to outlines, and what a sign writer does to them."""

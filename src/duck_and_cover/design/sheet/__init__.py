"""The sheet: paper and grain, solid ink on it, and what is held back beneath words."""

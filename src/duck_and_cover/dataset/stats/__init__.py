"""What a dataset holds: statistics.py (numbers), mixtures.py (palettes), contact.py (thumbnails), page.py (all)."""

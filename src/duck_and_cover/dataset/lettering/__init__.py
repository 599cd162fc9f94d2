"""What is written on covers.

ocr.py      the eye for words                   finding.py  over a whole dataset, resumable
lines.py    artist, title, case, colours        page.py     covers with and without, to look at
"""

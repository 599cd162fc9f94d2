"""Covers that were gathered become a dataset.

candidates.py  from a catalog, tables, folders        twins.py    the same picture twice; near ones on one side
screening.py   is it a cover?                         journal.py  what is done, over kill -9
                                                      build.py    all of it, in order
"""

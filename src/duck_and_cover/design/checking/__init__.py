"""The stores' rules.

stores.py   who demands what, with sources       rules.py    the rules as data
opened.py   a file as a store receives it        sharpness.py, margins.py, codes.py   what is seen on it
words.py    what is read on it                   check.py    all rules on one picture
verdicts.py the same by store
"""

from duck_and_cover.design.checking.check import Finding, Report, check
from duck_and_cover.design.checking.rules import RULES
from duck_and_cover.design.checking.stores import STORES
from duck_and_cover.design.checking.verdicts import StoreVerdict, by_store

__all__ = ["RULES", "STORES", "Finding", "Report", "StoreVerdict", "by_store", "check"]

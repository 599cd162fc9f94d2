"""The kit's report: one page that says what was asked, what was made, and what stores will say.

told.py      what a report tells, as data        command.py   the command line that makes a cover again
page.py      the page                            sections.py, tables.py   its parts
look.py      its style sheet and letters         card.py      what a model card says
"""

from duck_and_cover.design.report.command import command
from duck_and_cover.design.report.page import page
from duck_and_cover.design.report.told import GROUPS, Entry, Nearest, Told

__all__ = ["GROUPS", "Entry", "Nearest", "Told", "command", "page"]

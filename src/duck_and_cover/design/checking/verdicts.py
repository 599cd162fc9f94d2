"""What a report of all rules means to each store: whether it takes the picture, and what it refuses it for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duck_and_cover.design.checking.check import Finding, Report
from duck_and_cover.design.checking.rules import RULES, demanding
from duck_and_cover.design.checking.stores import STORES, Store

__all__ = ["StoreVerdict", "by_store"]


@dataclass(frozen=True)
class StoreVerdict:
    """What one store says of a picture.

    refused:  findings for which it refuses it.
    doubts:   findings that a person should look at.
    unseen:   names of its rules that were not looked at.    held: how many hold.
    """

    store: Store
    refused: tuple[Finding, ...]
    doubts: tuple[Finding, ...]
    unseen: tuple[str, ...]
    held: int

    @property
    def asked(self) -> int:
        """How many of the rules the store demands."""
        return self.held + len(self.refused) + len(self.doubts) + len(self.unseen)

    @property
    def takes(self) -> bool:
        """Whether nothing that was looked at speaks against the picture."""
        return not self.refused


def by_store(report: Report, stores: Sequence[Store] = STORES) -> tuple[StoreVerdict, ...]:
    """A verdict a store, in the order of the stores. report: of all rules, as `check` gives it."""
    return tuple(_verdict(report, store) for store in stores)


def _verdict(report: Report, store: Store) -> StoreVerdict:
    own = [each for each in report.findings if store.name in each.stores]
    failed = [each for each in own if each.state == "failed"]
    unseen = tuple(each.rule for each in own if each.state == "not looked at")
    demanded = sum(bool(demanding(RULES[each.rule], (store,))) for each in report.findings)
    return StoreVerdict(
        store,
        tuple(each for each in failed if each.rule != "spelling"),  # a reader may err by a letter
        tuple(each for each in failed if each.rule == "spelling"),
        unseen,
        demanded - len(failed) - len(unseen),
    )

"""The rules of automation that a desk keeps, read once and asked often."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import define, field

from itsmkit.plugin import Record, Store
from itsmkit.plugin.queries import MAX_PAGE

if TYPE_CHECKING:
    from itsmkit.practices.automation import Rule, RuleSet

__all__ = ["RULE_RECORDS", "RuleBook"]

RULE_RECORDS = "automation rule"
"""The kind of records that rules are kept as."""


@define(eq=False)
class RuleBook:
    """
    The rules of one desk, as values.

    To ask costs one read of their records; what has not changed is not read into values again. Threads may
    share it: both make the same.
    """

    _known: "Mapping[str, tuple[int, Rule]]" = field(factory=dict, init=False)
    _rules: "RuleSet | None" = field(default=None, init=False)

    def rules(self, store: Store) -> "RuleSet | None":
        """Return the rules that are kept in *store*, as of now; ``None`` if there are none."""
        records = _records(store)
        if not records:
            return None  # and what rules are made of is not loaded
        known, rules = self._known, self._rules
        versions = {each.id: each.version for each in records}
        if rules is not None and versions == {name: version for name, (version, _) in known.items()}:
            return rules
        from itsmkit.practices.automation import RuleSet  # noqa: PLC0415  # as above

        fresh = {each.id: (each.version, self.of(each)) for each in records}
        self._rules = rules = RuleSet(rule for _, rule in fresh.values())
        self._known = fresh
        return rules

    def of(self, record: Record) -> "Rule":
        """Return the rule of a record."""
        from itsmkit.desk._rule_kind import RULE  # noqa: PLC0415  # as above

        known = self._known.get(record.id)
        return RULE.of(record) if known is None or known[0] != record.version else known[1]


def _records(store: Store) -> list[Record]:
    found: list[Record] = []
    while True:
        page = store.records(RULE_RECORDS, after=found[-1].id if found else "", limit=MAX_PAGE)
        found += page
        if len(page) < MAX_PAGE:
            return found

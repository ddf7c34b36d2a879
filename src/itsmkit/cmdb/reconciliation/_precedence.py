"""Whose value of an attribute holds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.cmdb.class_model import OWN_NAME
from itsmkit.cmdb.reconciliation._content import told
from itsmkit.cmdb.reconciliation._rulings import Rulings
from itsmkit.cmdb.reconciliation.rules import ANY_SOURCE, CI_CLASS, PrecedenceRule
from itsmkit.cmdb.reconciliation.staging import AttributeLock
from itsmkit.cmdb.reconciliation.values import EffectiveValue, RejectedValue
from itsmkit.cmdb.source_record import SourceRecord

__all__ = ["Precedence", "Records"]

Records = Sequence[SourceRecord]
"""The records of one item that count, the newest first; of one time, by origin."""

Locks = Mapping[str, AttributeLock]


@frozen(eq=False)
class Precedence:
    """
    The values that hold at an instant.

    Args:
        rulings: The rules.
        now: The instant.
    """

    rulings: Rulings
    now: datetime

    def class_of(self, records: Records) -> SourceRecord:
        """
        Return the record whose class holds: by precedence; else the most specific one, or the newest.

        Where the rules let none of these sources say it, it is as if there were no rule: an item has a class.
        """
        if len(records) == 1 or len({record.ci_class for record in records}) == 1:
            return records[0]
        common = self.rulings.nearest_common(record.ci_class for record in records)
        rule = self.rulings.precedence_of(common, CI_CLASS)
        writers = self._writers(records, rule)
        if rule is not None and writers:
            return writers[0]
        return next((record for record in records if record.ci_class == common), records[0])

    def values_of(self, ci_class: str, records: Records) -> tuple[str | None, Mapping[str, object]]:
        """Return the name that holds, if any, and the attributes."""
        precedence_of = self.rulings.precedence_of
        if len(records) == 1 and not self.rulings.rules.precedence:
            (record,) = records
            values = record.attributes
            return record.name, {
                n: v for n, v in values.items() if v is not None
            } if None in values.values() else values
        orders: dict[int, Records] = {id(None): records}  # rules are compared field by field, which is slow
        found: dict[str, object] = {}
        names = dict.fromkeys(name for record in records for name in record.attributes)
        for name in names:
            rule = precedence_of(ci_class, name)
            writers = orders.get(id(rule))
            if writers is None:
                writers = orders[id(rule)] = self._writers(records, rule)
            for record in writers:
                value = record.attributes.get(name)
                if value is not None:
                    found[name] = value
                    break
        writers = self._writers(records, precedence_of(ci_class, OWN_NAME))
        return next((record.name for record in writers if record.name is not None), None), found

    def _writers(self, records: Records, rule: PrecedenceRule | None) -> Records:
        """Return the records that may write, those that are believed first at the beginning."""
        if rule is None:
            return records
        ranks = {source: rank for rank, source in enumerate(rule.sources)}
        others = ranks.get(ANY_SOURCE)
        ranked = [
            (self._is_late(record, rule), rank, record)
            for record in records
            if (rank := ranks.get(record.source, others)) is not None
        ]
        ranked.sort(key=lambda each: each[:2])
        return [record for _, _, record in ranked]

    def _is_late(self, record: SourceRecord, rule: PrecedenceRule) -> bool:
        # The difference of instants cannot overflow, where their sum can.
        return rule.valid_for is not None and self.now - record.seen_at >= rule.valid_for

    # -- why ---------------------------------------------------------------------------------------

    def provenance(
        self, ci: str, ci_class: str, records: Records, locks: Locks = EMPTY
    ) -> Iterator[EffectiveValue]:
        """Go through all that is said of an item: its name, its class, then its attributes, sorted."""
        attributes = {
            name for record in records for name, value in record.attributes.items() if value is not None
        }
        for name in (OWN_NAME, CI_CLASS, *sorted(attributes | (locks.keys() - {OWN_NAME, CI_CLASS}))):
            found = self._provenance(ci, ci_class, name, records, locks.get(name))
            if found is not None:
                yield found

    def _provenance(
        self, ci: str, ci_class: str, name: str, records: Records, lock: AttributeLock | None
    ) -> EffectiveValue | None:
        """Return what holds; ``None`` if nobody who may say so does, and nothing has to."""
        asked = ci_class
        if name == CI_CLASS:
            asked = self.rulings.nearest_common(record.ci_class for record in records)
        rule = self.rulings.precedence_of(asked, name)
        said = [record for record in records if _said(record, name) is not None]
        writers = list(self._writers(said, rule))
        winner, because = (writers[0], self._because(writers[0], rule)) if writers else (None, "")
        if name == CI_CLASS and (rule is None or winner is None):
            winner = self.class_of(records)
            same = all(record.ci_class == winner.ci_class for record in records)
            specific = winner.ci_class == asked
            because = "all say so" if same else "it is the most specific" if specific else "it is the newest"
        if lock is not None:
            until = "" if lock.expires is None else f" until {lock.expires}"
            reason = f": {lock.reason}" if lock.reason else ""
            rejected = [self._rejected(each, name, rule, None, lock.value) for each in said]
            return EffectiveValue(
                name, lock.value, None, None, None, f"locked by {lock.author}{until}{reason}", rejected
            )
        if winner is None:
            if name != OWN_NAME:
                return None
            rejected = [self._rejected(each, name, rule, None, None) for each in said]
            return EffectiveValue(name, ci, None, None, None, "nobody who may gives it a name", rejected)
        value = _said(winner, name)
        rejected = [self._rejected(each, name, rule, winner, value) for each in said if each is not winner]
        return EffectiveValue(name, value, winner.source, winner.key, winner.seen_at, because, rejected)

    def _because(self, winner: SourceRecord, rule: PrecedenceRule | None) -> str:
        if rule is None:
            return "it is the newest"
        late = ", though it is not fresh, as no other is" if self._is_late(winner, rule) else ""
        return f"{rule}{late}"

    def _rejected(
        self,
        record: SourceRecord,
        name: str,
        rule: PrecedenceRule | None,
        winner: SourceRecord | None,
        value: object,
    ) -> RejectedValue:
        own = _said(record, name)
        if told(own) == told(value):
            because = "says the same"
        elif rule is not None and record.source not in rule.sources and ANY_SOURCE not in rule.sources:
            because = f"{rule} does not name it"
        elif winner is None:
            because = "it is locked"
        elif rule is not None and self._is_late(record, rule) and not self._is_late(winner, rule):
            because = f"it is not fresh: last seen at {record.seen_at}"
        elif rule is not None and record.source != winner.source:
            because = f"stands behind {winner.source}"
        elif name == CI_CLASS and rule is None:
            because = "it is less specific, or older"
        else:
            because = "it is older" if record.seen_at < winner.seen_at else "it comes later by source and key"
        return RejectedValue(own, record.source, record.key, record.seen_at, because)


def _said(record: SourceRecord, name: str) -> object:
    if name == OWN_NAME:
        return record.name
    return record.ci_class if name == CI_CLASS else record.attributes.get(name)

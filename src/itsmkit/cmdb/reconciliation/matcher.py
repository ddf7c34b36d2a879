"""Which item one further record is of: the mode of one record at a time."""

from datetime import datetime

from itsmkit.cmdb.class_model import OPEN_MODEL, ClassModel
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.reconciliation._deciding import lacking, nobody_else
from itsmkit.cmdb.reconciliation._identities import new_id
from itsmkit.cmdb.reconciliation.decision import IdentificationDecision, Outcome, RejectedEntry
from itsmkit.cmdb.reconciliation.engine import reconcile
from itsmkit.cmdb.reconciliation.outcome import Reconciliation
from itsmkit.cmdb.reconciliation.rules import ReconciliationRules
from itsmkit.cmdb.reconciliation.staging import StagingArea
from itsmkit.cmdb.source_record import SourceRecord

__all__ = ["Matcher"]


class Matcher:
    """
    Tells at once which item a record is of, without reconciling everything again.

    The surest entry of which the record knows everything is tried: one match is the item, none leads to the
    next entry, several are duplicates. So the answers depend on the order of the records, as what comes first
    cannot know what comes later: a record with a serial number and a name may be found by its name while
    nobody else knows its serial number. `reconcile` gives the answer that does not depend on it.

    Args:
        staging: What is known already. It does not change; what is matched, is to be put there.
        rules: As for `reconcile`.
        model: As for `reconcile`.
        now: As for `reconcile`.

    Raises:
        DefinitionError: As for `reconcile`.

    Example:
        >>> from datetime import UTC
        >>> from itsmkit.cmdb.reconciliation import IdentificationRule
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> web = SourceRecord("netbox", "17", "host", "web", {"serial": "X1"}, seen_at=noon)
        >>> rules = ReconciliationRules([IdentificationRule("host", [["serial"], ["name"]])])
        >>> matcher = Matcher(StagingArea().with_records([web]), rules, now=noon)
        >>> print(matcher.match(SourceRecord("scan", "a9", "host", "WEB", seen_at=noon)).explain())
        record 'a9' of scan: updated as netbox:17
        by name 'web', as netbox '17'
        not by serial: serial is not known
    """

    def __init__(
        self,
        staging: StagingArea,
        rules: ReconciliationRules,
        *,
        model: ClassModel = OPEN_MODEL,
        now: datetime,
    ) -> None:
        self._known = reconcile(staging, rules, model=model, now=now)

    @property
    def known(self) -> Reconciliation:
        """What is known already, reconciled."""
        return self._known

    def match(self, record: SourceRecord) -> IdentificationDecision:
        """
        Return which item a record is of, and why.

        A record that nothing else is like is of the item that its source told of by this key before, if any.
        """
        known, identification = self._known, self._known._identification
        origin = record.origin
        if not known.model.knows(record.ci_class):
            return IdentificationDecision(origin, Outcome.LEFT_OUT)
        owner, entries = identification.entries_of(record)
        own = identification.numbers.get(origin)
        rejected: list[RejectedEntry] = []
        for level, entry in enumerate(entries):
            keys = identification.keys_of(record, entry)
            if not keys:
                rejected.append(lacking(identification, record, entry))
                continue
            groups = {key: identification.groups.get((owner, level, key), []) for key in keys}
            others = {
                number: ci
                for numbers in groups.values()
                for number in numbers
                if number != own
                and (entry.joins_one_source or identification.records[number].source != record.source)
                and (ci := known._ids.get(identification.labels[number])) is not None
            }
            if others:
                sizes = {
                    ci: -len(identification.clusters[identification.labels[n]]) for n, ci in others.items()
                }
                found = sorted(sizes, key=lambda ci: (sizes[ci], ci))
                several = len(found) > 1
                return IdentificationDecision(
                    origin,
                    Outcome.DUPLICATES if several else Outcome.UPDATED,
                    found[0],
                    entry,
                    sorted(identification.shown(key) for key in keys if others.keys() & set(groups[key])),
                    identification.origins(others),
                    rejected,
                    found if several else (),
                )
            who = "nothing that is created" if any(groups.values()) else "nothing else"
            rejected.append(nobody_else(entry, map(identification.shown, keys), who))
        ci = known.ci_of(*origin)
        if ci is not None:
            return IdentificationDecision(origin, Outcome.UPDATED, ci, rejected=rejected)
        if not identification.rulings.may_create(record.source, record.ci_class):
            return IdentificationDecision(origin, Outcome.PARKED, rejected=rejected)
        taken = frozenset[CIId](known.identities.values())
        return IdentificationDecision(origin, Outcome.CREATED, new_id(origin, taken), rejected=rejected)

"""What is known before an import: a desk that holds a configuration and the staging area beside it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from json import dumps
from pathlib import Path

from attrs import evolve

from itsmkit._documents import toml_text
from itsmkit.cmdb import ConfigurationItem, standard_class_model
from itsmkit.cmdb.configuration_document import ConfigurationDocument
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, ConfigurationView, RecordKey
from itsmkit.cmdb.mapping_form import load_configuration, to_mapping
from itsmkit.cmdb.reconciliation import ReconciliationRules, StagingArea, load_staging, staging_lines
from itsmkit.desk import OWN_SOURCE, ConfigurationRules, Desk, DeskConfig, InMemoryStore, Reconciled
from itsmkit.tickets import Actor

__all__ = ["Known"]

_ACTOR = Actor("import")


class Known:
    """
    A configuration and a staging area as a desk holds them.

    Args:
        desk: The desk.
        document: The configuration as it was read.
    """

    def __init__(self, desk: Desk, document: ConfigurationDocument) -> None:
        self.desk = desk
        self._document = document

    @classmethod
    def load(cls, into: Path, kept: Path, rules: ReconciliationRules | None, now: datetime) -> "Known":
        """Return what the files hold; those that are not there yet hold nothing."""
        document = (
            load_configuration(into) if into.exists() else ConfigurationDocument(model=standard_class_model())
        )
        area = load_staging(kept) if kept.exists() else StagingArea()
        asked = ConfigurationRules(
            document.model, document.levels, strict=False, reconciliation=rules or ReconciliationRules()
        )
        store = InMemoryStore()
        with store.begin() as unit:
            unit.save_staging(area, expected=0)
            # As it is, faults and all: an import is no judge of what stands there.
            unit.record(_events(document, area, now), after=0)
        desk = Desk(evolve(DeskConfig.standard(), cmdb=asked), store=store, clock=lambda: now)
        return cls(desk.acting_as(_ACTOR), document)

    def texts(self, result: Reconciled, into: Path, kept: Path) -> dict[Path, str]:
        """Return what is to be written. Of what is timeless, all stays so; what is the same, is left."""
        lines = staging_lines(self.desk.discovery.staging())
        texts = {kept: "".join(f"{line}\n" for line in lines)}
        if into.exists() and not result.events:
            return texts
        plain = to_mapping(self._after(result))
        as_json = into.suffix.lower() == ".json"
        text = dumps(plain, indent=2, ensure_ascii=False) + "\n" if as_json else toml_text(plain)
        return {into: text, **texts}

    def idle_states(self, result: Reconciled) -> tuple[str, ...]:
        """List the seeds and overrides that are left out because their items are gone."""
        there = _ids(self._records(result.after))
        states = [("seed", each.ci) for each in self._document.seeds]
        states += [("override", each.ci) for each in self._document.overrides]
        return tuple(f"{what} of {ci}: left out; it is gone" for what, ci in states if ci not in there)

    def _after(self, result: Reconciled) -> ConfigurationDocument:
        records = list(self._records(result.after))
        there = _ids(records)
        return evolve(
            self._document,
            records=records,
            seeds=[each for each in self._document.seeds if each.ci in there],
            overrides=[each for each in self._document.overrides if each.ci in there],
        )

    def _records(self, view: ConfigurationView) -> Iterator[ConfigurationRecord]:
        timed = {each.key for each in self._document.records if each.since or each.until}
        for key in view.timeline.keys:
            if key in timed:
                for version in view.timeline.spans(key):
                    yield evolve(version.event.record, since=version.since, until=version.until)
            elif key in view.events:
                yield evolve(view.events[key].record, since=None, until=None)


def _ids(records: Iterable[ConfigurationRecord]) -> set[str]:
    return {each.value.id for each in records if isinstance(each.value, ConfigurationItem)}


def _events(document: ConfigurationDocument, area: StagingArea, now: datetime) -> list[ConfigurationEvent]:
    """Return the records of a document as events, each said when the staging area first knew it, or now."""
    said = [(_said_at(record, area, now), record) for record in document.records]
    said.sort(key=lambda each: each[0])
    counts: Counter[RecordKey] = Counter()
    events: list[ConfigurationEvent] = []
    for at, record in said:
        counts[record.key] += 1
        events.append(ConfigurationEvent(record, counts[record.key], at, _ACTOR.id, ""))
    return events


def _said_at(record: ConfigurationRecord, area: StagingArea, now: datetime) -> datetime:
    item = record.value
    if not isinstance(item, ConfigurationItem) or record.sources:
        return now
    known = area.records.get((OWN_SOURCE, item.id))
    if known is None or (known.ci_class, known.name, known.attributes) != (
        item.ci_class,
        item.name,
        item.attributes,
    ):
        return now
    return min(known.seen_at, now)

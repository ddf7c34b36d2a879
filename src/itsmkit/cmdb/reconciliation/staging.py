"""What all sources say at present, before anybody decides what is so: the input of a reconciliation."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc_if_any, named, utc
from itsmkit._frozen import EMPTY, FrozenDict, deeply_frozen
from itsmkit._problems import instance_problems, is_name, items_problems, name_problems, names_problems
from itsmkit.cmdb._attributes import lasting
from itsmkit.cmdb.class_model import ANY_CLASS, OWN_NAME
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.reconciliation._content import content_of, evidently_same, first_of
from itsmkit.cmdb.reconciliation.rules import CI_CLASS
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.seed import several
from itsmkit.cmdb.source_record import SourceRecord, SourceRelation
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph
    from itsmkit.cmdb.reconciliation.outcome import Reconciliation

__all__ = ["AttributeLock", "Origin", "StagingArea", "records_of"]

Origin = tuple[str, str]
"""The source of a record, and what the source knows it by."""


def _frozen(mapping: Mapping[Any, Any]) -> FrozenDict[Any, Any]:
    return mapping if type(mapping) is FrozenDict else FrozenDict(mapping)


@frozen
class AttributeLock:
    """
    Somebody's word for what an attribute is, whatever the sources say.

    Args:
        ci: The configuration item.
        attribute: The attribute; ``"name"`` is its name and ``"ci_class"`` its class.
        value: What it is; not ``None``.
        author: The id of who says so.
        reason: Why.
        expires: Until when it holds, not included, aware; ``None`` until it is taken away. Kept in UTC.

    Raises:
        DefinitionError: With all that is wrong: a name is none, *value* is ``None`` or can change, *expires*
            is naive.
    """

    ci: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    attribute: str = field(validator=named)
    value: object = field(converter=deeply_frozen)
    author: str = field(validator=named)
    reason: str = ""
    expires: datetime | None = field(default=None, converter=in_utc_if_any, validator=optional(aware_instant))

    def __attrs_post_init__(self) -> None:
        problems: list[str] = []
        if self.value is None:
            problems.append("value: None is no value; take the lock away, to leave it to the sources")
        elif self.attribute in {OWN_NAME, CI_CLASS}:
            problems += name_problems("value", self.value)
        try:
            lasting({self.attribute: self.value})
        except DefinitionError as error:
            problems += error.problems
        if problems:
            raise DefinitionError(*(f"lock of {self.ci}, {self.attribute}: {each}" for each in problems))

    @property
    def key(self) -> tuple[CIId, str]:
        """What it is known by: the item and the attribute."""
        return self.ci, self.attribute

    def holds_at(self, instant: datetime) -> bool:
        """Tell whether it holds at *instant*, aware."""
        return self.expires is None or instant < self.expires

    def __str__(self) -> str:
        until = "" if self.expires is None else f" until {self.expires}"
        return f"{self.attribute} of {self.ci} is {shortened(self.value)}, by {self.author}{until}"


@frozen
class StagingArea:
    """
    The newest record of each origin, and what else a reconciliation has to know.

    It is a value: each method returns a new one. In which order records arrive does not matter, nor how
    often. Of two of one origin and one instant that do not say the same, the one whose text comes first is
    taken, and the other is kept beside it, so that a reconciliation can tell of both.

    It is made by its methods, from ``StagingArea()`` on.

    Args:
        records: The newest record of each origin.
        contradictions: The other records of an origin that are as new and say something else, sorted.
        loads: When a source was last loaded in full, by its name and the class that was loaded, or ``"*"``.
        locks: What people have said, by item and attribute.
        identities: Which item a record was found to be, as known from before.
    """

    records: Mapping[Origin, SourceRecord] = field(default=EMPTY, converter=_frozen)
    contradictions: Mapping[Origin, tuple[SourceRecord, ...]] = field(
        default=EMPTY, converter=_frozen, kw_only=True
    )
    loads: Mapping[tuple[str, str], datetime] = field(default=EMPTY, converter=_frozen, kw_only=True)
    locks: Mapping[tuple[CIId, str], AttributeLock] = field(default=EMPTY, converter=_frozen, kw_only=True)
    identities: Mapping[Origin, CIId] = field(default=EMPTY, converter=_frozen, kw_only=True)

    def with_records(self, records: Iterable[SourceRecord]) -> "StagingArea":
        """
        Return this area with further records. Those that are older than what is there change nothing.

        Raises:
            DefinitionError: With each of them that is no `SourceRecord`, or if there are not several.
        """
        given = tuple(several(records, "records"))
        problems = [
            problem
            for number, each in enumerate(given)
            if type(each) is not SourceRecord
            for problem in instance_problems(f"records[{number}]", each, SourceRecord)
        ]
        if problems:
            raise DefinitionError(*problems)
        newest = dict(self.records)
        contradictions = dict(self.contradictions)
        for each in given:
            origin = each.source, each.key
            known = newest.get(origin)
            if known is None or each.seen_at > known.seen_at:
                newest[origin] = each
                contradictions.pop(origin, None)
            elif each.seen_at == known.seen_at and not evidently_same(each, known):
                told: dict[str, SourceRecord] = {}
                for one in (known, *contradictions.get(origin, ()), each):
                    text = content_of(one)
                    told[text] = first_of(told.get(text, one), one)
                newest[origin], *others = (told[text] for text in sorted(told))
                if others:
                    contradictions[origin] = tuple(others)
        return evolve(self, records=newest, contradictions=contradictions)

    def without_records(self, origins: Iterable[Origin]) -> "StagingArea":
        """Return this area without the records of these origins, and without their identities."""
        gone = frozenset(origins)
        return evolve(
            self,
            records=_without(self.records, gone),
            contradictions=_without(self.contradictions, gone),
            identities=_without(self.identities, gone),
        )

    def with_full_load(
        self, source: str, at: datetime, ci_classes: str | Iterable[str] = ()
    ) -> "StagingArea":
        """
        Return this area with the word that all that a source knows was loaded.

        What the source told of before, and was last seen before *at*, it no longer knows. An earlier load
        than the last changes nothing.

        Args:
            source: The name of the source.
            at: When the load began, aware, so that whatever was in it was seen then or later.
            ci_classes: The classes that were loaded, each with those below it; none for everything.

        Raises:
            DefinitionError: If *source* or a class is no name, or *at* is naive.
        """
        classes = (ci_classes,) if isinstance(ci_classes, str) else tuple(ci_classes)
        problems = [*name_problems("source", source), *names_problems("ci_classes", classes)]
        if problems:
            raise DefinitionError(*problems)
        instant = utc(at, "at")
        loads = dict(self.loads)
        for name in classes or (ANY_CLASS,):
            loads[source, name] = max(instant, loads.get((source, name), instant))
        return evolve(self, loads=loads)

    def with_lock(self, *locks: AttributeLock) -> "StagingArea":
        """Return this area with locks, each in place of one of the same item and attribute."""
        problems = [*items_problems("locks", locks, AttributeLock)]
        if problems:
            raise DefinitionError(*problems)
        return evolve(self, locks={**self.locks, **{each.key: each for each in locks}})

    def without_lock(self, ci: CIId, attribute: str) -> "StagingArea":
        """Return this area without the lock of an attribute; if there is none, as it is."""
        return evolve(self, locks=_without(self.locks, frozenset({(ci, attribute)})))

    def with_identities(self, identities: Mapping[Origin, CIId]) -> "StagingArea":
        """
        Return this area with the word of which items records are, in place of what it knew of them.

        Raises:
            DefinitionError: With each id that is no name.
        """
        problems = [
            problem
            for (source, key), ci in identities.items()
            if not is_name(ci)
            for problem in name_problems(f"identity of record {key!r} of {source}", ci)
        ]
        if problems:
            raise DefinitionError(*problems)
        return evolve(self, identities={**self.identities, **identities})

    def with_configuration(
        self, graph: "ConfigurationGraph", source: str, seen_at: datetime
    ) -> "StagingArea":
        """
        Return this area with what a configuration holds as the records of a source, and their identities.

        Args:
            graph: The configuration.
            source: What it is called as a source, such as ``"cmdb"``.
            seen_at: As of when it holds, aware.
        """
        return self.with_records(records_of(graph, source, seen_at)).with_identities(
            {(source, item.id): item.id for item in graph.items}
        )

    def after(self, reconciliation: "Reconciliation") -> "StagingArea":
        """
        Return this area with what a reconciliation found out: which items the records are.

        What was to be deleted is gone, unless a newer record of it has arrived meanwhile.
        """
        gone = [
            origin
            for origin, record in reconciliation.deleted.items()
            if origin not in self.records or self.records[origin].seen_at <= record.seen_at
        ]
        return self.with_identities(reconciliation.identities).without_records(gone)


def _without(mapping: Mapping[Any, Any], keys: frozenset[Any]) -> Mapping[Any, Any]:
    if keys.isdisjoint(mapping):
        return mapping
    return FrozenDict((key, value) for key, value in mapping.items() if key not in keys)


def records_of(graph: "ConfigurationGraph", source: str, seen_at: datetime) -> tuple[SourceRecord, ...]:
    """
    Return what a configuration says, as the records of a source; the key of each is the id of its item.

    Relations that lead to nothing are left out. What only a graph can say, the effects of single relations
    and redundancy sets, is no part of any record.

    Args:
        graph: The configuration.
        source: What it is called as a source.
        seen_at: As of when it holds, aware.
    """
    relations: dict[CIId, list[Relation]] = {}
    for each in graph.relations:
        if each.source in graph and each.target in graph:
            relations.setdefault(each.source, []).append(each)
    return tuple(_record_of(item, source, seen_at, relations.get(item.id, ())) for item in graph.items)


def _record_of(item: Any, source: str, seen_at: datetime, relations: Iterable[Relation]) -> SourceRecord:
    return SourceRecord(
        source,
        item.id,
        item.ci_class,
        item.name,
        item.attributes,
        seen_at=seen_at,
        relations=tuple(_relations(relations)),
    )


def _relations(relations: Iterable[Relation]) -> Iterator[SourceRelation]:
    for each in relations:
        yield SourceRelation(each.type, each.target, qualifier=each.qualifier, attributes=each.attributes)

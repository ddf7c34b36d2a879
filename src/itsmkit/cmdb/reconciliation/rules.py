"""
By which rules records of several sources become one configuration.

Which records are of one item is said by *identification*, whose value holds by *precedence*, and what becomes
of what a source no longer tells by the policy of the *source*.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import FrozenDict, as_tuple
from itsmkit._problems import distinct_problems, items_problems, name_problems, names_problems, shown
from itsmkit.cmdb.class_model import ANY_CLASS, OWN_NAME
from itsmkit.errors import DefinitionError

__all__ = [
    "ANY_SOURCE",
    "CI_CLASS",
    "IdentificationRule",
    "IdentifierEntry",
    "PLACEHOLDERS",
    "PrecedenceRule",
    "ReconciliationRules",
    "SourcePolicy",
]

ANY_SOURCE = "*"
"""Stands for every other source, at the end of those that are authorised."""

CI_CLASS = "ci_class"
"""What the class of an item is called where rules and locks speak of values; its name is ``"name"``."""

PLACEHOLDERS = (
    "-",
    "0",
    "00000000",
    "0123456789",
    "123456789",
    "1234567890",
    "00000000-0000-0000-0000-000000000000",
    "00:00:00:00:00:00",
    "03000200-0400-0500-0006-000700080009",
    "ff:ff:ff:ff:ff:ff",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "Base Board Serial Number",
    "Chassis Serial Number",
    "Default",
    "Default string",
    "empty",
    "INVALID",
    "localhost",
    "localhost.localdomain",
    "N/A",
    "NA",
    "nil",
    "none",
    "Not Applicable",
    "Not Available",
    "Not Specified",
    "null",
    "O.E.M.",
    "OEM",
    "System Serial Number",
    "TBD",
    "To Be Filled By O.E.M.",
    "undefined",
    "unknown",
    "xxxxxxxx",
)
"""What firmware and forms say where there is nothing to say. That it is these is our choice."""

_WHEN_STALE = ("keep", "ignore", "retire", "delete")


def _raise(what: str, problems: Iterable[str]) -> None:
    told = [f"{what}: {problem}" for problem in problems]
    if told:
        raise DefinitionError(*told)


@frozen
class IdentifierEntry:
    """
    What tells one item from another, if all of it is known.

    Args:
        attributes: Attributes of the item itself; ``"name"`` is its name.
        lookup: The kind of a part by which it can be recognised, such as ``"network adapter"``, or ``None``.
        lookup_attributes: What of such a part must be the same: ``("mac",)``. An item with several parts can
            be recognised by any of them.
        parent: For what is identified within something else: the relation that leads there, as it is said of
            the item, by its name or its inverse: an application ``"runs_on"`` its host, a disk is
            ``"contained_in"`` it. ``None`` for what stands on its own.
        within_source: Whether it unites records of one source too, although their keys say that they are two.
            By default every entry does but the name alone: the same serial number twice is one thing told
            twice, and the same name often is not, as racks of two sites show.

    Raises:
        DefinitionError: With all that is wrong: a name is none or stands twice, there is neither an attribute
            nor a part, or one of *lookup* and *lookup_attributes* stands without the other.

    >>> print(IdentifierEntry(["name"], parent="runs_on"))
    name, runs_on
    """

    attributes: tuple[str, ...] = field(default=(), converter=as_tuple)
    lookup: str | None = None
    lookup_attributes: tuple[str, ...] = field(default=(), converter=as_tuple)
    parent: str | None = None
    within_source: bool | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _raise("identifier entry", self._problems())

    def _problems(self) -> Iterator[str]:
        yield from names_problems("attributes", self.attributes)
        yield from names_problems("lookup_attributes", self.lookup_attributes)
        for name in ("lookup", "parent"):
            if getattr(self, name) is not None:
                yield from name_problems(name, getattr(self, name))
        if self.lookup is not None and not self.lookup_attributes:
            yield f"lookup_attributes: say what of a {self.lookup!r} must be the same"
        if self.lookup is None and self.lookup_attributes:
            yield "lookup: say of which kind of part the lookup_attributes are"
        if not self.attributes and self.lookup is None:
            yield "attributes: at least one attribute is needed, or a lookup"
        if not is_a(self.within_source, bool, type(None)):
            yield f"within_source: must be True, False or None, not {shown(self.within_source)}"

    @property
    def lone_attribute(self) -> str | None:
        """The attribute that tells items apart all by itself, if it is such an entry."""
        is_lone = len(self.attributes) == 1 and self.lookup is None and self.parent is None
        return self.attributes[0] if is_lone else None

    @property
    def joins_one_source(self) -> bool:
        """Tell whether it unites records of one source too: see *within_source*."""
        if self.within_source is None:
            return self.lone_attribute != OWN_NAME
        return self.within_source

    def __str__(self) -> str:
        parts = [*self.attributes, *(f"{self.lookup} {name}" for name in self.lookup_attributes)]
        return ", ".join(parts if self.parent is None else [*parts, self.parent])


def _entries(given: Iterable[object]) -> tuple[object, ...]:
    """Take a list of attributes for the entry of these attributes."""
    return tuple(IdentifierEntry(each) if is_a(each, list, tuple) else each for each in as_tuple(given))


@frozen
class IdentificationRule:
    """
    How the items of a class are told apart.

    It holds for the class and for those below it that have no rule of their own. Items are only ever compared
    with those under the same rule.

    Args:
        ci_class: The class; ``"*"`` for those of which nothing else is said.
        entries: What tells them apart, the surest first. A list of attributes stands for the entry of these.

    Raises:
        DefinitionError: With all that is wrong: a name that is none, no entry or one that stands twice.
    """

    ci_class: str
    entries: tuple[IdentifierEntry, ...] = field(converter=_entries)

    def __attrs_post_init__(self) -> None:
        _raise(f"identification of {self.ci_class!r}", self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("ci_class", self.ci_class)
        if not self.entries:
            yield "entries: at least one is needed"
        yield from items_problems("entries", self.entries, IdentifierEntry)
        yield from distinct_problems("entries", map(str, self.entries))


@frozen
class PrecedenceRule:
    """
    Which sources may say what an attribute is, and which of them is believed first.

    A rule for an attribute goes before one for all attributes, and one for a class before one for a class
    above it. Where no rule says anything, the newest record is believed.

    Args:
        sources: The sources, the best first; ``"*"`` at the end stands for all others, of which the newest is
            believed. What is not among them never writes.
        ci_class: The class, which stands for those below it too; ``"*"`` for any.
        attributes: The attributes, ``"name"`` and ``"ci_class"`` among them; none for all of which no rule
            says anything else.
        valid_for: How long a record counts as fresh after it was seen; ``None`` for ever. A source whose
            record is no longer fresh stands behind all that are.

    Raises:
        DefinitionError: With all that is wrong: a name that is none or stands twice, no source, ``"*"``
            before another, or *valid_for* no longer than no time.
    """

    sources: tuple[str, ...] = field(converter=as_tuple)
    ci_class: str = ANY_CLASS
    attributes: tuple[str, ...] = field(default=(), converter=as_tuple)
    valid_for: timedelta | None = None

    def __attrs_post_init__(self) -> None:
        _raise(f"precedence of {self.ci_class!r}", self._problems())

    def _problems(self) -> Iterator[str]:
        yield from names_problems("sources", self.sources)
        yield from name_problems("ci_class", self.ci_class)
        yield from names_problems("attributes", self.attributes)
        if not self.sources:
            yield "sources: at least one is needed"
        if ANY_SOURCE in self.sources[:-1]:
            yield f"sources: {ANY_SOURCE!r} stands for all others, so it must be the last"
        if self.valid_for is not None:
            yield from _span_problems("valid_for", self.valid_for, timedelta.resolution)

    def __str__(self) -> str:
        of = f"{', '.join(self.attributes)} of " if self.attributes else ""
        return f"precedence of {of}{self.ci_class}: {', '.join(self.sources)}"


@frozen
class SourcePolicy:
    """
    What a source may do, and what becomes of what it no longer tells.

    Args:
        source: The name of the source.
        may_not_create: Classes of which it may say something about items that others know, but bring no new
            ones; those below them too, and ``"*"`` for all. What it brings all the same waits until a source
            that may do so brings it too.
        when_stale: What becomes of a record that was not in the last full load of the source. ``"keep"`` lets
            it count as before. ``"ignore"`` lets its values count only for items of which nobody else says
            anything. ``"retire"`` lets it count no more; an item without another record is retired.
            ``"delete"`` does the same, and forgets the record.
        retention: How long after it was last seen this happens at the earliest.

    Raises:
        DefinitionError: With all that is wrong: a name that is none or stands twice, an unknown
            *when_stale*, a negative *retention*.
    """

    source: str
    may_not_create: tuple[str, ...] = field(default=(), converter=as_tuple)
    when_stale: str = "keep"
    retention: timedelta = timedelta()

    def __attrs_post_init__(self) -> None:
        _raise(f"source {self.source!r}", self._problems())

    def _problems(self) -> Iterator[str]:
        yield from name_problems("source", self.source)
        if self.source == ANY_SOURCE:
            yield "source: stands for every source; name each of those that are meant"
        yield from names_problems("may_not_create", self.may_not_create)
        if self.when_stale not in _WHEN_STALE:
            yield f"when_stale: must be one of {', '.join(_WHEN_STALE)}, not {shown(self.when_stale)}"
        yield from _span_problems("retention", self.retention, timedelta())


def _span_problems(path: str, span: object, least: timedelta) -> Iterator[str]:
    if not isinstance(span, timedelta):
        yield f"{path}: must be a timedelta, not {shown(span)}"
    elif span < least:
        yield f"{path}: must not be negative{' or zero' if least else ''}, but is {span}"


@frozen
class ReconciliationRules:
    """
    All rules by which records become one configuration. Without any, those of the class model identify.

    Args:
        identification: How items are told apart. A class for which there is no rule, nor for one above it, is
            identified by the ``identifiers`` of the class model.
        precedence: Which sources are believed.
        sources: What single sources may do.
        placeholders: Texts that identify nothing, compared without regard to case and spaces.

    Raises:
        DefinitionError: With all that is wrong: something of another kind, two rules for the same.
    """

    identification: tuple[IdentificationRule, ...] = field(default=(), converter=as_tuple)
    precedence: tuple[PrecedenceRule, ...] = field(default=(), converter=as_tuple)
    sources: tuple[SourcePolicy, ...] = field(default=(), converter=as_tuple)
    placeholders: tuple[str, ...] = field(default=PLACEHOLDERS, converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        kinds = {
            "identification": IdentificationRule,
            "precedence": PrecedenceRule,
            "sources": SourcePolicy,
            "placeholders": str,
        }
        wrong = [
            problem
            for name, kind in kinds.items()
            for problem in items_problems(name, getattr(self, name), kind)
        ]
        if wrong:
            yield from wrong
            return
        yield from distinct_problems("identification", (each.ci_class for each in self.identification))
        yield from distinct_problems("sources", (each.source for each in self.sources))
        said = [
            f"{name} of {each.ci_class}"
            for each in self.precedence
            for name in each.attributes or ("all attributes",)
        ]
        yield from distinct_problems("precedence", said)

    @cached_property
    def policies(self) -> Mapping[str, SourcePolicy]:
        """The policies by the names of their sources."""
        return FrozenDict((each.source, each) for each in self.sources)

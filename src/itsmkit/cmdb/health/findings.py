"""What can be wrong with the data of a configuration, beside what its graph finds."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from attrs import field, frozen

from itsmkit._documents import duration_text
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.findings import AttributeFault
from itsmkit.cmdb.health.confidence import SourceConfidence
from itsmkit.cmdb.history.records import RecordKey
from itsmkit.cmdb.history.view import facts_of
from itsmkit.cmdb.relation import Relation
from itsmkit.conditions import Condition, Explanation, explain

__all__ = [
    "AsymmetricMember",
    "DoubtfulRecord",
    "DuplicateItem",
    "DuplicateRelation",
    "MarkedDuplicate",
    "MissingAttributes",
    "NotAsDesired",
    "Orphan",
    "RelationOfDuplicate",
    "StaleRecord",
    "UnusedRecord",
    "WrongAttributes",
]


@frozen
class MissingAttributes:
    """
    Attributes that an item of its class must or should have, and has no value for.

    Args:
        ci: The configuration item.
        ci_class: Its class.
        attributes: The names of what is missing, sorted.
        asked: Whether they are required, or only recommended.
    """

    ci: CIId
    ci_class: str
    attributes: tuple[str, ...]
    asked: Literal["required", "recommended"]

    def __str__(self) -> str:
        missing = ", ".join(map(repr, self.attributes))
        verb = "is" if len(self.attributes) == 1 else "are"
        return (
            f"configuration item {self.ci}: {missing} {verb} {self.asked} of class {self.ci_class!r}, and "
            "missing; fill in"
        )


@frozen
class WrongAttributes:
    """
    Attributes of an item that its class does not know, or whose values are none.

    Args:
        ci: The configuration item.
        faults: Each of them, sorted by attribute.
    """

    ci: CIId
    faults: tuple[AttributeFault, ...]

    def __str__(self) -> str:
        start = f"configuration item {self.ci}: "
        return start + "; ".join(str(each).removeprefix(start) for each in self.faults)


@frozen
class Orphan:
    """
    An item without any of the relations of which one of its class needs at least one.

    A relation to what is not there, or to itself, is none.

    Args:
        ci: The configuration item.
        ci_class: Its class.
        relation_types: The types of which one would do, from either end.
    """

    ci: CIId
    ci_class: str
    relation_types: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"configuration item {self.ci}: an orphan, for class {self.ci_class!r} asks for "
            f"{' or '.join(self.relation_types)}; relate it, or remove it"
        )


@frozen
class StaleRecord:
    """
    An item or a relation that no source has seen for longer than its class lets it go unseen.

    Args:
        subject: What has not been seen.
        last_seen: When it was last.
        age: How long ago that is.
        stale_after: How long it may go unseen.
    """

    subject: RecordKey
    last_seen: datetime
    age: timedelta
    stale_after: timedelta

    def __str__(self) -> str:
        return (
            f"{self.subject}: last seen {self.last_seen.isoformat(sep=' ')}, {duration_text(self.age)} ago, "
            f"where {duration_text(self.stale_after)} is allowed; have it discovered again, or end it"
        )


@frozen
class DuplicateItem:
    """
    An item that has the same identifier as others of its kind, so that nobody can tell them apart.

    Args:
        ci: The configuration item.
        identifier: The attributes that should tell it from others.
        values: What it has for them.
        others: Those that have the same, sorted.
    """

    ci: CIId
    identifier: tuple[str, ...]
    values: tuple[object, ...]
    others: tuple[CIId, ...]

    def __str__(self) -> str:
        same = ", ".join(
            f"{name} {value!r}" for name, value in zip(self.identifier, self.values, strict=True)
        )
        return (
            f"configuration item {self.ci}: has {same}, as {', '.join(self.others)} too; merge what is one, "
            "or correct what tells them apart"
        )


@frozen
class MarkedDuplicate:
    """
    An item that is marked as the duplicate of another.

    Args:
        ci: The configuration item.
        main: What its attribute ``duplicate_of`` says.
        is_there: Whether there is such an item.
    """

    ci: CIId
    main: str
    is_there: bool

    def __str__(self) -> str:
        if self.is_there:
            return (
                f"configuration item {self.ci}: is marked as a duplicate of {self.main}; merge it into that"
            )
        return (
            f"configuration item {self.ci}: is marked as a duplicate of {self.main}, which is not there; "
            "correct the mark, or remove it"
        )


@frozen
class DuplicateRelation:
    """
    A relation that says what others say already.

    Args:
        relation: The relation.
        others: The relations that say it, sorted.
    """

    relation: Relation
    others: tuple[Relation, ...]

    def __str__(self) -> str:
        others = ", ".join(map(str, self.others))
        return (
            f"relation {self.relation}: says what {others} says; remove it, or tell it apart by a qualifier "
            "of its own"
        )


@frozen
class RelationOfDuplicate:
    """
    A relation of an item that is marked as the duplicate of another.

    Args:
        relation: The relation.
        marked: The ends that are marked, each with what it is a duplicate of.
    """

    relation: Relation
    marked: tuple[tuple[CIId, str], ...]

    def __str__(self) -> str:
        told = " and ".join(f"{ci} is a duplicate of {main}" for ci, main in self.marked)
        mains = " and ".join(main for _, main in self.marked)
        return f"relation {self.relation}: {told}; relate {mains} instead"


@frozen
class AsymmetricMember:
    """
    A member of a group of providers that lacks relations which all others of its class in the group have.

    Args:
        ci: The member.
        dependent: Whose provider it is.
        group: The name of the redundancy set, or of the rule of the class.
        siblings: The other members of its class, sorted.
        lacking: What it lacks: each the type of a relation, and which end of it the member would be.
    """

    ci: CIId
    dependent: CIId
    group: str
    siblings: tuple[CIId, ...]
    lacking: tuple[tuple[str, Literal["source", "target"]], ...]

    def __str__(self) -> str:
        lacks = " or ".join(f"{name} (as {end})" for name, end in self.lacking)
        verb = "has" if len(self.siblings) == 1 else "have"
        return (
            f"configuration item {self.ci}: in group {self.group!r} of {self.dependent}, it has no relation "
            f"{lacks}, which {', '.join(self.siblings)} {verb}; add it, or say that it is another class"
        )


@frozen
class NotAsDesired:
    """
    An item that is not as a rule asks.

    Args:
        item: The configuration item.
        rule: The name of the rule.
        must: What the rule asks for.
    """

    item: ConfigurationItem = field(repr=False)
    rule: str
    must: Condition = field(repr=False)

    @property
    def explanation(self) -> Explanation:
        """Why it is not."""
        return explain(self.must, facts_of(self.item))

    def __str__(self) -> str:
        because = "; ".join(each.sentence for each in self.explanation.because)
        return (
            f"configuration item {self.item.id}: not as {self.rule!r} asks: {because}; change it, or exempt "
            "it from the rule"
        )


@frozen
class DoubtfulRecord:
    """
    An item or a relation of which no source that says so is believed enough any more.

    Args:
        subject: What is doubtful.
        age: How long ago they saw it.
        sources: How much each of them is believed, by name, sorted.
        least: How much is enough.
    """

    subject: RecordKey
    age: timedelta
    sources: tuple[tuple[str, SourceConfidence], ...]
    least: Fraction

    @property
    def source(self) -> str:
        """The source that is believed most, the first by name of several."""
        return max(self.sources, key=lambda each: each[1].after(self.age))[0]

    @property
    def confidence(self) -> Fraction:
        """How much that one is believed, after all this time."""
        return max(each.after(self.age) for _, each in self.sources)

    def __str__(self) -> str:
        return (
            f"{self.subject}: {self.source} is believed by {_share(self.confidence)} only, where "
            f"{_share(self.least)} is asked for; have it confirmed"
        )


@frozen
class UnusedRecord:
    """
    An item or a relation that took part in no decision.

    Args:
        subject: What nobody needed.
    """

    subject: RecordKey

    def __str__(self) -> str:
        return f"{self.subject}: took part in no decision; ask whether it needs to be kept"


def _share(share: Fraction) -> str:
    """Return a share in percent, rounded down: what is not enough never looks as if it were."""
    thousandths = share * 1000 // 1
    return f"{thousandths // 10}.{thousandths % 10} %"

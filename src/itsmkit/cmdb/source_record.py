"""What one source says of one configuration item, before anybody decides which item that is."""

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import EMPTY, as_tuple
from itsmkit._problems import items_problems
from itsmkit.cmdb._attributes import lasting
from itsmkit.errors import DefinitionError

__all__ = ["LookUp", "SourceRecord", "SourceRelation"]


@frozen
class LookUp:
    """
    A part by which an item can be recognised, of which it may have several.

    Args:
        kind: What it is, such as ``"network adapter"`` or ``"serial number"``.
        attributes: What is known of it, by name: ``{"mac": "00:16:3e:0a:0b:0c"}``.

    Raises:
        DefinitionError: If *kind* is empty or has spaces around it, or an attribute can change.
    """

    kind: str = field(validator=named)
    attributes: Mapping[str, object] = field(default=EMPTY, converter=lasting)


@frozen
class SourceRelation:
    """
    A relation between two records of one source.

    Args:
        type: The name of the relation type.
        other: The key of the other record in the same source.
        from_other: Whether it leads from the other record to this one; by default, it leads there.
        qualifier: What tells several of one type between the same two apart.
        attributes: What else is known of it.

    Raises:
        DefinitionError: If *type* or *other* is empty or has spaces around it, or an attribute can change.
    """

    type: str = field(validator=named)
    other: str = field(validator=named)
    from_other: bool = field(default=False, kw_only=True)
    qualifier: str = field(default="", kw_only=True)
    attributes: Mapping[str, object] = field(default=EMPTY, converter=lasting, kw_only=True)


@frozen
class SourceRecord:
    """
    What one source says of one configuration item.

    Args:
        source: The name of the source, such as ``"netbox"``.
        key: What the source knows it by; unique within the source, and the same each time.
        ci_class: The class that the item has by this source.
        name: What the source calls the item, or ``None`` if it has no name for it.
        attributes: What else the source knows of it, by name. What is ``None`` or left out it does not know.
        seen_at: When the source last saw it, aware. Kept in UTC.
        lookups: The parts by which it can be recognised.
        relations: Its relations to other records of the source. Each need be told at one end only.

    Raises:
        DefinitionError: With all that is wrong: a text is empty or has spaces around it, *seen_at* is naive,
            an attribute can change, or *lookups* or *relations* are something else.
    """

    source: str = field(validator=named)
    key: str = field(validator=named)
    ci_class: str = field(validator=named)
    name: str | None = field(default=None, validator=optional(named))
    attributes: Mapping[str, object] = field(default=EMPTY, converter=lasting)
    seen_at: datetime = field(converter=in_utc, validator=aware_instant, kw_only=True)
    lookups: tuple[LookUp, ...] = field(default=(), converter=as_tuple, kw_only=True)
    relations: tuple[SourceRelation, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems: list[str] = []
        for name, kind in (("lookups", LookUp), ("relations", SourceRelation)):
            problems += items_problems(name, getattr(self, name), kind)
        if problems:
            raise DefinitionError(*(f"{self}: {problem}" for problem in problems))

    @property
    def origin(self) -> tuple[str, str]:
        """The source and the key: what tells it from every other record."""
        return self.source, self.key

    def __str__(self) -> str:
        return f"record {self.key!r} of {self.source}"

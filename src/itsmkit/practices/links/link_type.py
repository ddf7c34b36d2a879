"""Types of links, as data: how both ends are called, what may be linked, what moves along."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, distinct_problems, name_problems, names_problems
from itsmkit.errors import DefinitionError
from itsmkit.practices.links.cascade import Cascade, unfit_for_timers
from itsmkit.tickets import Link, Ticket

__all__ = [
    "FULFILLED_BY",
    "LinkEnd",
    "LinkType",
    "SPLIT_FROM",
    "STANDARD_LINK_TYPES",
    "end_called",
    "link_types_problems",
    "unknown_moves",
]


@frozen
class LinkType:
    """
    A type of links between tickets.

    Args:
        name: How the link is read from its source: the parent is ``"parent_of"`` the child.
        inverse: How it is read from its target: the child is ``"child_of"`` the parent. The same as *name*
            if it has no direction.
        source_kinds: The kinds of work that may be at its source; empty for any.
        target_kinds: The same, of its target.
        has_one_source: Whether a ticket is the target of one such link at most.
        has_one_target: Whether a ticket is the source of one such link at most.
        is_acyclic: Whether links must not lead back to where they began.
        cascades: What moves along such links; nothing, if nothing is declared.

    Raises:
        DefinitionError: With all that cannot be right.
    """

    name: str
    inverse: str
    source_kinds: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    target_kinds: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    has_one_source: bool = field(default=False, kw_only=True)
    has_one_target: bool = field(default=False, kw_only=True)
    is_acyclic: bool = field(default=False, kw_only=True)
    cascades: tuple[Cascade, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        yield from unfit_for_timers("name", self.name)
        yield from name_problems("inverse", self.inverse)
        yield from names_problems("source_kinds", self.source_kinds)
        yield from names_problems("target_kinds", self.target_kinds)
        yield from distinct_problems("cascades", (cascade.name for cascade in self.cascades))
        if self.name == self.inverse and (self.is_acyclic or self.has_one_source or self.has_one_target):
            yield f"the links {self.name!r} have no direction, so that no end of them can be the only or last"
        if self.cascades and not self.is_acyclic:
            yield (
                f"what moves along the links {self.name!r} may come back for ever: "
                "set `is_acyclic`, or leave the cascades out"
            )

    @property
    def is_symmetric(self) -> bool:
        """Whether both ends are the same."""
        return self.name == self.inverse

    def called(self, *, is_source: bool) -> str:
        """Return how the link is read from one of its ends."""
        return self.name if is_source else self.inverse


class LinkEnd(NamedTuple):
    """
    A link as it is read from one end.

    Args:
        link_type: Its type.
        is_source: Whether this end is the source. Both are, where there is no direction.
    """

    link_type: LinkType
    is_source: bool

    @property
    def name(self) -> str:
        """How it is read."""
        return self.link_type.called(is_source=self.is_source)

    @property
    def opposite(self) -> "LinkEnd":
        """The other end."""
        return LinkEnd(self.link_type, self.link_type.is_symmetric or not self.is_source)

    def of(self, ticket: Ticket) -> tuple[Link, ...]:
        """Return the links of *ticket* of which it is at this end."""
        name, is_source = self.link_type.name, self.is_source
        return tuple(link for link in ticket.links if (link.link_type, link.is_source) == (name, is_source))


def end_called(link_types: Iterable[LinkType], name: str) -> LinkEnd:
    """
    Return the end of links that is called *name*, such as ``"child_of"``.

    Raises:
        DefinitionError: If none of *link_types* has such an end, with the closest that there is.
    """
    ends = {
        each.called(is_source=is_source): LinkEnd(each, is_source)
        for each in reversed([*link_types])
        for is_source in (False, True)
    }
    if name in ends:
        return ends[name]
    problem = f"unknown link {name!r}; {close_to(name, ends)}"
    raise DefinitionError(problem)


def link_types_problems(path: str, link_types: Iterable[LinkType]) -> Iterator[str]:
    """List the names of ends that stand more than once."""
    named = [(each.name,) if each.is_symmetric else (each.name, each.inverse) for each in link_types]
    yield from distinct_problems(path, (name for names in named for name in names))


def unknown_moves(path: str, link_types: Iterable[LinkType], triggers: Iterable[str]) -> Iterator[str]:
    """List the moves of cascades that are none of *triggers*, such as those of all workflows of a desk."""
    known = sorted({*triggers})
    for link_type in link_types:
        for cascade in link_type.cascades:
            for move in (cascade.on_trigger, cascade.trigger):
                if move is not None and move not in known:
                    yield (
                        f"{path}: the cascade {cascade.name!r} of {link_type.name!r} names a move {move!r} "
                        f"that no workflow of the desk has; {close_to(move, known)}"
                    )


SPLIT_FROM = "split_from"
"""The type of the link from a ticket to the one that it was split from."""

FULFILLED_BY = "fulfilled_by"
"""The type of the link from an order to each of its tasks."""

STANDARD_LINK_TYPES = (
    LinkType("parent_of", "child_of", has_one_source=True, is_acyclic=True),
    LinkType("duplicate_of", "duplicated_by", has_one_target=True, is_acyclic=True),
    LinkType("caused_by", "cause_of", is_acyclic=True),
    LinkType("resolved_by", "resolves", target_kinds=["problem", "change", "release"], is_acyclic=True),
    LinkType("follow_up_of", "followed_up_by", has_one_target=True, is_acyclic=True),
    LinkType("blocks", "blocked_by", is_acyclic=True),
    LinkType(SPLIT_FROM, "split_into", has_one_target=True, is_acyclic=True),
    LinkType(FULFILLED_BY, "fulfils", target_kinds=["task"], has_one_source=True, is_acyclic=True),
    LinkType("related_to", "related_to"),
)
"""The types that a desk has unless it says otherwise. Nothing moves along any of them."""

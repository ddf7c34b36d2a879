"""
The categories of a desk, as a tree.

A category has an identifier that never changes. What a ticket is given is the path of identifiers from the
top, such as ``"network/wifi"``, as the tree stood then. So a ticket says by itself what it belongs to: each
part of the path is a fact of it, ``category.network`` and ``category.wifi``, and a condition on a category
holds for all below it.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

import attrs
from attrs import frozen

from itsmkit._checks import is_a
from itsmkit._frozen import FrozenDict, as_tuple
from itsmkit._problems import close_to, distinct_problems, shown
from itsmkit.errors import DefinitionError

__all__ = ["Category", "CategoryTree", "MAX_LEVELS"]

MAX_LEVELS = 12
"""How deep a tree may be. Whoever has to choose is lost long before."""

_SEPARATOR = "/"


@frozen
class Category:
    """
    A category.

    Args:
        id: What it is known by, for ever: a name without ``/``. The path of a ticket's category is made of
            these.
        label: What people read; by default, the identifier.
        parent: The category above; ``None`` at the top. May change from version to version.
        active: Whether tickets may be given it.
        successor: Into which category it was merged; who gives this one, gives that.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    id: str
    label: str = attrs.field()
    parent: str | None = attrs.field(default=None, kw_only=True)
    active: bool = attrs.field(default=True, kw_only=True)
    successor: str | None = attrs.field(default=None, kw_only=True)

    @label.default
    def _same_as_id(self) -> str:
        return self.id

    def __attrs_post_init__(self) -> None:
        problems = []
        if not is_a(self.id, str) or not self.id or self.id != self.id.strip() or _SEPARATOR in self.id:
            problems.append(
                f"id must be a name without surrounding spaces and without {_SEPARATOR}, not {shown(self.id)}"
            )
        if not is_a(self.label, str) or not self.label.strip():
            problems.append(f"label must be a text that can be read, not {shown(self.label)}")
        if not is_a(self.active, bool):
            problems.append(f"active must be true or false, not {shown(self.active)}")
        problems += (
            f"{name} must be the id of a category, not {shown(value)}"
            for name, value in (("parent", self.parent), ("successor", self.successor))
            if value is not None and not is_a(value, str)
        )
        if problems:
            raise DefinitionError(*problems)


@frozen
class CategoryTree:
    """
    The categories of a desk, in a version.

    What moves keeps its identifier and gets another parent. What is given up stays in the tree, retired, or
    with a successor: tickets of long ago have it.

    Args:
        version: Counted from 1; one more with each change.
        nodes: The categories, in the order in which people see them.

    Raises:
        DefinitionError: With everything that is wrong: a parent or successor that there is not, a way that
            leads in a circle, a tree deeper than `MAX_LEVELS`, a successor that is given up itself.

    >>> tree = CategoryTree(
    ...     2,
    ...     [
    ...         Category("network", "Network"),
    ...         Category("wifi", "Wireless", parent="network"),
    ...         Category("wlan", successor="wifi"),
    ...     ],
    ... )
    >>> tree.path("wlan"), tree.path("infrastructure/wifi")
    ('network/wifi', 'network/wifi')
    >>> tree.path("wify")
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: there is no category 'wify'; did you mean 'wifi'?
    """

    version: int
    nodes: tuple[Category, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [
            f"nodes[{place}]: must be a Category, not {shown(node)}"
            for place, node in enumerate(self.nodes)
            if not is_a(node, Category)
        ]
        if type(self.version) is not int or self.version < 1:
            problems.append(f"version must be a whole number from 1 on, not {shown(self.version)}")
        if not problems:
            problems = [*distinct_problems("nodes", (node.id for node in self.nodes)), *self._wrong_ways()]
        if problems:
            raise DefinitionError(*problems)

    def _wrong_ways(self) -> Iterator[str]:
        for node in self.nodes:
            for name, other in (("parent", node.parent), ("successor", node.successor)):
                if other is not None and other not in self.by_id:
                    yield f"{node.id}.{name}: there is no category {other!r}; {close_to(other, self.by_id)}"
        for node in self.nodes:
            above = self._ways(node.id, "parent")
            if above is None:
                yield f"{node.id}.parent: leads in a circle; let one of it stand at the top"
            elif len(above) > MAX_LEVELS:
                yield f"{node.id}.parent: stands {len(above)} levels deep; {MAX_LEVELS} are the most"
            later = self._ways(node.id, "successor")
            if later is None:
                yield f"{node.id}.successor: leads in a circle; let one of it have none"
            elif len(later) > 1 and later[-1] in self.by_id and not self.by_id[later[-1]].active:
                yield f"{node.id}.successor: {later[-1]!r} is retired; name one that is not"

    def _ways(self, start: str, name: str) -> tuple[str, ...] | None:
        """Return all ids from *start* on along an attribute; ``None`` if they lead in a circle."""
        found = {start: None}
        here = self.by_id[start]
        while (onward := getattr(here, name)) in self.by_id:
            if onward in found:
                return None
            found[onward] = None
            here = self.by_id[onward]
        return tuple(found)

    @cached_property
    def by_id(self) -> Mapping[str, Category]:
        """The categories by their ids."""
        return FrozenDict({node.id: node for node in self.nodes})

    @cached_property
    def _paths(self) -> Mapping[str, str]:
        """The path of each category, its own and not that of its successor."""
        return FrozenDict(
            {node.id: _SEPARATOR.join(reversed(self._ways(node.id, "parent") or ())) for node in self.nodes}
        )

    def current(self, category: str) -> str | None:
        """
        Return the path at which a category stands now: that of its successor, if it was merged.

        Args:
            category: An id, or the path of a ticket of any time, of which the last part counts.

        Returns:
            ``None`` if the tree has never known it.
        """
        name = category.rpartition(_SEPARATOR)[2]
        if name not in self.by_id:
            return None
        return self._paths[(self._ways(name, "successor") or (name,))[-1]]

    def path(self, category: object) -> str:
        """
        Return the path of a category that tickets may be given now.

        Args:
            category: An id, or a path of any time, of which the last part counts.

        Raises:
            DefinitionError: If there is none, or it is retired; it says which was meant.
        """
        if not isinstance(category, str):
            problem = f"a category must be the text of its id or path, not {shown(category)}"
            raise DefinitionError(problem)
        found = self.current(category)
        if found is None:
            hint = close_to(category.rpartition(_SEPARATOR)[2], self.by_id)
            problem = f"there is no category {category!r}; {hint}"
            raise DefinitionError(problem)
        node = self.by_id[found.rpartition(_SEPARATOR)[2]]
        if not node.active:
            beside = [each.id for each in self.nodes if each.parent == node.parent and each.active]
            hint = f"choose one of {', '.join(beside)}" if beside else "choose another"
            problem = f"category {found!r} is retired; {hint}"
            raise DefinitionError(problem)
        return found

    def below(self, category: str) -> tuple[Category, ...]:
        """Return the categories right below one, by its id, in their order; those at the top for ``""``."""
        return tuple(node for node in self.nodes if node.parent == (category or None))

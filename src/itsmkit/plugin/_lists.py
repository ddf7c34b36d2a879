"""Which plugins are kept out: by the host's lists, and by the environment, which wins over them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from attrs import frozen

from itsmkit.errors import DefinitionError
from itsmkit.plugin._candidates import Candidate
from itsmkit.plugin._names import canonical, did_you_mean

__all__ = ["AUTOLOAD", "DISABLE", "Lists"]

AUTOLOAD = "ITSMKIT_PLUGINS_AUTOLOAD"
"""The variable that, set to ``0``, keeps out every installed plugin that is not asked for by name."""

DISABLE = "ITSMKIT_PLUGINS_DISABLE"
"""The variable that lists, separated by commas, plugins and distributions to keep out."""


@frozen
class Lists:
    """
    The lists that decide which plugins may be used; names are in canonical form.

    Args:
        allow: The only installed ones that may be used, or ``None`` for all of them.
        block: Those that the host keeps out.
        disabled: Those that the environment keeps out.
        autoload: Whether installed ones may be used that are not asked for by name.
    """

    allow: frozenset[str] | None
    block: frozenset[str]
    disabled: frozenset[str]
    autoload: bool

    @classmethod
    def of(cls, allow: Iterable[str] | None, block: Iterable[str], environ: Mapping[str, str]) -> Self:
        """
        Return the lists that a host and its environment make.

        Raises:
            DefinitionError: If `AUTOLOAD` is neither ``0`` nor ``1``.
        """
        autoload = environ.get(AUTOLOAD, "1")
        if autoload not in {"0", "1"}:
            problem = f"{AUTOLOAD} is {autoload!r}; set it to 0 (load no plugin unasked) or 1"
            raise DefinitionError(problem)
        return cls(
            None if allow is None else _canonical_names(allow),
            _canonical_names(block),
            _canonical_names(environ.get(DISABLE, "").split(",")),
            autoload == "1",
        )

    def objection(self, candidate: Candidate) -> str | None:
        """Return why *candidate* is kept out, or ``None`` if it is not."""
        if not self.disabled.isdisjoint(candidate.aliases):
            return f"{DISABLE} names it"
        if not self.block.isdisjoint(candidate.aliases):
            return "block names it"
        if (
            self.allow is not None
            and candidate.distribution is not None
            and self.allow.isdisjoint(candidate.aliases)
        ):
            return "allow does not name it"
        return None

    @property
    def names(self) -> frozenset[str]:
        """Return every name that stands in a list."""
        return self.block | self.disabled | (self.allow or frozenset())

    def unknown(self, candidates: Iterable[Candidate]) -> Iterator[str]:
        """Yield a sentence for every listed name that none of *candidates* bears."""
        known = frozenset[str]().union(*(each.aliases for each in candidates))
        for title, names in ("allow", self.allow or ()), ("block", self.block), (DISABLE, self.disabled):
            for name in sorted(set(names) - known):
                yield f"{title} names {name!r}, and no plugin is called so{did_you_mean(name, known)}"


def _canonical_names(names: Iterable[str]) -> frozenset[str]:
    # A single name is text, and so an iterable of letters: a slip that must not open or close doors.
    listed = (names,) if isinstance(names, str) else names
    return frozenset(canonical(name.strip()) for name in listed if name.strip())

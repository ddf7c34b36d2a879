"""How well a configuration item works: a finite chain of levels, and what of a level goes on to others."""

from collections.abc import Mapping
from itertools import pairwise

from attrs import field, frozen

from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import close_to, names_problems, shown
from itsmkit.errors import DefinitionError

__all__ = ["Effect", "IGNORED", "LevelChain", "SAME", "STANDARD_LEVELS", "capped"]


@frozen
class LevelChain:
    """
    The levels that a configuration item can be at, from the best to the worst.

    Args:
        names: At least two names, each once. The first is that of what works, the last of what does not.

    Raises:
        DefinitionError: With every problem: less than two levels, and each name that is none or stands twice.

    >>> STANDARD_LEVELS.up, STANDARD_LEVELS.down
    ('up', 'down')
    >>> LevelChain(["clear", "warning", "minor", "major", "critical"]).number("major")
    3
    """

    names: tuple[str, ...] = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = list(names_problems("names", self.names))
        if len(self.names) < 2:
            problems.append(f"names: at least two levels are needed, not {self.names!r}")
        if problems:
            raise DefinitionError(*problems)

    @property
    def up(self) -> str:
        """Return the best level: everything works."""
        return self.names[0]

    @property
    def down(self) -> str:
        """Return the worst level: nothing works."""
        return self.names[-1]

    @property
    def top(self) -> int:
        """Return the number of the worst level."""
        return len(self.names) - 1

    def number(self, level: str) -> int:
        """Return the place of *level*, 0 being the best. Raises `DefinitionError` if there is none."""
        try:
            return self.names.index(level)
        except ValueError:
            problem = f"no level {level!r}; {close_to(level, self.names)}"
            raise DefinitionError(problem) from None


STANDARD_LEVELS = LevelChain(("up", "degraded", "down"))
"""The levels to start with."""


@frozen
class Effect:
    """
    What a dependent feels of each level of a provider: a map from levels to levels that never falls.

    Args:
        to: What is felt, by the level of the provider. A level that is not named is felt as the next better
            one that is; if there is none, not at all. An empty mapping is no effect at all.
        same: Every level is felt as it is; *to* is then left out.

    Raises:
        DefinitionError: If both are given. That the levels are known, and that the map never falls, is
            checked against a chain by `problems`.

    >>> effect = Effect({"down": "degraded"})
    >>> effect.table(STANDARD_LEVELS)
    (0, 0, 1)
    >>> capped("degraded").table(STANDARD_LEVELS)
    (0, 1, 1)
    """

    to: Mapping[str, str] = field(default=EMPTY, converter=frozen_dict)
    same: bool = False
    cap: str | None = None

    def __attrs_post_init__(self) -> None:
        if (bool(self.to), self.same, self.cap is not None).count(True) > 1:
            problem = (
                "an effect is a map of levels, the same or capped: only one of to, same and cap can be given"
            )
            raise DefinitionError(problem)

    def problems(self, levels: LevelChain) -> tuple[str, ...]:
        """List what is wrong with this effect on *levels*: unknown levels, and a map that falls."""
        mentioned = [*self.to, *self.to.values(), *([] if self.cap is None else [self.cap])]
        unknown = [
            f"effect: no level {level!r}; {close_to(level, levels.names)}"
            for level in dict.fromkeys(mentioned)
            if level not in levels.names
        ]
        if unknown:
            return tuple(unknown)
        if self.to.get(levels.up, levels.up) != levels.up:
            return (f"effect: {levels.up!r} is felt as {self.to[levels.up]!r}; it does no harm",)
        return tuple(
            f"effect: {worse!r} is felt as {self.to[worse]!r}, {better!r} as {self.to[better]!r}; "
            "what is worse must never be felt less"
            for better, worse in pairwise(sorted(self.to, key=levels.number))
            if levels.number(self.to[worse]) < levels.number(self.to[better])
        )

    def table(self, levels: LevelChain) -> tuple[int, ...]:
        """
        Return the number of the level that is felt, for each level of *levels*.

        Raises:
            DefinitionError: With each of the `problems`.
        """
        problems = self.problems(levels)
        if problems:
            raise DefinitionError(*problems)
        numbers = range(levels.top + 1)
        if self.same:
            return tuple(numbers)
        if self.cap is not None:
            most = levels.number(self.cap)
            return tuple(min(number, most) for number in numbers)
        felt, table = 0, []
        for name in levels.names:
            felt = levels.number(self.to[name]) if name in self.to else felt
            table.append(felt)
        return tuple(table)

    def __str__(self) -> str:
        if self.same:
            return "same"
        if self.cap is not None:
            return f"at most {self.cap}"
        return ", ".join(f"{level} as {felt}" for level, felt in self.to.items()) or "none"


def capped(level: str) -> Effect:
    """Return the effect of what is felt as it is, but never worse than *level*."""
    return Effect(cap=level)


SAME = Effect(same=True)
"""What the provider suffers, the dependent suffers."""

IGNORED = Effect()
"""Nothing is felt."""


def effect_from(value: object) -> Effect:
    """Return the effect that *value* stands for: ``same``, ``none``, ``at most LEVEL``, or a map."""
    if isinstance(value, Mapping):
        return Effect(value)
    if isinstance(value, Effect):
        return value
    if value == "same":
        return SAME
    if value == "none":
        return IGNORED
    if isinstance(value, str) and value.startswith("at most "):
        return capped(value.removeprefix("at most ").strip())
    problem = f"effect: must be same, none, at most LEVEL, or a map of levels, not {shown(value)}"
    raise DefinitionError(problem)


def effect_if_any(value: object) -> Effect | None:
    """Return the effect that *value* stands for, or ``None`` for ``None``."""
    return None if value is None else effect_from(value)

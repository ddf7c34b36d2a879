"""How likely each configuration item is to be the cause, before anybody has reported anything."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import expm1, isfinite, log, nextafter
from sys import float_info
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit._problems import shown
from itsmkit.cmdb.causes.reporting import share_problem
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Priors"]

_YEAR = timedelta(days=365.25)


@frozen
class Priors:
    """
    The chances that configuration items fail about when the first reports come in.

    What counts is how they compare to each other, and to the share of false reports.

    Args:
        chance: That of an item of which nothing else is said; between 0 and 1.
        classes: That of each class for which it is another, by name; it holds for its subclasses too.
        cis: That of single items, by id.
        change: By how much a change within the last day multiplies the odds; 1 or more.
        alert: By how much an alert on the item does; 1 or more.
        none: The chance that nothing failed that the graph knows; more than 0, at most 1.

    Raises:
        DefinitionError: With everything that is wrong. Classes and items that a graph does not know are told
            where it is used with that graph.

    Source:
        The numbers are our choice; replace them by rates of your own with `from_rates`.
    """

    chance: float = 0.001
    classes: Mapping[str, float] = field(default=EMPTY, converter=frozen_dict, kw_only=True)
    cis: Mapping[str, float] = field(default=EMPTY, converter=frozen_dict, kw_only=True)
    change: float = field(default=20.0, kw_only=True)
    alert: float = field(default=100.0, kw_only=True)
    none: float = field(default=1.0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        chances: dict[str, object] = {"chance": self.chance}
        chances.update((f"classes[{name!r}]", each) for name, each in self.classes.items())
        chances.update((f"cis[{name!r}]", each) for name, each in self.cis.items())
        if self.none != 1:
            chances["none"] = self.none
        problems = [
            problem for what, value in chances.items() if (problem := share_problem(what, value)) is not None
        ]
        for what, value in (("change", self.change), ("alert", self.alert)):
            if not is_a(value, int, float) or is_a(value, bool) or not value >= 1 or not isfinite(value):
                problems.append(f"{what}: must be a number of 1 or more, not {shown(value)}")
        if problems:
            raise DefinitionError(*problems)

    def from_rates(
        self,
        *,
        classes: Mapping[str, float] = EMPTY,
        cis: Mapping[str, float] = EMPTY,
        within: timedelta = timedelta(days=1),
    ) -> "Priors":
        """
        Return this with the chances that past failures show.

        Args:
            classes: How often an item of each class fails in a year of 365.25 days, by name; more than 0.
            cis: The same of single items, by id.
            within: The time in which the cause must have failed; exact, more than 0.

        Raises:
            DefinitionError: With each rate, or time, that is none, or not more than 0.

        Source:
            The chance of at least one event of a Poisson process; never quite 0 or 1, however it is rounded.

        Example:
            >>> round(Priors().from_rates(classes={"server": 2.0}).classes["server"], 5)
            0.00546
        """
        problems = []
        if not is_a(within, timedelta) or within <= timedelta(0):
            problems.append(f"within: must be a time of more than 0, not {shown(within)}")
        for what, rates in (("classes", classes), ("cis", cis)):
            problems += [
                f"{what}[{name!r}]: must be more than 0 failures a year, not {shown(rate)}"
                for name, rate in rates.items()
                if not _is_rate(rate)
            ]
        if problems:
            raise DefinitionError(*problems)
        years = within / _YEAR
        return evolve(
            self,
            classes={**self.classes, **{name: _chance(rate * years) for name, rate in classes.items()}},
            cis={**self.cis, **{name: _chance(rate * years) for name, rate in cis.items()}},
        )

    def problems(self, graph: "ConfigurationGraph") -> Iterator[str]:
        """List each item and class that *graph* does not know. Without a class model any class will do."""
        for name in self.classes:
            if not graph.model.knows(name):
                yield f"classes[{name!r}]: {graph.model.unknown_class(name)}"
        for name in self.cis:
            if name not in graph:
                yield f"cis[{name!r}]: {UnknownItemError(name, graph._closest(CIId(name)))}"

    def chance_of(self, graph: "ConfigurationGraph", ci_class: str) -> float:
        """Return the chance of a class of a graph: that of the nearest class that has one."""
        classes = self.classes
        if not classes:
            return self.chance
        return next((classes[each] for each in graph.model.lineage(ci_class) if each in classes), self.chance)


def _is_rate(rate: object) -> bool:
    return is_a(rate, int, float) and not is_a(rate, bool) and 0 < rate <= float_info.max  # type: ignore[operator]


def _chance(expected: float) -> float:
    """Return the chance of at least one event of *expected* ones, more than 0 and less than 1."""
    return min(max(-expm1(-expected), float_info.min), nextafter(1.0, 0.0))


def log_with_odds(chance: float, factor: float) -> float:
    """Return the logarithm of a chance whose odds are multiplied by *factor*."""
    return log(chance * factor) - log(1 - chance + chance * factor) if factor != 1 else log(chance)

"""Who would report a failure, and how often: the model that turns silence into evidence."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import names_problems, shown
from itsmkit.cmdb.class_model import USER
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Reporting"]

_STRENGTH = 10.0


def share_problem(what: str, value: object) -> str | None:
    """Return why *value* is no probability between 0 and 1, these not included; or ``None``."""
    if is_a(value, int, float) and not is_a(value, bool) and 0 < value < 1:  # type: ignore[operator]
        return None
    return f"{what}: must be a number between 0 and 1, neither of them included, not {shown(value)}"


def _names_if_any(names: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if names is None else as_tuple(names)


@frozen
class Reporting:
    """
    How failures become reports.

    Args:
        share: Which share of those who are affected reports it; between 0 and 1.
        shares: The share of each class for which it is another, by name; it holds for its subclasses too.
        false_reports: Which share of those who are not affected reports something all the same; less than
            every share.
        classes: The classes whose items report, with their subclasses. ``None`` stands for what has the
            facet ``user``; in a graph without any, for what has no dependents.

    Raises:
        DefinitionError: With everything that is wrong. Classes that a graph does not know are told where
            it is used with that graph.

    Source:
        The default share and that of false reports are our choice; replace them by `learned` ones.
    """

    share: float = 0.3
    shares: Mapping[str, float] = field(default=EMPTY, converter=frozen_dict, kw_only=True)
    false_reports: float = field(default=0.001, kw_only=True)
    classes: tuple[str, ...] | None = field(default=None, converter=_names_if_any, kw_only=True)

    def __attrs_post_init__(self) -> None:
        named = {"share": self.share, **{f"shares[{name!r}]": each for name, each in self.shares.items()}}
        problems = [
            problem
            for what, value in {**named, "false_reports": self.false_reports}.items()
            if (problem := share_problem(what, value)) is not None
        ]
        if not problems:
            problems += [
                f"{what}: {value} is not more than {self.false_reports}, the share of false reports; a "
                "report would speak against its cause"
                for what, value in named.items()
                if value <= self.false_reports
            ]
        problems += names_problems("classes", self.classes or ())
        if problems:
            raise DefinitionError(*problems)

    def learned(self, counts: Mapping[str, tuple[int, int]], *, strength: float = _STRENGTH) -> "Reporting":
        """
        Return this with the shares of classes that past failures show.

        Args:
            counts: For each class how many of its items reported, and how many were affected.
            strength: How many affected items what was believed before counts as much as; more than 0.

        Raises:
            DefinitionError: With each count that cannot be.

        Source:
            The mean of a beta distribution, from the belief of *strength* observations; so no share becomes
            0 or 1, however few were counted.

        Example:
            >>> Reporting().learned({"user": (90, 100)}).shares["user"]
            0.8454545454545455
        """
        problems = [] if strength > 0 else [f"strength: must be more than 0, not {strength!r}"]
        for name, (reported, affected) in counts.items():
            if not 0 <= reported <= affected:
                problems.append(f"counts[{name!r}]: {reported} of {affected} cannot have reported")
        if problems:
            raise DefinitionError(*problems)
        shares = {
            name: (reported + strength * self.shares.get(name, self.share)) / (affected + strength)
            for name, (reported, affected) in counts.items()
        }
        return evolve(self, shares={**self.shares, **shares})

    def share_of(self, graph: "ConfigurationGraph", ci_class: str) -> float:
        """Return the share of a class of a graph: that of the nearest class that has one."""
        shares = self.shares
        found = (shares[each] for each in graph.model.lineage(ci_class) if each in shares)
        return next(found, self.share) if shares else self.share

    def problems(self, graph: "ConfigurationGraph") -> Iterator[str]:
        """List each class that is named and *graph* does not know. Without a class model any name will do."""
        yield from self._unknown_classes(graph)
        for name in self.shares:
            if not graph.model.knows(name):
                yield f"shares[{name!r}]: {graph.model.unknown_class(name)}"

    def _unknown_classes(self, graph: "ConfigurationGraph") -> Iterator[str]:
        for name in self.classes or ():
            if not graph.model.knows(name):
                yield f"classes: {graph.model.unknown_class(name)}"

    def reporters(self, graph: "ConfigurationGraph") -> bytearray:
        """
        Return for each number of an item of *graph* whether it reports, 1 or 0.

        Raises:
            DefinitionError: With each of the classes that *graph* does not know.
        """
        model, items = graph.model, graph._sorted
        present = dict.fromkeys(item.ci_class for item in items)
        if self.classes is not None:
            unknown = list(self._unknown_classes(graph))
            if unknown:
                raise DefinitionError(*unknown)
            report = {each: any(model.is_a(each, name) for name in self.classes) for each in present}
        else:
            report = {each: USER in model.facets_of(each) for each in present}
        if self.classes is None and not any(report.values()):
            found = bytearray(not graph._dependents[number] for number in range(len(items)))
        else:
            found = bytearray([report[item.ci_class] for item in items])
        for number in graph._idle:
            found[number] = 0
        return found

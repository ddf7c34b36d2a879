"""What speaks for and against a cause: reports, what is known to work, changes and alerts."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from math import fsum, isfinite

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware, aware_instant, in_utc, in_utc_if_any, is_a, named
from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.errors import DefinitionError

__all__ = ["CHANGE_WINDOW", "Evidence", "OpenChange", "Symptom"]

CHANGE_WINDOW = timedelta(hours=24)
"""For how long after it began a change is suspected. That it is a day is our choice."""


@frozen
class Symptom:
    """
    One report that something does not work.

    Args:
        ci: What does not work: a user, or any other configuration item.
        at: When it was reported, aware, or ``None`` if nobody knows. Kept in UTC.
        weight: How much it counts, more than 0; 1 for a report like any other.
        reporter: Who said so: a user's id if the graph has it, or any name. ``None`` if it is *ci* itself.
        asked: Whether the desk asked. Who is asked answers, where others report only now and then.

    Raises:
        DefinitionError: With each of these that is wrong.
    """

    ci: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    at: datetime | None = field(default=None, converter=in_utc_if_any, validator=optional(aware_instant))
    weight: float = 1.0
    reporter: str | None = field(default=None, validator=optional(named), kw_only=True)
    asked: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        weight = self.weight
        if not is_a(weight, int, float) or is_a(weight, bool) or not weight > 0 or not isfinite(weight):
            problem = f"symptom of {self.ci!r}: weight must be a number of more than 0, not {shown(weight)}"
            raise DefinitionError(problem)

    @property
    def speaker(self) -> str:
        """Return who said so."""
        return self.ci if self.reporter is None else self.reporter

    def __str__(self) -> str:
        by = "" if self.speaker == self.ci else f", says {self.speaker}"
        return f"{self.ci} does not work{by}"


@frozen
class OpenChange:
    """
    A change that was made, or is being made, to a configuration item.

    Args:
        ci: The configuration item.
        at: When it began, aware. Kept in UTC.

    Raises:
        DefinitionError: If *ci* is no name, or *at* is naive.
    """

    ci: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    at: datetime = field(converter=in_utc, validator=aware_instant)


@frozen
class Evidence:
    """
    All that is known when somebody asks for the cause. The order of nothing in it matters.

    Args:
        symptoms: The reports.
        working: What is known to work.
        changes: The changes.
        alerts: What monitoring has an alert on.
        at: The instant of the question, aware; ``None`` for that of the latest symptom.

    Raises:
        DefinitionError: If something does not work and is known to work, or if there are changes and nobody
            knows how long ago they were.
    """

    symptoms: tuple[Symptom, ...]
    working: frozenset[CIId] = frozenset()
    changes: tuple[OpenChange, ...] = ()
    alerts: frozenset[CIId] = frozenset()
    at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        problems = []
        for ci in sorted(self.working & {each.ci for each in self.symptoms}):
            says = next(str(each) for each in self.symptoms if each.ci == ci)
            problems.append(f"working: {ci!r} is named, but {says}; leave out which of both is no longer so")
        if self.at is not None:
            aware(self.at, "at")
        elif self.changes and self.asked_at is None:
            problems.append("changes: count for a day, and no symptom tells its time; give at=…")
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def asked_at(self) -> datetime | None:
        """When the question is asked: *at*, or when the latest symptom was reported; ``None`` if unknown."""
        if self.at is not None:
            return self.at
        return max((each.at for each in self.symptoms if each.at is not None), default=None)

    @cached_property
    def changed(self) -> Mapping[CIId, datetime]:
        """What was changed within `CHANGE_WINDOW` before the question, each with its latest change."""
        now, found = self.asked_at, dict[CIId, datetime]()
        for each in self.changes:
            assert now is not None  # noqa: S101  # a change without an instant to measure from is refused
            if now - CHANGE_WINDOW <= each.at <= now:
                found[each.ci] = max(each.at, found.get(each.ci, each.at))
        return {ci: found[ci] for ci in sorted(found)}

    @cached_property
    def weights(self) -> Mapping[CIId, tuple[float, float]]:
        """
        How much is said of each thing that does not work, by people who were asked and by others.

        Who says the same again adds nothing, and who names several things divides his weight among them:
        nobody counts for more than one. Sorted by id.
        """
        said: dict[str, dict[CIId, Symptom]] = {}
        for each in self.symptoms:
            known = said.setdefault(each.speaker, {}).get(each.ci)
            if known is None or (each.asked, each.weight) > (known.asked, known.weight):
                said[each.speaker][each.ci] = each
        found: dict[CIId, tuple[list[float], list[float]]] = {}
        for of_speaker in said.values():
            for ci, each in of_speaker.items():
                asked, others = found.setdefault(ci, ([], []))
                (asked if each.asked else others).append(each.weight / len(of_speaker))
        return {ci: (fsum(found[ci][0]), fsum(found[ci][1])) for ci in sorted(found)}

    @cached_property
    def heard(self) -> frozenset[str]:
        """Who is not silent: what is reported, and who reported it."""
        return frozenset(name for each in self.symptoms for name in (each.ci, each.speaker))


def symptoms_from(affected: Iterable[Symptom | str]) -> tuple[Symptom, ...]:
    """Return *affected* as symptoms: an id alone is one that nobody timed."""
    _refuse_text("affected", affected)
    return tuple(each if isinstance(each, Symptom) else Symptom(CIId(each)) for each in affected)


def ids_from(what: str, given: Iterable[CIId]) -> frozenset[CIId]:
    """Return ids as a set. *what* is what the error calls them."""
    _refuse_text(what, given)
    return frozenset(given)


def _refuse_text(what: str, given: object) -> None:
    if isinstance(given, str):
        problem = f"{what}: one id stands where several are asked for: {given!r}; write [{given!r}]"
        raise DefinitionError(problem)

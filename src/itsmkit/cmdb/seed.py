"""What is known, planned or assumed to have failed, and what somebody ruled not to have."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware, aware_instant, in_utc, in_utc_if_any, member_of, named
from itsmkit._problems import items_problems, shown
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.errors import DefinitionError

__all__ = ["Override", "Provenance", "Seed", "seeds_from"]


class Provenance(Enum):
    """How it is known that a configuration item is at a level."""

    OBSERVED = "observed"
    """Monitoring or a ticket says so."""
    MANUAL = "manual"
    """Somebody set it."""
    PLANNED = "planned"
    """A change takes it there."""
    ASSUMED = "assumed"
    """What if?"""


def _provenance(value: Provenance | str) -> Provenance:
    return member_of(Provenance, value, "provenance")


@frozen
class Seed:
    """
    A configuration item that is at a level for a reason of its own: where impact begins.

    Args:
        ci: The configuration item.
        level: The level, or ``None`` for the worst.
        provenance: How it is known: a `Provenance` or its value.
        since: From when on, aware; ``None`` for always. Kept in UTC.
        until: Up to when, not included, aware; ``None`` for ever. A planned seed ends with its window.

    Raises:
        DefinitionError: If *ci* is no name, *provenance* none, an instant naive, or *until* not after
            *since*.
    """

    ci: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    level: str | None = None
    provenance: Provenance = field(default=Provenance.OBSERVED, converter=_provenance)
    since: datetime | None = field(
        default=None,
        converter=in_utc_if_any,
        validator=optional(aware_instant),
        kw_only=True,
    )
    until: datetime | None = field(
        default=None,
        converter=in_utc_if_any,
        validator=optional(aware_instant),
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until <= self.since:
            problem = f"seed {self.ci!r}: ends at {self.until}, which is not after its start at {self.since}"
            raise DefinitionError(problem)

    @property
    def is_timed(self) -> bool:
        """Whether it does not hold for ever."""
        return self.since is not None or self.until is not None

    def holds_at(self, instant: datetime) -> bool:
        """Tell whether it holds at *instant*, aware."""
        return (self.since is None or self.since <= instant) and (self.until is None or instant < self.until)

    def __str__(self) -> str:
        level = "" if self.level is None else f" {self.level}"
        return f"{self.ci}{level} ({self.provenance.value})"


@frozen
class Override:
    """
    A ruling that a configuration item is no worse than a level, whatever its providers do.

    Args:
        ci: The configuration item.
        level: The worst level that it can be at.
        author: Who ruled so.
        expires: Until when it holds, not included; aware, kept in UTC.
        reason: Why.

    Raises:
        DefinitionError: If a name is none, or *expires* is naive.
    """

    ci: CIId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    level: str = field(validator=named)
    author: str = field(validator=named)
    expires: datetime = field(converter=in_utc, validator=aware_instant)
    reason: str = ""

    def holds_at(self, instant: datetime) -> bool:
        """Tell whether it holds at *instant*, aware."""
        return instant < self.expires

    def __str__(self) -> str:
        reason = f": {self.reason}" if self.reason else ""
        return (
            f"{self.ci} is at worst {self.level}, by {self.author} until {self.expires.isoformat()}{reason}"
        )


def seeds_from(failures: Iterable[Seed | str] | Mapping[str, str]) -> tuple[Seed, ...]:
    """Return *failures* as seeds: an id alone is one observed at the worst level, a mapping gives levels."""
    if isinstance(failures, Mapping):
        return tuple(Seed(CIId(ci), level) for ci, level in failures.items())
    given = several(failures, "failures")
    return tuple(each if isinstance(each, Seed) else Seed(CIId(each)) for each in given)


def several(given: Iterable[Any], what: str) -> Iterable[Any]:
    """Return *given* if it can be gone through and is no text; else raise `DefinitionError`."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        problem = f"{what}: several are asked for, not {shown(given)}; put it into a list"
        raise DefinitionError(problem)
    return given


def holding(
    seeds: tuple[Seed, ...], overrides: Iterable[Override], at: datetime | None
) -> tuple[tuple[Seed, ...], tuple[Override, ...]]:
    """
    Return what of both holds at an instant.

    Raises:
        DefinitionError: If *at* is left out although something depends on it, or is naive.
    """
    overrides = tuple(several(overrides, "overrides"))
    problems = [*items_problems("overrides", overrides, Override)]
    if problems:
        raise DefinitionError(*problems)
    if at is None:
        timed = [str(seed) for seed in seeds if seed.is_timed] + [str(override) for override in overrides]
        if timed:
            problem = (
                f"what holds only for a time needs an instant to be asked for: give at=…, for {timed[0]}"
            )
            raise DefinitionError(problem)
        return seeds, overrides
    aware(at, "at")
    return (
        tuple(seed for seed in seeds if seed.holds_at(at)),
        tuple(override for override in overrides if override.holds_at(at)),
    )

"""
What happens to an asset. The events, in their order, are the whole truth about it.

A fact says what happened, and its `AssetEvent` says to which asset, when and by whom.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import NoneType
from typing import NewType, TypeAlias, get_args

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc, is_a, named
from itsmkit._frozen import EMPTY, FrozenDict, as_tuple, deeply_frozen
from itsmkit._problems import instance_problems, name_problems, shown
from itsmkit.cmdb import CIId
from itsmkit.errors import DefinitionError
from itsmkit.practices.assets._checks import amount_problems, date_problems
from itsmkit.practices.assets.re_estimate import ReEstimate
from itsmkit.tickets import Actor

__all__ = [
    "AssetDescribed",
    "AssetEvent",
    "AssetFact",
    "AssetId",
    "AssetRegistered",
    "Assigned",
    "Counted",
    "DESCRIPTIVE_FIELDS",
    "Installed",
    "LifeCycleMoved",
    "Moved",
    "ReEstimated",
    "Reclassified",
    "WipeCertified",
    "WipeWithdrawn",
]

AssetId = NewType("AssetId", str)

DESCRIPTIVE_FIELDS = ("name", "serial_number", "tag", "acquired_on", "in_service_on", "cost")
"""The fields that are described; every other name is a detail of the desk's own."""

_DATES = frozenset({"acquired_on", "in_service_on"})
_PLAIN = (str, bool, int, float, date, NoneType)


def _described(values: Mapping[str, object]) -> FrozenDict[str, object]:
    """Return *values* so that nothing about them can change any more; refuses what a field cannot hold."""
    if not is_a(values, Mapping):
        problem = f"must be a mapping of values by name, not {shown(values)}"
        raise DefinitionError(problem)
    problems = [
        problem
        for name, value in values.items()
        for problem in (*name_problems("a field's name", name), *_value_problems(name, value))
    ]
    if problems:
        raise DefinitionError(*problems)
    return FrozenDict({name: deeply_frozen(value) for name, value in values.items()})


def _value_problems(name: str, value: object) -> Iterator[str]:
    if value is None and name != "name":
        return
    if name not in DESCRIPTIVE_FIELDS:
        yield from _plain_problems(name, value)
    elif name == "cost":
        yield from amount_problems(name, value)
    elif name in _DATES:
        yield from date_problems(name, value)
    else:
        yield from name_problems(name, value)


def _plain_problems(path: str, value: object) -> Iterator[str]:
    """List what a store would not give back as it was."""
    if isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _plain_problems(f"{path}[{number}]", each)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from name_problems(f"a name in {path}", name)
            yield from _plain_problems(f"{path}.{name}", each)
    elif not isinstance(value, _PLAIN):
        yield f"{path}: must be plain data, such as text, not {shown(value)}; write it as text"


@frozen
class AssetRegistered:
    """
    The asset became known: the first of its events.

    Args:
        asset_class: The name of its class.
        name: What people call it.
        state: The state that its life begins in.
        category: The category of that state.
        details: What else is known of it, by name: descriptive fields and further details.
    """

    asset_class: str = field(validator=named)
    name: str = field(validator=named)
    state: str = field(validator=named)
    category: str = field(validator=named)
    details: Mapping[str, object] = field(default=EMPTY, converter=_described)


@frozen
class LifeCycleMoved:
    """
    The asset went into another state of its life: it was received, issued, repaired, lost, or disposed of.

    Args:
        source: The state before.
        target: The state now.
        category: The category of the state now.
        trigger: What was asked for, such as ``"dispose"``.
        effects: What the workflow asks to be done thereupon.
        details: What was handed in with the move, such as the disposal record; as in `AssetDescribed`.
    """

    source: str
    target: str
    category: str
    trigger: str
    effects: tuple[str, ...] = field(default=(), converter=as_tuple)
    details: Mapping[str, object] = field(default=EMPTY, converter=_described)


@frozen
class Assigned:
    """
    Somebody has the asset now.

    Args:
        owner: The id of who has it, or ``None`` for nobody.
    """

    owner: str | None = field(validator=optional(named))


@frozen
class Moved:
    """
    The asset is somewhere else now.

    Args:
        location: Where, or ``None`` where it is no longer anywhere.
    """

    location: str | None = field(validator=optional(named))


@frozen
class Installed:
    """
    The asset does the work of a configuration item now.

    Args:
        ci: The id of the item, or ``None`` for none.
    """

    ci: CIId | None = field(validator=optional(named))  # type: ignore[assignment]  # a CIId is text


@frozen
class WipeCertified:
    """
    Somebody certified that the asset holds no data any more.

    Args:
        certificate: What the certificate is found by.
        method: How it was wiped, such as ``"purge"``, or ``None``.

    Source:
        NIST SP 800-88, on clear, purge and destroy, and on certificates of sanitization.
    """

    certificate: str = field(validator=named)
    method: str | None = field(default=None, validator=optional(named))


@frozen
class WipeWithdrawn:
    """
    The certificate of the asset's wiping says nothing any more.

    Args:
        reason: Why, in a sentence.
    """

    reason: str = field(validator=named)


@frozen
class Counted:
    """
    The asset was seen in a stock-take.

    Args:
        count: The name of the stock-take.
        location: Where it was seen.
    """

    count: str = field(validator=named)
    location: str = field(validator=named)


@frozen
class Reclassified:
    """
    The asset is of another class than was believed.

    Args:
        asset_class: The name of the class.
        reason: Why, in a sentence.
    """

    asset_class: str = field(validator=named)
    reason: str = field(validator=named)


@frozen
class AssetDescribed:
    """
    Descriptive fields or further details changed.

    Args:
        changes: The new values by name; ``None`` empties. Details are plain data: text, numbers that are no
            decimals, days, instants, and lists and mappings of these.
    """

    changes: Mapping[str, object] = field(converter=_described)


@frozen
class ReEstimated:
    """
    The asset is expected to last otherwise, or is worth less.

    Args:
        estimate: From which day on, and how.
    """

    estimate: ReEstimate


AssetFact: TypeAlias = (
    AssetRegistered
    | LifeCycleMoved
    | Assigned
    | Moved
    | Installed
    | WipeCertified
    | WipeWithdrawn
    | Counted
    | Reclassified
    | ReEstimated
    | AssetDescribed
)
"""Any of the facts above."""


@frozen
class AssetEvent:
    """
    One thing that happened to an asset: the unit of its history. Its instants are kept in UTC.

    Args:
        asset_id: The asset.
        sequence: Its place in the history: 1, 2, 3 … without a gap.
        at: When it happened.
        effective_at: The later of *at* and the effective instant of the event before; never falls. Who had
            the asset when, and where it was, go by it.
        recorded_at: When the desk came to know of it.
        actor: Who did it.
        fact: What happened.

    Raises:
        DefinitionError: With everything that cannot be.
    """

    asset_id: AssetId = field(validator=named)  # type: ignore[assignment]  # attrs takes the type of the validator
    sequence: int
    at: datetime = field(converter=in_utc, validator=aware_instant)
    effective_at: datetime = field(converter=in_utc, validator=aware_instant)
    recorded_at: datetime = field(converter=in_utc, validator=aware_instant)
    actor: Actor
    fact: AssetFact

    def __attrs_post_init__(self) -> None:
        problems = list(instance_problems("actor", self.actor, Actor))
        if type(self.sequence) is not int or self.sequence < 1:
            problems.append(f"sequence: must be a whole number, not below 1, not {shown(self.sequence)}")
        if not is_a(self.fact, *get_args(AssetFact)):
            problems.append(f"fact: must be what happened to an asset, not {shown(self.fact)}")
        if self.effective_at < self.at:
            problems.append(
                f"effective_at: {self.effective_at.isoformat()} precedes {self.at.isoformat()}, its instant"
            )
        if problems:
            raise DefinitionError(*(f"event of asset {self.asset_id}: {problem}" for problem in problems))

    @property
    def name(self) -> str:
        """The name of the fact, such as ``"Assigned"``."""
        return type(self.fact).__name__

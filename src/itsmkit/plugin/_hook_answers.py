"""
What plugins may answer to each hook.

What turns what one told into what a desk goes on with raises a `DefinitionError` if it is something else;
what looks at what one made returns what is wrong with it, or ``None``.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve

from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, items_problems
from itsmkit.errors import DefinitionError
from itsmkit.plugin.facets import CIFacet
from itsmkit.plugin.hookspecs import API
from itsmkit.plugin.maintenance import StoreMaintenance
from itsmkit.plugin.notification import DeliveryReceipt
from itsmkit.plugin.search import lacking_index_members
from itsmkit.plugin.storage import lacking_members

if TYPE_CHECKING:
    from itsmkit.practices.access import Verdict
    from itsmkit.practices.classification import Prediction
    from itsmkit.practices.routing import RoutingAdvice
    from itsmkit.practices.work_aids import Suggestion

__all__ = [
    "as_advice",
    "as_facets",
    "as_predictions",
    "as_suggestions",
    "as_verdict",
    "no_index",
    "no_maintenance",
    "no_receipt",
    "no_robot_report",
    "no_session",
    "no_status",
    "no_store",
    "no_turn",
]

T = TypeVar("T")

_MAINTENANCE_METHODS = tuple(name for name in vars(StoreMaintenance) if not name.startswith("_"))


def as_facets(plugin: str, told: object) -> list[CIFacet]:
    """Return the facets that a plugin told of a configuration item."""
    if told is None:
        return []
    if not isinstance(told, Mapping):
        problem = f"it returned {type(told).__name__} in place of a mapping of facets or None"
        raise DefinitionError(problem)
    return [CIFacet(name, plugin, value) for name, value in told.items()]


def as_verdict(plugin: str, told: object) -> "Verdict | None":
    """Return the verdict of a gate, which says why."""
    from itsmkit.practices.access import Verdict  # noqa: PLC0415  # most desks have no such gate

    if told is None:
        return None
    if not isinstance(told, Verdict):
        problem = f"it returned {type(told).__name__} in place of a Verdict or None"
        raise DefinitionError(problem)
    return told if told.because else evolve(told, because=(f"plugin {plugin!r} gives no reason",))


def as_suggestions(_plugin: str, told: object) -> "tuple[Suggestion, ...]":
    """Return the replies that a plugin suggests."""
    from itsmkit.practices.work_aids import Suggestion  # noqa: PLC0415  # most desks have no such plugin

    return _all_of(told, Suggestion)


def as_advice(plugin: str, told: object) -> "tuple[str, RoutingAdvice] | None":
    """Return what a plugin advises, and which one."""
    from itsmkit.practices.routing import RoutingAdvice  # noqa: PLC0415  # as above

    if told is None:
        return None
    problems = [*instance_problems("it returned", told, RoutingAdvice)]
    if problems:
        raise DefinitionError(*problems)
    assert isinstance(told, RoutingAdvice)  # noqa: S101  # it was looked at
    return plugin, told


def as_predictions(plugin: str, told: object) -> "tuple[Prediction, ...]":
    """Return what a plugin predicts of a ticket, each with its source."""
    from itsmkit.practices.classification import Prediction  # noqa: PLC0415  # as above

    return tuple(each if each.source else evolve(each, source=plugin) for each in _all_of(told, Prediction))


def _all_of(told: object, kind: type[T]) -> tuple[T, ...]:
    """Return what a plugin told as a tuple of values of a class; of nothing, none."""
    listed = () if told is None else as_tuple(told)  # type: ignore[arg-type]  # it refuses what is none
    problems = [*items_problems("", listed, kind)]
    if problems:
        raise DefinitionError(*problems)
    return listed


def no_session(result: object) -> str | None:
    """Tell what is wrong with a session for remote control."""
    from itsmkit.practices.remote_sessions import SessionRef  # noqa: PLC0415  # as above

    return _no(result, SessionRef)


def no_robot_report(result: object) -> str | None:
    """Tell what is wrong with the report of a robot."""
    from itsmkit.practices.automation import RobotReport  # noqa: PLC0415  # as above

    return _no(result, RobotReport)


def no_turn(result: object) -> str | None:
    """Tell what is wrong with the turn of a bot."""
    from itsmkit.practices.conversations import BotAnswer, BotHandover, BotQuestion  # noqa: PLC0415  # as above

    return _no(result, BotAnswer, BotQuestion, BotHandover)


def no_receipt(result: object) -> str | None:
    """Tell what is wrong with a receipt."""
    return _no(result, DeliveryReceipt)


def _no(result: object, *kinds: type) -> str | None:
    if isinstance(result, kinds):
        return None
    names = ", ".join(each.__name__ for each in kinds)
    return f"it returned {type(result).__name__} in place of a {names} or None"


def no_status(answer: object) -> str | None:
    """Tell what is wrong with an exit status."""
    if type(answer) is int and 0 <= answer <= 255:
        return None
    return f"it returned {answer!r} in place of an exit status, 0 to 255"


def no_store(result: object) -> str | None:
    """Tell what is wrong with a store."""
    return _lacks(result, "Store", lacking_members(result))


def no_maintenance(result: object) -> str | None:
    """Tell what is wrong with what maintains stores."""
    lacking = [name for name in _MAINTENANCE_METHODS if not callable(getattr(result, name, None))]
    return _lacks(result, "StoreMaintenance", lacking)


def no_index(result: object) -> str | None:
    """Tell what is wrong with a search index."""
    return _lacks(result, "SearchIndex", lacking_index_members(result))


def _lacks(result: object, what: str, lacking: Sequence[str]) -> str | None:
    if not lacking:
        return None
    return (
        f"it returned {type(result).__name__}, which is no {what}: it lacks {', '.join(lacking)}; the plugin "
        f"must be one for the hook contract {API}"
    )

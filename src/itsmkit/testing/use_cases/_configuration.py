"""What can be asked of the configuration, of its sources, and of the desk's own rules."""

from collections.abc import Mapping
from typing import Any

from itsmkit.cmdb import RedundancySet, Relation
from itsmkit.cmdb.history import ConfigurationRecord
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.use_cases._beginnings import hosts, item, logged
from itsmkit.testing.use_cases._stage import DAY, HOST, OTHER_SWITCH, RECORD, SPARE, SWITCH, Stage, UseCase

__all__ = ["USE_CASES"]


LINK = Relation(HOST, "attached_to", SWITCH)


PAIR = RedundancySet(HOST, "switches", [SWITCH, OTHER_SWITCH], "any", relation_type="attached_to")


_OTHER_RULES: Mapping[str, Any] = {
    "workflow": {
        "name": "other",
        "initial": "Reported",
        "states": {"Reported": "new", "Solved": "closed"},
        "transitions": [{"trigger": "solve", "from": "Reported", "to": "Solved"}],
    },
}
"""Rules under which tickets go through other states, and nothing is promised."""


def _known(stage: Stage) -> None:
    """Let a host be attached to two switches, which are a redundancy set; and rule on one."""
    cmdb = stage.steady.cmdb
    switches = [item(name, "switch") for name in (SWITCH, OTHER_SWITCH)]
    links = [LINK, Relation(HOST, "attached_to", OTHER_SWITCH)]
    cmdb.put(item(HOST), *switches, *links, PAIR)
    cmdb.override(HOST, "degraded", A_MONDAY + DAY)


def _linked(stage: Stage) -> None:
    """Let the host be attached to one of them."""
    hosts(stage)
    stage.steady.cmdb.put(LINK)


def _told(stage: Stage) -> str:
    """Let a source have told of a host; return its id."""
    stage.steady.discovery.receive([RECORD])
    [item] = stage.steady.cmdb.graph().items
    return item.id


def _locked(stage: Stage) -> str:
    """Let what the source says of the memory not count."""
    ci = _told(stage)
    stage.steady.discovery.lock(ci, "ram_gb", 32, reason="as ordered")
    return ci


def _stale(stage: Stage) -> str:
    """Let a lock have expired, so that to reconcile anew changes something."""
    ci = _told(stage)
    stage.steady.discovery.lock(ci, "ram_gb", 32, reason="for a week", expires=A_MONDAY + DAY)
    stage.clock.advance(2 * DAY)
    return ci


USE_CASES = (
    UseCase("cmdb.put", lambda desk, _, once: desk.cmdb.put(item(HOST), **once)),
    UseCase(
        "cmdb.put",
        lambda desk, _, once: desk.cmdb.put(item(SPARE), Relation(SPARE, "attached_to", SWITCH), **once),
        _known,
        variant="with a relation",
    ),
    UseCase(
        "cmdb.relate",
        lambda desk, _, once: desk.cmdb.relate(HOST, "attached_to", SWITCH, **once),
        hosts,
    ),
    UseCase(
        "cmdb.declare_redundancy",
        lambda desk, _, once: desk.cmdb.declare_redundancy(
            HOST, "switches", PAIR.members, "all", relation_type="attached_to", **once
        ),
        _known,
    ),
    UseCase("cmdb.retire", lambda desk, _, once: desk.cmdb.retire(SWITCH, **once), _known),
    UseCase(
        "cmdb.unrelate",
        lambda desk, _, once: desk.cmdb.unrelate(HOST, "attached_to", SWITCH, **once),
        _linked,
    ),
    UseCase(
        "cmdb.withdraw_redundancy",
        lambda desk, _, once: desk.cmdb.withdraw_redundancy(HOST, "switches", **once),
        _known,
    ),
    UseCase(
        "cmdb.override",
        lambda desk, _, once: desk.cmdb.override(HOST, "up", A_MONDAY + DAY, "it has a cache", **once),
        _known,
    ),
    UseCase("cmdb.lift_override", lambda desk, _, once: desk.cmdb.lift_override(HOST, **once), _known),
    UseCase(
        "cmdb.apply",
        lambda desk, _, once: desk.cmdb.apply(
            [ConfigurationRecord.of(item(name), A_MONDAY) for name in (HOST, SPARE)], **once
        ),
    ),
    UseCase(
        "cmdb.load",
        lambda desk, _, once: desk.cmdb.load(
            {"items": [{"id": HOST, "class": "physical host", "name": HOST}]}, **once
        ),
    ),
    UseCase("discovery.receive", lambda desk, _, once: desk.discovery.receive([RECORD], **once)),
    UseCase(
        "discovery.run",
        lambda desk, _, once: desk.discovery.run(**once),
        goes_without="plugin.discover",
    ),
    UseCase("discovery.reconcile", lambda desk, _, once: desk.discovery.reconcile(**once), _stale),
    UseCase(
        "discovery.lock",
        lambda desk, ci, once: desk.discovery.lock(ci, "ram_gb", 32, reason="as ordered", **once),
        _told,
    ),
    UseCase("discovery.unlock", lambda desk, ci, once: desk.discovery.unlock(ci, "ram_gb", **once), _locked),
    UseCase(
        "configuration.change",
        lambda desk, _, once: desk.configuration.change(_OTHER_RULES, reason="a new year", **once),
    ),
    UseCase(
        "configuration.change",
        lambda desk, _, once: desk.configuration.change(
            _OTHER_RULES, reason="a new year", moves={"incident": {"New": "Reported"}}, **once
        ),
        logged,
        variant="tickets move",
    ),
)

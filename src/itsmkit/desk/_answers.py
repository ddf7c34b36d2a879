"""What commands have answered, as it is kept in the ledger: what is enough to find it again in the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.desk._once import Answer, Plain
from itsmkit.errors import NotFoundError, PluginError
from itsmkit.plugin import Discovery, DiscoveryProblem, DiscoveryRun, UnitOfWork, documents
from itsmkit.practices import ticket_class_of
from itsmkit.tickets import Ticket, TicketEvent, TicketId, TicketLogged, replay

__all__ = ["EVENTS", "NOTHING", "TICKET", "discovery_run_from", "discovery_run_to_plain"]


def _write_ticket(ticket: Ticket) -> Plain:
    return {"ticket": ticket.id, "version": ticket.version}


def _read_ticket(plain: Plain, unit: UnitOfWork) -> Any:
    ticket_id = TicketId(plain["ticket"])
    history = unit.history(ticket_id)[: plain["version"]]
    if not history:
        raise NotFoundError("ticket", ticket_id)  # who asks again may not see it any more
    return replay(history, _class_of(history))


def _class_of(history: Sequence[TicketEvent]) -> type[Ticket]:
    logged = history[0].fact
    assert isinstance(logged, TicketLogged)  # noqa: S101  # every history begins so
    return ticket_class_of(logged.kind)


TICKET: Answer[Any] = Answer(_write_ticket, _read_ticket)
"""A ticket as it was after the command, whatever has happened to it since."""


NOTHING: Answer[None] = Answer(lambda _answer: {}, lambda _plain, _unit: None)
"""That it was done."""


def _write_events(events: tuple[ConfigurationEvent, ...]) -> Plain:
    return {
        "events": [[each.record.key.kind, [*each.record.key.parts], each.sequence] for each in events],
    }


def _read_events(plain: Plain, unit: UnitOfWork) -> tuple[ConfigurationEvent, ...]:
    return tuple(
        unit.configuration_history(RecordKey(kind, parts))[sequence - 1]
        for kind, parts, sequence in plain["events"]
    )


EVENTS = Answer(_write_events, _read_events)
"""What was recorded of the configuration, in the order in which it was."""


def discovery_run_to_plain(run: DiscoveryRun) -> Plain:
    """Return what plugins have found as plain data, all of it: nothing else keeps it."""
    return {
        "at": run.at.isoformat(),
        "discoveries": [_discovery_to_plain(each) for each in run.discoveries],
        "failures": [[each.plugin, each.hook, each.problem] for each in run.failures],
        "plugins": dict(run.plugins),
    }


def _discovery_to_plain(discovery: Discovery) -> Plain:
    return {
        "source": discovery.source,
        "records": [documents.to_document(each) for each in discovery.records],
        "is_full": discovery.is_full,
        "problems": [[each.subject, each.reason] for each in discovery.problems],
    }


def discovery_run_from(plain: Mapping[str, Any]) -> DiscoveryRun:
    """Return what was written by `discovery_run_to_plain`."""
    return DiscoveryRun(
        datetime.fromisoformat(plain["at"]),
        tuple(_discovery_from(each) for each in plain["discoveries"]),
        tuple(PluginError(*each) for each in plain["failures"]),
        plain["plugins"],
    )


def _discovery_from(plain: Mapping[str, Any]) -> Discovery:
    return Discovery(
        plain["source"],
        tuple(map(documents.from_document, plain["records"])),
        is_full=plain["is_full"],
        problems=tuple(DiscoveryProblem(*each) for each in plain["problems"]),
    )

"""The moment that a rule is asked about: an event, the ticket before and after it, and what has led to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import attrs
from attrs import frozen

from itsmkit.tickets import (
    Cascaded,
    PromiseMoved,
    RobotReported,
    RoutingRecorded,
    RuleFired,
    RuleRefused,
    Ticket,
    TicketEvent,
)

__all__ = [
    "ABOUT_EVENTS",
    "MAX_CHAIN",
    "Moment",
    "MomentFacts",
    "chain_of",
    "chain_problem",
    "has_fired",
    "settled",
    "teller_of",
]

ABOUT_EVENTS = ("before.", "changed.", "event.")
"""What the names of facts begin with that are not of the ticket as it is."""

MAX_CHAIN = 10
"""How many rules lead to one another at most."""


@frozen
class Moment:
    """
    Something that a rule may answer.

    Args:
        occasion: What it is, such as ``"event 7"``: unique among what happens to the ticket.
        after: The ticket as the event has left it; as it is, if there is no event.
        event: The event, if one stands behind it.
        before: The ticket before the event; ``None`` if the event has begun it, or there is none.
        chain: The rules that have led to the event, the first of them first.
    """

    occasion: str
    after: Ticket
    event: TicketEvent | None = None
    before: Ticket | None = None
    chain: tuple[str, ...] = ()

    @classmethod
    def of_event(
        cls, event: TicketEvent, before: Ticket | None, after: Ticket, chain: tuple[str, ...] = ()
    ) -> "Moment":
        """Return the moment of an event."""
        return cls(f"event {event.sequence}", after, event, before, chain)

    def facts(self, ticket: Ticket | None = None) -> "MomentFacts":
        """
        Return what conditions are asked about.

        Args:
            ticket: The ticket, if it has changed since.
        """
        return MomentFacts(self, self.after if ticket is None else ticket)


class MomentFacts(Mapping[str, object]):
    """
    The facts of a moment, as conditions of rules see them. Each is looked up when it is asked for.

    ==========================  =========================================================================
    ``priority``, ``tag.vip``   of the ticket: see `Ticket.facts`
    ``before.priority``         of the ticket before the event
    ``changed.priority``        true if the event has changed it
    ``event.name``              the event, such as ``"StateChanged"``
    ``event.actor``             who did it
    ``event.automated``         whether a program did
    ``event.by_rule``           the rule that did it
    ``event.role.agent``        true if who did it had the role
    ``event.trigger``           what else the event says, by the name of its part
    ==========================  =========================================================================
    """

    __slots__ = ("_moment", "_ticket")

    def __init__(self, moment: Moment, ticket: Ticket) -> None:
        self._moment = moment
        self._ticket = ticket

    def get(self, name: str, default: object = None) -> object:
        """Return a fact; *default* if there is none."""
        if "." in name:
            prefix, _, rest = name.partition(".")
            if prefix == "event":
                found = self._of_event(rest)
            elif prefix == "before":
                found = None if self._moment.before is None else self._moment.before.fact(rest)
            elif prefix == "changed":
                found = self._is_changed(rest)
            else:
                found = self._ticket.fact(name)
        else:
            found = self._ticket.fact(name)
        return default if found is None else found

    def __getitem__(self, name: str) -> object:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        ticket, moment = self._ticket, self._moment
        yield from (name for name, value in ticket.facts().items() if value is not None)
        if moment.before is not None:
            yield from (
                f"before.{name}" for name, value in moment.before.facts().items() if value is not None
            )
        if moment.event is not None:
            names = ["name", "actor", "automated", "by_rule"]
            names += [each.name for each in attrs.fields(type(moment.event.fact))]
            yield from (f"event.{name}" for name in dict.fromkeys(names) if self._of_event(name) is not None)
            yield from (f"event.role.{role}" for role in moment.event.actor.roles)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _is_changed(self, name: str) -> bool | None:
        moment = self._moment
        if moment.event is None:
            return None
        before = None if moment.before is None else moment.before.fact(name)
        return True if before != moment.after.fact(name) else None

    def _of_event(self, name: str) -> object:
        event = self._moment.event
        if event is None:
            return None
        if name == "name":
            return event.name
        if name == "actor":
            return event.actor.id
        if name == "automated":
            return event.actor.automated
        if name == "by_rule":
            return self._moment.chain[-1] if self._moment.chain else None
        if name.startswith("role."):
            return True if name.removeprefix("role.") in event.actor.roles else None
        value = getattr(event.fact, name, None)
        return value if isinstance(value, str | bool | int | float | datetime) else None


# -- what a history tells of rules ------------------------------------------------------------------------


def teller_of(history: Sequence[TicketEvent], sequence: int) -> tuple[TicketEvent, tuple[str, ...]] | None:
    """
    Return the event that tells which rules have led to an event, and these; ``None`` if none did.

    Args:
        history: All events of the ticket, in order.
        sequence: The event.
    """
    event = history[sequence - 1]
    while isinstance(event.fact, PromiseMoved) and event.sequence > 1:
        event = history[event.sequence - 2]
    if isinstance(event.fact, RobotReported):
        event = history[event.fact.fired - 1]
    for later in history[event.sequence - 1 :]:
        fact = later.fact
        if isinstance(fact, RuleFired):
            if fact.since <= event.sequence:
                return later, (*fact.chain, fact.rule)
            break
    for place in range(event.sequence - 1, -1, -1):
        earlier = history[place]
        if (earlier.actor, earlier.recorded_at) != (event.actor, event.recorded_at):
            break
        if isinstance(earlier.fact, Cascaded | RoutingRecorded):
            return earlier, earlier.fact.chain
    return None


def chain_of(history: Sequence[TicketEvent], sequence: int) -> tuple[str, ...]:
    """
    Return the rules that have led to an event, the first of them first; empty if none did.

    A promise that moves belongs to what happened just before it, and what a robot reports to the rule that
    has called it. What the desk does by itself since a rule has done something, such as a cascade along links
    or routing, tells so itself: in an event of the same act, which is what one actor does at one instant.

    Args:
        history: All events of the ticket, in order.
        sequence: The event.
    """
    teller = teller_of(history, sequence)
    return () if teller is None else teller[1]


def has_fired(history: Iterable[TicketEvent], rule_id: str) -> bool:
    """Tell whether a rule has fired on a ticket, or logged it; what it did to it from another is neither."""
    return any(
        isinstance(each.fact, RuleFired)
        and each.fact.rule == rule_id
        and (each.fact.since == 1 or each.fact.occasion.count(" ") == 1)
        for each in history
    )


def settled(history: Sequence[TicketEvent], rule_id: str, occasion: str) -> RuleFired | RuleRefused | None:
    """Return what came of a rule on an occasion; ``None`` if nothing has yet."""
    for event in reversed(history):
        fact = event.fact
        if isinstance(fact, RuleFired | RuleRefused) and (fact.rule, fact.occasion) == (rule_id, occasion):
            return fact
    return None


def chain_problem(rule_id: str, chain: Sequence[str]) -> str | None:
    """
    Return why a rule must not follow those of *chain*; ``None`` if it may.

    >>> chain_problem("a", ("a", "b"))
    'the rules a → b → a go round: each leads to the next'
    """
    if rule_id in chain:
        round_ = (*chain[chain.index(rule_id) :], rule_id)
        return f"the rules {' → '.join(round_)} go round: each leads to the next"
    if len(chain) >= MAX_CHAIN:
        return f"the rules {' → '.join((*chain, rule_id))} are more than {MAX_CHAIN} that lead to one another"
    return None

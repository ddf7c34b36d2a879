"""What is known when a ticket is routed: who is in which group, who is there, and who has how much."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import EMPTY, FrozenDict, as_tuple, frozen_dict
from itsmkit._problems import instance_problems, items_problems
from itsmkit.calendars import TimeSpan
from itsmkit.errors import DefinitionError
from itsmkit.practices.routing.rule import Familiarity
from itsmkit.practices.routing.state import RoutingState
from itsmkit.tickets.structure import Person

__all__ = ["Situation", "Team"]


@frozen
class Team:
    """
    A support group with its people.

    Args:
        group: The id of the support group.
        members: Its people, in an order that stays: of those who never had a turn, the first is next.
        lead: Who leads it, if anybody does; need not be a member.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    group: str = field(validator=named)
    members: tuple[Person, ...] = field(default=(), converter=as_tuple)
    lead: Person | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("members", self.members, Person)]
        if self.lead is not None:
            problems += instance_problems("lead", self.lead, Person)
        if problems:
            raise DefinitionError(*problems)


def _as_set(given: Iterable[str]) -> frozenset[str]:
    return frozenset(as_tuple(given))


def _by_group(given: "Iterable[Team] | Mapping[str, Team]") -> Mapping[str, Team]:
    return FrozenDict(
        {each.group: each for each in (given.values() if isinstance(given, Mapping) else given)}
    )


def _states(given: "Iterable[RoutingState] | Mapping[str, RoutingState]") -> Mapping[str, RoutingState]:
    return FrozenDict({each.id: each for each in (given.values() if isinstance(given, Mapping) else given)})


def _sorted_spans(given: Mapping[str, Iterable[TimeSpan]]) -> Mapping[str, tuple[TimeSpan, ...]]:
    return FrozenDict(
        {name: tuple(sorted(spans, key=attrgetter("start", "end"))) for name, spans in given.items()}
    )


@frozen(kw_only=True)
class Situation:
    """
    What is known when a ticket is routed.

    Args:
        at: The instant, aware; kept in UTC.
        teams: The groups that the rules can lead to.
        shifts: When people work, absences left out, by their ids: what `itsmkit.plugin.Shifts` says from
            *at* on. Who is not in it, is away.
        loads: How many points of work people have, by their ids.
        states: Whose turn it is, by group.
        handlers: Who knows the matter of the ticket, by what makes them do so.
        language: The tag of the language of the requester, if it is known.
        barred: The ids of those who must not be given the ticket, since they may not see it.
    """

    at: datetime = field(converter=in_utc, validator=aware_instant)
    teams: Mapping[str, Team] = field(default=EMPTY, converter=_by_group)
    shifts: Mapping[str, tuple[TimeSpan, ...]] = field(default=EMPTY, converter=_sorted_spans)
    loads: Mapping[str, int] = field(default=EMPTY, converter=frozen_dict)
    states: Mapping[str, RoutingState] = field(default=EMPTY, converter=_states)
    handlers: Mapping[Familiarity, str] = field(default=EMPTY, converter=frozen_dict)
    language: str | None = field(default=None, validator=optional(named))
    barred: frozenset[str] = field(default=frozenset(), converter=_as_set)

    def is_there(self, person: str) -> bool:
        """Tell whether somebody works at the instant."""
        at = self.at
        for span in self.shifts.get(person, ()):
            if span.start > at:
                return False
            if at < span.end:
                return True
        return False

    def back_at(self, person: str) -> datetime | None:
        """Return when somebody works next, after the instant; ``None`` if nobody knows."""
        spans = self.shifts.get(person, ())
        place = bisect_right(spans, self.at, key=attrgetter("start"))
        return spans[place].start if place < len(spans) else None

    def state_of(self, group: str) -> RoutingState:
        """Return whose turn it is in a group."""
        found = self.states.get(group)
        return RoutingState(group) if found is None else found

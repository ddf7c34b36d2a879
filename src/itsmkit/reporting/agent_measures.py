"""
Measures of the people who work on tickets: held to what they had to do, and shown so that nobody is bared.

Who is given the hard tickets is late more often. So figures of people are told beside what was to be expected
of them: what the desk as a whole would have made of the same mix of work (indirect standardisation). Only
strata are compared in which enough people have worked; those of too few are pooled with their neighbours, by
one fact after the other.

==========  ============================================================================================
Measure     What is counted, of the done tickets that somebody was assigned in the end
==========  ============================================================================================
late        the tickets of which a clock has broken its promise
reopened    the tickets that came back from resolved or closed
work        the hours that were logged
==========  ============================================================================================

What agents see of others is about teams. A team is hidden if it has too few people, or if one of them has
done most of its work; and further ones are hidden if those that are could be reckoned from the figures of the
desk and of the other teams.

Source:
    N. E. Breslow and N. E. Day, "Statistical Methods in Cancer Research", volume II (1987), section 2.3:
    indirect standardisation, the exact interval, and that by Byar for many. A. Hundepool and others,
    "Statistical Disclosure Control" (2012), chapter 4: minimum frequency, dominance, secondary suppression.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from math import exp, sqrt
from statistics import NormalDist

from attrs import define, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems
from itsmkit.errors import DefinitionError
from itsmkit.practices.measuring import MeasuresPolicy
from itsmkit.reporting.incident_report import is_counted
from itsmkit.sla import ClockReading, Verdict
from itsmkit.tickets import Ticket

__all__ = [
    "AdjustedMeasure",
    "AgentFigures",
    "HandledTicket",
    "HiddenTeam",
    "OwnView",
    "TeamFigures",
    "agent_measures",
    "handled_tickets",
    "own_view",
]

_HOUR = timedelta(hours=1)
_MOST_SUMMED = 100
"""From which count on the interval is that of Byar, which is as good as the exact one there."""

NO_TEAM = "none"
"""The team of tickets that no support group has."""


# -- what is measured --------------------------------------------------------------------------------------


@frozen(kw_only=True)
class HandledTicket:
    """
    A ticket that is done, as far as measures ask.

    Args:
        agent: Who was assigned it in the end.
        team: The support group that had it in the end.
        stratum: The values of the facts that it is compared by.
        is_late: Whether a clock of it has broken its promise.
        is_reopened: Whether it came back.
        work: What was logged on it.
    """

    agent: str
    team: str
    stratum: tuple[str, ...] = field(converter=as_tuple)
    is_late: bool = False
    is_reopened: bool = False
    work: timedelta = timedelta(0)


def handled_tickets(
    tickets: Iterable[tuple[Ticket, Mapping[str, ClockReading]]], policy: MeasuresPolicy
) -> Iterator[HandledTicket]:
    """
    Go through the tickets that are done and were assigned to somebody.

    Args:
        tickets: Each with what its clocks show.
        policy: By what they are compared.
    """
    for ticket, readings in tickets:
        if ticket.is_open or ticket.assignee is None or ticket.merged_into is not None:
            continue
        yield HandledTicket(
            agent=ticket.assignee,
            team=ticket.support_group or NO_TEAM,
            stratum=tuple(str(ticket.fact(name)) for name in policy.adjust_for),
            is_late=any(is_counted(each) and each.verdict is Verdict.BREACHED for each in readings.values()),
            is_reopened=ticket.reopens > 0,
            work=sum((each.duration for each in ticket.work_log), timedelta(0)),
        )


# -- held to the mix of work -------------------------------------------------------------------------------


@frozen
class AdjustedMeasure:
    """
    What came of somebody's tickets, beside what was to be expected of such tickets.

    Args:
        observed: What came of them.
        expected: What would have, had they fared as all such tickets do.
        low: The lower bound of the ratio of the two; ``None`` if nothing was to be expected.
        high: Its upper bound; ``None`` as above.
    """

    observed: float
    expected: float
    low: float | None
    high: float | None

    @property
    def ratio(self) -> float | None:
        """The ratio of the two: 1 is as expected. ``None`` if nothing was to be expected."""
        return self.observed / self.expected if self.expected else None

    @property
    def is_telling(self) -> bool:
        """Whether it is more than chance: the ratio of 1 lies outside of the interval."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


@frozen(kw_only=True)
class AgentFigures:
    """
    The measures of one person; see the table of this module.

    Args:
        agent: Who it is.
        tickets: How many tickets they had that are done.
        compared: How many of them could be compared with those of enough others; the measures are of these.
        late: How many of these were late.
        reopened: How many of these came back.
        work: How many hours were logged on them.
    """

    agent: str
    tickets: int
    compared: int
    late: AdjustedMeasure
    reopened: AdjustedMeasure
    work: AdjustedMeasure


def agent_measures(handled: Iterable[HandledTicket], policy: MeasuresPolicy) -> tuple[AgentFigures, ...]:
    """
    Return the measures of each person, by their names. They are for who leads them, and for themselves.

    What is observed and what is expected are the same in all, over all people.

    Cost: grows with the tickets.

    Args:
        handled: The tickets.
        policy: How people are measured.

    Raises:
        DefinitionError: If *policy* is none.
    """
    problems = [*instance_problems("policy", policy, MeasuresPolicy)]
    if problems:
        raise DefinitionError(*problems)
    handled = as_tuple(handled)
    tickets: defaultdict[str, int] = defaultdict(int)
    for each in handled:
        tickets[each.agent] += 1
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    for stratum in _strata(handled, policy.more_people_than):
        late, reopened = (
            _share(each.is_late for each in stratum),
            _share(each.is_reopened for each in stratum),
        )
        hours = [each.work / _HOUR for each in stratum]
        work = sum(hours) / len(hours)
        variance = sum((each - work) ** 2 for each in hours) / len(hours)
        for each, spent in zip(stratum, hours, strict=True):
            found = sums[each.agent]
            found.compared += 1
            found.late += each.is_late
            found.reopened += each.is_reopened
            found.work += spent
            found.expected_late += late
            found.expected_reopened += reopened
            found.expected_work += work
            found.variance += variance
    return tuple(
        sums[agent].figures(agent, number, policy.confidence) for agent, number in sorted(tickets.items())
    )


@define
class _Sums:
    """What has been added up of one person."""

    compared: int = 0
    late: int = 0
    reopened: int = 0
    work: float = 0.0
    expected_late: float = 0.0
    expected_reopened: float = 0.0
    expected_work: float = 0.0
    variance: float = 0.0

    def figures(self, agent: str, tickets: int, confidence: float) -> AgentFigures:
        """Return the measures."""
        spread = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(self.variance)
        work = self.expected_work
        bounds = (
            (max(0.0, (self.work - spread) / work), (self.work + spread) / work) if work else (None, None)
        )
        return AgentFigures(
            agent=agent,
            tickets=tickets,
            compared=self.compared,
            late=_of_counts(self.late, self.expected_late, confidence),
            reopened=_of_counts(self.reopened, self.expected_reopened, confidence),
            work=AdjustedMeasure(self.work, work, *bounds),
        )


def _of_counts(observed: int, expected: float, confidence: float) -> AdjustedMeasure:
    if not expected:
        return AdjustedMeasure(float(observed), expected, None, None)
    low, high = _bounds_of_count(observed, confidence)
    return AdjustedMeasure(float(observed), expected, low / expected, high / expected)


def _bounds_of_count(observed: int, confidence: float) -> tuple[float, float]:
    """Return the means between which that of a Poisson distribution lies, of which *observed* was drawn."""
    if observed > _MOST_SUMMED:
        reach = NormalDist().inv_cdf((1 + confidence) / 2)
        more = observed + 1
        low = observed * (1 - 1 / (9 * observed) - reach / (3 * sqrt(observed))) ** 3
        return low, more * (1 - 1 / (9 * more) + reach / (3 * sqrt(more))) ** 3
    tail = (1 - confidence) / 2
    low = _mean_with(observed - 1, 1 - tail) if observed else 0.0
    return low, _mean_with(observed, tail)


def _mean_with(most: int, share: float) -> float:
    """Return the mean of which a share of draws is *most* or less; found by bisection."""
    low, high = 0.0, 1.0
    while _share_up_to(most, high) > share:
        low, high = high, 2 * high
    for _ in range(50):
        middle = (low + high) / 2
        if _share_up_to(most, middle) > share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _share_up_to(most: int, mean: float) -> float:
    term = total = exp(-mean)
    for number in range(1, most + 1):
        term *= mean / number
        total += term
    return total


def _share(flags: Iterable[bool]) -> float:
    told = [*flags]
    return sum(told) / len(told)


def _strata(handled: Sequence[HandledTicket], more_people_than: int) -> Iterator[list[HandledTicket]]:
    """
    Part tickets into strata of enough people.

    Those of too few are pooled by all facts but the last, and so on; what is left of too few in the end is of
    no stratum.
    """
    depth = max((len(each.stratum) for each in handled), default=0)
    left: Sequence[HandledTicket] = handled
    for length in range(depth, -1, -1):
        groups: defaultdict[tuple[str, ...], list[HandledTicket]] = defaultdict(list)
        for each in left:
            groups[each.stratum[:length]].append(each)
        left = []
        for _, group in sorted(groups.items()):
            if len({each.agent for each in group}) > more_people_than:
                yield group
            else:
                left.extend(group)


# -- what agents are shown ---------------------------------------------------------------------------------


@frozen(kw_only=True)
class TeamFigures:
    """
    The figures of several people together.

    Args:
        team: The support group; empty for all that are shown together.
        people: How many people they are.
        tickets: How many tickets they had that are done.
        late: The share of these that was late.
        reopened: The share of these that came back.
        work: The hours that were logged on one of them, on average.
    """

    team: str
    people: int
    tickets: int
    late: float
    reopened: float
    work: float


@frozen
class HiddenTeam:
    """
    A team that is not shown.

    Args:
        team: The support group.
        because: Why not, as a sentence.
    """

    team: str
    because: str


@frozen(kw_only=True)
class OwnView:
    """
    What somebody is shown: their own measures, and those of teams that tell of nobody.

    Args:
        own: Their own; ``None`` if they had no tickets.
        desk: The figures of all; ``None`` if there are too few people.
        teams: Those of each team that is shown, by their names.
        hidden: The others, and why.
    """

    own: AgentFigures | None
    desk: TeamFigures | None
    teams: tuple[TeamFigures, ...] = field(converter=as_tuple)
    hidden: tuple[HiddenTeam, ...] = field(converter=as_tuple)


def own_view(handled: Iterable[HandledTicket], agent: str, policy: MeasuresPolicy) -> OwnView:
    """
    Return what somebody is shown.

    Which teams are shown does not depend on who asks, so that colleagues who lay their views side by side
    learn nothing more. Who asks can take their own tickets away from those of a team: these are left of as
    many people as *policy* names.

    Args:
        handled: The tickets of all, of a time that is the same for everybody, such as a month.
        agent: Who asks.
        policy: What is shown.

    Raises:
        DefinitionError: If *policy* is none.
    """
    handled = as_tuple(handled)
    own = next((each for each in agent_measures(handled, policy) if each.agent == agent), None)
    teams: defaultdict[str, list[HandledTicket]] = defaultdict(list)
    for each in handled:
        teams[each.team].append(each)
    hidden = _hidden(teams, policy)
    is_desk_shown = not _reason_to_hide(handled, policy)
    shown_teams = [_together(team, teams[team]) for team in sorted(teams) if team not in hidden]
    return OwnView(
        own=own,
        desk=_together("", handled) if is_desk_shown else None,
        teams=shown_teams,
        hidden=[HiddenTeam(team, because) for team, because in sorted(hidden.items())],
    )


def _hidden(teams: Mapping[str, Sequence[HandledTicket]], policy: MeasuresPolicy) -> dict[str, str]:
    """Return the teams that are hidden, and why: of some, that others could be reckoned from them."""
    reasons = {team: _reason_to_hide(handled, policy) for team, handled in teams.items()}
    hidden = {team: because for team, because in reasons.items() if because is not None}
    # All less the teams that are shown, are those that are hidden: together, these must be fit to be shown.
    while hidden and len(hidden) < len(teams):
        together = [each for team in hidden for each in teams[team]]
        if _reason_to_hide(together, policy) is None:
            break
        smallest = min(
            (team for team in teams if team not in hidden), key=lambda team: (_people(teams[team]), team)
        )
        hidden[smallest] = "the others that are hidden could be reckoned from it and the figures of all"
    return hidden


def _people(handled: Iterable[HandledTicket]) -> int:
    return len({each.agent for each in handled})


def _reason_to_hide(handled: Collection[HandledTicket], policy: MeasuresPolicy) -> str | None:
    """Return why figures of these tickets would tell of somebody; ``None`` if they would not."""
    tickets: defaultdict[str, int] = defaultdict(int)
    for each in handled:
        tickets[each.agent] += 1
    if len(tickets) <= policy.more_people_than:
        return f"figures are shown of more than {policy.more_people_than} people only"
    if max(tickets.values()) > policy.most_of_one * len(handled):
        return "one person has done most of it"
    return None


def _together(team: str, handled: Sequence[HandledTicket]) -> TeamFigures:
    return TeamFigures(
        team=team,
        people=_people(handled),
        tickets=len(handled),
        late=_share(each.is_late for each in handled),
        reopened=_share(each.is_reopened for each in handled),
        work=sum(each.work / _HOUR for each in handled) / len(handled),
    )

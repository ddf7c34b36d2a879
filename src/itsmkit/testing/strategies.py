"""
Hypothesis strategies for the values of a service desk.

This module needs hypothesis. Instants lie on a grid of quarters of an hour, unless asked for
otherwise, so that an oracle can count them off; histories keep close together, so that much meets.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from hypothesis import reject
from hypothesis import strategies as st

from itsmkit.calendars import Breaks, BusinessCalendar, HolidayCalendar, HoursSpan, TimeSpan, WeeklyHours
from itsmkit.cmdb import (
    IGNORED,
    SAME,
    STANDARD_LEVELS,
    AllNeeded,
    AnySuffices,
    AtLeast,
    CIId,
    ClassModel,
    Clause,
    Clauses,
    ConfigurationGraph,
    ConfigurationItem,
    Effect,
    Flow,
    Influence,
    LevelChain,
    PercentUp,
    RedundancyRule,
    RedundancySet,
    Relation,
    RelationType,
    WeightedNeed,
    capped,
)
from itsmkit.errors import DefinitionError
from itsmkit.practices import (
    STANDARD_TICKET_RULES,
    Decision,
    Incident,
    KindOfWork,
    Observation,
    Occasion,
    add_note,
    add_participant,
    assign,
    catch_up,
    comment,
    correct_work,
    describe,
    incident_kind,
    log_work,
    prioritise,
    remove_participant,
    send_message,
    tag,
    transfer_ownership,
    transition,
    untag,
)
from itsmkit.sla import BREACH, REINSTATED, Checkpoint, ClockEvent, Reopening, Target
from itsmkit.tickets import Actor, Participant, TicketEvent, TicketId

__all__ = [
    "GRID",
    "actors",
    "breaks",
    "business_calendars",
    "clock_histories",
    "configuration_graphs",
    "day_hours",
    "decisions",
    "effects",
    "holiday_calendars",
    "incident_histories",
    "instants",
    "redundancy_rules",
    "special_hours",
    "targets",
    "time_spans",
    "waits",
    "weekly_hours",
    "zones",
]

GRID = timedelta(minutes=15)
"""The step of the grid that instants and openings lie on."""

_DAY = timedelta(days=1)
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_END = datetime(2027, 1, 1, tzinfo=UTC)
_NEW_YEAR = date(2026, 1, 1)
_ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Pacific/Auckland", "Africa/Abidjan", "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun",
    "Africa/Johannesburg", "Africa/Juba", "Africa/Monrovia", "America/Anchorage",
    "America/Argentina/San_Luis", "America/Caracas", "America/Goose_Bay", "America/Havana",
    "America/Los_Angeles", "America/Moncton", "America/Nuuk", "America/Recife", "America/Santiago",
    "America/Sao_Paulo", "Antarctica/Casey", "Antarctica/Troll", "Asia/Amman", "Asia/Dhaka", "Asia/Gaza",
    "Asia/Kolkata", "Asia/Pyongyang", "Asia/Shanghai", "Asia/Singapore", "Asia/Tehran", "Asia/Tokyo",
    "Atlantic/Azores", "Australia/Sydney", "Europe/Dublin", "Europe/Istanbul", "Europe/Lisbon",
    "Europe/London", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Kwajalein",
    "Pacific/Norfolk",
)  # fmt: skip


def zones() -> st.SearchStrategy[str]:
    """
    Return names of time zones, some without changes of the clocks, and all that are known for odd ones.

    By half an hour, at midnight, back over midnight, for Ramadan, by the loss of a whole day.
    """
    return st.sampled_from(_ZONES)


def instants(
    begin: datetime = _BEGIN, end: datetime = _END, *, grid: timedelta = GRID
) -> st.SearchStrategy[datetime]:
    """
    Return instants in UTC.

    Args:
        begin: The first one; aware.
        end: No instant lies after it; aware.
        grid: The step from *begin* on that they lie on.
    """
    first = begin.astimezone(UTC)
    return st.integers(0, (end - begin) // grid).map(lambda step: first + step * grid)


def waits(most: timedelta = 5 * _DAY, *, grid: timedelta = GRID) -> st.SearchStrategy[timedelta]:
    """Return durations from nothing to *most*, many of them short, in steps of *grid*."""
    few, many = min(_DAY // 2, most) // grid, most // grid
    steps = st.one_of(st.just(0), st.integers(0, few), st.integers(0, many))
    return steps.map(lambda count: count * grid)


def time_spans(
    begin: datetime = _BEGIN, end: datetime = _END, *, most: timedelta = 5 * _DAY
) -> st.SearchStrategy[TimeSpan]:
    """
    Return spans of real time, some of them empty.

    Args:
        begin: No span starts before it; aware.
        end: No span starts after it; aware.
        most: The longest.
    """
    return st.builds(lambda start, length: TimeSpan(start, start + length), instants(begin, end), waits(most))


@st.composite
def weekly_hours(draw: st.DrawFn) -> WeeklyHours:
    """Return weekly hours that are open at times: split days, night shifts, closed days, around the clock."""
    if draw(st.integers(0, 7)) == 0:
        return WeeklyHours.always()
    edges = sorted(draw(st.sets(st.integers(0, 7 * _DAY // GRID - 1), min_size=2, max_size=16)))
    spans = [(edges[0], edges[1]), *draw(st.lists(st.sampled_from([*pairwise(edges)]), max_size=8))]
    days: list[list[HoursSpan]] = [[] for _ in range(7)]
    for first, last in set(spans):
        weekday, opens = divmod(first * GRID, _DAY)
        closes = opens + min((last - first) * GRID, _DAY - GRID)
        days[weekday].append(HoursSpan(opens, closes if closes <= _DAY else closes - _DAY))
    return WeeklyHours(days)


@st.composite
def holiday_calendars(draw: st.DrawFn, begin: date = _NEW_YEAR) -> HolidayCalendar:
    """Return listed holidays in the year after *begin*, or none."""
    days = draw(st.sets(st.integers(0, 365), max_size=20))
    return HolidayCalendar({begin + day * _DAY: f"Holiday {day}" for day in days})


@st.composite
def day_hours(draw: st.DrawFn, *, most: int = 2) -> tuple[HoursSpan, ...]:
    """Return the hours of one day: none, or up to *most* spans, the last of which may run overnight."""
    edges = sorted(draw(st.sets(st.integers(0, _DAY // GRID - 1), max_size=2 * most)))
    if len(edges) % 2:
        edges.append(_DAY // GRID + draw(st.integers(0, edges[0])))
    return tuple(
        HoursSpan(opens * GRID, closes * GRID if closes * GRID <= _DAY else closes * GRID - _DAY)
        for opens, closes in zip(edges[::2], edges[1::2], strict=True)
        if closes - opens < _DAY // GRID
    )


def special_hours(begin: date = _NEW_YEAR) -> st.SearchStrategy[dict[date, tuple[HoursSpan, ...]]]:
    """Return the hours of some dates in the year after *begin*, or of none; some of them are closed."""
    days = st.integers(0, 365).map(lambda day: begin + day * _DAY)
    return st.dictionaries(days, day_hours(), max_size=10)


@st.composite
def breaks(draw: st.DrawFn, begin: date = _NEW_YEAR) -> Breaks | None:
    """Return weekly breaks of an hour or two, and others on dates in the year after *begin*; or ``None``."""
    weekdays = draw(st.sets(st.integers(0, 6)))
    opens = draw(st.integers(0, _DAY // GRID - 1)) * GRID
    closes = (opens + draw(st.integers(4, 8)) * GRID) % _DAY
    weekly = [[HoursSpan(opens, closes)] if weekday in weekdays else [] for weekday in range(7)]
    dated = draw(st.dictionaries(st.integers(0, 365), day_hours(most=1), max_size=6))
    return (
        Breaks(
            WeeklyHours(weekly), dated={begin + day * _DAY: spans for day, spans in dated.items() if spans}
        )
        or None
    )


@st.composite
def business_calendars(
    draw: st.DrawFn,
    in_zones: st.SearchStrategy[str] | None = None,
    holidays: st.SearchStrategy[HolidayCalendar | None] | None = None,
    *,
    special: st.SearchStrategy[dict[date, tuple[HoursSpan, ...]]] | None = None,
    without: st.SearchStrategy[Breaks | None] | None = None,
    dst: st.SearchStrategy[Literal["elapsed", "edges"]] | None = None,
) -> BusinessCalendar:
    """
    Return calendars that are open every week, but for holidays and the like, as long as they are known.

    Args:
        draw: Given by Hypothesis.
        in_zones: Where they may stand; by default, in any of `zones`.
        holidays: Their holidays; by default, none or those of `holiday_calendars`.
        special: Their special hours; by default, none or those of `special_hours`.
        without: Their breaks; by default, none or those of `breaks`.
        dst: How they read a change of the clocks; by default, either way.
    """
    declared = {
        "holidays": st.none() | holiday_calendars() if holidays is None else holidays,
        "special_hours": st.just({}) | special_hours() if special is None else special,
        "breaks": st.none() | breaks() if without is None else without,
        "dst": st.sampled_from(["elapsed", "edges"]) if dst is None else dst,
        "holiday_beats_special": st.booleans(),
    }
    hours, tz = draw(weekly_hours()), draw(zones() if in_zones is None else in_zones)
    options: dict[str, Any] = {name: draw(strategy) for name, strategy in declared.items()}
    cut_out: Breaks | None = options["breaks"]
    try:
        BusinessCalendar(hours, tz, breaks=cut_out and cut_out.weekly)
        return BusinessCalendar(hours, tz, **options)
    except DefinitionError:
        # All of the hours are breaks: rare, and no calendar, or one for the special hours alone.
        reject()


def targets(clock: str = "resolve") -> st.SearchStrategy[Target]:
    """Return targets of a clock: an hour to some days, with and without a second cycle and checkpoints."""
    checkpoints = st.sampled_from(
        [
            (),
            (BREACH,),
            (Checkpoint.at_share(50), BREACH),
            (BREACH, Checkpoint.at_share(33), Checkpoint.before_target(timedelta(minutes=30))),
            (Checkpoint.at_share(100), BREACH, Checkpoint.at_breach(after=timedelta(hours=2))),
        ]
    )
    return st.builds(
        Target,
        st.just(clock),
        st.integers(4, 200).map(lambda steps: steps * GRID),
        on_reopen=st.sampled_from(Reopening),
        checkpoints=checkpoints,
    )


_WAYS = {
    "new": ("active", "active", "pending", "resolved", "cancelled"),
    "active": ("pending", "pending", "active", "resolved", "cancelled"),
    "pending": ("active", "active", "resolved"),
    "resolved": ("active", "active", "pending", "closed"),
    "closed": ("active",),
    "cancelled": ("cancelled", "cancelled", "active", "pending", "resolved"),
}


@st.composite
def clock_histories(
    draw: st.DrawFn, *, begin: datetime = _BEGIN, most: int = 12, orderly: bool = True
) -> tuple[ClockEvent, ...]:
    """
    Return what a clock may hear of one piece of work, from its opening on.

    It pauses, resumes, resolves, comes back and, now and then, is cancelled; some events concern no clock.

    Args:
        draw: Given by Hypothesis.
        begin: The instant before which nothing happens; aware.
        most: How many events there may be beside the first.
        orderly: Whether no event may claim to have happened before the one before it.
    """
    at = draw(instants(begin, begin + 14 * _DAY))
    category = "new"
    events = [ClockEvent(at, "opened", category)]
    for _ in range(draw(st.integers(0, most))):
        at += draw(waits(3 * _DAY))
        told = at if orderly else at - draw(waits(_DAY))
        if draw(st.integers(0, 4)) == 0:
            events.append(ClockEvent(told, "commented", category, {"public": draw(st.booleans())}))
            continue
        after = draw(st.sampled_from(_WAYS[category]))
        name = "state_changed"
        if category in {"resolved", "closed"} and after != "closed":
            name = "reopened"
        elif category == "cancelled" != after:
            name = REINSTATED
        category = after
        events.append(ClockEvent(told, name, category))
    return tuple(events)


def actors() -> st.SearchStrategy[Actor]:
    """Return a few people, the requester of `incident_histories` among them, and a program."""
    return st.sampled_from([Actor("caller"), Actor("ann"), Actor("bob"), Actor("robot", automated=True)])


_NAMES = st.sampled_from(["Network", "Desktop", None])
_PEOPLE = st.sampled_from(["ann", "bob", None])
_TOLD = {
    "support_group": "Network",
    "assignee": "ann",
    "pending_reason": "awaiting the caller",
    "resolution": "restarted",
    "cancellation_reason": "a duplicate",
}


def decisions(
    incident: Incident, occasion: Occasion, practice: KindOfWork[Incident]
) -> st.SearchStrategy[Decision[Incident]]:
    """
    Return what the practices decide when somebody does something sensible with *incident*.

    Args:
        incident: The incident as it is.
        occasion: When, and by whom.
        practice: How the desk handles incidents. Its moves may ask for what the standard ones do.
    """
    workflow, matrix = practice.workflow, practice.priorities
    levels = {"impact": st.sampled_from(matrix.impacts), "urgency": st.sampled_from(matrix.urgencies)}
    priorities = st.sampled_from([None, *matrix.priorities])
    words = st.sampled_from(["red", "blue", None])
    details = st.dictionaries(st.sampled_from(["title", "service", "colour"]), words, min_size=1)
    ways = {
        way.trigger: {name: _TOLD[name] for name in way.missing}
        for way in workflow.available(incident.state, incident.facts())
        if not way.failed and _TOLD.keys() >= {*way.missing}
    }

    def moved(trigger: str) -> Decision[Incident]:
        return transition(incident, workflow, trigger, occasion, ways[trigger])

    def judged(impact: str, urgency: str, priority: str | None) -> Decision[Incident]:
        return prioritise(
            incident, matrix, occasion, impact=impact, urgency=urgency, priority=priority, reason="as agreed"
        )

    def seen(observation: Observation) -> Decision[Incident]:
        return catch_up(practice, incident, observation, occasion)

    deeds: list[st.SearchStrategy[Decision[Incident]]] = [
        st.builds(judged, priority=priorities, **levels),
        st.builds(
            lambda group, person: assign(incident, occasion, support_group=group, assignee=person),
            _NAMES,
            _PEOPLE,
        ),
        st.builds(
            lambda text, public: comment(incident, occasion, text, public=public),
            st.sampled_from(["Hello", "Is it done?"]),
            st.booleans(),
        ),
        details.map(lambda changes: describe(incident, occasion, changes)),
        st.sampled_from([_noted, _sent, _tagged, _owned, _shared, _worked]).map(
            lambda deed: deed(incident, occasion)
        ),
        st.builds(
            Observation,
            st.sampled_from([state.name for state in workflow.definition.states]),
            support_group=_NAMES,
            assignee=_PEOPLE,
            priority=priorities,
            details=details,
            **levels,
        ).map(seen),
    ]
    if ways:
        deeds.insert(0, st.sampled_from([*ways]).map(moved))
    return st.one_of(deeds)


def _noted(incident: Incident, occasion: Occasion) -> Decision[Incident]:
    return add_note(incident, occasion, "The old fuse")


def _sent(incident: Incident, occasion: Occasion) -> Decision[Incident]:
    return send_message(incident, occasion, "We are on it")


def _tagged(incident: Incident, occasion: Occasion) -> Decision[Incident]:
    rules = STANDARD_TICKET_RULES.tags
    if "vip" in incident.tags:
        return untag(incident, occasion, ["vip"])
    return tag(incident, occasion, ["vip"], rules)


def _owned(incident: Incident, occasion: Occasion) -> Decision[Incident]:
    return transfer_ownership(incident, occasion, occasion.actor.id)


def _shared(incident: Incident, occasion: Occasion) -> Decision[Incident]:
    takes_part = Participant("kim", "expert") in incident.participants
    change = remove_participant if takes_part else add_participant
    return change(incident, occasion, "kim", "expert")


def _worked(incident: Incident, occasion: Occasion) -> Decision[Incident]:
    policy, half = STANDARD_TICKET_RULES.work, timedelta(minutes=30)
    if incident.work_log:
        return correct_work(incident, occasion, policy, "1", reason="a typing error", duration=half)
    return log_work(incident, occasion, policy, 2 * half, "repair")


@st.composite
def incident_histories(
    draw: st.DrawFn,
    practice: KindOfWork[Incident] | None = None,
    *,
    begin: datetime = _BEGIN,
    most: int = 10,
) -> tuple[TicketEvent, ...]:
    """
    Return the history of an incident, from its logging on.

    Events of one command stand at one instant. Some of them claim to have happened before the command that
    came before theirs.

    Args:
        draw: Given by Hypothesis.
        practice: How the desk handles incidents; by default, the standard practice.
        begin: The instant before which nothing happens; aware.
        most: How many commands there may be beside the first.
    """
    practice = practice or incident_kind()
    now = draw(instants(begin, begin + 14 * _DAY))
    logged = practice.log(
        TicketId("ticket-1"),
        f"{practice.prefix}1",
        Occasion(draw(actors()), now),
        opened_at=now - draw(waits(_DAY)),
        impact=draw(st.sampled_from(practice.priorities.impacts)),
        urgency=draw(st.sampled_from(practice.priorities.urgencies)),
        details={"title": "Something is broken", "requester": "caller"},
    )
    history = list(logged.events)
    incident = logged.ticket
    for _ in range(draw(st.integers(0, most))):
        now += draw(waits(2 * _DAY))
        happened = now - draw(st.just(timedelta(0)) | waits(_DAY))
        decision = draw(decisions(incident, Occasion(draw(actors()), now, happened), practice))
        history.extend(decision.events)
        incident = decision.ticket
    return tuple(history)


# -- configuration graphs --------------------------------------------------------------------------

_CHAINS = (
    LevelChain(["up", "down"]),
    STANDARD_LEVELS,
    LevelChain(["clear", "warning", "minor", "major", "critical"]),
)


@st.composite
def effects(draw: st.DrawFn, levels: LevelChain = STANDARD_LEVELS) -> Effect:
    """Draw effects of any kind on a chain of levels."""
    felt = sorted(draw(st.lists(st.sampled_from(range(1, levels.top + 1)), max_size=levels.top)))
    worse = draw(st.permutations(levels.names[1:]))[: len(felt)]
    at = sorted(worse, key=levels.number)
    return draw(
        st.one_of(
            st.sampled_from([SAME, IGNORED]),
            st.sampled_from(levels.names).map(capped),
            st.just(Effect(dict(zip(at, (levels.names[each] for each in felt), strict=True)))),
        )
    )


@st.composite
def redundancy_rules(
    draw: st.DrawFn, members: Sequence[str], levels: LevelChain = STANDARD_LEVELS
) -> RedundancyRule:
    """Draw rules of any kind that *members*, at least one, can meet."""
    percentages = st.one_of(st.integers(1, 100), st.fractions(Fraction(1, 7), 100, max_denominator=7))
    amounts: st.SearchStrategy[int | Fraction] = st.sampled_from([0, 1, 2, 3, Fraction(1, 2), Fraction(4, 3)])
    weights = draw(st.dictionaries(st.sampled_from(members), amounts))
    total = sum(weights.get(member, 1) for member in members)
    choices = [
        st.just(AllNeeded()),
        st.just(AnySuffices()),
        st.integers(1, len(members)).map(AtLeast),
        percentages.map(PercentUp),
        percentages.map(Influence),
    ]
    if total:
        needs = st.sampled_from([Fraction(total, part) for part in (1, 2, 3)])
        worse = st.sampled_from(levels.names[1:])
        clauses = st.builds(Clause, worse, needs, worse, st.just(weights))
        choices += [
            needs.map(lambda need: WeightedNeed(weights, need)),
            st.lists(clauses, min_size=1, max_size=3).map(Clauses),
        ]
    return draw(st.one_of(choices))


@st.composite
def configuration_graphs(
    draw: st.DrawFn, *, most: int = 6, chains: Sequence[LevelChain] = _CHAINS
) -> ConfigurationGraph:
    """
    Draw graphs of at most *most* items, cyclic ones too, with relations and redundancy of every kind.

    The levels are one of *chains*.
    """
    levels = draw(st.sampled_from(chains))
    ids = [CIId(f"ci-{number}") for number in range(draw(st.integers(1, most)))]
    types = [
        RelationType(f"{flow.value}-{kind}", f"{flow.value}-{kind}-of", flow, effect)
        for kind, effect in [("same", SAME), ("drawn", draw(effects(levels)))]
        for flow in Flow
    ]
    ends = st.sampled_from(ids)
    relations = draw(
        st.lists(
            st.builds(
                Relation,
                ends,
                st.sampled_from([each.name for each in types]),
                ends,
                effect=st.none() | effects(levels),
            ),
            unique_by=lambda relation: relation.key,
            max_size=3 * most,
        )
    )
    # Each dependent has all its providers in sets now and then, so that redundancy is met.
    redundancy = []
    for dependent in draw(st.lists(ends, unique=True)):
        related = sorted(
            {end for relation in relations if dependent in relation.ends for end in relation.ends}
            - {dependent}
        )
        if related:
            members = draw(st.lists(st.sampled_from(related), min_size=1, unique=True))
            rule = draw(redundancy_rules(members, levels))
            redundancy.append(RedundancySet(dependent, "set", members, rule))
    return ConfigurationGraph(
        [ConfigurationItem(ci, "host", ci) for ci in ids],
        relations,
        redundancy,
        model=ClassModel(relation_types=types),
        levels=levels,
    )

"""Strategies for calendars, conditions and configurations, whose fields must fit each other."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from itsmkit.calendars import (
    Breaks,
    BusinessCalendar,
    BusinessTime,
    CalendarVersions,
    CombinedTime,
    Explanation,
    HolidayCalendar,
    Recurrence,
    WeeklyHours,
)
from itsmkit.cmdb import (
    STANDARD_LEVELS,
    CIClass,
    CIId,
    ClassModel,
    ConfigurationDocument,
    ConfigurationGraph,
    ConfigurationItem,
    Flow,
    Impact,
    LevelChain,
    Relation,
    RelationType,
    Seed,
    standard_class_model,
)
from itsmkit.cmdb.causes import Priors
from itsmkit.cmdb.history import (
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    ConfigurationView,
    ImpactDiff,
    RecordChange,
)
from itsmkit.cmdb.reconciliation import (
    IdentificationRule,
    IdentifierEntry,
    Reconciliation,
    ReconciliationRules,
    SourcePolicy,
    StagingArea,
    reconcile,
)
from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FactKind,
    FactSchema,
    FactType,
    Membership,
    Not,
    Operator,
    Presence,
)
from itsmkit.testing.stored_values import configuration_events, staging_areas
from itsmkit.testing.strategies import (
    business_calendars,
    configuration_graphs,
    holiday_calendars,
    time_spans,
    weekly_hours,
)

__all__ = [
    "CONFIGURED",
    "INSTANTS",
    "NAMES",
    "Of",
    "SOME_NAMES",
    "ZONE_NAMES",
    "calendars_in_utc",
]

Of = Callable[[Any], st.SearchStrategy[Any]]
"""Gives the strategy of what a field is declared to be."""

NAMES = st.sampled_from(["a", "b", "web", "db", "ann"])
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
_SHARES = st.floats(0.001, 0.999)
SOME_NAMES = st.lists(NAMES, max_size=2, unique=True).map(tuple)
ZONE_NAMES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"])


# -- calendars ---------------------------------------------------------------------------------------------


def _calendars(_: Of) -> st.SearchStrategy[BusinessCalendar]:
    return business_calendars(ZONE_NAMES)


@st.composite
def _versions(draw: st.DrawFn) -> CalendarVersions:
    begins = sorted(draw(st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1)), max_size=2, unique=True)))
    return CalendarVersions(
        [(each, draw(calendars_in_utc)) for each in [None, *begins]], name=draw(st.none() | NAMES)
    )


calendars_in_utc = business_calendars(st.just("UTC"), st.none(), special=st.just({}), without=st.none())


@st.composite
def _combined(draw: st.DrawFn) -> CombinedTime:
    spans = st.lists(time_spans(), min_size=1, max_size=2).map(tuple)
    return draw(calendars_in_utc) | draw(calendars_in_utc | spans | _recurrences())


def _recurrences(_: Of | None = None) -> st.SearchStrategy[Recurrence]:
    return st.builds(
        Recurrence,
        st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=1SU;COUNT=5"]),
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
        ZONE_NAMES,
        lasting=st.sampled_from([timedelta(hours=1), timedelta(minutes=30)]),
    )


def _times(_: Of) -> st.SearchStrategy[BusinessTime]:
    return calendars_in_utc | _versions() | _combined()


def _explained(_: Of) -> st.SearchStrategy[Explanation]:
    return st.builds(
        lambda calendar, span: calendar.explain(span.start, span.end),
        _calendars(_),
        time_spans(most=timedelta(days=3)),
    )


# -- conditions --------------------------------------------------------------------------------------------

_SCALARS: Mapping[FactKind, st.SearchStrategy[Any]] = {
    FactKind.TEXT: st.text(max_size=4),
    FactKind.TRUTH: st.booleans(),
    FactKind.NUMBER: st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.decimals(-1, 1),
    FactKind.INSTANT: INSTANTS,
    FactKind.DURATION: st.timedeltas(),
}


def _conditions(_: Of) -> st.SearchStrategy[Condition]:
    fields = st.sampled_from(["state", "tag.vip", "$odd"])
    values = st.one_of([each for kind, each in _SCALARS.items() if kind is not FactKind.TRUTH])
    tests = st.one_of(
        st.builds(Comparison, fields, st.sampled_from(Operator), values),
        st.builds(Comparison, fields, st.just(Operator.EQUALS), st.booleans()),
        st.builds(Membership, fields, st.lists(values, min_size=1, max_size=3)),
        st.builds(Presence, fields),
    )
    return st.recursive(
        tests,
        lambda inner: st.one_of(
            inner.map(Not), st.lists(inner, max_size=2).map(AllOf), st.lists(inner, max_size=2).map(AnyOf)
        ),
        max_leaves=3,
    )


@st.composite
def _fact_types(draw: st.DrawFn) -> FactType:
    kind = draw(st.sampled_from(FactKind))
    choices = None
    if kind in (FactKind.TEXT, FactKind.INSTANT) and draw(st.booleans()):
        values = NAMES if kind is FactKind.TEXT else _SCALARS[kind]
        choices = draw(st.lists(values, min_size=1, max_size=2, unique=True))
    return FactType(kind, choices=choices, optional=draw(st.booleans()))


# -- configuration -----------------------------------------------------------------------------------------


_A_MODEL = ClassModel(
    [CIClass("host", attributes={"serial": "text"}, stale_after=timedelta(days=30))],
    [RelationType("needs", "needed by", Flow.REVERSE)],
)


def _graphs(_: Of | None = None) -> st.SearchStrategy[ConfigurationGraph]:
    return configuration_graphs(most=3)


@st.composite
def _impacts(draw: st.DrawFn) -> Impact:
    graph = draw(_graphs())
    failed = draw(st.lists(st.sampled_from([item.id for item in graph.items]), max_size=2, unique=True))
    at = draw(st.none() | INSTANTS)
    return graph.impact_of([Seed(ci, graph.levels.names[-1]) for ci in failed], at=at)


@st.composite
def _timelines(draw: st.DrawFn) -> ConfigurationTimeline:
    events = draw(st.lists(configuration_events(), max_size=3, unique_by=lambda each: each.record.key))
    numbered = [ConfigurationEvent(each.record, 1, each.recorded_at, each.actor) for each in events]
    return ConfigurationTimeline(numbered, tolerant=True)


@st.composite
def _views(draw: st.DrawFn) -> ConfigurationView:
    return draw(_timelines()).as_of(draw(INSTANTS), recorded=draw(st.none() | INSTANTS))


@st.composite
def _reconciled(draw: st.DrawFn) -> Reconciliation:
    rules = ReconciliationRules([IdentificationRule("host", [IdentifierEntry(["serial"])])])
    return reconcile(draw(staging_areas()), rules, now=draw(INSTANTS))


@st.composite
def _documents(draw: st.DrawFn) -> ConfigurationDocument:
    events = draw(st.lists(configuration_events(), max_size=3, unique_by=lambda each: each.record.key))
    items = [each.record for each in events if isinstance(each.record.value, ConfigurationItem)]
    return ConfigurationDocument(items)


def _priors(_: Of) -> st.SearchStrategy[Priors]:
    odds = st.floats(1, 1000)
    chances = st.dictionaries(NAMES, _SHARES, max_size=2)
    return st.builds(Priors, _SHARES, classes=chances, cis=chances, change=odds, alert=odds, none=_SHARES)


@st.composite
def _changes_of_records(draw: st.DrawFn) -> RecordChange:
    relation = Relation(CIId("a"), "depends on", CIId("b"))
    return RecordChange(
        relation, Relation(CIId("a"), "depends on", CIId("b"), attributes={"port": draw(st.integers())})
    )


CONFIGURED: Mapping[type, Callable[[Of], st.SearchStrategy[Any]]] = {
    Breaks: lambda _: st.builds(
        lambda hours, days: Breaks(hours, dated=days),
        st.sampled_from(["12:00-13:00", "Mon-Fri 10:00-10:15"]),
        st.just({}),
    ),
    BusinessCalendar: _calendars,
    BusinessTime: _times,
    CalendarVersions: lambda _: _versions(),
    ClassModel: lambda _: st.sampled_from([ClassModel(), standard_class_model(), _A_MODEL]),
    CombinedTime: lambda _: _combined(),
    Condition: _conditions,
    ConfigurationDocument: lambda _: _documents(),
    ConfigurationEvent: lambda _: configuration_events(),
    ConfigurationGraph: _graphs,
    ConfigurationRecord: lambda _: configuration_events().map(lambda event: event.record),
    ConfigurationTimeline: lambda _: _timelines(),
    ConfigurationView: lambda _: _views(),
    Explanation: _explained,
    FactSchema: lambda _: st.dictionaries(NAMES, _fact_types(), max_size=3).map(FactSchema),
    FactType: lambda _: _fact_types(),
    HolidayCalendar: lambda _: holiday_calendars() | st.just(HolidayCalendar(region="DE-NW", language="de")),
    Impact: lambda _: _impacts(),
    ImpactDiff: lambda _: st.builds(ImpactDiff, _impacts(), _impacts()),
    LevelChain: lambda _: st.sampled_from([STANDARD_LEVELS, LevelChain(["up", "down"])]),
    Priors: _priors,
    Reconciliation: lambda _: _reconciled(),
    RecordChange: lambda _: _changes_of_records(),
    Recurrence: _recurrences,
    SourcePolicy: lambda of: st.builds(
        SourcePolicy, NAMES, SOME_NAMES, st.sampled_from(["keep", "retire"]), of(timedelta)
    ),
    StagingArea: lambda _: staging_areas(),
    WeeklyHours: lambda _: weekly_hours(),
}
"""The strategies, by class; each is given `Of`."""

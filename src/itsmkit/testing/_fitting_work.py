"""Strategies for people, approvals, agreements and desks, whose fields must fit each other."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from itsmkit.calendars import (
    BusinessDays,
)
from itsmkit.conditions import Condition
from itsmkit.desk import DeskConfig
from itsmkit.desk.profiles import PROFILES, profile_text
from itsmkit.interchange import EventLog, EventLogColumns, EventLogFormat, LogEntry
from itsmkit.interchange.inventory import AttributeColumn, ColumnMap, RelationColumn
from itsmkit.languages import Languages, LanguageTag, Message
from itsmkit.plugin import Record, RecordEvent
from itsmkit.practices.classification import FIELDS, ClassificationMode, ClassificationPolicy, Prediction
from itsmkit.practices.escalation import DeliveryRule, EscalationPolicy, Ladder, LadderStep, Trigger
from itsmkit.practices.experience import SurveyPolicy, SurveyWords
from itsmkit.practices.links import Cascade, CascadeAction
from itsmkit.simulate import SimulatedMonth, month
from itsmkit.sla import AgreementBook, Promise, ServiceLevelAgreement, Target
from itsmkit.testing._fitting_configurations import (
    INSTANTS,
    NAMES,
    SOME_NAMES,
    ZONE_NAMES,
    Of,
    calendars_in_utc,
)
from itsmkit.testing.stored_values import record_events, records, ticket_events
from itsmkit.tickets import PriorityMatrix, TicketEvent
from itsmkit.tickets.structure import Criticality, Person, PersonKind, Service, Site, Structure
from itsmkit.workflow import STANDARD_WORKFLOWS, StateCategory, WorkflowDefinition
from itsmkit.workflow.approvals import (
    EVERYBODY,
    ApprovalPolicy,
    ApprovalRequest,
    InParallel,
    InSequence,
    Quorum,
    RoleApprovers,
    Seat,
    SeatedStage,
    Stage,
    WeightAtLeast,
)
from itsmkit.workflow.approvals import Share as VoteShare
from itsmkit.workforce import ArrivalModel

__all__ = ["WORKED"]

_TAGS = st.sampled_from(["nl", "pt-BR", "fa-IR-u-ca-gregory-nu-latn"])
_WORDS = st.dictionaries(NAMES, NAMES, max_size=2)
_PREDICTED = st.sampled_from(FIELDS)
_CONFIDENCES = st.floats(0, 1)


# -- people and approvals ----------------------------------------------------------------------------------


@st.composite
def _people(draw: st.DrawFn) -> Person:
    name = draw(NAMES)
    joined, left = sorted(draw(st.tuples(INSTANTS, INSTANTS)))
    return Person(
        name,
        email=draw(st.sampled_from([None, f"{name}@example.org"])),
        kind=draw(st.sampled_from(PersonKind)),
        language=draw(st.sampled_from([None, "de"])),
        time_zone=draw(st.none() | ZONE_NAMES),
        joined_at=draw(st.sampled_from([None, joined])),
        left_at=draw(st.sampled_from([None, left])),
    )


def _structures(_: Of) -> st.SearchStrategy[Structure]:
    def of(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(one, max_size=2, unique_by=lambda each: each.id)

    return st.builds(
        Structure,
        people=of(_people()),
        sites=of(st.builds(Site, NAMES, time_zone=ZONE_NAMES, agreements=st.none() | SOME_NAMES)),
        services=of(st.builds(Service, NAMES, criticality=st.sampled_from(Criticality))),
    )


@st.composite
def _stages(draw: st.DrawFn, name: str | None = None) -> Stage:
    return Stage(
        name or draw(NAMES),
        [RoleApprovers(draw(NAMES), weight=draw(st.integers(1, 3)), veto=draw(st.booleans()))],
        draw(st.sampled_from([EVERYBODY, VoteShare(Fraction(1, 2), more_than=True), WeightAtLeast(2)])),
        quorum=draw(st.sampled_from([Quorum(), Quorum(part=Fraction(2, 7))])),
        within=draw(st.sampled_from([None, timedelta(hours=8), BusinessDays(2)])),
        barred=draw(SOME_NAMES),
    )


@st.composite
def _policies(draw: st.DrawFn) -> ApprovalPolicy:
    first, second, third = (draw(_stages(f"stage {number}")) for number in range(3))
    steps: list[Any] = draw(st.sampled_from([[first], [first, InParallel([second, third])], [first, second]]))
    return ApprovalPolicy(draw(NAMES), InSequence(steps), barred=draw(SOME_NAMES))


@st.composite
def _requests(draw: st.DrawFn) -> ApprovalRequest:
    policy = draw(_policies())
    seats = st.lists(st.builds(Seat, NAMES), max_size=2, unique_by=lambda seat: seat.person)
    stages = [SeatedStage(stage.name, draw(seats)) for stage in policy.stages]
    return ApprovalRequest(policy, draw(NAMES), draw(INSTANTS), stages)


# -- agreements, workflows, desks --------------------------------------------------------------------------


@st.composite
def _matrices(draw: st.DrawFn) -> PriorityMatrix:
    levels = st.lists(NAMES, min_size=1, max_size=3, unique=True)
    impacts, urgencies, priorities = draw(levels), draw(levels), draw(levels)
    cells = st.sampled_from(priorities)
    return PriorityMatrix(impacts, urgencies, priorities, [[draw(cells) for _ in urgencies] for _ in impacts])


@st.composite
def _books(draw: st.DrawFn) -> AgreementBook:
    calendar = draw(calendars_in_utc)
    within: Any = draw(st.sampled_from([timedelta(hours=8), BusinessDays(2)]))
    target = Target("resolve", within)
    agreement = ServiceLevelAgreement(draw(NAMES), calendar, [Promise(target)])
    return AgreementBook({"office": calendar}, draw(st.sampled_from([(), (agreement,)])))


def _cascades(_: Of) -> st.SearchStrategy[Cascade]:
    return st.builds(
        Cascade,
        NAMES,
        st.just(CascadeAction.TRANSITION),
        on_category=st.sampled_from(["resolved", "closed"]),
        trigger=NAMES,
        text=st.none() | NAMES,
        notify=SOME_NAMES,
    )


def _profile(name: str) -> DeskConfig:
    return DeskConfig.load(tomllib.loads(profile_text(name)))


@st.composite
def _log_formats(draw: st.DrawFn) -> EventLogFormat:
    facts = {name: f"column {name}" for name in draw(st.sets(NAMES))}
    counters = tuple(sorted(facts))[:1]
    return EventLogFormat(
        columns=EventLogColumns(
            ticket="number", at="changed", state="state", actor=draw(st.none() | st.just("by"))
        ),
        facts=facts,
        counters=counters,
        revealed={name: ("Closed",) for name in facts if name not in counters},
        delimiter=draw(st.sampled_from(",;|")),
        time_zone=draw(ZONE_NAMES),
        missing=draw(st.sampled_from([("?", ""), ("",)])),
    )


@st.composite
def _column_maps(draw: st.DrawFn) -> ColumnMap:
    kinds = draw(st.dictionaries(NAMES, st.sampled_from(["text", "number", "truth"]), max_size=2))
    return ColumnMap(
        key=draw(st.sampled_from([("Hostname",), ("Site", "Hostname")])),
        ci_class="host",
        name=draw(st.none() | st.just("Hostname")),
        attributes={name: AttributeColumn(f"column {name}", kind) for name, kind in kinds.items()},
        relations=draw(st.sampled_from([(), (RelationColumn("depends on", "Parent"),)])),
        ignore=draw(st.sampled_from([(), ("*",)])),
    )


def _arrival_models() -> st.SearchStrategy[ArrivalModel]:
    shares = st.floats(0, 1)
    return st.builds(
        ArrivalModel,
        until=INSTANTS,
        profile=st.lists(shares, min_size=2, max_size=2).map(lambda pair: [*pair] * 84),
        working=st.lists(st.booleans(), min_size=7, max_size=7),
        level=st.floats(0, 1000),
        trend=st.floats(-5, 5),
        damping=shares,
        holidays=shares,
        dispersion=shares,
    )


_WAITS = st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def _ladders(draw: st.DrawFn) -> Ladder:
    waits = sorted(draw(st.lists(_WAITS, min_size=1, max_size=2)))
    on = draw(st.sampled_from(Trigger))
    is_counting = on in (Trigger.REASSIGNED, Trigger.REOPENED, Trigger.BOUNCED)
    mark = draw(NAMES) if on == Trigger.CHECKPOINT else None
    return Ladder(
        name=draw(NAMES),
        on=on,
        steps=[LadderStep(each, [draw(NAMES)]) for each in waits],
        clock=mark,
        checkpoint=mark,
        at_least=draw(st.integers(1, 5)) if is_counting else None,
    )


WORKED: Mapping[type, Callable[[Of], st.SearchStrategy[Any]]] = {
    AgreementBook: lambda _: _books(),
    ApprovalPolicy: lambda _: _policies(),
    ApprovalRequest: lambda _: _requests(),
    ArrivalModel: lambda _: _arrival_models(),
    Cascade: _cascades,
    ClassificationPolicy: lambda of: st.builds(
        ClassificationPolicy,
        mode=of(ClassificationMode),
        gates=st.dictionaries(_PREDICTED, _CONFIDENCES, max_size=2),
        at_log=st.booleans(),
        kinds=st.lists(NAMES, max_size=2, unique=True),
        never_when=of(Condition),
    ),
    ColumnMap: lambda _: _column_maps(),
    DeliveryRule: lambda _: st.builds(
        DeliveryRule, of=SOME_NAMES, digest=st.none() | _WAITS, hours=st.none() | NAMES
    ),
    DeskConfig: lambda _: st.sampled_from(PROFILES).map(_profile),
    EscalationPolicy: lambda _: st.builds(EscalationPolicy, ladders=st.lists(_ladders(), max_size=1)),
    EventLog: lambda of: st.lists(of(LogEntry), max_size=2).map(
        lambda read: EventLog(tuple(read), len(read))
    ),
    EventLogFormat: lambda _: _log_formats(),
    InParallel: lambda _: st.tuples(_stages("one"), _stages("other")).map(InParallel),
    InSequence: lambda _: st.tuples(_stages("one"), _stages("other")).map(InSequence),
    Languages: lambda _: st.builds(Languages, st.just("en"), st.dictionaries(_TAGS, _WORDS, max_size=1)),
    Ladder: lambda _: _ladders(),
    LanguageTag: lambda _: _TAGS.map(LanguageTag),
    Message: lambda _: st.builds(lambda name: Message("{name} waits", {"name": name}), NAMES),
    Person: lambda _: _people(),
    Prediction: lambda _: st.builds(
        Prediction, _PREDICTED, NAMES, _CONFIDENCES, st.lists(NAMES, max_size=2, unique=True), NAMES
    ),
    PriorityMatrix: lambda _: _matrices(),
    SurveyPolicy: lambda of: st.builds(
        SurveyPolicy,
        name=NAMES,
        on=st.sampled_from([StateCategory.RESOLVED, StateCategory.CLOSED]),
        cooldown=of(timedelta),
        group=st.none() | NAMES,
    ),
    SurveyWords: lambda _: st.builds(SurveyWords, body=NAMES.map(lambda word: f"{word}: {{token}}")),
    SimulatedMonth: lambda _: st.integers(1, 3).map(lambda seed: month(seed, incidents=3)),
    Record: lambda _: records(),
    RecordEvent: lambda _: record_events(),
    Stage: lambda _: _stages(),
    Structure: _structures,
    TicketEvent: lambda _: ticket_events(),
    WorkflowDefinition: lambda _: st.sampled_from([*STANDARD_WORKFLOWS.values()]).map(lambda make: make()),
}
"""The strategies, by class; each is given `Of`."""

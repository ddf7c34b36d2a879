from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import INCIDENT, Incident, KindOfWork, Occasion
from itsmkit.tickets import TicketId, TicketLogged

Occasions = Callable[..., Occasion]
KEY = TicketId("t1")


def test_an_incident_begins_in_the_first_state_of_its_workflow(
    practice: KindOfWork[Incident], occasion: Occasions, opened: datetime
) -> None:
    decision = practice.log(KEY, "INC-1", occasion(0), details={"title": "No mail", "colour": "red"})
    incident = decision.ticket
    assert decision.before is None
    assert (incident.kind, incident.number, incident.version) == (INCIDENT, "INC-1", 1)
    assert (incident.state, incident.state_category) == ("New", "new")
    assert (incident.opened_at, incident.updated_at) == (opened, opened)
    assert (incident.title, incident.details) == ("No mail", {"colour": "red"})
    (event,) = decision.events
    assert isinstance(event.fact, TicketLogged)
    assert event.fact.irregular == ()


@pytest.mark.parametrize(
    ("levels", "judged"),
    [
        pytest.param({}, ("low", "low", "P5"), id="the least, if nothing is said"),
        pytest.param({"impact": "high"}, ("high", "low", "P3"), id="impact alone"),
        pytest.param({"urgency": "high"}, ("low", "high", "P3"), id="urgency alone"),
        pytest.param({"impact": "high", "urgency": "high"}, ("high", "high", "P1"), id="both"),
    ],
)
def test_an_incident_is_judged_by_the_matrix(
    practice: KindOfWork[Incident], occasion: Occasions, levels: dict[str, str], judged: tuple[str, ...]
) -> None:
    incident = practice.log(KEY, "INC-1", occasion(0), **levels).ticket
    assert (incident.impact, incident.urgency, incident.priority) == judged


def test_unknown_levels_are_refused(practice: KindOfWork[Incident], occasion: Occasions) -> None:
    with pytest.raises(DefinitionError, match="unknown impact 'huge'; known: high, medium, low"):
        practice.log(KEY, "INC-1", occasion(0), impact="huge")


def test_the_need_may_have_arisen_before(practice: KindOfWork[Incident], occasion: Occasions) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    called = datetime(2026, 3, 2, 8, 30, tzinfo=berlin)
    incident = practice.log(KEY, "INC-1", occasion(0), opened_at=called).ticket
    assert (incident.opened_at, incident.opened_at.tzinfo) == (called, UTC)
    assert incident.updated_at == occasion(0).at


def test_a_need_that_arises_later_takes_effect_only_then(
    practice: KindOfWork[Incident], occasion: Occasions, opened: datetime
) -> None:
    later = opened + timedelta(hours=1)
    assert practice.log(KEY, "INC-1", occasion(0), opened_at=later).ticket.updated_at == later


def test_a_group_may_have_the_work_from_the_beginning(
    practice: KindOfWork[Incident], occasion: Occasions
) -> None:
    details = {"support_group": "Network", "assignee": "ann", "site": None, "colour": None}
    incident = practice.log(KEY, "INC-1", occasion(0), details=details).ticket
    assert (incident.support_group, incident.assignee, incident.site) == ("Network", "ann", None)
    assert incident.details == {}


def test_what_details_cannot_set_is_refused_with_every_reason(
    practice: KindOfWork[Incident], occasion: Occasions
) -> None:
    with pytest.raises(RefusedError) as caught:
        practice.log(KEY, "INC-1", occasion(0), details={"state": "Closed", "impact": "high", "reopens": 3})
    assert caught.value.reasons == (
        "cannot set impact of INC-1 as a detail: it is judged; use `prioritise`",
        "cannot set reopens of INC-1 as a detail: it follows from the history",
        "cannot set state of INC-1 as a detail: it moves through its workflow; use `transition`",
    )


@pytest.mark.parametrize("name", ["resolution", "resolution_code", "workaround"])
@pytest.mark.parametrize(
    ("details", "value"),
    [
        pytest.param({}, None, id="not there"),
        pytest.param("restart it", "restart it", id="there"),
        pytest.param(3, None, id="no text"),
    ],
)
def test_an_incident_tells_how_it_was_solved(
    incident: Incident, name: str, details: object, value: str | None
) -> None:
    told = {name: details} if details else {}
    assert getattr(evolve(incident, details=told), name) == value

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from itsmkit import packs
from itsmkit.desk import Desk, InMemoryStore, ManualClock, relive
from itsmkit.interchange import FindingKind, LogEntry, read_event_log
from itsmkit.sla import ClockPhase

AWAITING = {"Awaiting User Info", "Awaiting Problem", "Awaiting Vendor", "Awaiting Evidence"}
MOVES = {
    *((source, target) for source in ("New", "Active", *AWAITING) for target in ("Resolved", "Closed")),
    *((source, target) for source in ("New", "Active", "Resolved") for target in AWAITING),
    *((source, "Active") for source in ("New", "Resolved", *AWAITING)),
    *permutations(AWAITING, 2),
    ("Resolved", "Closed"),
}
MONDAY = datetime(2016, 2, 29, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def pack():
    return packs.load("servicenow-audit")


def test_the_workflow_has_exactly_the_moves_of_the_process(pack):
    transitions = pack.kinds["incident"].workflow.definition.transitions
    assert {(source, way.target) for way in transitions for source in way.sources} == MOVES
    assert sum(len(way.sources) for way in transitions) == len(MOVES)


def test_no_move_asks_for_anything(pack):
    workflow = pack.kinds["incident"].workflow
    for source, target in MOVES:
        assert workflow.fire(source, workflow.trigger_to(source, target), {}).target == target


def test_states_have_the_categories_that_clocks_go_by(pack):
    states = {state.name: state.category for state in pack.kinds["incident"].workflow.definition.states}
    assert states == {
        "New": "new",
        "Active": "active",
        **dict.fromkeys(AWAITING, "pending"),
        "Resolved": "resolved",
        "Closed": "closed",
    }


def test_the_log_knows_the_states_of_the_workflow(pack):
    assert set(pack.log.states) == {state.name for state in pack.kinds["incident"].workflow.definition.states}


@pytest.mark.parametrize(
    ("impact", "by_urgency"),
    [
        ("1 - High", ("1 - Critical", "2 - High", "3 - Moderate")),
        ("2 - Medium", ("2 - High", "3 - Moderate", "4 - Low")),
        ("3 - Low", ("3 - Moderate", "4 - Low", "4 - Low")),
    ],
)
def test_the_matrix_is_that_of_the_log(pack, impact, by_urgency):
    matrix = pack.kinds["incident"].priorities
    urgencies = ("1 - High", "2 - Medium", "3 - Low")
    assert tuple(matrix.priority_of(impact, urgency) for urgency in urgencies) == by_urgency


@pytest.mark.parametrize(
    ("priority", "hours"), [("1 - Critical", 8), ("2 - High", 16), ("3 - Moderate", 40), ("4 - Low", 80)]
)
def test_each_priority_has_its_promise(pack, priority, hours):
    (agreement,) = pack.agreements
    terms = agreement.terms({"priority": priority})
    assert {clock: held.target.within for clock, held in terms.items()} == {"resolve": timedelta(hours=hours)}
    assert [point.name for point in terms["resolve"].target.checkpoints] == ["50%", "75%", "breach"]
    assert terms["resolve"].calendar == pack.reporting_hours


@pytest.mark.parametrize(
    ("state", "phase"),
    [
        ("Active", ClockPhase.RUNNING),
        ("Awaiting User Info", ClockPhase.PAUSED),
        ("Awaiting Vendor", ClockPhase.RUNNING),
        ("Awaiting Problem", ClockPhase.RUNNING),
        ("Awaiting Evidence", ClockPhase.RUNNING),
        ("Resolved", ClockPhase.STOPPED),
        ("Closed", ClockPhase.STOPPED),
    ],
)
def test_only_waiting_for_the_user_pauses_the_clock(pack, state, phase):
    clock = ManualClock(MONDAY)
    desk = Desk(pack, store=InMemoryStore(), clock=clock)
    logged = LogEntry(ticket="INC1", order=0, at=MONDAY, state="New", priority="3 - Moderate")
    moved = LogEntry(
        ticket="INC1", order=1, at=MONDAY + timedelta(hours=1), state=state, priority="3 - Moderate"
    )
    relive(desk, clock, [logged, moved])
    assert desk.tickets.clocks(desk.tickets.by_number("INC1").id)["resolve"].phase is phase


def test_whoever_is_told_at_a_checkpoint(pack):
    assert {step.checkpoint: step.notify for step in pack.escalation.steps} == {
        "75%": ("assignee", "support_group"),
        "breach": ("support_group", "service desk manager"),
    }


HEADER = (
    "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,"
    "opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,"
    "subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,"
    "u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,"
    "closed_at"
)


def _row(state, order, updated_at):
    return (
        f"INC0000045,{state},true,0,0,{order},true,Caller 2403,Opened by  8,29/2/2016 01:16,Created by 6,"
        f"29/2/2016 01:23,Updated by 21,{updated_at},Phone,Location 143,Category 55,Subcategory 170,"
        "Symptom 72,?,2 - Medium,2 - Medium,3 - Moderate,Group 56,?,true,false,Do Not Notify,?,?,?,?,code 5,"
        "Resolved by 149,29/2/2016 11:29,5/3/2016 12:00"
    )


@pytest.fixture
def log(pack, tmp_path):
    path = tmp_path / "log.csv"
    rows = (
        _row("New", 0, "29/2/2016 01:23"),
        _row("-100", 1, "29/2/2016 08:53"),
        _row("Resolved", 3, "29/2/2016 11:29"),
        _row("Closed", 4, "5/3/2016 12:00"),
    )
    path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    return read_event_log(path, pack.log)


def test_a_row_is_read_column_by_column(log):
    entry = log.entries[0]
    assert (entry.ticket, entry.order, entry.state) == ("INC0000045", 0, "New")
    assert entry.at == datetime(2016, 2, 29, 1, 23, tzinfo=UTC)
    assert entry.opened_at == datetime(2016, 2, 29, 1, 16, tzinfo=UTC)
    assert (entry.actor, entry.requester, entry.channel) == ("Updated by 21", "Caller 2403", "Phone")
    assert (entry.site, entry.category, entry.configuration_item) == ("Location 143", "Category 55", None)
    assert (entry.impact, entry.urgency, entry.priority) == ("2 - Medium", "2 - Medium", "3 - Moderate")
    assert (entry.group, entry.assignee, entry.service) == ("Group 56", None, None)
    assert entry.facts == {
        "subcategory": "Subcategory 170",
        "symptom": "Symptom 72",
        "reassignment_count": "0",
        "reopen_count": "0",
        "made_sla": "true",
        "opened_by": "Opened by  8",
        "knowledge": "true",
        "priority_confirmation": "false",
        "notify": "Do Not Notify",
        "problem": None,
        "change": None,
        "vendor": None,
        "caused_by": None,
        "resolved_at": None,
        "closed_at": None,
        "resolved_by": None,
        "closed_code": None,
    }


def test_no_row_knows_the_future(log):
    hidden = ("resolved_at", "resolved_by", "closed_at", "closed_code")
    assert [[entry.facts[name] for name in hidden] for entry in log.entries] == [
        [None, None, None, None],
        [None, None, None, None],
        ["29/2/2016 11:29", "Resolved by 149", None, None],
        ["29/2/2016 11:29", "Resolved by 149", "5/3/2016 12:00", "code 5"],
    ]


def test_a_stray_state_is_a_finding_and_the_one_before_stays(log):
    assert [entry.state for entry in log.entries] == ["New", "New", "Resolved", "Closed"]
    assert [finding.kind for finding in log.findings] == [FindingKind.UNKNOWN_STATE]

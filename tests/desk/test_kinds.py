"""Kinds of work on a desk: told in its configuration, reached by their words, figured one by one."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, equals
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices import (
    STANDARD_KINDS,
    Category,
    CategoryTree,
    Change,
    Field,
    FieldSet,
    FieldsRefusedError,
    complaint_kind,
    incident_kind,
    question_kind,
)
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import PriorityMatrix, Ticket, TicketId
from itsmkit.workflow import TransitionRefusedError, incident_workflow, to_mapping

ROOMS = {
    "incident": "incidents",
    "question": "questions",
    "service_request": "requests",
    "order": "orders",
    "complaint": "complaints",
    "problem": "problems",
    "change": "changes",
    "release": "releases",
    "task": "work_tasks",
}
STANDARD = DeskConfig.standard()
ONE_LEVEL = {"impacts": ["any"], "urgencies": ["any"], "priorities": ["only"], "matrix": [["only"]]}


def a_desk(config: DeskConfig = STANDARD) -> Desk:
    return Desk(config, clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)


def problems_of(document: Mapping[str, object]) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as caught:
        DeskConfig.load(document)
    return tuple(each.removeprefix("the configuration: ") for each in caught.value.problems)


# -- the commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "room"), ROOMS.items())
def test_every_kind_has_its_room(kind: str, room: str) -> None:
    desk = a_desk()
    ticket = getattr(desk, room).log("Something")
    assert ticket.kind == kind
    assert type(ticket) is desk.config.kind(kind).ticket_class
    assert desk.work(kind).kind == getattr(desk, room).kind == desk.config.kind(kind)


def test_there_is_a_room_for_each_kind_that_is_brought() -> None:
    assert ROOMS.keys() == STANDARD_KINDS.keys() == STANDARD.kinds.keys()


def test_a_desk_without_a_kind_says_so() -> None:
    desk = a_desk(DeskConfig.load({}))
    with pytest.raises(NotFoundError, match="no kind of work 'problem'"):
        desk.problems.log("Why?")
    with pytest.raises(NotFoundError, match="no kind of work 'problem'"):
        desk.work("problem")
    with pytest.raises(NotFoundError, match="no kind of work 'problem'"):
        desk.report("problem")


def test_a_ticket_of_a_kind_that_the_desk_has_no_more_cannot_be_moved() -> None:
    store = InMemoryStore()
    problem = Desk(STANDARD, store=store).acting_as(AN_AGENT).problems.log("Why?")
    other = Desk(DeskConfig.load({}), store=store).acting_as(AN_AGENT)
    assert other.tickets.get(problem.id) == problem
    with pytest.raises(NotFoundError, match="no kind of work 'problem'"):
        other.tickets.transition(problem.id, "investigate", assignee="ann")


def test_a_change_is_proposed_on_the_way_of_its_type() -> None:
    desk = a_desk()
    change = desk.changes.propose("A new router", change_type="standard", details={"risk": "low"})
    assert isinstance(change, Change)
    assert change.details == {"risk": "low", "change_type": "standard"}
    with pytest.raises(TransitionRefusedError, match="it was not made from an approved template"):
        desk.tickets.transition(change.id, "schedule")
    normal = desk.changes.propose("Another")
    with pytest.raises(TransitionRefusedError, match="legal here are submit, cancel"):
        desk.changes.transition(normal.id, "schedule")


def test_a_ticket_of_any_kind_is_judged_by_the_matrix_of_its_kind() -> None:
    config = DeskConfig.load({"kinds": {"question": {"priority": ONE_LEVEL}, "problem": {}}})
    desk = a_desk(config)
    question, problem = desk.questions.log("What?", impact="any", urgency="any"), desk.problems.log("Why?")
    assert question.priority == "only"
    with pytest.raises(DefinitionError, match="unknown impact 'high'"):
        desk.tickets.prioritise(question.id, impact="high", urgency="high")
    assert desk.tickets.prioritise(problem.id, impact="high", urgency="high").priority == "P1"
    overruled = desk.tickets.prioritise(
        problem.id, impact="high", urgency="high", priority="P2", reason="VIP"
    )
    assert overruled.priority == "P2"


def test_agreements_attach_to_kinds() -> None:
    desk = a_desk()
    for kind, room in ROOMS.items():
        clocks = desk.tickets.clocks(getattr(desk, room).log("It").id)
        is_planned = kind in ("problem", "change", "release", "task")
        assert clocks.keys() == ({"respond"} if is_planned else {"respond", "resolve"}), kind


# -- what a ticket is told, on every way in ------------------------------------------------------------

FIELDS = FieldSet(
    1,
    [
        Field("finding", "choice", choices=["upheld", "rejected"], required_when=equals("state", "Answered")),
        Field("refund", "number", required_when=equals("finding", "upheld")),
        Field("answer", longest=20),
    ],
)
TREE = CategoryTree(1, [Category("shop"), Category("till", parent="shop")])
OWN = DeskConfig(
    "A desk",
    [incident_kind(), evolve(complaint_kind(), fields=FIELDS), question_kind()],
    STANDARD.reporting_hours,
    categories=TREE,
)
DOORS: dict[str, Callable[[Desk], Callable[..., Ticket]]] = {
    "tickets": lambda desk: desk.tickets.transition,
    "work": lambda desk: desk.work("complaint").transition,
    "complaints": lambda desk: desk.complaints.transition,
}


@given(
    told=st.fixed_dictionaries(
        {},
        optional={
            "finding": st.sampled_from(["upheld", "rejected", "perhaps", ""]),
            "refund": st.sampled_from([5, "12.50", "much", None]),
            "answer": st.sampled_from(["We are sorry", "x" * 21]),
            "category": st.sampled_from(["till", "shop", "tell"]),
        },
    )
)
def test_a_move_comes_to_the_same_through_every_door(told: dict[str, object]) -> None:
    found = []
    for door in DOORS.values():
        desk = a_desk(OWN)
        case = desk.complaints.log("The till")
        case = desk.complaints.transition(case.id, "acknowledge", assignee="ann")
        try:
            ticket = door(desk)(case.id, "answer", **told)
            found.append((ticket.state, ticket.details, ticket.category, ticket.version))
        except TransitionRefusedError as refused:
            assert desk.tickets.get(case.id) == case
            found.append((refused.missing, refused.reasons))
    missing = [name for name in ("finding", "answer") if not told.get(name)]
    missing += ["refund"] if told.get("finding") == "upheld" and told.get("refund") is None else []
    wrong = {"finding": "perhaps", "refund": "much", "answer": "x" * 21, "category": "tell"}
    faults = [name for name, value in wrong.items() if told.get(name) == value]
    assert found[0] == found[1] == found[2]
    if missing or faults:
        assert sorted(found[0][0]) == sorted(missing)
        assert len(found[0][1]) == len(missing) + len(faults)
    else:
        assert found[0][0] == "Answered"


def test_categories_of_the_desk_hold_for_every_kind_without_its_own() -> None:
    own = CategoryTree(1, [Category("law")])
    config = evolve(OWN, kinds=[incident_kind(), evolve(question_kind(), categories=own)])
    assert config.kind("incident").categories == TREE
    assert config.kind("question").categories == own
    desk = a_desk(config)
    incident = desk.incidents.log("It is broken", category="till")
    assert incident.category == "shop/till"
    with pytest.raises(FieldsRefusedError, match="there is no category 'law'; known: shop, till"):
        desk.tickets.describe(incident.id, category="law")
    with pytest.raises(RefusedError, match="there is no category 'shop'; known: law"):
        desk.questions.log("May I?", category="shop")


def test_a_condition_on_a_category_holds_for_all_below_it() -> None:
    desk = a_desk(OWN)
    till, shop = desk.incidents.log("One", category="till"), desk.incidents.log("Two", category="shop")
    desk.incidents.log("Three")
    assert desk.tickets.find("category.shop = true").tickets == (till, shop)
    assert desk.tickets.find("category.till = true").tickets == (till,)
    assert desk.tickets.find('category = "shop"').tickets == (shop,)
    assert [(g.values, g.tickets) for g in desk.figures("category")] == [
        ((None,), 1),
        (("shop",), 1),
        (("shop/till",), 1),
    ]


# -- figures -------------------------------------------------------------------------------------------


def test_the_report_is_about_one_kind() -> None:
    desk = a_desk()
    desk.incidents.log("No network", impact="high", urgency="high")
    for title in ("What?", "How?"):
        question = desk.questions.log(title)
        desk.questions.transition(question.id, "answer", answer="So.")
    incidents, questions = desk.report(), desk.report("question")
    assert (incidents.incidents, incidents.events, incidents.final_states) == (1, 1, {"New": 1})
    assert (questions.incidents, questions.events, questions.final_states) == (2, 4, {"Answered": 2})
    assert questions.resolved.n == 2
    assert desk.report("problem").incidents == 0


def test_figures_are_grouped_by_any_fact() -> None:
    desk = a_desk(OWN)
    for title, refund in (("One", 5), ("Two", 5), ("Three", 7)):
        desk.complaints.log(title, details={"finding": "upheld", "refund": refund})
    desk.questions.log("What?")
    found = {g.values: g.tickets for g in desk.figures(["kind", "refund"])}
    assert found == {("complaint", 5): 2, ("complaint", 7): 1, ("question", None): 1}
    [only] = desk.figures("refund", where="refund > 6")
    assert (only.values, only.tickets, only.open, only.never_reassigned) == ((7,), 1, 1, 1)


# -- the configuration ---------------------------------------------------------------------------------


def test_a_kind_is_told_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "visit.toml").write_text(
        dedent(
            """
            name = "visit"
            version = "1"
            initial = "Planned"
            states = { Planned = "new", Done = "closed" }
            transitions = [{ trigger = "visit", from = "Planned", to = "Done" }]
            """
        ),
        "utf-8",
    )
    path = tmp_path / "desk.toml"
    path.write_text(
        dedent(
            """
            [kinds.visit]
            workflow = "visit.toml"
            fields_version = 3
            [kinds.visit.fields]
            address = { label = "Address", required = true, personal = true, longest = 80 }
            floor = "number"
            mood = { kind = "choice", choices = ["good", "bad"], required_when = 'state = "Done"' }
            badge = { formerly = ["card"], visible_to = ["guard"] }

            [kinds.errand]
            workflow = "task"
            prefix = "E"
            variants = { by = "size", workflows = { small = "task", large = "release" } }

            [kinds.incident]
            prefix = "I-"

            [categories]
            version = 2
            [categories.nodes]
            network = "Network"
            wifi = { label = "Wireless", parent = "network" }
            wlan = { active = false, successor = "wifi" }
            """
        ),
        "utf-8",
    )
    config = DeskConfig.load(path)
    visit, errand = config.kind("visit"), config.kind("errand")
    assert [*config.kinds] == ["incident", "visit", "errand"]
    assert config.prefixes == {"incident": "I-", "visit": "VISIT-", "errand": "E"}
    assert visit.workflow.definition.name == "visit"
    assert visit.fields == FieldSet(
        3,
        [
            Field("address", label="Address", required_when=ALWAYS, personal=True, longest=80),
            Field("floor", "number"),
            Field("mood", "choice", choices=["good", "bad"], required_when=equals("state", "Done")),
            Field("badge", formerly=["card"], visible_to=["guard"]),
        ],
    )
    assert [each.name for each in errand.definitions] == ["task", "release"]
    assert errand.variants is not None
    assert errand.variants.by == "size"
    tree = CategoryTree(
        2,
        [
            Category("network", "Network"),
            Category("wifi", "Wireless", parent="network"),
            Category("wlan", active=False, successor="wifi"),
        ],
    )
    assert config.categories == tree == visit.categories


def test_what_is_said_of_incidents_stands_for_their_table() -> None:
    matrix = PriorityMatrix(**ONE_LEVEL)  # type: ignore[arg-type]  # they are what it takes
    config = DeskConfig.load(
        {
            "desk": {"number_prefix": "X"},
            "priority": ONE_LEVEL,
            "kinds": {"question": {}},
            "workflow": {**to_mapping(incident_workflow()), "name": "mine"},
        }
    )
    assert config.prefixes == {"incident": "X", "question": "Q-"}
    assert config.kind("incident").workflow.definition.name == "mine"
    assert config.kind("question").priorities == config.kind("incident").priorities == matrix


def test_the_log_of_another_system_knows_the_states_of_incidents() -> None:
    workflow: Any = to_mapping(incident_workflow())
    document = {"kinds": {"incident": {"workflow": workflow}}}
    assert DeskConfig.load(document).kind("incident").workflow.definition == incident_workflow()


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param(
            {"kinds": {"visit": {}}},
            ["kinds.visit.workflow: is missing; write a workflow, its file or the name of one of incident, "],
            id="no workflow",
        ),
        pytest.param(
            {"kinds": {"visit": {"workflow": "taks"}}},
            ["kinds.visit.workflow: no standard workflow 'taks'; did you mean 'task'?"],
            id="no such workflow",
        ),
        pytest.param(
            {"kinds": {"visit": {"workflow": "no.toml"}}},
            ["kinds.visit.workflow: no.toml: there is no such file"],
            id="no such file",
        ),
        pytest.param(
            {"kinds": {"visit": {"workflow": {**to_mapping(incident_workflow()), "initial": "Nwe"}}}},
            ["kinds.visit.workflow.initial: 'Nwe' is an unknown state; did you mean 'New'?"],
            id="a workflow that cannot be right",
        ),
        pytest.param(
            {
                "kinds": {
                    "visit": {
                        "workflow": {
                            "name": "v",
                            "version": "1",
                            "initial": "A",
                            "states": {"A": "new", "B": "active", "C": "closed"},
                            "transitions": [{"trigger": "go", "from": "A", "to": "C"}],
                        }
                    }
                }
            },
            ["kinds.visit.workflow"],
            id="a workflow that is not sound",
        ),
        pytest.param(
            {
                "kinds": {
                    "visit": {"workflow": "task", "variants": {"by": "size", "workflows": {"s": "taks"}}}
                }
            },
            ["kinds.visit.variants.workflows.s: no standard workflow 'taks'; did you mean 'task'?"],
            id="no such variant",
        ),
        pytest.param(
            {"kinds": {"visit": {"workflow": "task", "variants": {"by": "size", "workflows": {}}}}},
            ["kinds.visit.variants.workflows: must be at least one; leave the variants out"],
            id="no variant",
        ),
        pytest.param({"kinds": {"question": {"prefxi": "X"}}}, ["kinds.question"], id="an unknown key"),
        pytest.param(
            {"kinds": {"question": {"fields_version": 2}}},
            ["kinds.question.fields_version: is the version of no fields; declare some, or leave it out"],
            id="a version of nothing",
        ),
        pytest.param(
            {
                "kinds": {
                    "question": {
                        "fields": {
                            "a": "txt",
                            "b c": {},
                            "c": {"required": True, "required_when": "x is present"},
                        }
                    }
                }
            },
            [
                "kinds.question.fields.a.kind: ",
                "kinds.question.fields.b c.name: must be an identifier such as \"court_file\", not str 'b c'",
                "kinds.question.fields.c: required is said beside required_when; leave one of them out",
            ],
            id="fields",
        ),
        pytest.param(
            {"kinds": {"question": {"fields_version": 0, "fields": {"a": "text"}}}},
            ["kinds.question: version must be a whole number from 1 on, not int 0"],
            id="a version below one",
        ),
        pytest.param(
            {"kinds": {" visit": {"workflow": "task"}}},
            ["kinds. visit"],
            id="no name",
        ),
        pytest.param(
            {"kinds": {"question": {"prefix": "INC-"}, "problem": {"prefix": "INC-1"}}},
            [
                "kinds: numbers of incident begin with 'INC-' and those of question with 'INC-', so",
                "kinds: numbers of incident begin with 'INC-' and those of problem with 'INC-1', ",
                "kinds: numbers of question begin with 'INC-' and those of problem with 'INC-1', ",
            ],
            id="numbers",
        ),
        pytest.param(
            {"workflow": to_mapping(incident_workflow()), "kinds": {"incident": {"workflow": "incident"}}},
            ["kinds.incident.workflow: stands in the table workflow, too; leave one of them out"],
            id="said twice",
        ),
        pytest.param(
            {"categories": {"nodes": {"a": {"parent": "b"}, "c/d": "CD", "e": 7}}},
            ["categories.nodes.c/d: id must be a name", "categories.nodes.e: must be a table, not 7"],
            id="categories",
        ),
        pytest.param(
            {"categories": {"version": 0, "nodes": {"a": {"parent": "b"}, "b": "B"}}},
            ["categories.version must be a whole number from 1 on, not int 0"],
            id="the version of categories",
        ),
        pytest.param(
            {"categories": {"nodes": {"wifi": {"parent": "netwrok"}, "network": "Network"}}},
            ["categories.nodes.wifi.parent: there is no category 'netwrok'; did you mean 'network'?"],
            id="a parent that there is not",
        ),
        pytest.param(
            {
                "kinds": {"question": {"fields": {"floor": "number"}}},
                "calendars": {"always": {"hours": "24x7", "time_zone": "UTC"}},
                "agreements": [
                    {
                        "name": "A",
                        "calendar": "always",
                        "when": {"field": "floor", "equals": "three"},
                        "targets": [
                            {
                                "clock": "resolve",
                                "within": "8h",
                                "when": {"field": "state_category", "equals": "nwe"},
                            }
                        ],
                    }
                ],
            },
            [
                'agreements[0].when.equals: must be a number, as floor is, not the text "three"',
                "agreements[0].targets[0].when.equals: must be one of ",
            ],
            id="what agreements ask",
        ),
    ],
)
def test_everything_wrong_is_told_with_its_path(document: Mapping[str, object], problems: list[str]) -> None:
    found = problems_of(document)
    assert len(found) == len(problems), found
    for problem, expected in zip(found, problems, strict=True):
        assert problem.startswith(expected)


def test_a_desk_of_python_values_is_checked_as_well() -> None:
    with pytest.raises(DefinitionError, match="numbers of incident begin with 'INC-' and those of question"):
        DeskConfig("A", [incident_kind(), question_kind(prefix="INC-")], STANDARD.reporting_hours)
    assert OWN.kind_of(
        Ticket(TicketId("t"), "question", "Q-1", 1, "New", "new", A_MONDAY, A_MONDAY)
    ) == OWN.kind("question")
    assert OWN.fact_schema.types["refund"].kind == "number"

from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from attrs import evolve

from itsmkit.calendars import BusinessCalendar, calendar_from
from itsmkit.cmdb import OPEN_MODEL, STANDARD_LEVELS, LevelChain
from itsmkit.cmdb.class_model_form import standard_class_model
from itsmkit.cmdb.reconciliation import PrecedenceRule, ReconciliationRules
from itsmkit.conditions import equals
from itsmkit.desk import ConfigurationRules, DeskConfig
from itsmkit.errors import DefinitionError
from itsmkit.interchange import EventLogColumns
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade, LinkType
from itsmkit.sla import Reopening, Target
from itsmkit.tickets import STANDARD_PRIORITIES
from itsmkit.workflow import incident_workflow, to_mapping

P1 = {"field": "priority", "equals": "P1"}
OFFICE = {"hours": "Mon-Fri 09:00-17:00", "time_zone": "Europe/Berlin"}


def desk_with(*targets, **agreement):
    """Return the configuration of a desk with one agreement of these targets."""
    agreed = {"name": "A", "calendar": "office", "targets": list(targets)} | agreement
    return DeskConfig.load({"calendars": {"office": OFFICE}, "agreements": [agreed]})


def promised(**target):
    """Return the one target of a desk that promises nothing else."""
    config = desk_with({"clock": "resolve", "within": "8h"} | target)
    return config.agreements[0].promises[0].target


def problems_of(document):
    with pytest.raises(DefinitionError) as caught:
        DeskConfig.load(document)
    return caught.value.problems


# -- what may be left out --------------------------------------------------------------------------


def test_an_empty_description_is_a_desk_that_promises_nothing():
    config = DeskConfig.load({})
    assert config.kinds["incident"].workflow.definition == incident_workflow()
    assert config.kinds["incident"].priorities == STANDARD_PRIORITIES
    assert config.kinds["incident"].prefix == "INC-"
    assert config.reporting_hours == BusinessCalendar.always()
    assert (config.agreements, config.escalation.steps, config.log) == ((), (), None)
    assert config.calendars == {}


def test_the_first_calendar_is_the_one_of_reports_unless_another_is_named():
    calendars = {"office": OFFICE, "always": {"hours": "24x7", "time_zone": "UTC"}}
    assert DeskConfig.load({"calendars": calendars}).reporting_hours.name == "office"
    named = {"calendars": calendars, "desk": {"reporting_calendar": "always"}}
    assert DeskConfig.load(named).reporting_hours.name == "always"


def test_a_target_without_conditions_measures_the_time_to_resolve():
    target = promised()
    assert [point.name for point in target.checkpoints] == ["breach"]
    assert target.on_reopen is Reopening.CONTINUE
    assert target == type(target)("resolve", timedelta(hours=8))


# -- the standard ----------------------------------------------------------------------------------


def test_the_standard_is_read_once():
    assert DeskConfig.standard() is DeskConfig.standard()


def test_the_standard_is_an_ordinary_service_desk():
    config = DeskConfig.standard()
    assert config.name == "IT service desk"
    assert config.kinds["incident"].workflow.definition == incident_workflow()
    assert config.kinds["incident"].priorities == STANDARD_PRIORITIES
    assert set(config.calendars) == {"office", "always"}
    assert config.reporting_hours == config.calendars["office"]
    assert config.log is None


@pytest.mark.parametrize(
    ("priority", "agreement", "respond", "resolve"),
    [
        ("P1", "Urgent work, around the clock", timedelta(minutes=15), timedelta(hours=4)),
        ("P2", "Office hours", timedelta(hours=2), timedelta(hours=8)),
        ("P3", "Office hours", timedelta(hours=2), timedelta(hours=16)),
        ("P4", "Office hours", timedelta(hours=2), timedelta(hours=40)),
        ("P5", "Office hours", timedelta(hours=2), timedelta(hours=40)),
    ],
)
def test_the_standard_promises(priority, agreement, respond, resolve):
    facts = {"priority": priority}
    first = next(a for a in DeskConfig.standard().agreements if a.applies(facts))
    assert first.name == agreement
    within = {clock: terms.target.within for clock, terms in first.terms(facts).items()}
    assert within == {"respond": respond, "resolve": resolve}


def test_link_types_join_the_standard_ones_or_take_their_place():
    cascade = {"name": "resolve", "do": "transition", "on_category": "resolved", "trigger": "resolve"}
    parent = {"name": "parent_of", "inverse": "child_of", "is_acyclic": True, "cascades": [cascade]}
    config = DeskConfig.load({"link_types": [parent, {"name": "cites", "inverse": "cited_by"}]})
    assert config.link_types == (
        *STANDARD_LINK_TYPES[1:],
        LinkType("parent_of", "child_of", is_acyclic=True, cascades=[Cascade(**cascade)]),
        LinkType("cites", "cited_by"),
    )
    assert DeskConfig.load({}).link_types == STANDARD_LINK_TYPES


def test_every_fault_of_link_types_is_told():
    bad = {"name": "resolve", "do": "transition", "on_category": "resolvd", "trigger": "resolve"}
    link_type = {"name": "a", "inverse": "b", "colour": 1, "is_acyclic": True, "cascades": [bad]}
    category, colour = problems_of({"link_types": [link_type]})
    unknown = "on_category: unknown 'resolvd'; did you mean 'resolved'?"
    assert category == f"the configuration: link_types[0].cascades[0]: {unknown}"
    assert colour.startswith(
        "the configuration: link_types[0].colour: is not known here; known are cascades, "
    )
    other = {"name": "a", "inverse": "child_of", "is_acyclic": True}
    moved = {"name": "n", "do": "transition", "on_trigger": "solve", "trigger": "resolve"}
    clash, move = problems_of({"link_types": [other | {"cascades": [moved]}]})
    assert clash == "the configuration: link_types: 'child_of' stands there more than once"
    assert move.startswith(
        "the configuration: link_types: the cascade 'n' of 'a' names a move 'solve' that no"
    )
    with pytest.raises(DefinitionError, match="link_types: 'child_of' stands there more than once"):
        evolve(DeskConfig.load({}), link_types=[*STANDARD_LINK_TYPES, LinkType("a", "child_of")])


def test_every_escalation_of_the_standard_has_a_checkpoint():
    config = DeskConfig.standard()
    points = {
        point.name
        for agreement in config.agreements
        for promise in agreement.promises
        for point in promise.target.checkpoints
    }
    assert {step.checkpoint for step in config.escalation.steps} <= points


# -- what is described -----------------------------------------------------------------------------


def test_a_desk_keeps_the_legs_and_chains_that_are_described():
    team = {"name": "Network", "calendar": "office", "within": "2h"}
    config = DeskConfig.load(
        {
            "calendars": {"office": OFFICE},
            "operational_agreements": [team],
            "contracts": [team | {"name": "Carrier", "pauses_ours": True}],
            "chains": [{"clock": "resolve", "legs": ["Network", "Carrier"]}],
        }
    )
    network, carrier = config.legs
    assert (network.name, carrier.name, carrier.pauses_ours) == ("Network", "Carrier", True)
    assert config.chains[0].legs == config.legs


def test_a_target_may_start_from_a_usual_one():
    assert promised(clock="respond", like="respond") == Target.respond(timedelta(hours=8))


def test_a_target_of_nothing_is_no_clock():
    nothing, all_others = {"clock": "resolve", "when": P1}, {"clock": "resolve", "within": "8h"}
    agreement = desk_with(nothing, all_others).agreements[0]
    assert agreement.terms({"priority": "P1"}) == {}
    assert agreement.terms({"priority": "P2"}).keys() == {"resolve"}


DESCRIBED = """
    [desk]
    name = "Facilities"
    number_prefix = "F"

    [calendars.office]
    hours = "Mon-Fri 09:00-17:00"
    time_zone = "Europe/Berlin"
    holidays = "DE-NW"

    [[agreements]]
    name = "Gold"
    calendar = "office"
    when = { field = "site", equals = "Essen" }

    [[agreements.targets]]
    clock = "resolve"
    within = "8h"
    when = { field = "priority", equals = "P2" }
    pause = { field = "state", equals = "Pending" }
    on_reopen = "restart"
    checkpoints = ["75%", "30min before", "breach", "2h after"]

    [[escalation]]
    checkpoint = "75%"
    clock = "resolve"
    notify = ["assignee"]
    when = { field = "priority", equals = "P2" }

    [log]
    missing = ["-"]
    columns = { ticket = "id", at = "changed", state = "status" }
"""


@pytest.fixture
def described(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(dedent(DESCRIBED), encoding="utf-8")
    return DeskConfig.load(path)


def test_a_file_is_read_into_rules(described):
    assert (described.name, described.kinds["incident"].prefix) == ("Facilities", "F")
    (agreement,) = described.agreements
    assert agreement.when == equals("site", "Essen")
    assert agreement.calendar == described.calendars["office"] == described.reporting_hours
    (promise,) = agreement.promises
    assert promise.when == equals("priority", "P2")
    assert promise.target.pause == equals("state", "Pending")
    assert promise.target.on_reopen is Reopening.RESTART
    (step,) = described.escalation.steps
    assert (step.checkpoint, step.clock, step.notify) == ("75%", "resolve", ("assignee",))
    assert step.when == equals("priority", "P2")
    assert described.log is not None
    assert described.log.missing == ("-",)
    assert described.log.columns == EventLogColumns(ticket="id", at="changed", state="status")


def test_a_path_may_be_text(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text("[desk]\nname = 'Facilities'\n", encoding="utf-8")
    assert DeskConfig.load(str(path)).name == "Facilities"


def test_checkpoints_are_read_from_their_names(described):
    within = timedelta(hours=8)
    points = {
        point.name: point.point(within) for point in described.agreements[0].promises[0].target.checkpoints
    }
    microsecond = timedelta(microseconds=1)
    assert points == {
        "75%": timedelta(hours=6),
        "30min before": timedelta(hours=7, minutes=30),
        "breach": within + microsecond,
        "2h after": within + timedelta(hours=2) + microsecond,
    }


@pytest.mark.parametrize("condition", ["start", "stop", "pause", "cancel", "reopen"])
def test_a_condition_of_a_target_replaces_the_one_it_has_by_itself(condition):
    asked = {"field": "state", "equals": "Waiting"}
    changed = promised(**{condition: asked})
    for name in ("start", "stop", "pause", "cancel", "reopen"):
        by_itself = getattr(promised(), name)
        assert getattr(changed, name) == (equals("state", "Waiting") if name == condition else by_itself)


def test_a_clock_that_does_not_reopen_has_one_cycle():
    assert promised(reopens=False).reopen is None
    assert promised(reopens=True).reopen is not None


def test_holidays_are_named_in_english_unless_another_language_is_given():
    calendars = {
        "english": OFFICE | {"holidays": "DE"},
        "german": OFFICE | {"holidays": "DE", "language": "de"},
    }
    names = {
        name: calendar.holidays.name_of(date(2026, 12, 25))
        for name, calendar in DeskConfig.load({"calendars": calendars}).calendars.items()
    }
    assert names == {"english": "Christmas Day", "german": "Erster Weihnachtstag"}


def test_a_calendar_without_holidays_has_none():
    assert DeskConfig.load({"calendars": {"office": OFFICE}}).calendars["office"].holidays is None


def test_a_workflow_may_be_described():
    definition = {
        "name": "short",
        "initial": "Open",
        "states": {"Open": "new", "Done": "closed"},
        "transitions": [{"trigger": "finish", "from": "Open", "to": "Done"}],
    }
    workflow = DeskConfig.load({"workflow": definition}).kinds["incident"].workflow
    assert workflow.fire("Open", "finish", {}).target == "Done"


def test_a_log_knows_the_states_of_the_workflow_unless_it_names_fewer():
    log = {"columns": {"ticket": "id", "at": "changed", "state": "status"}}
    assert DeskConfig.load({"log": log}).log.states == tuple(to_mapping(incident_workflow())["states"])
    assert DeskConfig.load({"log": log | {"states": ["New", "Closed"]}}).log.states == ("New", "Closed")


def test_rules_cannot_be_changed_from_outside():
    calendars = {"office": BusinessCalendar.always()}
    standard = DeskConfig.standard()
    config = DeskConfig("A", standard.kinds, calendars["office"], calendars, [*standard.agreements])
    calendars.clear()
    assert set(config.calendars) == {"office"}
    assert isinstance(config.agreements, tuple)
    with pytest.raises(TypeError):
        config.calendars["other"] = BusinessCalendar.always()


# -- what cannot be right --------------------------------------------------------------------------

TARGET = {"clock": "resolve", "within": "8h"}
AGREEMENT = {"name": "A", "calendar": "office", "targets": [TARGET]}
LOG = {"columns": {"ticket": "id", "at": "changed", "state": "status"}}


def agreed(**changes):
    return {"calendars": {"office": OFFICE}, "agreements": [AGREEMENT | changes]}


def aimed(**changes):
    return agreed(targets=[TARGET | changes])


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param({"dekc": {}}, "dekc: is not known here; did you mean desk?", id="unknown table"),
        pytest.param({"desk": {"name": 3}}, "desk.name: must be text, not 3", id="wrong type"),
        pytest.param(
            {"desk": {"reporting_calendar": "office"}},
            "desk.reporting_calendar: unknown calendar 'office'; known: none is declared",
            id="no calendar for reports",
        ),
        pytest.param(
            {"priority": {"impacts": ["high"], "urgencies": ["high"], "priorities": ["P1"], "matrix": []}},
            "priority: matrix: has 0 rows",
            id="incomplete matrix",
        ),
        pytest.param(
            {"calendars": {"office": OFFICE | {"hours": "Mon-Fry 09:00-17:00"}}},
            "calendars.office.hours: ",
            id="misspelt hours",
        ),
        pytest.param(
            {"calendars": {"office": OFFICE | {"time_zone": "Europe/Bärlin"}}},
            "calendars.office.time_zone: ",
            id="unknown zone",
        ),
        pytest.param(
            {"calendars": {"office": OFFICE | {"holidays": "XX"}}},
            "calendars.office.holidays: ",
            id="unknown region",
        ),
        pytest.param(
            {"calendars": {"office": OFFICE | {"language": "de"}}},
            "calendars.office.language: language 'de' without a region",
            id="language of no holidays",
        ),
        pytest.param(
            {"calendars": {"office": OFFICE | {"special_hours": {"2026-12-24": "25:00-26:00"}}}},
            "calendars.office.special_hours.2026-12-24: hours cannot open at 25:00",
            id="impossible special hours",
        ),
        pytest.param(
            {"calendars": {"office": OFFICE | {"breaks": "00:00-24:00"}}},
            "calendars.office: calendar 'Mon-Fri 09:00-17:00' is never open",
            id="never open",
        ),
        pytest.param({"calendars": {" office": OFFICE}}, "calendars. office: ", id="unreadable name"),
        pytest.param(
            {"calendars": []},
            "calendars: must be a table",
            id="no tables",
        ),
        pytest.param(
            agreed(calendar="ofice"),
            "agreements[0].calendar: unknown calendar 'ofice'; known: office",
            id="unknown calendar",
        ),
        pytest.param(agreed(targets=[]), "agreements[0]: agreement 'A' promises nothing", id="no target"),
        pytest.param(
            agreed(when={"field": "priority"}), "agreements[0].when: condition: ", id="incomplete condition"
        ),
        pytest.param(
            aimed(within="8 hours"),
            "agreements[0].targets[0].within: must be a duration",
            id="misspelt duration",
        ),
        pytest.param(
            aimed(within="-1h"),
            "agreements[0].targets[0]: resolve.within must be a duration or",
            id="no duration",
        ),
        pytest.param(
            aimed(on_reopen="begin"),
            "agreements[0].targets[0].on_reopen: must be one of 'continue', 'restart'",
            id="unknown way to reopen",
        ),
        pytest.param(
            aimed(reopens=False, reopen={"field": "event", "equals": "reopened"}),
            "agreements[0].targets[0]: has a condition to reopen, and reopens = false",
            id="reopens and does not",
        ),
        pytest.param(
            aimed(checkpoints=["80%", "half"]),
            "agreements[0].targets[0].checkpoints[1]: must be a checkpoint such as '75%'",
            id="misspelt checkpoint",
        ),
        pytest.param(
            aimed(checkpoints=[75]),
            "agreements[0].targets[0].checkpoints[0]: must be a checkpoint such as '75%', '30min before', "
            "'breach' or '2h after', not 75",
            id="checkpoint that is no text",
        ),
        pytest.param(
            aimed(checkpoints=["0%"]),
            "agreements[0].targets[0].checkpoints[0]: a checkpoint's share",
            id="share of nothing",
        ),
        pytest.param(
            aimed(checkpoints=["soon before"]),
            "agreements[0].targets[0].checkpoints[0]: must be a duration",
            id="misspelt time before",
        ),
        pytest.param(
            aimed(checkpoints=["-1h after"]),
            "agreements[0].targets[0].checkpoints[0]: a checkpoint after the breach",
            id="after that is before",
        ),
        pytest.param(
            aimed(checkpoints=["9h before"]),
            "agreements[0].targets[0]: resolve.checkpoints",
            id="checkpoint before the start",
        ),
        pytest.param(
            {"escalation": [{"checkpoint": "75%", "notify": []}]},
            "escalation[0]: the escalation step at '75%' tells nobody",
            id="escalation to nobody",
        ),
        pytest.param({"workflow": {"name": "w"}}, "workflow: initial: is missing", id="half a workflow"),
        pytest.param(
            {"log": LOG | {"states": ["New", "Opne"]}},
            "log: states: the workflow has no state 'Opne'; known: New, Assigned",
            id="log with a state of its own",
        ),
        pytest.param(
            {"log": LOG | {"facts": {"closed_at": "closed"}, "revealed": {"closed_at": ["Clsed"]}}},
            "log: EventLogFormat.revealed names state 'Clsed'",
            id="log that reveals in no state",
        ),
        pytest.param(
            {"log": {"columns": {"ticket": "id"}}}, "log.columns.at: is missing", id="log without columns"
        ),
    ],
)
def test_a_fault_is_told_with_its_path(document, problem):
    assert any(found.startswith(f"the configuration: {problem}") for found in problems_of(document))


def test_all_faults_are_told_at_once():
    document = {
        "desk": {"reporting_calendar": "nights"},
        "calendars": {"office": OFFICE | {"time_zone": "Mars/Olympus"}, "other": OFFICE | {"hours": "never"}},
        "agreements": [
            AGREEMENT | {"calendar": "ofice"},
            AGREEMENT | {"targets": [TARGET | {"within": "-8h"}, TARGET | {"checkpoints": ["9h before"]}]},
        ],
        "log": LOG | {"states": ["Opne"]},
    }
    paths = [
        "calendars.office.time_zone",
        "calendars.other.hours",
        "agreements[0].calendar",
        "agreements[1].targets[0]",
        "agreements[1].targets[1]",
        "desk.reporting_calendar",
        "log",
    ]
    found = problems_of(document)
    assert len(found) == len(paths)
    for path, problem in zip(paths, found, strict=True):
        assert problem.startswith(f"the configuration: {path}: ")


def test_a_calendar_that_is_wrong_is_told_once_and_not_called_unknown():
    document = agreed() | {"calendars": {"office": OFFICE | {"hours": "never"}}}
    (problem,) = problems_of(document)
    assert problem.startswith("the configuration: calendars.office.hours: ")


def test_the_faults_of_calendars_are_told_beside_those_of_other_tables():
    document = {"desk": {"name": 3}, "calendars": {"office": OFFICE | {"holidays": "XX"}}}
    name, region = problems_of(document)
    assert name.startswith("the configuration: desk.name: ")
    assert region.startswith("the configuration: calendars.office.holidays: ")


def test_a_calendar_bears_the_name_of_its_table_unless_it_has_its_own():
    document = {"calendars": {"office": OFFICE, "nights": OFFICE | {"name": "Night shift"}}}
    calendars = DeskConfig.load(document).calendars
    assert [calendar.name for calendar in calendars.values()] == ["office", "Night shift"]


def test_a_calendar_may_say_all_that_calendars_can():
    described = OFFICE | {
        "special_hours": {"2026-12-24": "closed"},
        "breaks": "12:00-13:00",
        "dst": "edges",
    }
    calendar = DeskConfig.load({"calendars": {"office": described}}).calendars["office"]
    assert calendar == calendar_from(described | {"name": "office"})


def test_rules_of_access_need_roles():
    document = {"default_roles": ["agent"], "restrictions": [{"name": "hr", "roles": ["hr"]}]}
    assert problems_of(document) == (
        "the configuration: default_roles: there are no roles; declare [[roles]] first",
        "the configuration: restrictions: there are no roles; declare [[roles]] first",
    )


def test_faults_of_the_rules_of_access_are_told_by_the_tables_that_they_stand_in():
    document = {
        "roles": [{"name": "agent"}],
        "default_roles": ["agnt"],
        "restrictions": [{"name": "hr", "roles": ["hr"]}],
        "separation_of_duties": [{"roles": ["agent", "boss"], "because": "money"}],
    }
    assert [each.partition("; ")[0] for each in problems_of(document)] == [
        "the configuration: default_roles: unknown role 'agnt'",
        "the configuration: restrictions[0].roles: unknown role 'hr'",
        "the configuration: separation_of_duties[0].roles: unknown role 'boss'",
    ]


def test_a_fault_in_a_file_names_the_file(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text("[desk]\nname = 3\n", encoding="utf-8")
    assert problems_of(path) == ("desk.toml: desk.name: must be text, not 3",)


def test_a_file_that_is_not_there_is_named(tmp_path):
    (problem,) = problems_of(tmp_path / "none.toml")
    assert problem.startswith(str(tmp_path / "none.toml"))


def test_a_workflow_that_makes_no_sense_is_refused_with_every_error():
    plain = to_mapping(incident_workflow())
    plain["states"]["Lost"] = {"category": "pending"}
    del plain["states"]["Resolved"]["timers"]
    plain["transitions"] = [way for way in plain["transitions"] if way["trigger"] != "close"]
    plain["rules"] = [{"never_without": "resolve", "before": "Cancelled"}]
    with pytest.raises(DefinitionError) as caught:
        DeskConfig.load({"workflow": plain})
    places = [problem.split(": ")[1] for problem in caught.value.problems]
    assert places == ["workflow.states['Closed']", "workflow.states['Lost']", "workflow.rules[0]"]


# -- the rules of the configuration ----------------------------------------------------------------


def test_without_a_table_any_class_will_do() -> None:
    assert DeskConfig.load({}).cmdb == ConfigurationRules()
    assert DeskConfig.load({"cmdb": {}}).cmdb == ConfigurationRules(OPEN_MODEL, STANDARD_LEVELS, strict=True)


def test_the_standard_model_is_asked_for_by_its_name() -> None:
    cmdb = DeskConfig.load({"cmdb": {"model": "standard", "strict": False}}).cmdb
    assert cmdb == ConfigurationRules(standard_class_model(), strict=False)


def test_a_model_may_stand_in_the_configuration() -> None:
    plain = {"model": {"classes": [{"name": "pump"}]}, "levels": ["ok", "broken"]}
    cmdb = DeskConfig.load({"cmdb": plain}).cmdb
    assert [each.name for each in cmdb.model.classes] == ["pump"]
    assert cmdb.levels == LevelChain(["ok", "broken"])


def test_a_model_in_a_file_is_looked_for_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "classes.toml").write_text('[[classes]]\nname = "pump"\n', "utf-8")
    (tmp_path / "desk.toml").write_text('[cmdb]\nmodel = "models/classes.toml"\n', "utf-8")
    cmdb = DeskConfig.load(tmp_path / "desk.toml").cmdb
    assert [each.name for each in cmdb.model.classes] == ["pump"]


def test_the_rules_of_reconciliation_stand_in_a_table_or_in_a_file(tmp_path):
    plain = {"precedence": [{"class": "host", "sources": ["netbox"]}]}
    expected = ReconciliationRules(precedence=[PrecedenceRule(["netbox"], "host")])
    found = DeskConfig.load({"cmdb": {"model": "standard", "reconciliation": plain}}).cmdb
    assert found.reconciliation == expected
    (tmp_path / "rules.toml").write_text('[[precedence]]\nclass = "host"\nsources = ["netbox"]\n', "utf-8")
    (tmp_path / "desk.toml").write_text('[cmdb]\nreconciliation = "rules.toml"\n', "utf-8")
    assert DeskConfig.load(tmp_path / "desk.toml").cmdb.reconciliation == expected


@pytest.mark.parametrize(
    ("plain", "problem"),
    [
        ("none.toml", "cmdb.reconciliation: none.toml: there is no such file"),
        ({"precedence": [{"sources": []}]}, "cmdb.reconciliation.precedence[0]: sources: at least one"),
        (
            {"sources": [{"source": "scan", "may_not_create": ["pump"]}]},
            "cmdb: reconciliation: source 'scan'",
        ),
    ],
)
def test_rules_of_reconciliation_that_cannot_be_are_refused(plain, problem):
    (found,) = problems_of({"cmdb": {"model": "standard", "reconciliation": plain}})
    assert problem in found


@pytest.mark.parametrize(
    ("plain", "problems"),
    [
        pytest.param(
            {"modle": "standard", "strict": "no"},
            ["cmdb.modle: is not known here; did you mean model?", "cmdb.strict: must be true or false"],
            id="the table",
        ),
        pytest.param(
            {"model": {"classes": [{"nam": "pump"}]}, "levels": ["up"]},
            ["cmdb.model.classes[0].nam: is not known here", "cmdb.levels: names: at least two levels"],
            id="model and levels",
        ),
        pytest.param({"model": 7}, ["cmdb.model: must be"], id="a number as model"),
        pytest.param({"model": "none.toml"}, ["cmdb.model: none.toml: there is no such file"], id="no file"),
        pytest.param(
            {
                "model": {
                    "relation_types": [
                        {"name": "on", "inverse": "under", "flow": "impact", "effect": "at most bad"}
                    ]
                }
            },
            ["cmdb: relation type 'on': effect: no level 'bad'"],
            id="a model that does not fit the levels",
        ),
        pytest.param("standard", ["cmdb: must be a table"], id="no table"),
    ],
)
def test_faults_of_the_configuration_of_items_have_their_paths(plain: object, problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as raised:
        DeskConfig.load({"cmdb": plain, "desk": {"reporting_calendar": "none"}})
    *found, calendar = raised.value.problems
    assert "reporting_calendar" in calendar
    for problem in problems:
        assert any(each.startswith(f"the configuration: {problem}") for each in found), found

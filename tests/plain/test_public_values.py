"""Every public value has one JSON form, and comes back from it as it was."""

import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timezone
from enum import Enum
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import itsmkit
from itsmkit.errors import DefinitionError
from itsmkit.plain import VALUES, to_document
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit.testing.public_values import values_named
from itsmkit.testing.stored_values import stored_values

ROOT = Path(__file__).parent.parent.parent
PUBLISHED = ROOT / "docs" / "reference" / "values.schema.json"

EXEMPT = {
    # It has a form of its own, which every release that knows its schema reads: `to_plain` and `to_text`.
    "itsmkit.practices.classification.baseline.BaselineModel": "a form of its own",
    # They act: a desk hands them out, and they hold the desk's store and clock.
    "itsmkit.desk.access.AccessCommands": "commands",
    "itsmkit.desk.aids.AidCommands": "commands",
    "itsmkit.desk.bulk.BulkOfTickets": "commands",
    "itsmkit.desk.appointments.AppointmentCommands": "commands",
    "itsmkit.desk.rota_leaves.LeavesOfRotas": "commands",
    "itsmkit.desk.rota_reads.ReadingRotas": "reads",
    "itsmkit.desk.rotas.RotaCommands": "commands",
    "itsmkit.desk.routing.RoutingCommands": "commands",
    "itsmkit.desk.coaching.CoachingCommands": "commands",
    "itsmkit.desk.automation.AutomationCommands": "commands",
    "itsmkit.desk.catalogue.CatalogueCommands": "commands",
    "itsmkit.desk.checklists.ChecklistCommands": "commands",
    "itsmkit.desk.classification.ClassificationCommands": "commands",
    "itsmkit.desk.cmdb.ConfigurationCommands": "commands",
    "itsmkit.desk.delegations.DelegationCommands": "commands",
    "itsmkit.desk.discovery.DiscoveryCommands": "commands",
    "itsmkit.desk.escalation.EscalationCommands": "commands",
    "itsmkit.desk.improvements.ImprovementCommands": "commands",
    "itsmkit.desk.incidents.IncidentCommands": "commands",
    "itsmkit.desk.kinds.ChangeCommands": "commands",
    "itsmkit.desk.kinds.ComplaintCommands": "commands",
    "itsmkit.desk.kinds.ProblemCommands": "commands",
    "itsmkit.desk.kinds.QuestionCommands": "commands",
    "itsmkit.desk.kinds.ReleaseCommands": "commands",
    "itsmkit.desk.kinds.RequestCommands": "commands",
    "itsmkit.desk.kinds.TaskCommands": "commands",
    "itsmkit.desk.knowledge.KnowledgeCommands": "commands",
    "itsmkit.desk.knowledge_reading.ReadingKnowledge": "reads",
    "itsmkit.desk.knowledge_use.UsingKnowledge": "commands",
    "itsmkit.desk.links.LinkCommands": "commands",
    "itsmkit.desk.ordering.OrderCommands": "commands",
    "itsmkit.desk.portal.Portal": "reads and commands of a requester",
    "itsmkit.desk.portal_knowledge.KnowledgeOfPortal": "as above",
    "itsmkit.desk.portal_offers.OffersOfPortal": "as above",
    "itsmkit.desk.rules.RulesCommands": "commands",
    "itsmkit.desk.conversations.ConversationCommands": "commands",
    "itsmkit.desk.remote_sessions.RemoteSessionCommands": "commands",
    "itsmkit.desk.replies.ReplyCommands": "commands",
    "itsmkit.desk.schedules.ScheduleCommands": "commands",
    "itsmkit.desk.search.SearchCommands": "commands",
    "itsmkit.desk.surveys.SurveyCommands": "commands",
    "itsmkit.desk.ticket_correspondence.CorrespondenceOfTickets": "commands",
    "itsmkit.desk.ticket_ending.EndingOfTickets": "commands",
    "itsmkit.desk.ticket_erasing.ErasingOfTickets": "commands",
    "itsmkit.desk.ticket_people.PeopleOfTickets": "commands",
    "itsmkit.desk.ticket_work.WorkOnTickets": "commands",
    "itsmkit.desk.tickets.TicketCommands": "commands",
    "itsmkit.desk.work.WorkCommands": "commands",
    "itsmkit.desk.workforce.WorkforceReads": "reads",
    "itsmkit.desk.memory.shifts.CalendarShifts": "a service, which asks a directory",
    "itsmkit.desk.memory.shifts.RotaShifts": "a service, which asks a directory",
    "itsmkit.desk.audit.Audit": "a service, which reads the store",
    "itsmkit.desk.clock.SystemClock": "a service, which reads the clock",
    "itsmkit.practices.escalation.roles.RoleBook": "a service, which asks a directory",
    # They hold the functions that write and read others.
    "itsmkit.languages.catalogue.Catalogue": "holds the function that tells which plural is for a number",
    "itsmkit.languages.messages.Messages": "holds catalogues, and what writes numbers",
    "itsmkit._documents.Form": "holds functions",
    "itsmkit.plugin.documents._scalars.ValueForm": "holds functions",
    "itsmkit.plugin.documents.documents.DocumentType": "holds functions",
    "itsmkit.workflow.approvals.approver.ApproverSource": "abstract: each kind of source has a type",
}
"""The public classes made of fields that have no JSON form, and why."""

EXEMPT_ROOMS = {"itsmkit.testing": "what tests are made of: stages, faults and functions, which stay in them"}


def public_classes() -> Iterator[type]:
    """Yield every class that a public module offers: no part of the name begins with an underscore."""
    found: dict[type, None] = {}
    for module in pkgutil.walk_packages(itsmkit.__path__, "itsmkit."):
        if not any(part.startswith("_") for part in module.name.split(".")):
            offering = import_module(module.name)
            found.update(
                dict.fromkeys(
                    each for name in offering.__all__ if inspect.isclass(each := getattr(offering, name))
                )
            )
    return iter(found)


def is_of_values(kind: type) -> bool:
    """Tell whether values are of *kind*: attrs classes, named tuples and enumerations, but no errors."""
    if issubclass(kind, BaseException):
        return False
    return attrs.has(kind) or issubclass(kind, Enum) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


PUBLIC = [*filter(is_of_values, public_classes())]


def test_every_public_class_of_values_has_a_json_form() -> None:
    lacking = [
        full_name(kind)
        for kind in PUBLIC
        if VALUES.name_of(kind) is None
        and full_name(kind) not in EXEMPT
        and not any(kind.__module__.startswith(f"{room}.") for room in EXEMPT_ROOMS)
    ]
    assert not lacking, "add them to itsmkit.plain._names, or say in EXEMPT why they have none"


def test_what_is_exempt_is_there_and_has_no_json_form() -> None:
    by_name = {full_name(kind): kind for kind in PUBLIC}
    assert EXEMPT.keys() <= by_name.keys()
    assert [name for name in EXEMPT if VALUES.name_of(by_name[name]) is not None] == []


def test_every_type_is_of_a_public_class() -> None:
    public = {*public_classes()}
    assert [name for name in VALUES.names if VALUES.kind_of(name) not in public] == []


# -- there and back ----------------------------------------------------------------------------------------


def exact(value: object) -> object:
    """Return *value* as plain tuples with the name of every class, so that 1, 1.0 and True differ."""
    name = type(value).__name__
    if attrs.has(type(value)):
        return name, tuple(
            (each.name, exact(getattr(value, each.name)))
            for each in attrs.fields(type(value))
            if each.init and each.name not in COMPUTED
        )
    if isinstance(value, BaseException):
        return name, str(value)
    if isinstance(value, Mapping):
        return frozenset((exact(key), exact(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return name, tuple(map(exact, value))
    if isinstance(value, set | frozenset):
        return name, frozenset(map(exact, value))
    if isinstance(value, datetime) and isinstance(value.tzinfo, timezone):
        return name, repr(value.astimezone(UTC).replace(fold=0))  # they are kept in UTC
    if isinstance(value, time):
        return name, repr(value.replace(fold=0))
    return name, str(value) if isinstance(value, float) else repr(value)


COMPUTED = {
    "cache",  # of a stored ticket: it may be dropped at any time
    *("_identification", "_members", "_ids", "_news", "_told", "_locks"),  # of a reconciliation: found anew
    *("_log", "_length"),  # of a timeline: its events, numbered
}


def is_json(plain: object) -> bool:
    """Tell whether *plain* is of nothing but what JSON keeps exactly."""
    if isinstance(plain, dict):
        return all(type(key) is str and is_json(each) for key, each in plain.items())
    if isinstance(plain, list):
        return all(map(is_json, plain))
    if type(plain) is int:
        return abs(plain) < 2**53
    return plain is None or type(plain) in (str, bool)


def holds_errors(document: object) -> bool:
    if isinstance(document, dict):
        return "error" in document or any(map(holds_errors, document.values()))
    return isinstance(document, list) and any(map(holds_errors, document))


SCHEMA = VALUES.json_schema()
SCHEMAS: Registry[Any] = Registry().with_resource("urn:values", DRAFT202012.create_resource(SCHEMA)).crawl()
EACH = settings(max_examples=6, suppress_health_check=[*HealthCheck], deadline=None, phases=[Phase.generate])
"""Few examples of each of many types; what does not fit is not drawn, which takes long for some."""


def checker(name: str) -> Callable[[object], object]:
    return Draft202012Validator({"$ref": f"urn:values#/$defs/{name}"}, registry=SCHEMAS).validate


@pytest.mark.no_cover  # a law of each type
@pytest.mark.parametrize("name", VALUES.names)
def test_a_value_comes_back_as_it_was(name: str) -> None:
    @EACH
    @given(values_named(name))
    def comes_back(value: Any) -> None:
        document = VALUES.to_document(value)
        assert document["type"] == VALUES.name_of(type(value))
        assert document["schema"] == VALUES.schema_of(document["type"])
        assert is_json(document)
        text = VALUES.to_json(value)
        assert json.loads(text) == document
        back = VALUES.from_json(text)
        assert exact(back) == exact(value)
        if type(value).__eq__ is not object.__eq__ and name not in UNEQUAL and not holds_errors(document):
            assert back == value
        assert VALUES.to_json(back) == text
        checker(document["type"])(document)

    comes_back()


UNEQUAL = {
    "desk.reconciled",  # it holds a view, a reconciliation
    "practices.access.policy",  # it holds compiled conditions
}


# -- what is wrong -----------------------------------------------------------------------------------------


@pytest.mark.no_cover  # a law of each type
@pytest.mark.parametrize("name", VALUES.names)
def test_all_that_is_wrong_is_told_with_its_path(name: str) -> None:
    @settings(EACH, max_examples=1)
    @given(values_named(name))
    def is_refused(value: Any) -> None:
        document = VALUES.to_document(value)
        written, keys = document["type"], [key for key in document if key not in ("type", "schema")]
        wrong = {
            **{key: document[key] for key in keys[1:]},
            "type": written,
            "schema": document["schema"],
            "odd": 1,
        }
        with pytest.raises(DefinitionError) as refused:
            VALUES.from_document(wrong)
        told = "\n".join(refused.value.problems)
        assert f"{written}: odd: is not known here" in told
        assert all(f"{written}: {key}: is missing" in told for key in keys[:1])
        newest = VALUES.schema_of(written)
        with pytest.raises(DefinitionError, match=f"schema: {newest + 1} is newer than {newest}"):
            VALUES.from_document({**document, "schema": newest + 1})

    is_refused()


# -- what is published, and what a store keeps -------------------------------------------------------------


def maker() -> Any:
    """Return what makes the page and the schema of the documentation."""
    spec = spec_from_file_location("public_values", ROOT / "docs" / "public_values.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_published_schema_is_that_of_the_values() -> None:
    published = json.loads(PUBLISHED.read_text("utf-8"))
    changed = [
        name
        for name, each in published["$defs"].items()
        if SCHEMA["$defs"].get(name) != each
        and SCHEMA["$defs"].get(name, {}).get("properties", {}).get("schema") == each["properties"]["schema"]
    ]
    assert not changed, "write the next schema, with an upgrade; before a release, run docs/public_values.py"
    assert PUBLISHED.read_text("utf-8") == maker().schema_text(), "run docs/public_values.py"


def test_the_reference_page_tells_of_all_types() -> None:
    page = (ROOT / "docs" / "reference" / "values.md").read_text("utf-8")
    assert page == maker().page_text(), "run docs/public_values.py"
    kept = {each.name for each in DOCUMENTS.types}
    assert [name for name in VALUES.names if name not in kept and f"| `{name}` |" not in page] == []


@settings(max_examples=60, deadline=None)
@given(stored_values())
def test_what_a_store_keeps_has_the_form_in_which_it_is_kept(value: Any) -> None:
    if VALUES.name_of(type(value)) == "plugin.timer":
        assert VALUES.from_document(DOCUMENTS.to_document(value)) == value
        return
    assert to_document(value) == DOCUMENTS.to_document(value)
    assert VALUES.to_json(value) == DOCUMENTS.to_json(value)
    assert exact(VALUES.from_json(DOCUMENTS.to_json(value))) == exact(value)


GOLDEN = (ROOT / "tests" / "plugin" / "documents" / "golden.jsonl").read_text("utf-8").splitlines()


@pytest.mark.parametrize("line", GOLDEN)
def test_what_earlier_releases_have_kept_is_read(line: str) -> None:
    assert VALUES.from_json(line) == DOCUMENTS.from_json(line)

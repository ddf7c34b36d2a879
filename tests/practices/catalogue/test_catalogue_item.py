"""What an item may say, what it may not, and that it comes back from its documents."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import tomli_w
from attrs import evolve

from itsmkit.calendars import BusinessCalendar, BusinessDays
from itsmkit.conditions import ALWAYS, equals, parse_condition
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.money import Money
from itsmkit.practices.access import Viewer
from itsmkit.practices.catalogue import (
    CatalogueItem,
    EntryState,
    RecurringPrice,
    catalogue_item_from,
    catalogue_item_to_mapping,
    directory,
    draft_item,
    fill_in,
    load_catalogue_item,
    publish_item,
    published_item,
    retire_item,
    revise_item,
)
from itsmkit.practices.forms import Form, FormField
from itsmkit.workflow.approvals import ApprovalPolicy, FactApprovers, Stage
from itsmkit.workflow.tasks import Task

FORM = Form(
    "laptop",
    [
        FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS),
        FormField("diagnosis", personal=True),
    ],
)
LAPTOP = CatalogueItem(
    key="laptop",
    title="Laptop",
    description="With everything set up",
    service="workplace",
    owner="kim",
    audience=equals("viewer.organisation", "acme"),
    price=Money("1299.00", "EUR"),
    recurring=RecurringPrice(Money("9.90", "EUR"), "month"),
    form=FORM,
    approval=ApprovalPolicy("budget", Stage("manager", [FactApprovers("manager")])),
    tasks=[
        Task("order", group="purchasing", duration=timedelta(hours=2)),
        Task("extras", after="order", when=parse_condition('answer.model = "strong"')),
    ],
    agreement="gold",
    delivery=BusinessDays(3),
    hours="office",
)
MUG = CatalogueItem(key="mug", title="A mug")


@pytest.mark.parametrize("item", [LAPTOP, MUG, evolve(LAPTOP, delivery=timedelta(hours=4), version=7)])
def test_an_item_comes_back_from_its_mapping(item, tmp_path):
    plain = catalogue_item_to_mapping(item)
    assert catalogue_item_from(plain) == item
    assert catalogue_item_from(json.loads(json.dumps(plain))) == item
    assert catalogue_item_from(tomllib.loads(tomli_w.dumps(plain))) == item
    path = tmp_path / "item.toml"
    path.write_text(tomli_w.dumps(plain), "utf-8")
    assert load_catalogue_item(path) == item


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        pytest.param(
            {"tasks": [Task("a", after="b"), Task("b", after="a")]},
            ["tasks: a -> b -> a is a cycle, in which each waits for the one before; break it"],
            id="cycle",
        ),
        pytest.param(
            {"tasks": [Task("a", when=equals("answer.modle", "light"))]},
            ["tasks[0].when.field: there is no fact 'answer.modle'; did you mean answer.model?"],
            id="no such answer",
        ),
        pytest.param(
            {"tasks": [Task("a", when=equals("answer.diagnosis", "flu"))]},
            [
                (
                    "tasks[0].when: asks for 'answer.diagnosis', which is personal: it may be erased before "
                    "the work is done; ask for another answer"
                )
            ],
            id="personal",
        ),
        pytest.param(
            {"tasks": [Task("a", gives={"offer": "number"})]},
            ["tasks[0].gives: a task of an order gives no facts; ask for offer by the form"],
            id="gives",
        ),
        pytest.param(
            {
                "approval": ApprovalPolicy(
                    "b", Stage("boss", [FactApprovers("boss")], when=equals("answer.model", 7))
                )
            },
            [
                "approval.stages['boss'].when.equals: must be text, as answer.model is, not the number 7",
                (
                    "approval.stages['boss'].approvers[0].fact: there is no fact 'boss' of an order; known: "
                    "requester, affected_person, organisation, site, service, price, answer.model, "
                    "answer.diagnosis, manager"
                ),
            ],
            id="approval",
        ),
        pytest.param(
            {
                "key": " ",
                "version": 0,
                "title": "a\nb",
                "description": 7,
                "owner": "",
                "kind": 7,
                "audience": equals("viewer.rank", 1),
                "price": Money("-1", "EUR"),
                "recurring": 7,
                "form": None,
                "approval": "me",
                "tasks": ["x"],
                "delivery": timedelta(0),
            },
            [
                "key: must be a name without surrounding spaces, not str ' '",
                "version: must be a whole number from 1 on, not int 0",
                "title: must be one line of 200 characters at most, not str 'a\\nb'",
                "description: must be a str, not int 7",
                "owner: must be a name without surrounding spaces, not str ''",
                "kind: must be a name without surrounding spaces, not int 7",
                (
                    "audience: asks for 'viewer.rank', which is no fact of a viewer; did you mean "
                    "'viewer.person'?"
                ),
                "price: must be nothing or more, in whole minor units, not -1.00 EUR",
                "recurring: must be a RecurringPrice, not int 7",
                "form: must be a Form, not NoneType None",
                "approval: must be an ApprovalPolicy, not str 'me'",
                "tasks[0]: must be a Task, not str 'x'",
                (
                    "delivery: must be a length of time of more than nothing, not timedelta "
                    "datetime.timedelta(0)"
                ),
            ],
            id="everything",
        ),
        pytest.param(
            {"tasks": [Task(f"t{place}") for place in range(201)]},
            ["tasks: must be 200 at most, not 201"],
            id="many",
        ),
    ],
)
def test_an_item_that_cannot_be_right_is_refused_with_everything_that_is_wrong(changes, problems):
    with pytest.raises(DefinitionError) as refused:
        evolve(LAPTOP, **changes)
    assert list(refused.value.problems) == problems


def test_a_price_recurs_by_month_or_year():
    assert str(RecurringPrice(Money(12, "EUR"), "year")) == "12.00 EUR per year"
    with pytest.raises(DefinitionError, match="how often a price recurs must be one of month, year"):
        RecurringPrice(Money(12, "EUR"), "week")
    with pytest.raises(DefinitionError, match="amount: must be Money"):
        RecurringPrice(12, "year")


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param([], ["the item: must be a table, not []"], id="no table"),
        pytest.param(
            {
                "key": "x",
                "title": "X",
                "price": "12",
                "form": {"name": "f", "fields": [{"name": "a b"}]},
                "approval": {"name": "p"},
                "tasks": [{"name": "a", "after": ["b"], "when": "answer.a = 1"}],
            },
            [
                "the item: price: must be an amount and a currency, such as '1234.50 EUR', not str '12'",
                "the item: form.fields[0].name: must be an identifier such as \"screen_size\", not str 'a b'",
                "the item: approval: has no steps; write [[steps]]",
                "the item: tasks[0].after[0]: unknown task 'b'; known: a",
            ],
            id="parts",
        ),
        pytest.param(
            {"key": "x", "title": "X", "owner": ""},
            ["the item: owner: must be a name without surrounding spaces, not str ''"],
            id="owner",
        ),
    ],
)
def test_a_document_that_is_wrong_is_refused_with_its_paths(document, problems):
    with pytest.raises(DefinitionError) as refused:
        catalogue_item_from(document)
    told = [each for each in refused.value.problems if "approval" not in each]
    assert told == [each for each in problems if "approval" not in each]
    assert any("approval" in each for each in refused.value.problems) is any(
        "approval" in p for p in problems
    )


# -- versions ----------------------------------------------------------------------------------------------


def test_versions_count_up_and_what_is_published_stays():
    entry = draft_item(evolve(LAPTOP, version=9)).value
    assert (entry.state, entry.draft.version) == (EntryState.DRAFT, 1)
    entry = revise_item(entry, evolve(LAPTOP, title="A laptop")).value
    assert (entry.draft.version, entry.draft.title) == (1, "A laptop")
    first = published_item(entry).value
    entry = publish_item(entry).value
    assert (entry.state, entry.published, entry.draft, first.id) == (
        EntryState.PUBLISHED,
        1,
        None,
        "laptop/1",
    )
    entry = revise_item(entry, LAPTOP).value
    assert (entry.published, entry.draft.version) == (1, 2)
    entry = retire_item(entry, "too dear").value
    assert (entry.state, entry.published) == (EntryState.RETIRED, None)
    assert publish_item(entry).value.published == 2


def test_what_cannot_be_done_with_an_entry_is_refused():
    entry = draft_item(LAPTOP).value
    with pytest.raises(RefusedError, match="cannot revise 'laptop' by an item 'mug'"):
        revise_item(entry, MUG)
    with pytest.raises(RefusedError, match=r"it is draft, and not published; .*say why"):
        retire_item(entry, " ")
    published = publish_item(entry).value
    for act in (publish_item, published_item):
        with pytest.raises(RefusedError, match="it has no draft; revise it first"):
            act(published)


# -- who may order -----------------------------------------------------------------------------------------


def test_what_is_not_for_somebody_does_not_exist_for_them():
    acme, other = Viewer("ann", organisation="acme"), Viewer("eve", organisation="other")
    assert fill_in(LAPTOP, {"model": "light"}, acme).answers.values == {"model": "light"}
    for viewer in (other, None):
        with pytest.raises(NotFoundError, match="catalogue item"):
            fill_in(LAPTOP, {"model": "light"}, viewer)
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert [line.item.key for line in directory([LAPTOP, MUG], acme, now, ZoneInfo("UTC"))] == [
        "mug",
        "laptop",
    ]
    assert [line.item.key for line in directory([LAPTOP, MUG], other, now, ZoneInfo("UTC"))] == ["mug"]
    assert directory([LAPTOP, MUG], None, now, ZoneInfo("UTC")) == ()


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        # New York changes its clocks on 8 March, Berlin on 29 March 2026.
        pytest.param(datetime(2026, 3, 2, tzinfo=UTC), "03:00", id="both in winter"),
        pytest.param(datetime(2026, 3, 9, 1, tzinfo=UTC), "04:00", id="one in summer"),
        pytest.param(datetime(2026, 3, 30, tzinfo=UTC), "03:00", id="both in summer"),
        pytest.param(datetime(2026, 10, 26, tzinfo=UTC), "04:00", id="one in winter again"),
    ],
)
def test_hours_are_told_in_the_zone_of_who_looks_across_both_changes(now, opens):
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    zone = ZoneInfo("America/New_York")
    [line] = directory([evolve(MUG, hours="office")], Viewer("ann"), now, zone, calendars={"office": office})
    assert line.support[0].opens.strftime("%H:%M") == opens
    for each in line.support:
        assert office.is_open(each.opens)
        assert not office.is_open(each.closes)
        assert each.opens.tzinfo is zone
    assert sum((each.closes - each.opens for each in line.support), timedelta(0)) <= timedelta(hours=40)


def test_hours_that_never_change_or_are_unknown_tell_no_change():
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    always = {"office": BusinessCalendar.always()}
    item = evolve(MUG, hours="office", service="workplace")
    [line] = directory(
        [item], Viewer("ann"), now, ZoneInfo("UTC"), calendars=always, owners={"workplace": "lee"}
    )
    assert (line.is_supported, line.changes_at, line.owner) == (True, None, "lee")
    [line] = directory([item], Viewer("ann"), now, ZoneInfo("UTC"))
    assert (line.is_supported, line.support, line.owner) == (None, (), None)
    with pytest.raises(DefinitionError, match="at has no time zone"):
        directory([item], Viewer("ann"), now.replace(tzinfo=None), ZoneInfo("UTC"))

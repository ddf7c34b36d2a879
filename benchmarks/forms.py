"""
Forms and orders: what it costs to check a large form, and to place an order of many tasks.

The form has 200 fields with 300 conditions, all of them shown and answered; beside it stands jsonschema, the
usual checker of JSON, with the schema that the form exports. The order has 50 tasks, of which either all have
their turn at once, each with a ticket of its own, or one after the other; beside it stands what it costs to
log as many tickets.
"""

from datetime import UTC, datetime
from random import Random

from jsonschema import Draft202012Validator

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.conditions import ALWAYS, NEVER, parse_condition
from itsmkit.desk import Desk, ManualClock
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.practices.forms import Check, Form, FormField, form_schema
from itsmkit.tickets import Actor
from itsmkit.workflow.tasks import Task

FIELDS, CONDITIONS, TASKS = 200, 300, 50
KINDS = ("choice", "number", "yes_no", "text", "number")
ANSWERS = {"text": "as it was said", "number": 5, "yes_no": True, "choice": "a"}


def run() -> str:
    """Return the table of forms and orders."""
    form = large_form()
    answers = {each.name: ANSWERS[each.kind] for each in form.fields}
    validator = Draft202012Validator(form_schema(form))
    assert len(form.check(answers).values) == FIELDS
    assert validator.is_valid(answers)
    wrong = {**answers, "f7": "many"}
    assert form.read(wrong).problems
    assert not validator.is_valid(wrong)
    desk = a_desk()
    for key in ("at once", "in turn"):
        given = desk.orders.progress(desk.orders.place(key).id).tickets
        assert len(given) == (TASKS if key == "at once" else 1)
    found = interleaved(
        {
            "form": lambda: micro(lambda: form.check(answers), repeats=50),
            "jsonschema": lambda: micro(lambda: validator.is_valid(answers), repeats=2),
            "at once": lambda: micro(lambda: desk.orders.place("at once"), repeats=5),
            "in turn": lambda: micro(lambda: desk.orders.place("in turn"), repeats=20),
            "ticket": lambda: micro(lambda: desk.work_tasks.log("Buy a laptop"), repeats=50),
        },
        rounds=7,
    )
    rows = [
        _row(
            f"check a form of {FIELDS} fields with {CONDITIONS} conditions",
            found["form"],
            "jsonschema",
            found["jsonschema"],
        ),
        _row(
            f"place an order of {TASKS} tasks, all of them at once",
            found["at once"],
            f"{TASKS + 1} tickets",
            found["ticket"] * (TASKS + 1),
        ),
        _row(
            f"place an order of {TASKS} tasks, one after the other",
            found["in turn"],
            "2 tickets",
            found["ticket"] * 2,
        ),
    ]
    return table("Forms and orders", rows)


def large_form() -> Form:
    """Return a form whose fields show, require and check each other, from group to group."""
    fields = [_field(number) for number in range(FIELDS)]
    asked = sum(
        (each.shown_when != ALWAYS) + (each.required_when != NEVER) + len(each.checks) for each in fields
    )
    assert asked == CONDITIONS, asked
    return Form("large", fields)


def _field(number: int) -> FormField:
    kind, group = KINDS[number % 5], number - number % 5
    shown, required, checks = ALWAYS, NEVER, []
    if number % 2:
        required = parse_condition(f'f{group} = "a" and f{group + 1} >= 0')
    if number % 2 == 0 and number % 5 != 2:
        checks = [Check(parse_condition(f"f{group + 2} = true and not f{group + 1} > 99"), "It must fit")]
    if group >= 5 and number % 5 < 3:
        shown = parse_condition(f"f{group - 3} = true or f{group - 4} > 3")
    elif number < 3:
        checks = [*checks, Check(parse_condition(f"f{group + 1} < 100"), "Too many")]
    return FormField(
        f"f{number}",
        kind,
        choices=["a", "b"] if kind == "choice" else (),
        shown_when=shown,
        required_when=required,
        checks=checks,
    )


def a_desk() -> Desk:
    """Return a desk in memory that offers both orders."""
    clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    desk = Desk(clock=clock, random=Random(1)).acting_as(Actor("kim"))
    names = [f"task {number}" for number in range(TASKS)]
    at_once = [Task(name, group="workplace") for name in names]
    in_turn = [Task(name, group="workplace", after=names[:place][-1:]) for place, name in enumerate(names)]
    for key, tasks in (("at once", at_once), ("in turn", in_turn)):
        desk.catalogue.draft(CatalogueItem(key=key, title=f"All {key}", tasks=tasks))
        desk.catalogue.publish(key)
    return desk


def _row(what: str, seconds: float, beside: str, others: float) -> Row:
    return what, f"{seconds * 1e3:.2f} ms", f"{beside} {others * 1e3:.2f} ms", f"{others / seconds:.2f}×"

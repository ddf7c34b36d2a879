"""Strategies of forms and of what is answered to them, for properties of whoever shows or checks forms."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from itsmkit._frozen import FrozenDict
from itsmkit.conditions import (
    ALWAYS,
    NEVER,
    Condition,
    FactKind,
    FactType,
    all_of,
    any_of,
    at_least,
    equals,
    less,
    not_equals,
    one_of,
    present,
)
from itsmkit.practices.forms import Check, Form, FormField, FormFieldKind

__all__ = ["answers_to", "forms", "kept_answers"]

_CHOICES = ("x", "y", "z")

_ANSWERS: Mapping[FormFieldKind, tuple[Any, ...]] = FrozenDict(
    {
        FormFieldKind.TEXT: ("red", "blue"),
        FormFieldKind.LONG_TEXT: ("red", "two\nlines"),
        FormFieldKind.CHOICE: _CHOICES,
        FormFieldKind.SEVERAL: (["x"], ["z", "x"], ["x", "y", "z"]),
        FormFieldKind.NUMBER: (0, 1, 2, 2.5, -1),
        FormFieldKind.MONEY: ("1.00 EUR", "2.00 EUR"),
        FormFieldKind.DATE: ("2026-03-29", "2026-12-31"),
        FormFieldKind.INSTANT: ("2026-03-29T01:00:00+00:00", "2026-03-30T01:00:00+00:00"),
        FormFieldKind.DURATION: ("1h", "36h"),
        FormFieldKind.YES_NO: (True, False),
        FormFieldKind.PERSON: ("ann", "bob"),
        FormFieldKind.CONFIGURATION_ITEM: ("web-1", "web-2"),
        FormFieldKind.ATTACHMENT: ("plan.pdf",),
    }
)
"""Answers that are right, as JSON has them and spelled as they are kept."""

_LITERALS: Mapping[FactKind, tuple[Any, ...]] = FrozenDict(
    {
        FactKind.TEXT: ("red", "x", "2026-03-29", "ann"),
        FactKind.NUMBER: (0, 1, 2, 2.5),
        FactKind.TRUTH: (True, False),
        FactKind.INSTANT: (datetime(2026, 3, 29, 1, tzinfo=UTC),),
        FactKind.DURATION: (timedelta(hours=36),),
    }
)
_BUILDERS: Sequence[Callable[[str, Any], Condition]] = (equals, not_equals, one_of, at_least, less)
_WRONG: tuple[Any, ...] = (
    "",
    "  ",
    "no such thing",
    "x" * 300,
    7,
    1.5,
    True,
    [],
    ["x", "x"],
    {"a": 1},
    object(),
)


def _test(draw: st.DrawFn, facts: Mapping[str, FactType]) -> Condition:
    name = draw(st.sampled_from(sorted(facts)))
    found = facts[name]
    builders = _BUILDERS if found.is_ordered else _BUILDERS[:3]
    place = draw(st.integers(0, len(builders)))
    if found.kind is FactKind.COLLECTION or place == len(builders):
        return present(name)
    test: Condition = builders[place](name, draw(st.sampled_from(found.choices or _LITERALS[found.kind])))
    return test


def _condition(draw: st.DrawFn, facts: Mapping[str, FactType], deep: int = 2) -> Condition:
    """Return a condition on some facts, of which there is at least one."""
    shape = draw(st.integers(0, 5)) if deep else 0
    if shape <= 2:
        return _test(draw, facts)
    if shape == 3:
        return ~_condition(draw, facts, deep - 1)
    parts = [_condition(draw, facts, deep - 1) for _ in range(draw(st.integers(0, 2)))]
    return all_of(*parts) if shape == 4 else any_of(*parts)


@st.composite
def forms(
    draw: st.DrawFn,
    *,
    most: int = 5,
    facts: bool = True,
    kinds: Sequence[str] = tuple(FormFieldKind),
) -> Form:
    """
    Return forms whose conditions hold and fail often: see the module.

    Args:
        draw: Given by hypothesis.
        most: How many fields there are at most; there is at least one.
        facts: Whether they may be told something from outside: ``viewer.vip``.
        kinds: Of which kinds their fields are.
    """
    names = [f"f{place}" for place in range(draw(st.integers(1, most)))]
    bare = {name: _bare_field(name, draw(st.sampled_from(kinds))) for name in names}
    outside = {"viewer.vip": FactType("truth")} if facts and draw(st.booleans()) else {}
    order = draw(st.permutations(names))
    every = {**outside, **_facts_of(bare.values())}
    fields = []
    for name in names:
        before = {**outside, **_facts_of(bare[each] for each in order[: order.index(name)])}
        fields.append(_full_field(draw, bare[name], before, every))
    return Form("form", fields, version=draw(st.integers(1, 3)), facts=outside)


def _facts_of(fields: Any) -> dict[str, FactType]:
    return {name: kind for each in fields for name, kind in each.facts.items()}


def _bare_field(name: str, kind: str) -> FormField:
    choices = _CHOICES if kind in (FormFieldKind.CHOICE, FormFieldKind.SEVERAL) else ()
    currency = "EUR" if kind is FormFieldKind.MONEY else None
    return FormField(name, kind, choices=choices, currency=currency)


def _full_field(
    draw: st.DrawFn, bare: FormField, before: Mapping[str, FactType], every: Mapping[str, FactType]
) -> FormField:
    checks = [Check(_condition(draw, every), "It must fit") for _ in range(draw(st.integers(0, 1)))]
    is_always_shown = draw(st.booleans())
    return FormField(
        bare.name,
        bare.kind,
        label=draw(st.sampled_from([bare.name, "What?"])),
        help=draw(st.sampled_from(["", "Think first"])),
        shown_when=ALWAYS if is_always_shown or not before else _condition(draw, before),
        required_when=draw(st.sampled_from([ALWAYS, NEVER]))
        if draw(st.booleans())
        else _condition(draw, every),
        checks=checks,
        default=draw(st.sampled_from([None, None, *_ANSWERS[bare.kind]])),
        choices=bare.choices,
        currency=bare.currency,
        personal=draw(st.booleans()),
    )


def kept_answers(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    """Return answers of the right kinds, in JSON and spelled as they are kept; some may not be shown."""
    return st.fixed_dictionaries(
        {}, optional={each.name: st.none() | st.sampled_from(_ANSWERS[each.kind]) for each in form.fields}
    )


def answers_to(form: Form, *, others: Sequence[str] = ("f99",)) -> st.SearchStrategy[dict[str, Any]]:
    """
    Return whatever may be sent as answers.

    Args:
        form: The form.
        others: Names that it does not have.
    """
    wrong = st.sampled_from(_WRONG)
    each = {field.name: st.sampled_from(_ANSWERS[field.kind]) | wrong | st.none() for field in form.fields}
    return st.fixed_dictionaries({}, optional={**each, **dict.fromkeys(others, wrong)})

"""What is shown, required and kept of a form; and that what is not shown is never kept and never missed."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, NEVER, FactSchema, at_least, at_most, equals, holds, present
from itsmkit.errors import DefinitionError
from itsmkit.practices.forms import (
    MOST_FIELDS,
    AnswersRefusedError,
    Check,
    Form,
    FormAnswers,
    FormField,
    HiddenAnswers,
)
from itsmkit.practices.forms.form_field import answer_facts
from itsmkit.testing.forms import answers_to, forms, kept_answers

STRONG = equals("model", "strong")
LAPTOP = Form(
    "laptop",
    [
        FormField("reason", "long_text", shown_when=STRONG, required_when=ALWAYS),
        FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS),
        FormField(
            "memory",
            "number",
            shown_when=STRONG,
            default=32,
            checks=[Check(at_least("memory", 16), "The strong one has 16 GB at least")],
        ),
        FormField("slot", shown_when=at_least("memory", 64)),
        FormField("desk", shown_when=equals("viewer.at_home", True), required_when=present("reason")),
    ],
    facts={"viewer.at_home": "truth"},
)


# -- an oracle: conditions interpreted again and again, until nothing changes -------------------------------


def naively(form, answers, facts):
    """Return what is shown, and the answers to it, by going round until nothing changes."""
    told = {name: facts[name] for name in form.facts.types if name in facts}
    shown = set()
    for _ in range(len(form.fields) + 1):
        values = {
            each.name: each.read(answers[each.name]) if each.name in answers else each.default
            for each in form.fields
            if each.name in shown
        }
        seen = {
            **told,
            **{fact: it for name, value in values.items() for fact, it in answer_facts(name, value)},
        }
        shown = {each.name for each in form.fields if holds(each.shown_when, seen)}
    return shown, values, seen


@given(st.data())
def test_a_form_reads_as_if_it_were_gone_through_until_nothing_changes(data):
    form = data.draw(forms())
    answers = data.draw(kept_answers(form))
    facts = data.draw(st.sampled_from([{}, {"viewer.vip": True}, {"viewer.vip": False}]))
    shown, values, seen = naively(form, answers, facts)
    reading = form.read(answers, facts)
    assert set(reading.shown) == shown
    assert dict(reading.values) == {name: value for name, value in values.items() if value is not None}
    must = {name for name in shown if holds(form.by_name[name].required_when, seen)}
    assert set(reading.required) == must
    expected = {}
    for name, field in form.by_name.items():
        if name not in shown:
            if answers.get(name) is not None:
                expected[name] = 1
        elif values[name] is None:
            expected |= {name: 1} if name in must else {}
        elif wrong := [each for each in field.checks if not holds(each.condition, seen)]:
            expected[name] = len(wrong)
    assert {name: len(told) for name, told in reading.problems.items()} == expected


@given(st.data())
def test_what_is_hidden_is_never_kept_and_never_missed(data):
    form = data.draw(forms())
    answers = data.draw(answers_to(form))
    reading = form.read(answers, hidden="drop")
    hidden = form.by_name.keys() - set(reading.shown)
    assert hidden.isdisjoint(reading.values)
    assert hidden.isdisjoint(reading.required)
    assert not any("missing" in told for name in hidden for told in reading.problems.get(name, ()))
    assert set(reading.dropped) <= hidden


@given(st.data())
def test_whatever_is_sent_is_kept_whole_or_refused_whole(data):
    form = data.draw(forms())
    answers = data.draw(answers_to(form))
    reading = form.read(answers)
    if not reading.problems:
        kept = form.check(answers)
        assert kept == FormAnswers("form", form.version, reading.values)
        # What was kept can be sent again, if it is said where nothing was answered in place of a default.
        assert form.check({name: kept.values.get(name) for name in reading.shown}).values == kept.values
        return
    with pytest.raises(AnswersRefusedError) as refused:
        form.check(answers)
    assert refused.value.problems == reading.problems
    assert len(refused.value.reasons) == sum(map(len, reading.problems.values()))


@given(st.data())
def test_fields_may_stand_in_any_order(data):
    form = data.draw(forms())
    answers = data.draw(answers_to(form, others=()))
    mixed = Form("form", data.draw(st.permutations(form.fields)), version=form.version, facts=form.facts)
    one, other = form.read(answers), mixed.read(answers)
    assert set(one.shown) == set(other.shown)
    assert dict(one.values) == dict(other.values)
    assert dict(one.problems) == dict(other.problems)
    assert other.shown == tuple(each.name for each in mixed.fields if each.name in one.shown)


# -- examples ----------------------------------------------------------------------------------------------


def test_a_default_shows_what_hangs_on_it():
    answers = {"model": "strong", "reason": "films"}
    assert LAPTOP.check(answers).values == {"reason": "films", "model": "strong", "memory": 32}
    assert LAPTOP.read({**answers, "memory": 64}).shown == ("reason", "model", "memory", "slot")
    assert LAPTOP.check({**answers, "memory": None}).values == {"reason": "films", "model": "strong"}


def test_what_is_told_from_outside_counts_and_nothing_else_does():
    answers = {"model": "strong", "reason": "films"}
    assert LAPTOP.read(answers, {"viewer.at_home": True}).problems == {"desk": ("is missing",)}
    assert not LAPTOP.read(answers, {"viewer.at_home": False, "memory": 64}).problems
    assert LAPTOP.read(answers, {"memory": 64}).shown == ("reason", "model", "memory")


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_form():
    answers = {"memory": 8, "slot": "left", "model": "strong", "modl": "light", "x" * 1000: 1, 7: 1}
    with pytest.raises(AnswersRefusedError) as refused:
        LAPTOP.check(answers)
    assert str(refused.value) == (
        "cannot take the answers to 'laptop': answers.reason: is missing; "
        "answers.memory: The strong one has 16 GB at least; "
        "answers.slot: is not asked for with these answers; leave it out; "
        "answers.modl: there is no such field; did you mean 'model'?; "
        "answers.str 'xxxxxxxxxxxx...xxxxxxxxxxxxx': there is no such field; "
        "answers.int 7: there is no such field"
    )
    assert pickle.loads(pickle.dumps(refused.value)).problems == refused.value.problems


def test_what_hangs_on_an_answer_that_cannot_be_read_is_not_judged():
    told = LAPTOP.read({"model": "stronk", "memory": 8, "slot": "left"}).problems
    assert list(told) == ["model"]
    assert LAPTOP.read({"model": 7, "memory": "many"}).problems.keys() == {"model", "memory"}


def test_a_hidden_answer_is_refused_unless_it_is_to_be_dropped():
    answers = {"model": "light", "reason": "films", "memory": ""}
    assert list(LAPTOP.read(answers).problems) == ["reason"]
    kept = LAPTOP.check(answers, hidden=HiddenAnswers.DROP)
    assert (kept.values, kept.dropped) == ({"model": "light"}, ("reason",))


def test_very_many_unknown_names_are_counted():
    told = LAPTOP.read({f"name {place}": 1 for place in range(1000)} | {"model": "light"}).problems
    assert len(told) == 21
    assert told[""] == ("there are 980 more names that are none of fields",)
    with pytest.raises(AnswersRefusedError, match="answers: there are 980 more"):
        LAPTOP.check({f"name {place}": 1 for place in range(1000)})


@pytest.mark.parametrize("answers", [None, [], "model", 7])
def test_answers_that_are_no_mapping_are_refused(answers):
    with pytest.raises(AnswersRefusedError, match="answers: must be a mapping from the names of fields"):
        LAPTOP.check(answers)


def test_answers_tell_their_facts():
    form = Form(
        "f", [FormField("apps", "several", choices=["a", "b"]), FormField("cost", "money", currency="EUR")]
    )
    answers = form.check({"apps": ["b"], "cost": "2.50 EUR"})
    assert {name: str(value) for name, value in answers.facts().items()} == {
        "apps": "('b',)",
        "apps.b": "True",
        "cost": "2.50",
    }
    assert form.answer_facts == FactSchema(form.fields[0].facts | form.fields[1].facts)


# -- definitions that cannot be right ----------------------------------------------------------------------


def _shown_by(name, other, value=True):
    return FormField(name, "yes_no", shown_when=equals(other, value))


@pytest.mark.parametrize(
    ("fields", "options", "problems"),
    [
        pytest.param(
            [FormField("a"), FormField("a")], {}, ["fields: 'a' stands there more than once"], id="double"
        ),
        pytest.param(
            [_shown_by("a", "b"), _shown_by("b", "c"), _shown_by("c", "a"), _shown_by("d", "c")],
            {},
            ["fields: a -> c -> b -> a is a cycle; break it"],
            id="cycle",
        ),
        pytest.param([_shown_by("a", "a")], {}, ["fields: a -> a is a cycle; break it"], id="itself"),
        pytest.param(
            [FormField("a", checks=[Check(at_most("a", 7), "no")], required_when=present("b"))],
            {},
            [
                "fields[0].required_when.field: there is no fact 'b'",
                "fields[0].checks[0].condition.at_most: must be text, as a is, not the number 7",
            ],
            id="conditions",
        ),
        pytest.param(
            [FormField("a")],
            {"facts": {"a": "text"}},
            ["facts: 'a' is an answer to a field of the form; name it otherwise"],
            id="clash",
        ),
        pytest.param(
            ["a"],
            {"facts": 7, "version": 0},
            [
                "facts: must be a FactSchema, or a mapping from names to kinds, not int 7",
                "version: must be a whole number from 1 on, not int 0",
                "fields[0]: must be a FormField, not str 'a'",
            ],
            id="kinds",
        ),
        pytest.param(
            [FormField(f"f{place}") for place in range(MOST_FIELDS + 1)],
            {},
            ["fields: must be 1000 at most, not 1001"],
            id="many",
        ),
    ],
)
def test_a_form_that_cannot_be_right_is_refused_with_everything_that_is_wrong(fields, options, problems):
    with pytest.raises(DefinitionError) as refused:
        Form("form", fields, **options)
    assert list(refused.value.problems) == problems


def test_a_form_without_fields_takes_nothing():
    assert Form("empty", []).check({}).values == {}


def test_never_shown_is_never_asked():
    form = Form("f", [FormField("a", shown_when=NEVER, required_when=ALWAYS, default="x")])
    assert form.check({}).values == {}

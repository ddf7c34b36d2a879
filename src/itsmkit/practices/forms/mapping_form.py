"""
Forms as plain mappings, for TOML and JSON.

.. code-block:: toml

    name = "laptop"
    version = 2                                    # may be left out, as all below but names

    [facts]                                        # told from outside; see the schema of conditions
    "viewer.organisation" = "text"

    [[fields]]
    name = "model"
    kind = "choice"                                # text, if left out
    label = "Which one?"
    help = "The strong one is heavier."
    choices = ["light", "strong"]
    required_when = "always"
    default = "light"

    [[fields]]
    name = "budget"
    kind = "money"
    currency = "EUR"
    shown_when = 'model = "strong"'
    personal = false

    [[fields.checks]]
    condition = "budget <= 3000"
    reason = "More than 3,000 EUR goes by way of purchasing"
    compares = "budget <= limit"                   # of two answers of one kind

    [[fields]]
    name = "reason"
    kind = "long_text"
    longest = 2000

A default is written as the answer would be: text, a number, true or false, or a list of choices.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from itsmkit._documents import Form as PlainForm
from itsmkit._documents import structure
from itsmkit._frozen import EMPTY
from itsmkit.conditions import (
    ALWAYS,
    NEVER,
    Condition,
    FactSchema,
    condition_from,
    schema_from,
    schema_to_mapping,
    to_mapping,
)
from itsmkit.errors import DefinitionError
from itsmkit.practices.forms.comparison import AnswerComparison
from itsmkit.practices.forms.form import Form
from itsmkit.practices.forms.form_field import Check, FormField, FormFieldKind

__all__ = ["field_to_mapping", "form_from", "form_to_mapping"]

_NO_FACTS = FactSchema(EMPTY)


@frozen
class _Field:
    name: str
    kind: FormFieldKind = FormFieldKind.TEXT
    label: str | None = None
    help: str = ""
    shown_when: Condition = ALWAYS
    required_when: Condition = NEVER
    checks: tuple[Check, ...] = ()
    default: Any = None
    choices: tuple[str, ...] = ()
    currency: str | None = None
    longest: int | None = None
    personal: bool = False

    def built(self, path: str) -> FormField:
        chosen = {
            name: value
            for name, value in (("label", self.label), ("longest", self.longest))
            if value is not None
        }
        try:
            return FormField(
                self.name,
                self.kind,
                help=self.help,
                shown_when=self.shown_when,
                required_when=self.required_when,
                checks=self.checks,
                default=self.default,
                choices=self.choices,
                currency=self.currency,
                personal=self.personal,
                **chosen,  # type: ignore[arg-type]  # each is of its type
            )
        except DefinitionError as error:
            raise DefinitionError(*(f"{path}.{problem}" for problem in error.problems)) from None


@frozen
class _Form:
    name: str
    fields: tuple[Any, ...] = ()  # each is read by itself, so that one that is wrong does not hide the others
    version: int = 1
    facts: FactSchema = _NO_FACTS


def _compared(plain: object) -> AnswerComparison:
    return AnswerComparison.parse(plain)  # type: ignore[arg-type]  # it refuses what is no text


def _condition(plain: object) -> Condition:
    return condition_from(plain)


_FORMS = (
    PlainForm(Condition, _condition, to_mapping),
    PlainForm(FactSchema, schema_from, schema_to_mapping),
    PlainForm(AnswerComparison, _compared, str),
)


def form_from(document: object, *, where: str = "the form", at: str = "") -> Form:
    """
    Return the form that *document* describes: the inverse of `form_to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The name of what it was taken from, for the sentences of the problems.
        at: The path of *document* in that; empty for the whole.

    Raises:
        DefinitionError: With every problem and its path.

    >>> form_from({"name": "laptop", "fields": [{"name": "model", "kind": "choices"}, {"nam": "budget"}]})
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 3 problems:
    - the form: fields[0].kind: must be one of 'text', 'long_text', 'choice', 'several', ... not 'choices'
    - the form: fields[1].name: is missing
    - the form: fields[1].nam: is not known here; did you mean name?
    """
    begins = f"{at}." if at else ""
    problems: list[str] = []
    fields: list[FormField] = []
    for index, plain in enumerate(_tables_of_fields(document)):
        path = f"{begins}fields[{index}]"
        try:
            fields.append(
                structure(_Field, plain, where=where, at=path, forms=_FORMS).built(f"{where}: {path}")
            )
        except DefinitionError as error:
            problems += error.problems
    head: _Form | None = None
    try:
        head = structure(_Form, document, where=where, at=at, forms=_FORMS)
    except DefinitionError as error:
        problems = [*error.problems, *problems]
    if head is None or problems:
        raise DefinitionError(*problems)
    try:
        return Form(head.name, fields, version=head.version, facts=head.facts)
    except DefinitionError as error:
        raise DefinitionError(*(f"{where}: {begins}{problem}" for problem in error.problems)) from None


def form_to_mapping(form: Form) -> dict[str, object]:
    """
    Return *form* as plain data that TOML and JSON can hold: the inverse of `form_from`.

    What is the default is left out, but for the version.

    >>> form_to_mapping(Form("trip", [FormField("to", label="Where to?"), FormField("days", "number")]))
    ... # doctest: +NORMALIZE_WHITESPACE
    {'name': 'trip', 'version': 1,
     'fields': [{'name': 'to', 'label': 'Where to?'}, {'name': 'days', 'kind': 'number'}]}
    """
    facts = {"facts": schema_to_mapping(form.facts)} if form.facts.types else {}
    return {
        "name": form.name,
        "version": form.version,
        **facts,
        "fields": [field_to_mapping(each) for each in form.fields],
    }


def field_to_mapping(field: FormField) -> dict[str, object]:
    """Return *field* as it stands in the mapping of its form."""
    usual = FormField(field.name, FormFieldKind.LONG_TEXT if field.kind == "long_text" else "text").longest
    said: dict[str, tuple[object, object]] = {
        "kind": (field.kind.value, FormFieldKind.TEXT.value),
        "label": (field.label, field.name),
        "help": (field.help, ""),
        "shown_when": (to_mapping(field.shown_when), to_mapping(ALWAYS)),
        "required_when": (to_mapping(field.required_when), to_mapping(NEVER)),
        "checks": ([_plain_check(each) for each in field.checks], []),
        "default": (field.plain(field.default), None),
        "choices": (list(field.choices), []),
        "currency": (field.currency, None),
        "longest": (field.longest, usual),
        "personal": (field.personal, False),
    }
    return {"name": field.name, **{key: plain for key, (plain, common) in said.items() if plain != common}}


def _plain_check(check: Check) -> dict[str, object]:
    compares = {} if check.compares is None else {"compares": str(check.compares)}
    return {"condition": to_mapping(check.condition), "reason": check.reason, **compares}


def _tables_of_fields(document: object) -> Sequence[object]:
    fields = document.get("fields") if isinstance(document, Mapping) else None
    return fields if isinstance(fields, list | tuple) else ()

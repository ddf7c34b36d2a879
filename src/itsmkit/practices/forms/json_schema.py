"""
Forms as JSON Schema (draft 2020-12), for the forms that browsers and other programs make of it.

Each field is a property. What conditions say of it stands beside the properties, as rules with ``if`` and
``then``, as far as JSON Schema can say it; and, whole, in the keyword ``x-itsmkit`` of the property, by which
the form is read back.

What the schema refuses, the form refuses too, if the answers are spelled as they are kept: numbers as
numbers, texts without spaces around them. Where the rules can say all conditions, the form refuses nothing
else.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from itsmkit._frozen import EMPTY
from itsmkit._problems import shown
from itsmkit._schemas import DIALECT
from itsmkit.conditions import ALWAYS, NEVER, Condition, Facts, Presence, schema_to_mapping, simplified
from itsmkit.errors import DefinitionError
from itsmkit.practices.forms._condition_rules import ANYTHING, NOTHING, Rule, filled, rule_of
from itsmkit.practices.forms.form import Form
from itsmkit.practices.forms.form_field import FormField, FormFieldKind
from itsmkit.practices.forms.mapping_form import field_to_mapping, form_from

__all__ = ["KEYWORD", "form_from_schema", "form_schema"]

KEYWORD = "x-itsmkit"
"""The keyword of what JSON Schema has no word for."""

_MARKS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
_MONEY = r"^-?[0-9]{1,18}(\.[0-9]{1,12})? %s$"
_DURATION = r"^-?(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+min)?([0-9]+(\.[0-9]{1,6})?s)?$"


def form_schema(form: Form, facts: Facts | None = None) -> dict[str, Any]:
    """
    Return the JSON Schema of the answers to *form*.

    Args:
        form: The form.
        facts: What it is told from outside, if the schema is for one viewer: then conditions on that are
            decided. Otherwise they cannot be said by rules.

    Returns:
        A new mapping on each call, ready for JSON.

    >>> from itsmkit.conditions import ALWAYS, equals
    >>> strong = equals("model", "strong")
    >>> form = Form(
    ...     "laptop",
    ...     [
    ...         FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS),
    ...         FormField("reason", shown_when=strong),
    ...     ],
    ... )
    >>> schema = form_schema(form)
    >>> schema["properties"]["model"]["enum"]
    ['light', 'strong', None]
    >>> schema["allOf"][1]["if"], schema["allOf"][1]["then"]
    ({'not': {'$ref': '#/$defs/shown.reason'}}, {'properties': {'reason': {'enum': [None, '']}}})
    """
    rules = _Rules(form, facts)
    allowed = [rule for field in form.fields for rule in rules.of(field)]
    told: dict[str, Any] = {"version": form.version}
    if form.facts.types:
        told["facts"] = schema_to_mapping(form.facts)
    if facts is not None:
        told["for_one_viewer"] = True
    parts = {
        "required": [each.name for each in form.fields if rules.is_always_required(each)],
        "allOf": allowed,
        "$defs": rules.definitions,
    }
    return {
        "$schema": DIALECT,
        "title": form.name,
        "type": "object",
        "properties": {field.name: _property(field) for field in form.fields},
        "additionalProperties": False,
        **{key: part for key, part in parts.items() if part},
        KEYWORD: told,
    }


def form_from_schema(schema: object, *, where: str = "the schema") -> Form:
    """
    Return the form of which *schema* was made: the inverse of `form_schema`.

    What the words of JSON Schema say is taken from them, so that labels, helps, defaults, choices and lengths
    may have been changed in it; all else is taken from ``x-itsmkit``. A schema that says more, or says
    something else, than the form that comes of it would make, is refused, since nobody could tell which of
    both is meant.

    Args:
        schema: A mapping, as JSON is read into.
        where: The name of what it was taken from, for the sentences of the problems.

    Raises:
        DefinitionError: With everything that is wrong, and where it stands.
    """
    document = _mapping(schema, where, "")
    told = _mapping(document.get(KEYWORD, EMPTY), where, KEYWORD)
    if told.get("for_one_viewer"):
        problem = f"{where}: {KEYWORD}.for_one_viewer: the form cannot be told from what one viewer may see"
        raise DefinitionError(problem)
    properties = _mapping(document.get("properties", EMPTY), where, "properties")
    form = form_from(
        {
            "name": document.get("title"),
            **told,
            "fields": [
                _plain_field(name, _mapping(each, where, f"properties.{name}"), where)
                for name, each in properties.items()
            ],
        },
        where=where,
    )
    differing = [*_differences(document, form_schema(form), "")]
    if differing:
        raise DefinitionError(*(f"{where}: {each}" for each in differing[:_MOST_TOLD]))
    return form


_MOST_TOLD = 20
_IN_WORDS = {"label": "title", "help": "description", "default": "default", "longest": "maxLength"}
"""What of a field stands in words of JSON Schema."""


def _plain_field(name: str, found: Mapping[str, Any], where: str) -> dict[str, object]:
    told = _mapping(found.get(KEYWORD, EMPTY), where, f"properties.{name}.{KEYWORD}")
    words = {ours: found[word] for ours, word in _IN_WORDS.items() if word in found}
    choices = found.get("enum")
    if choices is None and isinstance(found.get("items"), Mapping):
        choices = found["items"].get("enum")
    if isinstance(choices, list | tuple):
        words["choices"] = [each for each in choices if each is not None]
    return {"name": name, **told, **words}


def _differences(found: object, expected: object, path: str) -> Iterator[str]:
    """Go through the places at which a schema differs from the one that its form would make."""
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        for key in dict.fromkeys((*found, *expected)):
            below = f"{path}.{key}" if path else str(key)
            if key not in expected:
                yield f"{below}: is nothing that can be read into a form; leave it out"
            elif key not in found:
                yield f"{below}: is missing; the conditions in {KEYWORD} ask for it"
            else:
                yield from _differences(found[key], expected[key], below)
    elif isinstance(found, list | tuple) and isinstance(expected, list) and len(found) == len(expected):
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from _differences(one, other, f"{path}[{place}]")
    elif type(found) is not type(expected) or found != expected:
        yield f"{path}: is {shown(found)}, where the form makes {shown(expected)}"


def _mapping(plain: object, where: str, path: str) -> Mapping[str, Any]:
    if not isinstance(plain, Mapping):
        begins = f"{where}: {path}" if path else where
        problem = f"{begins}: must be a mapping, not {shown(plain)}"
        raise DefinitionError(problem)
    return plain


# -- what may be answered to each field --------------------------------------------------------------


def _property(field: FormField) -> dict[str, Any]:
    told = field_to_mapping(field)
    for known in ("name", "choices", *_IN_WORDS):
        told.pop(known, None)
    words: dict[str, Any] = {"title": field.label}
    if field.help:
        words["description"] = field.help
    if field.default is not None:
        words["default"] = field.plain(field.default)
    return {**words, **_answers(field), **({KEYWORD: told} if told else {})}


def _answers(field: FormField) -> dict[str, Any]:
    match field.kind:
        case FormFieldKind.CHOICE:
            return {"enum": [*field.choices, None]}
        case FormFieldKind.SEVERAL:
            items = {"enum": [*field.choices]}
            return {"type": ["array", "null"], "items": items, "uniqueItems": True}
        case FormFieldKind.NUMBER:
            return {"type": ["number", "null"]}
        case FormFieldKind.YES_NO:
            return {"type": ["boolean", "null"]}
        case FormFieldKind.MONEY:
            return {"type": ["string", "null"], "pattern": _MONEY % field.currency}
        case FormFieldKind.DURATION:
            return {"type": ["string", "null"], "pattern": _DURATION}
        case FormFieldKind.DATE:
            return {"type": ["string", "null"], "format": "date"}
        case FormFieldKind.INSTANT:
            return {"type": ["string", "null"], "format": "date-time"}
    breaks = "" if field.kind is FormFieldKind.LONG_TEXT else r"\n\r"
    kept_out = {"pattern": f"[{breaks}{_MARKS}]", "type": "string"}
    return {"type": ["string", "null"], "maxLength": field.longest, "not": kept_out}


# -- what conditions say of them ---------------------------------------------------------------------


class _Rules:
    """
    The rules of a form, made once.

    Args:
        form: The form.
        facts: What it is told from outside, if that is known.
    """

    def __init__(self, form: Form, facts: Facts | None) -> None:
        self._known = None if facts is None else {name: facts.get(name) for name in form.facts.types}
        self._fields = {name: field for field in form.fields for name in field.facts}
        self._by_name = form.by_name
        self._shown: dict[str, Rule | None] = {}
        self.definitions: dict[str, Rule] = {}

    def of(self, field: FormField) -> Iterator[Rule]:
        """Go through the rules that say when *field* is shown, and what must be answered to it."""
        name, is_shown = field.name, self._shown_when(field.name)
        if is_shown not in (None, ANYTHING):
            yield {"if": {"not": is_shown}, "then": {"properties": {name: {"enum": [None, ""]}}}}
        is_required = self._rule(field.required_when)
        if is_required not in (None, NOTHING) and is_shown is not None:
            must: Rule = {"properties": {name: filled(field)}}
            if field.default is None and not self.is_always_required(field):
                must["required"] = [name]
            yield _if([is_shown, is_required], must)
        for check in field.checks:
            holds, is_there = self._rule(check.condition), self._rule(Presence(name))
            if holds is not None and is_there is not None:
                yield _if([is_there], holds)

    def is_always_required(self, field: FormField) -> bool:
        """Tell whether there is no way to leave *field* out."""
        always = (self._shown_when(field.name), self._rule(field.required_when)) == (ANYTHING, ANYTHING)
        return always and field.default is None

    def _rule(self, condition: Condition) -> Rule | None:
        if self._known is not None:
            condition = simplified(condition, self._known)
        if condition == ALWAYS:
            return dict(ANYTHING)
        if condition == NEVER:
            return dict(NOTHING)
        return rule_of(condition, self._fields, self._shown_when)

    def _shown_when(self, name: str) -> Rule | None:
        """Return the schema of the answers with which a field is shown, defined once."""
        if name not in self._shown:
            rule = self._rule(self._by_name[name].shown_when)
            if rule in (None, ANYTHING):
                self._shown[name] = rule
            else:
                assert rule is not None  # noqa: S101  # see above
                self.definitions[f"shown.{name}"] = rule
                self._shown[name] = {"$ref": f"#/$defs/shown.{quote(name)}"}
        return self._shown[name]


def _if(conditions: list[Rule | None], then: Rule) -> Rule:
    """Return the rule that *then* must be so where all *conditions* are."""
    asked = [each for each in conditions if each != ANYTHING]
    if not asked:
        return then
    return {"if": asked[0] if len(asked) == 1 else {"allOf": asked}, "then": then}

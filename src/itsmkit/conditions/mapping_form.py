"""
Conditions as plain mappings, for TOML and JSON.

.. code-block:: text

    {"field": "state", "equals": "Active"}          any of the operators in place of equals
    {"field": "category", "one_of": ["pending"]}
    {"field": "assignee", "present": true}          or false, for the opposite
    {"all": [...]}  {"any": [...]}  {"not": {...}}
    'state = "Active"'                              the text form, wherever a condition stands

Text, numbers, ``true`` and ``false`` stand for themselves. The other values are mappings too, because not
every format knows them: ``{"decimal": "0.10"}``, ``{"instant": "2026-03-29T01:30:00+00:00"}``, and
``{"hours": 8}`` for durations, from whole ``hours``, ``minutes``, ``seconds`` and ``microseconds``. There
are no days: nobody could tell whether working days were meant. Where an order is asked for, a text such as
``"8h"`` is refused, since it would be ordered as a text; ``{"text": "8h"}`` is one nevertheless.
"""

import reprlib
from collections.abc import Mapping

from itsmkit.conditions._paths import below
from itsmkit.conditions._plain_scalars import from_plain, to_plain
from itsmkit.conditions._scalars import Scalar
from itsmkit.conditions.tree import (
    MAX_DEPTH,
    MAX_SIZE,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    Presence,
    not_a_condition,
)
from itsmkit.errors import DefinitionError

__all__ = ["condition_from", "to_mapping"]

_COMPOUNDS = ("all", "any", "not")
_TESTS = (*Operator, "one_of", "present")


def condition_from(document: object, *, where: str = "") -> Condition:
    """
    Return the condition that *document* describes: the inverse of `to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into, or the text form; what a
            mapping holds may be written as text too. A datetime with a zone may stand for itself, as in TOML.
        where: The path of *document* in what it was taken from, which then starts every problem's path.

    Raises:
        DefinitionError: With every problem and its path, if the document is no condition, or
            beyond `MAX_DEPTH` or `MAX_SIZE`.

    >>> condition_from({"not": {"field": "state", "equals": "Closed"}})
    Not(condition=Comparison(field='state', operator=<Operator.EQUALS: 'equals'>, value='Closed'))
    >>> condition_from({"not": 'state = "Closed"'})
    Not(condition=Comparison(field='state', operator=<Operator.EQUALS: 'equals'>, value='Closed'))
    >>> condition_from({"any": [{"field": "state", "equals": None}, {"not": []}]})
    ... # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 2 problems:
    - any[0].equals: the value must be text, true or false, a finite number, ..., not NoneType None
    - any[1].not: must be a mapping or a text, not list []
    """
    reader = _Reader()
    condition = reader.condition(document, where, 1)
    if condition is None or reader.problems:
        raise DefinitionError(*reader.problems)
    return condition


def to_mapping(condition: Condition) -> dict[str, object]:
    """
    Return *condition* as plain data that TOML and JSON can hold: the inverse of `condition_from`.

    Raises:
        TypeError: If *condition* is none.

    >>> from datetime import timedelta
    >>> from itsmkit.conditions import at_least, one_of
    >>> to_mapping(one_of("category", "pending", "resolved") & at_least("waiting", timedelta(hours=8)))
    ... # doctest: +NORMALIZE_WHITESPACE
    {'all': [{'field': 'category', 'one_of': ['pending', 'resolved']},
             {'field': 'waiting', 'at_least': {'hours': 8}}]}
    """
    match condition:
        case Comparison(field=field, operator=operator, value=value):
            return {"field": field, operator.value: to_plain(value, ordered=operator.asks_order)}
        case Membership(field=field, values=values):
            return {"field": field, "one_of": [to_plain(value) for value in values]}
        case Presence(field=field):
            return {"field": field, "present": True}
        case AllOf(conditions=parts):
            return {"all": [to_mapping(part) for part in parts]}
        case AnyOf(conditions=parts):
            return {"any": [to_mapping(part) for part in parts]}
        case Not(condition=part):
            return {"not": to_mapping(part)}
    raise not_a_condition(condition)


class _Reader:
    """
    One reading of a document: what was found wrong so far, and how many conditions were met.

    Whoever returns ``None`` has noted why. After a problem the reading goes on, to find the others.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._met = 0

    def condition(self, document: object, path: str, depth: int) -> Condition | None:
        """Return the condition at *path*, its *depth* counted from the outermost one, which is 1."""
        if isinstance(document, str):
            return self._text(document, path, depth)
        if not self._fits(path, depth, size=1):
            return None
        if not isinstance(document, Mapping):
            self._note(path, f"must be a mapping or a text, not {_shown(document)}")
            return None
        for key in _COMPOUNDS:
            if key in document:
                self._all_known(document, path, (key,))
                return self._compound(key, document[key], below(path, key), depth)
        return self._test(document, path, depth)

    def _fits(self, path: str, depth: int, *, size: int) -> bool:
        """Count *size* more parts, which nest up to *depth*, and tell whether that is within the bounds."""
        fitted = self._met <= MAX_SIZE
        self._met += size
        if self._met > MAX_SIZE:
            if fitted:
                self._note(path, f"one condition too many; {MAX_SIZE:,} are the most")
            return False
        if depth > MAX_DEPTH:
            self._note(path, f"nested too deeply; {MAX_DEPTH} is the most")
            return False
        return True

    def _text(self, text: str, path: str, depth: int) -> Condition | None:
        from itsmkit.conditions.text_form import parse_condition  # noqa: PLC0415  # only a text needs it

        if self._met >= MAX_SIZE:  # there is no room for it, whatever it says
            self._fits(path, depth, size=1)
            return None
        try:
            condition = parse_condition(text, where=path)
        except DefinitionError as error:
            self.problems += error.problems
            return None
        fits = self._fits(path, depth + condition.depth - 1, size=condition.size)
        return condition if fits else None

    def _compound(self, key: str, content: object, path: str, depth: int) -> Condition | None:
        if key == "not":
            part = self.condition(content, path, depth + 1)
            return None if part is None else Not(part)
        if not isinstance(content, list | tuple):
            self._note(path, f"must be a list of conditions, not {_shown(content)}")
            return None
        read = (self.condition(part, f"{path}[{index}]", depth + 1) for index, part in enumerate(content))
        parts = [part for part in read if part is not None]
        return AllOf(parts) if key == "all" else AnyOf(parts)

    def _test(self, document: Mapping[object, object], path: str, depth: int) -> Condition | None:
        all_known = self._all_known(document, path, ("field", *_TESTS))
        field = self._field(document, path)
        tests = [key for key in _TESTS if key in document]
        if len(tests) == 1:
            return self._tested(field, tests[0], document[tests[0]], below(path, tests[0]), depth)
        if tests or all_known:  # an unknown key was most likely meant to be the test
            found = " and ".join(tests) or "none"
            self._note(path, f"needs exactly one of {', '.join(_TESTS)}; found {found}")
        return None

    def _field(self, document: Mapping[object, object], path: str) -> str:
        field = document.get("field")
        if isinstance(field, str) and field and field == field.strip():
            return field
        if field is None:
            self._note(path, "has no field; name the fact to look at")
        else:
            self._note(below(path, "field"), f"must be the name of a fact, not {_shown(field)}")
        return "unnamed"  # so that the test is read too, and its problems are found

    def _tested(self, field: str, key: str, content: object, path: str, depth: int) -> Condition | None:
        if key == "present":
            return self._presence(field, content, path, depth)
        if key != "one_of":
            value = self._scalar(content, path, ordered=Operator(key).asks_order)
            return None if value is None else self._comparison(field, key, value, path)
        if not isinstance(content, list | tuple) or not content:
            self._note(path, f"must be a list of at least one value, not {_shown(content)}")
            return None
        read = [self._scalar(value, f"{path}[{index}]") for index, value in enumerate(content)]
        values = [value for value in read if value is not None]
        return Membership(field, values) if values else None

    def _presence(self, field: str, content: object, path: str, depth: int) -> Condition | None:
        if not isinstance(content, bool):
            self._note(path, f"must be true or false, not {_shown(content)}")
            return None
        if content:
            return Presence(field)
        return Not(Presence(field)) if self._fits(path, depth + 1, size=1) else None

    def _comparison(self, field: str, key: str, value: Scalar, path: str) -> Condition | None:
        try:
            return Comparison(field, key, value)
        except DefinitionError as error:
            self._note(path, str(error))
            return None

    def _scalar(self, content: object, path: str, *, ordered: bool = False) -> "Scalar | None":
        try:
            return from_plain(content, ordered=ordered)
        except DefinitionError as error:
            self._note(path, str(error))
            return None

    def _all_known(self, document: Mapping[object, object], path: str, known: tuple[str, ...]) -> bool:
        unknown = [key for key in document if key not in known]
        for key in unknown:
            self._note(path, f"unknown key {reprlib.repr(key)}; known: {', '.join(known)}")
        return not unknown

    def _note(self, path: str, problem: str) -> None:
        self.problems.append(f"{path or 'condition'}: {problem}")


def _shown(value: object) -> str:
    try:
        return f"{type(value).__name__} {reprlib.repr(value)}"
    except ValueError:  # a number with more digits than Python writes
        return f"{type(value).__name__} with too many digits to be shown"

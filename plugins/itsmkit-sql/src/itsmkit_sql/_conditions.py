"""
Conditions as SQL that holds for the same tickets, each of their names and values being a parameter.

SQL has three truths, conditions have two. What is asked of a fact that is missing is NULL here, which is as
good as false as long as nothing negates it. So nothing does: each part is translated to what is true where it
holds, or else to what is true where it does not, and `Not` passes the question on.

Databases bound how deeply expressions nest; SQLite's parser gives up at about thirty brackets. So what is
deep or long becomes one CASE, which asks part by part and stops at the first that decides:

    a and (b or (c and d))     CASE WHEN not a THEN false WHEN b THEN true WHEN not c THEN false ELSE d END

It goes on into the largest part, so that the others, which stand in it as a whole, halve with each level.
"""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from attrs import field, frozen
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Text,
    and_,
    any_,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.elements import Grouping

from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    Presence,
    Scalar,
)
from itsmkit.conditions.tree import not_a_condition
from itsmkit.plugin.paging import Kind, SortKey, sort_key
from itsmkit_sql._facts import COLUMNS, KIND_LETTERS, LONGEST, UNCUT, fact_name, fact_text
from itsmkit_sql._schema import instant_text, tickets
from itsmkit_sql._texts import escaped

__all__ = ["Translation", "Unkept", "instant_of"]

_Truth = ColumnElement[bool]

_COMPARE: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQUALS: operator.eq,
    Operator.NOT_EQUALS: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}

_WITHOUT_EQUALS = {Operator.NOT_EQUALS, Operator.LESS, Operator.GREATER}

_BLANKS = "".join(each for each in map(chr, range(0x3001)) if each.isspace())  # what `str.strip` takes away

_MOST_LEVELS, _MOST_PARTS = 2, 50
"""How deep and how long AND and OR become what they are. All of that can be served by an index."""

_SMALL_DEPTH, _SMALL_SIZE = 4, 50
"""How deep and how large parts of a CASE may be that are none themselves."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Translation:
    """
    Translates the conditions of a query for one kind of database. What it makes of a name, it makes once.

    Args:
        is_sqlite: Whether it is SQLite; if not, it is PostgreSQL.
    """

    is_sqlite: bool
    _facts: dict[str, ColumnElement[str]] = field(factory=dict, init=False, eq=False, repr=False)
    _whole_texts: dict[str, ColumnElement[str]] = field(factory=dict, init=False, eq=False, repr=False)

    def of(self, condition: Condition) -> _Truth:
        """
        Return what is true for the tickets that *condition* holds for, and false or NULL for all others.

        Raises:
            TypeError: If *condition* is none of the language.
        """
        return self._asked(condition, expected=True, levels=_MOST_LEVELS)

    def fact(self, name: str) -> ColumnElement[str]:
        """Return what stands among the facts under a name, ordered by code points; NULL if nothing does."""
        found = self._facts.get(name)
        if found is None:
            found = self._facts[name] = self._fact(name)
        return found

    def _fact(self, name: str) -> ColumnElement[str]:
        if self.is_sqlite:
            return func.json_extract(tickets.c.facts, f'$."{fact_name(name)}"', type_=Text())
        found = tickets.c.facts.op("->>", return_type=Text())(literal(fact_name(name), Text()))
        return found.collate("C")

    def whole_text(self, name: str) -> ColumnElement[str]:
        """Return the whole text of a field, which its column may have cut, as it stands among the facts."""
        found = self._whole_texts.get(name)
        if found is None:
            text = _constant(KIND_LETTERS[Kind.TEXT]).concat(_held(name))
            found = self._whole_texts[name] = func.coalesce(self.fact(name), text, type_=Text())
        return found

    # -- compounds -----------------------------------------------------------------------------------

    def _asked(self, condition: Condition, *, expected: bool, levels: int = 0) -> _Truth:
        """
        Return what is true where the answer to *condition* is the *expected* one.

        Args:
            condition: Any condition.
            expected: The answer.
            levels: How many levels of compounds may still become AND and OR, however large their parts are.
        """
        match condition:
            case Not(condition=part):
                return self._asked(part, expected=not expected, levels=levels)
            case AllOf(conditions=parts) | AnyOf(conditions=parts):
                if not (_is_small(condition) or (levels and len(parts) <= _MOST_PARTS)):
                    return self._one_by_one(condition, expected=expected)
                found = [self._asked(part, expected=expected, levels=max(levels - 1, 0)) for part in parts]
                return and_(true(), *found) if _needs_all(condition, expected) else or_(false(), *found)
        leaf = self._leaf(condition)
        return leaf if expected else leaf.is_not(true())

    def _one_by_one(self, condition: Condition, *, expected: bool) -> _Truth:
        """Return the CASE for a condition that is not small."""
        whens: list[tuple[_Truth, _Truth]] = []
        while not _is_small(condition):
            if isinstance(condition, Not):
                condition, expected = condition.condition, not expected
                continue
            compound = cast("AllOf | AnyOf", condition)
            *others, condition = sorted(compound.conditions, key=lambda part: part.size)
            # Where all have to be as expected, one that is not decides. Where one has to be, one that is.
            if _needs_all(compound, expected):
                whens += [(self._asked(part, expected=not expected), false()) for part in others]
            else:
                whens += [(self._asked(part, expected=expected), true()) for part in others]
        last = self._asked(condition, expected=expected)
        return case(*whens, else_=last) if whens else last

    # -- one fact ------------------------------------------------------------------------------------

    def _leaf(self, condition: Condition) -> _Truth:
        match condition:
            case Comparison(field=name, operator=asked, value=value):
                if name in COLUMNS:
                    return self._column_compares(name, asked, _key(value))
                return self._fact_compares(self.fact(name), asked, _key(value))
            case Membership(field=name, values=values):
                if name in COLUMNS:
                    return self._column_is_among(name, [*map(_key, values)])
                return self._is_among(self.fact(name), [fact_text(*_key(value)) for value in values])
            case Presence(field=name):
                return self._column_is_present(name) if name in COLUMNS else _is_no_blank(self.fact(name))
        raise not_a_condition(condition)

    def _fact_compares(self, fact: ColumnElement[str], asked: Operator, key: SortKey) -> _Truth:
        """
        Return what is true where a fact is of the kind of *key*, and compares as asked.

        The fact stands in it once only: SQLite takes 32,766 parameters, and the name is one.
        """
        value, letter = literal(fact_text(*key), Text()), KIND_LETTERS[key[0]]
        if asked is Operator.EQUALS:
            return fact == value
        if asked in _WITHOUT_EQUALS:
            fact = func.nullif(fact, value, type_=Text())
        first, behind = _constant(letter), _constant(chr(ord(letter) + 1))  # all of the kind are between
        match asked:
            case Operator.NOT_EQUALS:
                return fact.between(first, behind)
            case Operator.LESS | Operator.AT_MOST:
                return fact.between(first, value)
        return fact.between(value, behind)

    def _is_among(self, held: ColumnElement[Any], texts: Sequence[str]) -> _Truth:
        """Return what is true where *held* is one of *texts*, which are one parameter."""
        if len(texts) == 1:
            return held == literal(texts[0], Text())
        if self.is_sqlite:
            given = func.json_each(json.dumps(texts, ensure_ascii=False)).table_valued("value")
            return held.in_(select(given.c.value))
        return held == any_(literal([*texts], ARRAY(Text())))

    # -- fields with a column ------------------------------------------------------------------------

    def _column_compares(self, name: str, asked: Operator, key: SortKey) -> _Truth:
        kind, value = key
        if COLUMNS[name] is not kind:
            return false()
        compare = _COMPARE[asked]
        if isinstance(value, int):
            return cast("_Truth", compare(tickets.c[name], instant_of(value)))
        text = str(value)
        if len(text) < LONGEST:
            return cast("_Truth", compare(tickets.c[name], text))
        compares: _Truth = compare(self.whole_text(name), literal(fact_text(*key), Text()))
        return and_(tickets.c[name] == _cut(name, text), compares) if asked is Operator.EQUALS else compares

    def _column_is_among(self, name: str, keys: Sequence[SortKey]) -> _Truth:
        values = [value for kind, value in keys if kind is COLUMNS[name]]
        if COLUMNS[name] is Kind.INSTANT:
            return self._instant_is_among(name, [instant_of(cast("int", value)) for value in values])
        texts = [*map(str, values)]
        short = [escaped(text) for text in texts if len(text) < LONGEST]
        long = [text for text in texts if len(text) >= LONGEST]
        found = [self._is_among(_held(name), short)] if short else []
        if long:
            cut = [*dict.fromkeys(escaped(_cut(name, text)) for text in long)]
            whole = [fact_text(Kind.TEXT, text) for text in long]
            found.append(and_(self._is_among(_held(name), cut), self._is_among(self.whole_text(name), whole)))
        return or_(false(), *found)

    def _instant_is_among(self, name: str, instants: Sequence[datetime]) -> _Truth:
        if not instants:
            return false()
        if self.is_sqlite:
            return self._is_among(_held(name), [*map(instant_text, instants)])
        return tickets.c[name] == any_(literal([*instants], ARRAY(DateTime(timezone=True))))

    def _column_is_present(self, name: str) -> _Truth:
        if COLUMNS[name] is Kind.INSTANT:
            return tickets.c[name].is_not(None)
        held = _held(name)
        is_no_blank = func.rtrim(held, _BLANKS, type_=Text()) != _constant("")
        may_go_on = func.length(held) >= LONGEST
        return or_(is_no_blank, and_(may_go_on, _is_no_blank(self.whole_text(name))))


class Unkept(Grouping[bool]):
    """What is true for some tickets, in a statement so long that its SQL is not kept for the next time."""

    inherit_cache = False


def instant_of(microseconds: int) -> datetime:
    """
    Return the instant of a sort key.

    Raises:
        OverflowError: If it lies outside the years 1 to 9999.
    """
    return _EPOCH + timedelta(microseconds=microseconds)


def _key(value: Scalar) -> SortKey:
    return cast("SortKey", sort_key(value))  # every literal is of a kind


@cache
def _constant(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'", Text())


def _held(name: str) -> ColumnElement[str]:
    """Return the column of a text as the database holds it: escaped, and perhaps cut."""
    return type_coerce(tickets.c[name], Text())


def _cut(name: str, text: str) -> str:
    return text if name in UNCUT else text[:LONGEST]


def _is_no_blank(fact: ColumnElement[str]) -> _Truth:
    return func.rtrim(fact, _BLANKS, type_=Text()) != _constant(KIND_LETTERS[Kind.TEXT])


def _needs_all(compound: Condition, expected: bool) -> bool:
    """Tell whether the answer is the expected one where those of all parts are."""
    return isinstance(compound, AllOf) is expected


def _is_small(condition: Condition) -> bool:
    return condition.depth <= _SMALL_DEPTH and condition.size <= _SMALL_SIZE

r"""
Conditions as text, the way people write them.

.. code-block:: text

    priority = "P1" and (state_category in ["pending", "resolved"] or not assignee is present)

======================================  ==============================================================
``state = "Active"``                    also ``!=  <  <=  >  >=``
``category in ["new", "active"]``       equals one of the values
``assignee is present``                 has a value; ``assignee is missing`` for the opposite
``not … and … or …``                    binding in this order; brackets group
``all(…, …)  any(…, …)``                the same as ``and`` and ``or``, for no part or a single one
``always  never``                       ``all()`` and ``any()``
======================================  ==============================================================

The words are written in lower case. The name of a fact is a word, which may contain ``.`` and ``-``; any
other name, and one that is a word of the language, stands in backquotes: ```in progress```.

======================================  ==============================================================
``"text"``  ``'text'``                  with the escapes ``\n \r \t \\ \" \' \` \uXXXX \UXXXXXXXX``
``true  false``
``3  -3  0x1f``                         an ``int``
``0.5  1e6``                            a ``float``: with a point or an exponent
``decimal 0.50``                        a ``Decimal``
``2026-03-29T03:30:00+02:00``           an instant: RFC 3339, seconds may be left out, the zone may not
``8h  1h30min  -0.5s``                  a duration; there are no days, as in the mapping form
======================================  ==============================================================
"""

from itsmkit._checks import is_a
from itsmkit.conditions._spelling import spelled, spelled_name
from itsmkit.conditions._text_reader import OPERATORS, read
from itsmkit.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Presence,
    not_a_condition,
)
from itsmkit.errors import DefinitionError

__all__ = ["MAX_TEXT_LENGTH", "parse_condition", "to_text"]

MAX_TEXT_LENGTH = 1_000_000
"""How many characters the text of a condition has at most. So nothing hangs."""

_SIGNS = {operator: sign for sign, operator in OPERATORS.items()}


def parse_condition(text: str, *, where: str = "") -> Condition:
    """
    Return the condition that *text* spells: the inverse of `to_text`. The time grows with its length only.

    Args:
        text: At most `MAX_TEXT_LENGTH` characters; lines may be broken between any two words.
        where: The path of *text* in what it was taken from, which then starts every problem.

    Raises:
        DefinitionError: With the line and the column of every problem, both counted from 1. Nothing is read
            after a word that cannot stand where it does. Also beyond `MAX_DEPTH` or `MAX_SIZE`.

    >>> from datetime import timedelta
    >>> from itsmkit.conditions import holds
    >>> waits_long = parse_condition('category = "pending" and waited >= 8h30min')
    >>> holds(waits_long, {"category": "pending", "waited": timedelta(hours=9)})
    True
    >>> parse_condition('priority = "P1" adn vip', where="when")
    ... # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: when: column 17: expected 'and', 'or' or the end, found 'adn'; did ...
    """
    where = where or "condition"
    if not is_a(text, str):
        problem = f"{where}: must be text, not {type(text).__name__}"
        raise DefinitionError(problem)
    if len(text) > MAX_TEXT_LENGTH:
        problem = f"{where}: has {len(text):,} characters; {MAX_TEXT_LENGTH:,} are the most"
        raise DefinitionError(problem)
    return read(text, where)


def to_text(condition: Condition) -> str:
    """
    Return *condition* as text on one line: the inverse of `parse_condition`. ``str(condition)`` is the same.

    Characters that cannot be seen, such as those that change the direction of writing, are escaped.

    Raises:
        TypeError: If *condition* is none.

    >>> from itsmkit.conditions import equals, one_of, present
    >>> to_text(equals("priority", "P1") & (one_of("category", "pending", "resolved") | ~present("assignee")))
    'priority = "P1" and (category in ["pending", "resolved"] or assignee is missing)'
    """
    match condition:
        case Comparison(field=field, operator=operator, value=value):
            return f"{spelled_name(field)} {_SIGNS[operator]} {spelled(value)}"
        case Membership(field=field, values=values):
            return f"{spelled_name(field)} in [{', '.join(map(spelled, values))}]"
        case Presence(field=field):
            return f"{spelled_name(field)} is present"
        case Not(condition=Presence(field=field)):
            return f"{spelled_name(field)} is missing"
        case Not(condition=part):
            return f"not {_within(part)}"
        case AllOf(conditions=parts):
            return _joined(parts, "and", none="always", one="all")
        case AnyOf(conditions=parts):
            return _joined(parts, "or", none="never", one="any")
    raise not_a_condition(condition)


def _joined(parts: tuple[Condition, ...], word: str, *, none: str, one: str) -> str:
    if not parts:
        return none
    if len(parts) == 1:
        return f"{one}({to_text(parts[0])})"
    return f" {word} ".join(map(_within, parts))


def _within(part: Condition) -> str:
    """Return the text of *part* in another condition; brackets keep the compounds apart."""
    several = isinstance(part, AllOf | AnyOf) and len(part.conditions) > 1
    return f"({to_text(part)})" if several else to_text(part)

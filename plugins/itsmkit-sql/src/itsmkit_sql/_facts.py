"""
The facts of a ticket as a database holds them, so that it can answer conditions by itself.

What people search by most has a column of its own: `COLUMNS`. Every other fact that counts as present stands
in the column ``facts``, an object of JSON, by its name as `fact_name` writes it. Its value is text: a letter
for its kind, and what orders it among those of its kind. So the order of these texts, by code points, is that
of the facts.

======  ==================================================================================================
Letter  What follows
======  ==================================================================================================
``a``   text, with what databases cannot hold escaped: see `itsmkit_sql._texts`
``b``   ``0`` for false, ``1`` for true
``c``   a number of any size, exactly: its sign, its power of ten, its digits
``d``   an instant: microseconds, counted from far before the first year
``e``   a duration: microseconds, counted from below the shortest
``x``   nothing: it is of no kind, such as a list that is not empty
======  ==================================================================================================
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from itsmkit.conditions import Presence, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.plugin.paging import Comparable, Kind, sort_key
from itsmkit.tickets import DONE_CATEGORIES, Ticket
from itsmkit_sql._texts import escaped

__all__ = [
    "COLUMNS",
    "FACTS",
    "KIND_LETTERS",
    "LONGEST",
    "NO_KIND",
    "UNCUT",
    "changed_columns",
    "fact_name",
    "fact_text",
    "search_columns",
]

FACTS = 1
"""
The version of what stands in the columns.

It is counted on by whoever changes that. A database with another one is brought to it when it is opened.
"""

COLUMNS: Mapping[str, Kind] = {
    **dict.fromkeys(
        (
            "kind",
            "number",
            "state",
            "state_category",
            "requester",
            "channel",
            "site",
            "service",
            "configuration_item",
            "category",
            "impact",
            "urgency",
            "priority",
            "support_group",
            "assignee",
        ),
        Kind.TEXT,
    ),
    **dict.fromkeys(("opened_at", "updated_at"), Kind.INSTANT),
}
"""The fields of a ticket that have a column of their name, and what they are."""

LONGEST = 200
"""
How many characters of a text its column holds: an index of PostgreSQL takes no long ones.

The whole of a longer text stands among the facts.
"""

UNCUT = frozenset({"kind", "number"})
"""The columns that always hold the whole text."""

KIND_LETTERS: Mapping[Kind, str] = dict(zip(Kind, "abcde", strict=True))
NO_KIND = "x"

_BESIDE_FACTS = COLUMNS.keys() - {"category"} | {"id", "version"}
"""The fields that say nothing among the facts; of a category, its parts are there."""

_is_present = compile_condition(Presence("fact"))


def search_columns(ticket: Ticket) -> dict[str, Any]:
    """
    Return what stands in the columns that *ticket* is searched by, except its kind, which never changes.

    Raises:
        DefinitionError: If a field with a column holds something else than that is for.
    """
    return {**_columns(ticket, COLUMNS), "facts": _facts(ticket)}


def changed_columns(before: Ticket | None, ticket: Ticket) -> dict[str, Any]:
    """
    Return what of `search_columns` may differ from that of the ticket *before*; all of it without one.

    What is left out is not written, and neither are the indexes that hold it: of a comment, that is most.

    Raises:
        DefinitionError: As `search_columns`.
    """
    if before is None:
        return search_columns(ticket)
    old = vars(before)
    # By identity: what is equal may be another fact, as True and 1 are.
    changed = {name for name, value in vars(ticket).items() if name not in old or old[name] is not value}
    in_columns = changed & COLUMNS.keys()
    columns = _columns(ticket, in_columns)
    if _is_open(before) == _is_open(ticket):
        columns.pop("is_open", None)
    if not changed <= _BESIDE_FACTS or any(
        _is_cut(name, each.fact(name)) for name in in_columns for each in (before, ticket)
    ):
        columns["facts"] = _facts(ticket)
    return columns


def _columns(ticket: Ticket, names: Iterable[str]) -> dict[str, Any]:
    """Return what stands in the columns of fields of *ticket*."""
    columns: dict[str, Any] = {}
    for name in names:
        value = _in_column(ticket, name)
        columns[name] = value[:LONGEST] if isinstance(value, str) and name not in UNCUT else value
    if "state_category" in columns:
        columns["is_open"] = _is_open(ticket)
    columns.pop("kind", None)
    return columns


def _facts(ticket: Ticket) -> dict[str, str]:
    """Return what stands among the facts of *ticket*: what has no column, or is too long for its own."""
    facts: dict[str, str] = {}
    for name, fact in ticket.facts().items():
        if fact is None or (name in COLUMNS and not _is_cut(name, fact)):
            continue
        text = _text_of(fact)
        if text is not None:
            facts[fact_name(name)] = text
    return facts


def _is_open(ticket: Ticket) -> int:
    return int(ticket.state_category not in DONE_CATEGORIES)


def _is_cut(name: str, fact: object) -> bool:
    return isinstance(fact, str) and len(fact) > LONGEST and name not in UNCUT


def fact_name(name: str) -> str:
    """Return a name as it stands in ``facts``: percent-encoded, so that paths of JSON can say it."""
    if name.isascii() and name.isidentifier():  # which most are, and percent-encoding leaves them as they are
        return name
    return quote(name, safe="", errors="surrogatepass")


def fact_text(kind: Kind, value: Comparable) -> str:
    """Return what stands among the facts for one of a kind: its letter, and its place in the order."""
    return f"{KIND_LETTERS[kind]}{_WRITERS[kind](value)}"


def _text_of(fact: object) -> str | None:
    key = sort_key(fact)
    if key is not None:
        return fact_text(*key)
    return NO_KIND if _is_present({"fact": fact}) else None


def _in_column(ticket: Ticket, name: str) -> object:
    fact, kind = ticket.fact(name), COLUMNS[name]
    match sort_key(fact):
        case None if fact is None:
            return None
        case (Kind.TEXT, str(text)) if kind is Kind.TEXT:
            return text
        case (Kind.INSTANT, _) if kind is Kind.INSTANT:
            return fact
    problem = (
        f"ticket {ticket.number}: {name} is kept as {kind.value}, and {fact!r} is none; "
        "call a field that holds something else by another name"
    )
    raise DefinitionError(problem)


# -- numbers and times -----------------------------------------------------------------------------

# No power of ten of a Decimal is as great.
_POWERS = 2 * 10**18
_POWER_DIGITS = 19
_NINES = str.maketrans("0123456789", "9876543210")


@lru_cache(maxsize=1024)  # most count something, and equal ones stand for the same
def _number(value: Any) -> str:
    number = Decimal(value)  # exact, whatever the precision of the context
    is_negative, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):  # infinity: what is not a number is no fact of a kind
        return "0" if is_negative else "4"
    text = "".join(map(str, digits)).lstrip("0")
    power = len(text) + exponent  # the number is 0.text times ten to this
    text = text.rstrip("0")
    if not text:
        return "2"
    if is_negative:
        # The greater, the less: so each digit is what it lacks to nine, and what ends first is the greater.
        return f"1{_POWERS - power:0{_POWER_DIGITS}}{text.translate(_NINES)}~"
    return f"3{_POWERS + power:0{_POWER_DIGITS}}{text}"


def _microseconds(value: Any, least: int, digits: int) -> str:
    return f"{value - least:0{digits}}"


_WRITERS: Mapping[Kind, Any] = {
    Kind.TEXT: escaped,
    Kind.TRUTH: lambda value: "1" if value else "0",
    Kind.NUMBER: _number,
    Kind.INSTANT: lambda value: _microseconds(value, -(10**18), 19),
    Kind.DURATION: lambda value: _microseconds(value, -(10**20), 21),
}

"""
What is personal in the events of tickets: written apart, so that it can be erased.

A store keeps the *sealed* document of an event, in which a salted digest stands in place of each personal
value, and what is *personal* beside it. The chain of a ticket covers the sealed documents alone. So what is
personal can be dropped, with its salt, and chain and replay hold on the rest. Without the salt, nobody can
try out which text a digest is of.

What is personal in which fact says `PERSONAL`. An event that came without a salt is kept as it is, and cannot
be erased.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from operator import is_
from typing import Any, NamedTuple

import attrs

from itsmkit._frozen import FrozenDict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin.documents._canonical_json import in_order, quoted
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents.canonical import canonical_bytes
from itsmkit.plugin.documents.documents import Document, Documents
from itsmkit.plugin.documents.standard import DOCUMENTS, EVENT_OF_TICKET, PERSONAL, STRUCTURED
from itsmkit.tickets import TicketEvent, TicketId

__all__ = [
    "ERASED",
    "Sealed",
    "check_erasable",
    "erased",
    "in_the_clear",
    "is_erased",
    "is_of_ticket",
    "kept_by",
    "problems_of_personal",
    "seal",
    "sealed_text",
    "unseal",
]

ERASED = "[erased]"
"""What stands in place of a text that was erased."""

_MARK = "$sealed"
_SALT = re.compile("[0-9a-f]{32}")
_EACH = "*"

_Path = tuple[str, ...]
_Change = Callable[[str, Any], Any]


class Sealed(NamedTuple):
    """
    A document in two parts.

    Args:
        document: The document without what is personal; it stays.
        personal: ``{"salt": …, "values": {"/fact/text": …}}``: the salt of the event, and what is personal by
            its place, a JSON Pointer (RFC 6901). ``None`` if nothing is, or it has been erased.
    """

    document: Document
    personal: Document | None


def _paths(names: Iterable[str]) -> tuple[_Path, ...]:
    return tuple(tuple(each.split(".")) for each in names)


_PATHS: Mapping[str, tuple[_Path, ...]] = {name: _paths(places) for name, places in PERSONAL.items()}
_PATHS_OF_KIND = {each.kind: _PATHS[each.name] for each in DOCUMENTS.types if each.name in _PATHS}


# -- documents -------------------------------------------------------------------------------------


def seal(document: Document) -> Sealed:
    """
    Return the document of an event in two parts; any other document, and one without a salt, is whole.

    >>> from itsmkit.plugin.documents import to_document
    >>> from itsmkit.testing import A_MONDAY, AN_AGENT
    >>> from itsmkit.tickets import Commented
    >>> said = Commented("It is the cable", public=True)
    >>> event = TicketEvent(
    ...     TicketId("7"), 2, A_MONDAY, A_MONDAY, A_MONDAY, AN_AGENT, said, "0123456789abcdef" * 2
    ... )
    >>> sealed = seal(to_document(event))
    >>> sealed.personal["values"]
    {'/fact/text': 'It is the cable'}
    >>> sealed.document["fact"]["text"]
    {'$sealed': '6b11526b70b4d04f1058e67b1b1bc79b80418d42e544006be2cce908a8dc0fff'}
    >>> unseal(*sealed) == to_document(event)
    True
    >>> unseal(sealed.document, None)["fact"]["text"]
    '[erased]'
    """
    salt = document.get("salt") if is_of_ticket(document) else None
    if not isinstance(salt, str) or not salt:
        return Sealed(document, None)
    sequence = document.get("sequence")
    values: dict[str, Any] = {}

    def put_apart(place: str, value: Any) -> Any:
        if _says_nothing(value):
            return value
        values[place] = value
        return {_MARK: _digest(salt, sequence, place, value)}

    fact = _with_personal(document["fact"], put_apart)
    if not values:
        return Sealed(document, None)
    return Sealed({**document, "salt": "", "fact": fact}, {"salt": salt, "values": values})


def unseal(document: Document, personal: Document | None) -> Document:
    """
    Return the document that `seal` has parted; without what is personal, with `ERASED` in its places.

    The values are taken as they are: see `problems_of_personal`.

    Raises:
        DefinitionError: If *personal* is not of the form of `Sealed.personal`.
    """
    values: Mapping[str, Any] = {}
    if personal is not None:
        problems = tuple(_malformed(personal))
        if problems:
            raise DefinitionError(*problems)
        values = personal["values"]
    if not is_of_ticket(document):
        return document
    found: list[str] = []

    def put_back(place: str, value: Any) -> Any:
        if not _is_mark(value):
            return value
        found.append(place)
        return values.get(place, ERASED)

    fact = _with_personal(document["fact"], put_back)
    if not found:
        return document
    return {**document, "fact": fact, "salt": "" if personal is None else personal["salt"]}


def is_erased(document: Document, personal: Document | None) -> bool:
    """Tell whether something was personal in a sealed document, and is no more."""
    return personal is None and any(map(_is_mark, _values_in(document).values()))


def in_the_clear(document: Document) -> tuple[str, ...]:
    """Return the places at which a sealed document has personal values in itself, where they have to stay."""
    values = _values_in(document).items()
    return tuple(place for place, value in values if not (_is_mark(value) or _says_nothing(value)))


def problems_of_personal(document: Document, personal: object) -> tuple[str, ...]:
    """
    Return what is wrong with what is personal in an event: it is not what was sealed.

    Args:
        document: The sealed document.
        personal: What is kept beside it; ``None``, if it was erased or there is none, is never wrong.
    """
    if personal is None:
        return ()
    malformed = tuple(_malformed(personal))
    if malformed or not isinstance(personal, dict):
        return malformed
    sealed = {place: value[_MARK] for place, value in _values_in(document).items() if _is_mark(value)}
    salt, values = personal["salt"], personal["values"]
    problems = [
        f"{place} is personal, and gone, while other parts are there" for place in sealed.keys() - values
    ]
    for place, value in values.items():
        if place not in sealed:
            problems.append(f"{place} stands beside the event, which has no personal value there")
        elif _tried(salt, document.get("sequence"), place, value) != sealed[place]:
            problems.append(f"{place} is not the personal value that was sealed")
    return tuple(sorted(problems))


def is_of_ticket(document: object) -> bool:
    """Tell whether what may be a document is that of an event of a ticket."""
    return (
        isinstance(document, dict)
        and document.get("type") == EVENT_OF_TICKET
        and isinstance(document.get("fact"), dict)
    )


# -- values ----------------------------------------------------------------------------------------


def erased(event: TicketEvent) -> TicketEvent:
    """Return *event* as it reads when what is personal in it has been erased; equal to it if nothing is."""
    return _with_fact(event, lambda _place, value: value if _says_nothing(value) else ERASED)


def sealed_text(event: TicketEvent, documents: Documents) -> tuple[str, str | None]:
    """
    Return the two parts of `seal` as canonical JSON: what it makes of the document of *event*, sooner.

    Raises:
        DefinitionError: As `Documents.to_text`.
    """
    if not event.salt or type(event.fact) not in _PATHS_OF_KIND:
        return documents.to_text(event), None
    try:
        return _sealed_text(event, documents)
    except Fault:
        canonical_bytes(documents.to_document(event))  # which tells what is wrong, and where
        raise


def _sealed_text(event: TicketEvent, documents: Documents) -> tuple[str, str | None]:
    salt, sequence = event.salt, event.sequence
    texts: dict[str, str] = {}
    digests: list[str] = []

    def put_apart(place: str, value: Any) -> Any:
        if _says_nothing(value):
            return value
        texts[place] = text = quoted(value) if type(value) is str else documents.value_text(value)
        digests.append(sha256(f'["{salt}",{sequence},{quoted(place)},{text}]'.encode()).hexdigest())
        return digests[-1]

    sealed = documents.to_text(_with_fact(event, put_apart))
    if not texts:
        return sealed, None
    for digest in digests:  # nothing else in it can be the same text
        sealed = sealed.replace(f'"{digest}"', f'{{"{_MARK}":"{digest}"}}')
    values = ",".join(f"{quoted(place)}:{texts[place]}" for place in in_order(texts))
    return sealed, f'{{"salt":"{salt}","values":{{{values}}}}}'


def _with_fact(event: TicketEvent, change: _Change) -> TicketEvent:
    """Return *event* with each personal value changed, and without its salt; the very same if none is."""
    fact: Any = event.fact
    for path in _PATHS_OF_KIND.get(type(fact), ()):
        fact = _altered(fact, path, "/fact", change)
    return event if fact is event.fact else attrs.evolve(event, fact=fact, salt="")


def kept_by(event: TicketEvent) -> tuple[str, ...]:
    """Return the places of personal values in *event* that have to stay, since it has no salt."""
    places: list[str] = []

    def noted(place: str, value: Any) -> Any:
        if not _says_nothing(value):
            places.append(place)
        return value

    if not event.salt:
        _with_fact(event, noted)
    return tuple(places)


def check_erasable(ticket_id: TicketId, kept: Mapping[int, Iterable[str]]) -> None:
    """
    Refuse to erase a ticket that has personal values in the documents of events themselves.

    Args:
        ticket_id: The ticket.
        kept: The places of these values, by the sequence of their events.

    Raises:
        RefusedError: If there is any, with every event.
    """
    reasons = [
        f"cannot erase event {sequence} of ticket {ticket_id}: it was saved without a salt, so that "
        f"{', '.join(places)} stands in its chain for good; restrict who may see the ticket instead"
        for sequence, places in ((sequence, tuple(places)) for sequence, places in kept.items())
        if places
    ]
    if reasons:
        raise RefusedError(*reasons)


# -- how it is done --------------------------------------------------------------------------------


def _says_nothing(value: Any) -> bool:
    return value is None or value in ("", ERASED)


def _is_mark(value: Any) -> bool:
    # No value of its own has this form: see `PlainValues`.
    return type(value) is dict and value.keys() == {_MARK} and type(value[_MARK]) is str


def _digest(salt: str, sequence: Any, place: str, value: Any) -> str:
    return sha256(canonical_bytes([salt, sequence, place, value])).hexdigest()


def _tried(*parts: Any) -> str:
    try:
        return _digest(*parts)
    except DefinitionError:
        return ""  # what JSON cannot hold was never sealed


def _malformed(personal: object) -> Iterator[str]:
    if not isinstance(personal, dict) or personal.keys() != {"salt", "values"}:
        yield f"what is personal must be an object of salt, values, not {shown(personal)}"
        return
    if not isinstance(personal["salt"], str) or _SALT.fullmatch(personal["salt"]) is None:
        yield f"the salt must be 32 hexadecimal digits, not {shown(personal['salt'])}"
    if not isinstance(personal["values"], dict) or not personal["values"]:
        yield f"the values must be an object of one or more by their places, not {shown(personal['values'])}"


def _values_in(document: Document) -> dict[str, Any]:
    """Return what stands at the places of personal values."""
    found: dict[str, Any] = {}
    if is_of_ticket(document):
        _with_personal(document["fact"], found.setdefault)
    return found


def _with_personal(fact: Document, change: _Change) -> Document:
    """Return the document of a fact with each personal value changed: told its place, and the value."""
    kind = fact.get("type")
    for path in _PATHS.get(kind, ()) if isinstance(kind, str) else ():
        fact = _changed(fact, path, "/fact", change)
    return fact


def _changed(plain: Any, path: _Path, place: str, change: _Change) -> Any:
    if not path:
        return change(place, plain)
    name, rest = path[0], path[1:]
    if name != _EACH:
        if not isinstance(plain, dict) or name not in plain:
            return plain
        return {**plain, name: _changed(plain[name], rest, f"{place}/{name}", change)}
    if isinstance(plain, list):
        return [_changed(each, rest, f"{place}/{number}", change) for number, each in enumerate(plain)]
    if not isinstance(plain, dict):
        return plain
    return {
        each: value if each in STRUCTURED else _changed(value, rest, f"{place}/{_escaped(each)}", change)
        for each, value in plain.items()
    }


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _altered(value: Any, path: _Path, place: str, change: _Change) -> Any:
    """Return a part of a fact as `_changed` does its document; the very same if nothing is changed."""
    if not path:
        return change(place, value)
    name, rest = path[0], path[1:]
    if name != _EACH:
        before = getattr(value, name)
        after = _altered(before, rest, f"{place}/{name}", change)
        return value if after is before else attrs.evolve(value, **{name: after})
    if isinstance(value, tuple):
        several = tuple(_altered(each, rest, f"{place}/{n}", change) for n, each in enumerate(value))
        return value if all(map(is_, several, value)) else several
    news = {
        each: v if each in STRUCTURED else _altered(v, rest, f"{place}/{_escaped(each)}", change)
        for each, v in value.items()
    }
    return value if all(map(is_, news.values(), value.values())) else FrozenDict(news)

"""
What is personal in the events of tickets and records: written apart, so that it can be erased.

A store keeps the *sealed* document of an event, in which a salted digest stands in place of each personal
value, and what is *personal* beside it. The chain covers the sealed documents alone. So what is personal can
be dropped, with its salt, and chain and replay hold on the rest. Without the salt, nobody can try out which
text a digest is of.

What is personal in which fact of a ticket says `PERSONAL`; of a record, the event says it itself. An event
that came without a salt is kept as it is, and cannot be erased.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from itsmkit._problems import shown
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin.documents._canonical_json import in_order, quoted
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._personal_places import (
    Event,
    changed_document,
    changed_event,
    is_parted,
    may_be_parted,
)
from itsmkit.plugin.documents.canonical import canonical_bytes
from itsmkit.plugin.documents.documents import Document, Documents
from itsmkit.plugin.records import RecordEvent
from itsmkit.tickets import TicketEvent
from itsmkit.tickets.salt import is_salt

__all__ = [
    "ERASED",
    "SEALED",
    "Sealed",
    "check_erasable",
    "erased",
    "erased_up_to",
    "in_the_clear",
    "is_erased",
    "kept_by",
    "problems_of_personal",
    "seal",
    "sealed_text",
    "unseal",
]

ERASED = "[erased]"
"""What stands in place of a text that was erased."""

_MARK = "$sealed"
SEALED = f'"{_MARK}"'
"""What stands in the text of a sealed document, and in none of which nothing was put apart or erased."""


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


# -- documents -------------------------------------------------------------------------------------


def seal(document: Document) -> Sealed:
    """
    Return the document of an event in two parts; any other document, and one without a salt, is whole.

    >>> from itsmkit.plugin.documents import to_document
    >>> from itsmkit.testing import A_MONDAY, AN_AGENT
    >>> from itsmkit.tickets import Commented, TicketId
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
    salt = document.get("salt") if is_parted(document) else None
    if not isinstance(salt, str) or not salt:
        return Sealed(document, None)
    sequence = document.get("sequence")
    values: dict[str, Any] = {}

    def put_apart(place: str, value: Any) -> Any:
        if _says_nothing(value):
            return value
        values[place] = value
        return {_MARK: _digest(salt, sequence, place, value)}

    sealed = changed_document(document, put_apart)
    if not values:
        return Sealed(document, None)
    return Sealed({**sealed, "salt": ""}, {"salt": salt, "values": values})


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
    if not is_parted(document):
        return document
    found: list[str] = []

    def put_back(place: str, value: Any) -> Any:
        if not _is_mark(value):
            return value
        found.append(place)
        return values.get(place, ERASED)

    whole = changed_document(document, put_back)
    if not found:
        return document
    return {**whole, "salt": "" if personal is None else personal["salt"]}


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


# -- values ----------------------------------------------------------------------------------------


def erased(event: Event) -> Event:
    """Return *event* as it reads when what is personal in it has been erased; equal to it if nothing is."""
    return changed_event(event, lambda _place, value: value if _says_nothing(value) else ERASED)


def erased_up_to(history: Sequence[Event], end: int) -> list[Event]:
    """Return *history* as it reads when its first *end* events have been erased."""
    return [*map(erased, history[:end]), *history[end:]]


def sealed_text(event: TicketEvent | RecordEvent, documents: Documents) -> tuple[str, str | None]:
    """
    Return the two parts of `seal` as canonical JSON: what it makes of the document of *event*, sooner.

    Raises:
        DefinitionError: As `Documents.to_text`.
    """
    if not may_be_parted(event):
        return documents.to_text(event), None
    if isinstance(event, RecordEvent):
        document, personal = seal(documents.to_document(event))
        return _text(document), None if personal is None else _text(personal)
    try:
        return _sealed_text(event, documents)
    except Fault:
        canonical_bytes(documents.to_document(event))  # which tells what is wrong, and where
        raise


def _text(document: Document) -> str:
    return canonical_bytes(document).decode()


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

    sealed = documents.to_text(changed_event(event, put_apart))
    if not texts:
        return sealed, None
    for digest in digests:  # nothing else in it can be the same text
        sealed = sealed.replace(f'"{digest}"', f'{{"{_MARK}":"{digest}"}}')
    values = ",".join(f"{quoted(place)}:{texts[place]}" for place in in_order(texts))
    return sealed, f'{{"salt":"{salt}","values":{{{values}}}}}'


def kept_by(event: TicketEvent | RecordEvent) -> tuple[str, ...]:
    """Return the places of personal values in *event* that have to stay, since it has no salt."""
    places: list[str] = []

    def noted(place: str, value: Any) -> Any:
        if not _says_nothing(value):
            places.append(place)
        return value

    if not event.salt:
        changed_event(event, noted)
    return tuple(places)


def check_erasable(what: str, kept: Mapping[int, Iterable[str]]) -> None:
    """
    Refuse to erase a history that has personal values in the documents of events themselves.

    Args:
        what: What it is the history of, such as ``"ticket 7"``.
        kept: The places of these values, by the sequence of their events.

    Raises:
        RefusedError: If there is any, with every event.
    """
    reasons = [
        f"cannot erase event {sequence} of {what}: it was saved without a salt, so that "
        f"{', '.join(places)} stands in its chain for good; restrict who may see it instead"
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
    if not is_salt(personal["salt"]):
        yield f"the salt must be 32 hexadecimal digits, not {shown(personal['salt'])}"
    if not isinstance(personal["values"], dict) or not personal["values"]:
        yield f"the values must be an object of one or more by their places, not {shown(personal['values'])}"


def _values_in(document: Document) -> dict[str, Any]:
    """Return what stands at the places of personal values."""
    found: dict[str, Any] = {}
    if is_parted(document):
        changed_document(document, found.setdefault)
    return found

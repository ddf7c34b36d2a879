"""
What is written on tickets, and what of it the requester sees.

`public_view` is the one way from a ticket to what is shown outside. What it returns is made of public types
only, and what renders for requesters takes nothing else; so a type checker refuses every mistake by which a
note could get into a letter.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.errors import RefusedError
from itsmkit.languages import ENGLISH, Messages, Sayable, Term, counted, joined, message
from itsmkit.practices._arguments import text
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.tickets import Attachment, Commented, InternalNote, PublicMessage, Ticket, TicketEvent

__all__ = [
    "PublicFile",
    "PublicLetter",
    "PublicTicket",
    "add_note",
    "public_view",
    "render_for_requester",
    "render_letter",
    "send_message",
]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


def send_message(ticket: AnyTicket, occasion: Occasion, text: str) -> Decision[AnyTicket]:
    """
    Write to everybody who takes part, the requester among them.

    Raises:
        RefusedError: If there is nothing in it.
    """
    return happen(ticket, occasion, PublicMessage(_said(ticket, "send a message on", text)))


def add_note(ticket: AnyTicket, occasion: Occasion, text: str) -> Decision[AnyTicket]:
    """
    Write for those who work on the ticket.

    Raises:
        RefusedError: If there is nothing in it.
    """
    return happen(ticket, occasion, InternalNote(_said(ticket, "add a note to", text)))


def _said(ticket: Ticket, what: str, words: str) -> str:
    if not text("text", words).strip():
        refusal = f"cannot {what} {ticket.number}: the text is empty"
        raise RefusedError(refusal)
    return words


# -- what is shown outside -------------------------------------------------------------------------------


@frozen
class PublicLetter:
    """
    A message as the requester sees it.

    Args:
        at: When it was written.
        author: Who wrote it.
        message: The words.
        is_automatic: Whether a program wrote it.
    """

    at: datetime
    author: str
    message: PublicMessage
    is_automatic: bool = False


@frozen
class PublicFile:
    """
    A file that the requester may see.

    Args:
        digest: By which its content is asked for.
        name: What it is called.
        size: How many bytes it has.
        media_type: Such as ``"image/png"``.
    """

    digest: str
    name: str
    size: int
    media_type: str


@frozen
class PublicTicket:
    """
    A ticket as its requester sees it: nothing in it is internal.

    Args:
        number: The display number.
        title: What it is about.
        state: Where it stands.
        requester: Who asked.
        opened_at: When the need arose.
        written_at: When the requester was last written to, or wrote; otherwise *opened_at*.
        needed_by: When the requester needs it.
        resolution: How it was solved, in the words that are meant for the requester.
        letters: What was written, in order.
        files: The files.
    """

    number: str
    title: str | None
    state: str
    requester: str | None
    opened_at: datetime
    written_at: datetime
    needed_by: datetime | None = None
    resolution: str | None = None
    letters: tuple[PublicLetter, ...] = field(default=(), converter=as_tuple)
    files: tuple[PublicFile, ...] = field(default=(), converter=as_tuple)


def public_view(ticket: Ticket, history: Iterable[TicketEvent]) -> PublicTicket:
    """
    Return what the requester sees of a ticket.

    Notes, work logs, reasons, details of the desk's own, and files that are not public are left out; of the
    resolution, the text alone is there.

    Args:
        ticket: The ticket.
        history: All of its events, in order.
    """
    letters = tuple(_letters(history))
    resolution = ticket.details.get("resolution")
    return PublicTicket(
        number=ticket.number,
        title=ticket.title,
        state=ticket.state,
        requester=ticket.requester,
        opened_at=ticket.opened_at,
        written_at=letters[-1].at if letters else ticket.opened_at,
        needed_by=ticket.needed_by,
        resolution=resolution if isinstance(resolution, str) and not ticket.is_open else None,
        letters=letters,
        files=tuple(_file(each) for each in ticket.attachments if each.is_public),
    )


def _letters(history: Iterable[TicketEvent]) -> Iterable[PublicLetter]:
    for event in history:
        fact = event.fact
        if isinstance(fact, PublicMessage):
            yield _letter(event, fact)
        elif isinstance(fact, Commented) and fact.public:
            yield _letter(event, PublicMessage(fact.text))


def _letter(event: TicketEvent, message: PublicMessage) -> PublicLetter:
    return PublicLetter(event.effective_at, event.actor.id, message, event.actor.automated)


def _file(attachment: Attachment) -> PublicFile:
    return PublicFile(attachment.digest, attachment.name, attachment.size, attachment.media_type)


def render_letter(letter: PublicLetter, messages: Messages = ENGLISH) -> str:
    """
    Return a message as text for the requester; one that a program wrote says so.

    Args:
        letter: The message.
        messages: What says all that stands around the words.
    """
    said = {"at": letter.at, "author": letter.author}
    head = message("{at:short}, {author}:", **said)
    if letter.is_automatic:
        head = message("{at:short}, {author} (automatic):", **said)
    return f"{messages.say(head)}\n{letter.message.text}"


def render_for_requester(ticket: PublicTicket, messages: Messages = ENGLISH) -> str:
    """
    Return a ticket as text for its requester.

    Args:
        ticket: The ticket.
        messages: What says it, in the language and the zone of the requester.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> letter = PublicLetter(nine, "ann", PublicMessage("We are on it."))
    >>> ticket = PublicTicket("INC-1", "No mail", "New", "bob", nine, nine, letters=[letter])
    >>> print(render_for_requester(ticket))
    INC-1: No mail
    New, opened 2026-03-02 09:00 UTC
    <BLANKLINE>
    2026-03-02 09:00 UTC, ann:
    We are on it.
    """
    head = messages.say(joined(_head(ticket), "\n"))
    return "\n\n".join([head, *(render_letter(letter, messages) for letter in ticket.letters)])


def _head(ticket: PublicTicket) -> Iterator[Sayable]:
    if ticket.title:
        yield message("{number}: {title}", number=ticket.number, title=ticket.title)
    else:
        yield Term("text", ticket.number)
    state = Term("state", ticket.state)
    yield message("{state}, opened {at:short}", state=state, at=ticket.opened_at)
    if ticket.needed_by is not None:
        yield message("needed by {at:short}", at=ticket.needed_by)
    if ticket.resolution is not None:
        yield message("solved: {resolution}", resolution=ticket.resolution)
    for each in ticket.files:
        yield counted("file: {name} ({n} byte)", "file: {name} ({n} bytes)", name=each.name, n=each.size)

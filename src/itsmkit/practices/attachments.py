"""
Files on tickets.

A file is known by the digest of its content, which the store keeps once. Its name is shown to people and
becomes the name of a file on their disks: so one that could lead elsewhere, or looks like another than it is,
is refused rather than changed.
"""

import re
import unicodedata
from typing import TypeVar

from attrs import field, frozen

from itsmkit._problems import shown
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices._arguments import text
from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.tickets import Attached, Attachment, Detached, Ticket

__all__ = ["AttachmentRules", "attach", "attachments_of", "detach"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

_LONGEST_NAME = 255
"""How many bytes of UTF-8 the name of a file has at most on common file systems."""

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
"""Source: RFC 6838, section 4.2; in small letters, and without parameters."""


def _positive(instance: object, attribute: object, value: object) -> None:
    name = f"{type(instance).__name__}.{getattr(attribute, 'name', attribute)}"
    if type(value) is not int or value < 1:
        problem = f"{name} must be a whole number of at least 1, not {shown(value)}"
        raise DefinitionError(problem)


@frozen
class AttachmentRules:
    """
    What may be attached.

    Args:
        max_bytes: How large a file is at most.
        max_files: How many files a ticket has at most.
    """

    max_bytes: int = field(default=25 * 2**20, validator=_positive)
    max_files: int = field(default=100, validator=_positive)


def attach(
    ticket: AnyTicket, occasion: Occasion, attachment: Attachment, rules: AttachmentRules
) -> Decision[AnyTicket]:
    """
    Attach a file; one of the same content and name gives way to it.

    Raises:
        RefusedError: With every reason: its name is unfit, it is too large, or there are too many.
    """
    if attachment in ticket.attachments:
        return unchanged(ticket)
    where = f"cannot attach {shown(attachment.name)} to {ticket.number}"
    reasons = [f"{where}: {reason}" for reason in _name_reasons(attachment.name)]
    if not _MEDIA_TYPE.fullmatch(text("media_type", attachment.media_type)):
        reasons.append(f"{where}: {shown(attachment.media_type)} is no media type such as 'image/png'")
    if attachment.size > rules.max_bytes:
        reasons.append(f"{where}: it has {attachment.size} bytes; at most {rules.max_bytes} are allowed")
    others = [
        each
        for each in ticket.attachments
        if (each.digest, each.name) != (attachment.digest, attachment.name)
    ]
    if len(others) >= rules.max_files:
        reasons.append(f"{where}: it has {len(others)} files already, which is the most; detach one first")
    if reasons:
        raise RefusedError(*reasons)
    return happen(ticket, occasion, Attached(attachment))


def _name_reasons(name: str) -> list[str]:
    """Return what keeps *name* from being shown to people and written to their disks."""
    reasons = []
    if "/" in name or "\\" in name or name in (".", ".."):
        reasons.append("its name is a path; leave out the folders")
    controls = sorted({f"U+{ord(each):04X}" for each in name if unicodedata.category(each) in _UNSEEN})
    if controls:
        reasons.append(
            f"its name has characters that nobody sees: {', '.join(controls)}; a name may look by them as "
            "if it were another"
        )
    if len(name.encode("utf-8", "replace")) > _LONGEST_NAME:
        reasons.append(f"its name has more than {_LONGEST_NAME} bytes")
    return reasons


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode: controls; formats, such as what turns the direction of writing; no characters."""


def attachments_of(ticket: Ticket, digest: str) -> tuple[Attachment, ...]:
    """
    Return the files of *ticket* that have the content of a digest, under whatever names.

    Raises:
        NotFoundError: If there is none.
    """
    found = tuple(each for each in ticket.attachments if each.digest == digest)
    if not found:
        raise NotFoundError("attachment", digest)
    return found


def detach(ticket: AnyTicket, occasion: Occasion, digest: str) -> Decision[AnyTicket]:
    """
    Let the file of a digest belong to the ticket no more, under whatever names it does.

    The history still tells of it, and the store keeps its content.

    Raises:
        NotFoundError: If there is none.
    """
    return happen(ticket, occasion, *map(Detached, attachments_of(ticket, digest)))

"""Words that people put on tickets, written in one way so that they are found again."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

from attrs import frozen

from itsmkit._problems import shown
from itsmkit.errors import RefusedError
from itsmkit.practices._arguments import text
from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.tickets import Tagged, Ticket, Untagged

__all__ = ["TagRules", "normal_tag", "tag", "untag"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

_TAG = re.compile(r"\w[\w-]*")
_SPACES = re.compile(r"\s+")


@frozen
class TagRules:
    """
    How many tags there may be.

    Args:
        max_tags: How many words a ticket has at most.
        max_length: How many characters a word has at most.
    """

    max_tags: int = 50
    max_length: int = 50


def normal_tag(word: str) -> str:
    """
    Return a tag as it is kept: small letters, hyphens for spaces, one form for what looks the same.

    Raises:
        DefinitionError: If it is no text.

    >>> normal_tag("  Board  Member ")
    'board-member'
    """
    return _SPACES.sub("-", unicodedata.normalize("NFKC", text("tag", word)).casefold().strip())


def tag(ticket: AnyTicket, occasion: Occasion, words: Iterable[str], rules: TagRules) -> Decision[AnyTicket]:
    """
    Put words on a ticket.

    Raises:
        RefusedError: With every word that is none, and if there are too many.
    """
    fresh, reasons = [], []
    where = f"cannot tag {ticket.number}"
    for word in dict.fromkeys(map(normal_tag, words)):
        if not _TAG.fullmatch(word):
            reasons.append(f"{where} with {shown(word)}: write letters, digits and hyphens")
        elif len(word) > rules.max_length:
            reasons.append(f"{where} with {shown(word)}: it has more than {rules.max_length} characters")
        elif word not in ticket.tags:
            fresh.append(word)
    if len(ticket.tags) + len(fresh) > rules.max_tags:
        reasons.append(
            f"{where}: it would have {len(ticket.tags) + len(fresh)} tags; at most {rules.max_tags} are "
            "allowed, so take others off first"
        )
    if reasons:
        raise RefusedError(*reasons)
    return happen(ticket, occasion, Tagged(fresh)) if fresh else unchanged(ticket)


def untag(ticket: AnyTicket, occasion: Occasion, words: Iterable[str]) -> Decision[AnyTicket]:
    """Take words off a ticket; those that it has not got, are passed over."""
    gone = [word for word in dict.fromkeys(map(normal_tag, words)) if word in ticket.tags]
    return happen(ticket, occasion, Untagged(gone)) if gone else unchanged(ticket)

"""How a ticket was solved: what whoever resolves it has to say."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, distinct_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets import Ticket

__all__ = ["RESOLUTION_DETAILS", "Resolution", "ResolutionRules", "SAID_ANEW", "resolution_of"]

RESOLUTION_DETAILS: Mapping[str, str] = {
    "code": "resolution_code",
    "text": "resolution",
    "cause": "cause",
    "workaround": "workaround",
    "knowledge": "knowledge",
}
"""Under which name of the ticket's details each part of a `Resolution` stands."""

SAID_ANEW = frozenset({"resolution_code", "resolution", "cause"})
"""The details that are empty again when a ticket is taken up again; a workaround helps on."""


@frozen
class Resolution:
    """
    How a ticket was solved.

    Args:
        code: One of the desk's codes.
        text: How, in words that the requester understands.
        cause: What it came from, for those who work on the desk.
        workaround: What helped until then.
        knowledge: The articles that helped, by their keys.
    """

    code: str | None = None
    text: str | None = None
    cause: str | None = None
    workaround: str | None = None
    knowledge: tuple[str, ...] = field(default=(), converter=as_tuple)

    def details(self) -> dict[str, object]:
        """Return it as the details of the move that resolves a ticket; what is not said is not there."""
        said: dict[str, object] = {
            name: getattr(self, part) for part, name in RESOLUTION_DETAILS.items() if getattr(self, part)
        }
        return said


def resolution_of(ticket: Ticket) -> Resolution | None:
    """Return how *ticket* was solved; ``None`` if it is open, or nothing was said."""
    if ticket.is_open:
        return None
    said: dict[str, Any] = {part: ticket.details.get(name) for part, name in RESOLUTION_DETAILS.items()}
    articles = said.pop("knowledge")
    texts = {part: value if isinstance(value, str) else None for part, value in said.items()}
    found = Resolution(**texts, knowledge=articles if isinstance(articles, tuple | list) else ())
    return found if found.details() else None


@frozen
class ResolutionRules:
    """
    What has to be said when a ticket is resolved, beside what its workflow asks for.

    Args:
        codes: The codes. If there are any, each resolution has one of them, and a text.
        required: Further parts of a `Resolution` that must be there, such as ``"cause"``.

    Raises:
        DefinitionError: With each part that a resolution has not got, and each code that stands twice.
    """

    codes: tuple[str, ...] = field(default=(), converter=as_tuple)
    required: tuple[str, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [
            f"ResolutionRules.required: a resolution has no {shown(part)}; "
            f"{close_to(part, RESOLUTION_DETAILS)}"
            for part in self.required
            if part not in RESOLUTION_DETAILS
        ]
        problems += distinct_problems("ResolutionRules.codes", self.codes)
        if problems:
            raise DefinitionError(*problems)

    def reasons(self, facts: Mapping[str, object]) -> Iterator[str]:
        """
        List what keeps a ticket from being resolved.

        Args:
            facts: What is known of it then, with what is handed in.
        """
        needed = dict.fromkeys([*(("code", "text") if self.codes else ()), *self.required])
        for part in needed:
            name = RESOLUTION_DETAILS[part]
            value = facts.get(name)
            if not value or (isinstance(value, str) and not value.strip()):
                yield f"{name} is missing"
        code = facts.get("resolution_code")
        if self.codes and code and code not in self.codes:
            yield f"unknown resolution_code {code!r}; {close_to(code, self.codes)}"

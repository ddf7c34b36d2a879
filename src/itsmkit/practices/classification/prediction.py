"""A prediction: what somebody would have put into a field of a ticket, as far as a program can tell."""

from collections.abc import Mapping

import attrs
from attrs import frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, instance_problems, name_problems, names_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets import Ticket

__all__ = ["FIELDS", "Prediction", "blanked", "text_of"]

FIELDS = ("category", "support_group", "impact", "urgency")
"""
What can be predicted of a ticket. A priority is not: it follows from impact and urgency by the matrix of the
desk, which would be passed over.
"""


@frozen
class Prediction:
    """
    What a field of a ticket would be.

    Args:
        field: One of `FIELDS`.
        value: What would stand in it, such as a path of categories or the id of a group.
        confidence: How sure it is, 0 to 1: of all that are as sure, that share should be right.
        because: The words that counted, or other reasons, the weightiest first.
        source: What predicts, and which version of it; where it says nothing, the name of its plugin.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> Prediction("category", "network", 0.9, because=["wifi", "router"]).explain()
    'category network, confidence 0.90, because of: wifi, router'
    """

    field: str
    value: str = attrs.field(validator=named)
    confidence: float
    because: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    source: str = ""

    def __attrs_post_init__(self) -> None:
        problems = [*field_problems("field", self.field), *names_problems("because", self.because)]
        if not is_share(self.confidence):
            problems.append(f"confidence: must be a number from 0 to 1, not {shown(self.confidence)}")
        if self.source != "":
            problems += name_problems("source", self.source)
        if problems:
            raise DefinitionError(*(f"Prediction.{each}" for each in problems))

    def explain(self) -> str:
        """Return it as a sentence."""
        by = f" by {self.source}" if self.source else ""
        because = f", because of: {', '.join(self.because)}" if self.because else ""
        return f"{self.field} {self.value}{by}, confidence {self.confidence:.2f}{because}"


def field_problems(path: str, name: object) -> tuple[str, ...]:
    """Return what keeps *name* from being a field that can be predicted."""
    if isinstance(name, str) and name in FIELDS:
        return ()
    if not isinstance(name, str):
        return tuple(instance_problems(path, name, str))
    return (f"{path}: {name!r} cannot be predicted; {close_to(name, FIELDS)}",)


def is_share(value: object) -> bool:
    """Tell whether *value* is a number from 0 to 1."""
    return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]  # it is a number


def text_of(described: Ticket | Mapping[str, object]) -> str:
    r"""
    Return the words by which a ticket is classified: its title and its description.

    Args:
        described: A ticket, or the details with which one is logged.

    >>> text_of({"title": "No network", "description": "Since noon."})
    'No network\nSince noon.'
    """
    if isinstance(described, Ticket):
        told = [described.title, described.details.get("description")]
    else:
        told = [described.get("title"), described.get("description")]
    return "\n".join(each for each in told if isinstance(each, str))


def blanked(ticket: Ticket) -> Ticket:
    """
    Return *ticket* as those see it who predict: without what they are asked for.

    So nothing can be predicted well by repeating it, and what a model is worth can be seen on tickets that
    people have classified.
    """
    # As in `Ticket.after`: a kind of its own may take no copies by `evolve`.
    bare = object.__new__(type(ticket))
    blank = dict.fromkeys((*FIELDS, "priority", "assignee"))
    object.__setattr__(bare, "__dict__", {**ticket.__dict__, **blank})
    return bare

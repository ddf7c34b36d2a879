"""What a rule decides about a record that is no ticket, such as an article or a survey."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.errors import DefinitionError

__all__ = ["Outcome"]

Value = TypeVar("Value")

_TAKEN = frozenset({"changes", "removed"})


@frozen
class Outcome(Generic[Value]):
    """
    What happens to a record, and what it is afterwards.

    What changes need not be told: it shows in the value.

    Args:
        value: The record after it.
        event: What has happened, in the past tense, such as ``"ArticlePublished"``.
        said: What there is to say of it besides, such as why: plain data.

    Raises:
        DefinitionError: If *event* is no name, or *said* has a name by which what changes is told.

    >>> Outcome({"state": "published"}, "ArticlePublished", {"reason": "reviewed"}).said["reason"]
    'reviewed'
    """

    value: Value
    event: str = field(validator=named)
    said: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        taken = sorted(_TAKEN.intersection(self.said))
        if taken:
            problem = (
                f"Outcome.said must not have {', '.join(taken)}: what changes is taken from the value; "
                "choose another name"
            )
            raise DefinitionError(problem)

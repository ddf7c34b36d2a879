"""From which confidence on suggested replies are sent, drafted or dropped."""

from attrs import frozen

from itsmkit._problems import instance_problems, name_problems, shown
from itsmkit.conditions import NEVER, Condition
from itsmkit.errors import DefinitionError

__all__ = ["ReplyPolicy", "is_share"]


@frozen(kw_only=True)
class ReplyPolicy:
    """
    From which confidence on suggested replies are used.

    Args:
        send_from: From which on they are sent by themselves; ``None`` for never.
        draft_from: From which on they are noted for who works on the ticket.
        never_when: The tickets that nothing is sent on by itself, such as unusual mail; it is drafted.
        counts_as_response: The move that an automatic reply makes, such as ``"start"``, so that it counts as
            a first response; ``None`` if it does not.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    send_from: float | None = None
    draft_from: float = 0.5
    never_when: Condition = NEVER
    counts_as_response: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("never_when", self.never_when, Condition)]
        for name in ("send_from", "draft_from"):
            share = getattr(self, name)
            if not (name == "send_from" and share is None) and not is_share(share):
                problems.append(f"{name}: must be a number from 0 to 1, not {shown(share)}")
        if not problems and self.send_from is not None and self.send_from < self.draft_from:
            problems.append(
                f"send_from: {self.send_from} is less than draft_from, {self.draft_from}, so that nothing "
                "would be drafted; lower draft_from"
            )
        if self.counts_as_response is not None:
            problems += name_problems("counts_as_response", self.counts_as_response, "the name of a move,")
        if problems:
            raise DefinitionError(*problems)


def is_share(value: object) -> bool:
    """Tell whether something is a number from 0 to 1."""
    return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]  # it is a number

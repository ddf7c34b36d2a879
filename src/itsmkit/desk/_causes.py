"""Which rules of automation have led to something, for what the desk does by itself because of it."""

from collections.abc import Sequence

from itsmkit.tickets import Cascaded, RoutingRecorded, RuleFired, Ticket, TicketEvent

__all__ = ["led_by", "led_to_wait", "waits_by"]


def led_by(history: Sequence[TicketEvent], sequence: int) -> tuple[str, ...]:
    """Return the rules that have led to an event, the first of them first; empty if none did."""
    if not any(map(_tells_of_rules, history)):
        return ()
    from itsmkit.practices.automation import chain_of  # noqa: PLC0415  # many a desk has no rules

    return chain_of(history, sequence)


def led_to_wait(history: Sequence[TicketEvent], kind: type[Ticket]) -> tuple[str, ...]:
    """
    Return the rules that have led to it that a ticket waits for somebody, as of when it began to.

    Args:
        history: All events of the ticket.
        kind: The class of its kind of work.
    """
    if not any(map(_tells_of_rules, history)):
        return ()
    from itsmkit.practices.automation import chain_of, moments_of  # noqa: PLC0415  # as above

    began = 1
    for event, before, after in moments_of(history, kind):
        if waits_by(before, after):
            began = event.sequence
    return chain_of(history, began)


def waits_by(before: Ticket | None, ticket: Ticket) -> bool:
    """Tell whether a ticket waits for somebody by what happened: it is new, handed over, or open again."""
    if not ticket.is_open or ticket.assignee is not None or ticket.merged_into is not None:
        return False
    return (
        before is None
        or not before.is_open
        or (before.support_group, before.assignee) != (ticket.support_group, None)
    )


def _tells_of_rules(event: TicketEvent) -> bool:
    fact = event.fact
    return isinstance(fact, RuleFired) or (isinstance(fact, Cascaded | RoutingRecorded) and bool(fact.chain))

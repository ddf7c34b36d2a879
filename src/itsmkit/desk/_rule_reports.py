"""What came of asking the rules of automation."""

from attrs import frozen

from itsmkit.tickets import TicketId

__all__ = ["RuleTrouble", "RulesReport"]


@frozen
class RuleTrouble:
    """
    That a rule could not fire.

    Args:
        rule: The rule.
        ticket_id: On which ticket.
        reasons: Every reason.
        is_parked: Whether it has failed so often by now that it is parked.
    """

    rule: str
    ticket_id: TicketId
    reasons: tuple[str, ...]
    is_parked: bool

    def __str__(self) -> str:
        parked = "; it is parked" if self.is_parked else ""
        return f"rule {self.rule} on ticket {self.ticket_id}: {'; '.join(self.reasons)}{parked}"


@frozen
class RulesReport:
    """
    What came of asking the rules of automation.

    Args:
        read: How many events they were asked about.
        fired: How often one of them has fired.
        put_off: How often one waits for its time.
        troubles: What could not be done, and why.
        is_done: Whether nothing is left to ask them about.
    """

    read: int = 0
    fired: int = 0
    put_off: int = 0
    troubles: tuple[RuleTrouble, ...] = ()
    is_done: bool = True

    def __add__(self, other: "RulesReport") -> "RulesReport":
        """Return what came of both."""
        return RulesReport(
            self.read + other.read,
            self.fired + other.fired,
            self.put_off + other.put_off,
            self.troubles + other.troubles,
            self.is_done and other.is_done,
        )

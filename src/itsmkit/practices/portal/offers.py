"""What is offered in a portal, and what became of it, as people outside see it."""

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit.money import Money
from itsmkit.practices.catalogue import DirectoryLine, RecurringPrice, SupportHours
from itsmkit.practices.forms import Form
from itsmkit.practices.knowledge import Reading

__all__ = ["PortalApproval", "PortalArticle", "PortalOffer", "PortalOrder"]


@frozen
class PortalArticle:
    """
    An article as people outside see it.

    Args:
        key: By which it is asked for.
        title: What it is about.
        body: What it says.
        language: The language that it is in.
        is_fallback: Whether it is in another language than was asked for.
        published_at: When it was published, in UTC.
    """

    key: str
    title: str
    body: str
    language: str
    is_fallback: bool
    published_at: datetime

    @classmethod
    def of(cls, reading: Reading) -> "PortalArticle":
        """Return what people outside see of what a reader sees: not who has written it."""
        text, version = reading.version.text, reading.version
        return cls(reading.article, text.title, text.body, reading.language, reading.is_fallback, version.at)


@frozen
class PortalOffer:
    """
    An item of the service catalogue as people outside see it.

    Args:
        key: By which it is ordered.
        title: What it is called.
        description: What it is.
        service: The service that it belongs to.
        price: What it costs once, if anything.
        recurring: What it costs again and again, if anything.
        form: What is asked.
        is_supported: Whether there is support now; ``None`` if it has no hours.
        support: When there is support until this time in a week, in the zone that was asked for.
    """

    key: str
    title: str
    description: str
    service: str | None
    price: Money | None
    recurring: RecurringPrice | None
    form: Form
    is_supported: bool | None
    support: tuple[SupportHours, ...] = field(default=(), converter=as_tuple)

    @classmethod
    def of(cls, line: DirectoryLine) -> "PortalOffer":
        """Return what people outside see of an item: not who approves it, nor how it is fulfilled."""
        item = line.item
        return cls(
            item.key,
            item.title,
            item.description,
            item.service,
            item.price,
            item.recurring,
            item.form,
            line.is_supported,
            line.support,
        )


@frozen
class PortalOrder:
    """
    How far an order is, as people outside see it.

    Args:
        number: The display number.
        approval: ``"requested"``, ``"approved"`` or what else became of its approval; ``None`` if it needs
            none.
        done: How many of its tasks are done.
        tasks: How many there are.
    """

    number: str
    approval: str | None
    done: int
    tasks: int


@frozen
class PortalApproval:
    """
    An order that waits for somebody's approval.

    Args:
        number: The display number.
        title: What is ordered.
        requester: Who orders it.
        price: What it costs once, if anything.
        answers: What was answered to its form, by the names of fields.
        stage: The stage of the approval.
        on_behalf_of: Whose vote it is, if it is not their own.
    """

    number: str
    title: str | None
    requester: str | None
    price: Money | None
    answers: Mapping[str, object] = field(converter=frozen_dict)
    stage: str
    on_behalf_of: str | None = None

"""All that a query finds, page by page."""

from collections.abc import Callable, Iterator

from attrs import evolve

from itsmkit.plugin import StoredTicket, TicketPage, TicketQuery

__all__ = ["every_page"]


def every_page(find: Callable[[TicketQuery], TicketPage], query: TicketQuery) -> Iterator[StoredTicket]:
    """
    Go through all that *query* finds.

    Args:
        find: Finds a page, such as `Store.find`.
        query: What to look for; its limit is the length of a page.
    """
    page = find(query)
    yield from page.tickets
    while page.next is not None:
        page = find(evolve(query, after=page.next))
        yield from page.tickets

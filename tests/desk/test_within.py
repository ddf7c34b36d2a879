"""Commands within the unit of work of another: saved with it, or not at all."""

from contextlib import suppress

import pytest

from itsmkit.desk import Desk, InMemoryStore
from itsmkit.desk._within import within
from itsmkit.errors import NotFoundError
from itsmkit.testing import AN_AGENT


def test_what_is_done_within_a_unit_is_saved_with_it_or_not_at_all() -> None:
    store = InMemoryStore()
    with suppress(ZeroDivisionError), store.begin() as unit:
        inside = Desk(store=within(store, unit)).acting_as(AN_AGENT)
        undone = inside.incidents.log("No network")
        assert unit.ticket(undone.id).ticket == inside.tickets.get(undone.id)
        raise ZeroDivisionError
    with store.begin() as unit:
        inside = Desk(store=within(store, unit)).acting_as(AN_AGENT)
        done = inside.incidents.log("No mail")
    assert [each.ticket for each in store.tickets()] == [done]


def test_all_else_is_asked_of_the_store_itself() -> None:
    store = InMemoryStore().of_tenant("acme")
    before = Desk(store=store).acting_as(AN_AGENT).incidents.log("No network")
    with store.begin() as unit:
        inside = within(store, unit)
        assert (inside.tenant, inside.is_joined) == ("acme", True)
        assert inside.find_ticket(before.number).ticket == before
        with pytest.raises(NotFoundError):
            inside.find_ticket("INC-77")

"""Links, mergers and cascades in databases: what was read for a decision is still so when it is saved."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import RefusedError
from itsmkit.plugin import Store
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade, LinkType
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.faults import Faults, failing_store
from itsmkit.tickets import CascadeAdvanced
from itsmkit_sql import SQLStore

RESOLVE = Cascade("resolve", "transition", on_category="resolved", trigger="resolve", notify=["requester"])
PARENT = LinkType(
    "parent_of", "child_of", is_acyclic=True, cascades=[evolve(RESOLVE, carries=["resolution"])]
)
RULES = evolve(DeskConfig.standard(), link_types=[PARENT, *STANDARD_LINK_TYPES[1:]])


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    store = SQLStore.open(url)
    yield store
    store.close()


def a_desk(store: Store) -> Desk:
    return Desk(RULES, store=store, clock=ManualClock(A_MONDAY), pause=lambda _: None).acting_as(AN_AGENT)


def test_links_that_close_a_circle_together_are_not_both_made(store: SQLStore) -> None:
    desk = a_desk(store)
    a, b, c, d = (desk.incidents.log(f"No network {n}").id for n in range(4))
    desk.links.link(b, "parent_of", c)
    desk.links.link(d, "parent_of", a)
    faults = Faults()
    meanwhile = a_desk(failing_store(store, faults))
    done: list[str] = []

    def watch(name: str) -> None:
        if name == "unit.save" and not done:
            done.append(name)
            desk.links.link(a, "parent_of", b)

    faults.watch = watch
    with pytest.raises(RefusedError, match="it would close a circle, as INC-4 leads to INC-3 by parent_of"):
        meanwhile.links.link(c, "parent_of", d)
    assert done


def test_what_is_read_and_saved_without_events_stays_as_it_was(store: SQLStore) -> None:
    desk = a_desk(store)
    grand, parent, child = (desk.incidents.log(f"No network {n}").id for n in range(3))
    desk.links.link(grand, "parent_of", parent)
    before = desk.tickets.get(grand), desk.tickets.history(grand), desk.tickets.clocks(grand)
    desk.links.link(parent, "parent_of", child)
    assert (desk.tickets.get(grand), desk.tickets.history(grand), desk.tickets.clocks(grand)) == before
    desk.links.merge(child, into=parent)
    desk.links.unmerge(child)
    assert desk.audit.verify().findings == ()


def test_children_follow_their_parent(store: SQLStore) -> None:
    desk = a_desk(store)
    with desk.batch() as batch:
        parent, *children = (batch.incidents.log(f"No network {n}", requester=f"r{n}").id for n in range(60))
        for child in children:
            batch.links.link(child, "child_of", parent)
        for each in (parent, *children[1:]):
            batch.incidents.transition(each, "assign", support_group="Network")
    desk.incidents.transition(parent, "resolve", resolution="a new switch")
    assert desk.run_due().failures == ()
    assert desk.tickets.count('state = "Resolved"') == 59
    advances = [
        event.fact for event in desk.tickets.history(parent) if isinstance(event.fact, CascadeAdvanced)
    ]
    assert [each.is_done for each in advances] == [False, True]
    assert sum(each.reached for each in advances) == 58
    [refused] = (each for advance in advances for each in advance.refused)
    assert refused.ticket == children[0]
    waiting = store.claim_outbox(A_MONDAY, lease=timedelta(minutes=1), limit=100)
    assert sorted(each.notification.recipient for each in waiting) == sorted(f"r{n}" for n in range(2, 60))

"""Links, mergers and splits at the desk: both tickets in one unit of work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import one_of
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import ConflictError, DefinitionError, ItsmkitError, NotFoundError, RefusedError
from itsmkit.practices.access import AccessRules, Role, Scope
from itsmkit.practices.links import STANDARD_LINK_TYPES
from itsmkit.sla import ClockPhase
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import Commented, Participant, Ticket, TicketId

HOUR = timedelta(hours=1)


def logged(desk: Desk, count: int = 2) -> list[TicketId]:
    return [desk.incidents.log(f"No network {n}", requester=f"r{n}").id for n in range(count)]


def read(desk: Desk, ticket_id: TicketId) -> list[tuple[str, str]]:
    return [(each.name, each.ticket.number) for each in desk.links.of(ticket_id)]


def test_a_link_is_read_from_both_ends(desk: Desk) -> None:
    one, other = logged(desk)
    assert desk.links.link(one, "parent_of", other) == desk.tickets.get(one)
    desk.links.link(other, "related_to", one)
    assert read(desk, one) == [("parent_of", "INC-2"), ("related_to", "INC-2")]
    assert read(desk, other) == [("child_of", "INC-1"), ("related_to", "INC-1")]
    assert desk.tickets.find("link.parent_of is present").tickets == (desk.tickets.get(one),)
    assert desk.links.unlink(other, "child_of", one) == desk.tickets.get(other)
    assert read(desk, one) == [("related_to", "INC-2")]


def test_a_link_of_a_type_that_is_declared_no_more_is_read_still(
    desk: Desk, config: DeskConfig, make_desk: Callable[..., Desk]
) -> None:
    one, other = logged(desk)
    desk.links.link(one, "blocks", other)
    later = make_desk(rules=evolve(config, link_types=STANDARD_LINK_TYPES[:1]))
    assert (read(later, one), read(later, other)) == (
        [("blocks", "INC-2")],
        [("blocks (other end)", "INC-1")],
    )


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        pytest.param(lambda links, a, b: links.link(a, "parent", b), DefinitionError, id="unknown link"),
        pytest.param(lambda links, a, b: links.link(a, "blocks", a), RefusedError, id="itself"),
        pytest.param(lambda links, a, b: links.link(a, "blocks", TicketId("x")), NotFoundError, id="nothing"),
        pytest.param(
            lambda links, a, b: links.link(TicketId("x"), "blocks", a), NotFoundError, id="of nothing"
        ),
        pytest.param(lambda links, a, b: links.unlink(a, "blocks", b), RefusedError, id="not linked"),
        pytest.param(lambda links, a, b: links.unlink(a, "block", b), DefinitionError, id="unlink what"),
        pytest.param(lambda links, a, b: links.merge(a, into=a), RefusedError, id="merge into itself"),
        pytest.param(
            lambda links, a, b: links.merge(a, into=TicketId("x")), NotFoundError, id="into nothing"
        ),
        pytest.param(lambda links, a, b: links.unmerge(a), RefusedError, id="unmerge what was not merged"),
        pytest.param(lambda links, a, b: links.split(a, "x", messages=[1]), RefusedError, id="split what"),
        pytest.param(lambda links, a, b: links.split(a, "x", kind="y"), NotFoundError, id="split to no kind"),
        pytest.param(lambda links, a, b: links.answer(a, accepted=True), RefusedError, id="answer what"),
        pytest.param(lambda links, a, b: links.of(TicketId("x")), NotFoundError, id="links of nothing"),
        pytest.param(lambda links, a, b: links.family(TicketId("x")), NotFoundError, id="family of nothing"),
        pytest.param(lambda links, a, b: links.timeline(TicketId("x")), NotFoundError, id="life of nothing"),
        pytest.param(
            lambda links, a, b: links.goes_on_in(TicketId("x")), NotFoundError, id="nothing goes on"
        ),
    ],
)
def test_what_is_refused_changes_nothing(
    desk: Desk, ask: Callable[..., object], error: type[ItsmkitError]
) -> None:
    one, other = logged(desk)
    before = [row for row in desk.store.dump() if row.kind != "series"]
    with pytest.raises(error):
        ask(desk.links, one, other)
    assert [row for row in desk.store.dump() if row.kind != "series"] == before


def test_a_merged_ticket_goes_on_in_another(desk: Desk, clock: ManualClock) -> None:
    one, other, third = logged(desk, 3)
    desk.links.link(third, "parent_of", one)
    desk.tickets.comment(one, "It is dark")
    clock.advance(HOUR)
    desk.tickets.comment(other, "It is dark here, too")
    into = desk.links.merge(one, into=other)
    assert (into.number, into.participants) == ("INC-2", (Participant("r0", "requester"),))
    assert desk.links.goes_on_in(one) == into
    assert desk.links.goes_on_in(other) == into
    assert [each.number for each in desk.links.family(other)] == ["INC-2", "INC-1"]
    assert (read(desk, third), read(desk, other)) == ([("parent_of", "INC-2")], [("child_of", "INC-3")])
    said = [each.fact.text for each in desk.links.timeline(other) if isinstance(each.fact, Commented)]
    assert said == ["It is dark", "It is dark here, too"]
    with pytest.raises(RefusedError, match="cannot change INC-1: it was merged, and goes on in another"):
        desk.tickets.comment(one, "Hello?")
    assert desk.tickets.count('state_category = "new"') == 2
    assert desk.links.unmerge(one) == desk.tickets.get(one)
    desk.tickets.comment(one, "Hello?")
    assert desk.tickets.get(other).participants == ()


def test_no_timer_of_a_merged_ticket_is_left_and_each_comes_back(desk: Desk, clock: ManualClock) -> None:
    one, other = logged(desk)
    timers = {str(row.data) for row in desk.store.dump() if row.kind == "timer"}
    desk.links.merge(one, into=other)
    assert desk.tickets.clocks(one)["resolve"].phase is ClockPhase.CANCELLED
    left = {str(row.data) for row in desk.store.dump() if row.kind == "timer"}
    assert left < timers
    clock.advance(HOUR)
    desk.links.unmerge(one)
    assert {str(row.data) for row in desk.store.dump() if row.kind == "timer"} == timers
    assert desk.tickets.clocks(one) == desk.tickets.clocks(other)


def test_a_part_of_a_ticket_becomes_one_of_its_own(desk: Desk, clock: ManualClock) -> None:
    [one] = logged(desk, 1)
    said = desk.tickets.comment(one, "And the lamp flickers", public=True).version
    clock.advance(HOUR)
    new = desk.links.split(one, "The lamp flickers", messages=iter([said]), details={"site": "Bonn"})
    assert (new.number, new.title, new.site, new.opened_at) == (
        "INC-2",
        "The lamp flickers",
        "Bonn",
        A_MONDAY,
    )
    assert (read(desk, new.id), read(desk, one)) == ([("split_from", "INC-1")], [("split_into", "INC-2")])
    assert desk.tickets.history(new.id)[-1].fact == Commented("And the lamp flickers", public=True)
    desk.links.merge(new.id, into=one)
    assert desk.report().incidents == 1


def test_in_a_batch_tickets_are_linked_and_merged(desk: Desk) -> None:
    with desk.batch() as batch:
        one, other, third = logged(batch, 3)
        batch.links.link(one, "parent_of", other)
        batch.links.link(other, "parent_of", third)
        batch.links.merge(third, into=other)
    assert read(desk, other) == [("child_of", "INC-1")]
    assert desk.tickets.get(third).merged_into == other


BLIND = AccessRules(
    [
        Role(
            "agent",
            sees=[Scope(when=~one_of("number", "INC-1", "INC-2", "INC-6"))],
            permits=["links.*", "incidents.log"],
        )
    ],
    default=["agent"],
)


def test_who_may_not_see_a_ticket_does_not_find_it_behind_links() -> None:
    guarded = Desk(evolve(DeskConfig.standard(), access=BLIND), clock=ManualClock(A_MONDAY))
    desk, blind = (each.acting_as(AN_AGENT) for each in (guarded.privileged("to begin"), guarded))
    one, other, third, fourth, above, between, below = logged(desk, 7)
    desk.links.link(one, "parent_of", third)
    desk.links.link(third, "parent_of", fourth)
    desk.links.merge(other, into=third)
    desk.links.link(above, "parent_of", between)
    desk.links.link(between, "parent_of", below)
    assert read(desk, third) == [("child_of", "INC-1"), ("parent_of", "INC-4")]
    assert read(blind, third) == [("parent_of", "INC-4")]
    assert [each.number for each in blind.links.family(third)] == ["INC-3"]
    with pytest.raises(NotFoundError):
        blind.links.link(fourth, "related_to", one)
    # But rules are about all tickets.
    with pytest.raises(RefusedError, match="it would close a circle"):
        blind.links.link(below, "parent_of", above)


# -- others at the same time -----------------------------------------------------------------------------


def test_links_that_close_a_circle_together_are_not_both_made(desk: Desk, store: InMemoryStore) -> None:
    a, b, c, d = logged(desk, 4)
    desk.links.link(b, "parent_of", c)
    desk.links.link(d, "parent_of", a)
    meanwhile: list[Callable[[], object]] = store.meanwhile  # type: ignore[attr-defined]  # the store of the fixture
    meanwhile.append(lambda: desk.links.link(a, "parent_of", b))
    with pytest.raises(RefusedError, match="it would close a circle, as INC-4 leads to INC-3 by parent_of"):
        desk.links.link(c, "parent_of", d)


def test_what_was_merged_meanwhile_is_merged_once(desk: Desk, store: InMemoryStore) -> None:
    one, other, third = logged(desk, 3)
    meanwhile: list[Callable[[], object]] = store.meanwhile  # type: ignore[attr-defined]  # as above
    meanwhile.append(lambda: desk.links.merge(one, into=third))
    with pytest.raises(RefusedError, match="INC-1 was merged already; unmerge it first"):
        desk.links.merge(one, into=other)


@pytest.mark.usefixtures("busy_threads")
def test_threads_that_link_and_merge_leave_no_circle_and_no_half() -> None:
    desk = Desk(DeskConfig.standard(), clock=ManualClock(A_MONDAY), pause=lambda _: None).acting_as(AN_AGENT)
    tickets, together = logged(desk, 6), Barrier(3)

    def work(number: int) -> None:
        together.wait()
        for step in range(20):
            one, other = tickets[(number + step) % 6], tickets[(number * 2 + step * 3 + 1) % 6]
            for ask in (
                lambda one=one, other=other: desk.links.link(one, "parent_of", other),
                lambda one=one, other=other: desk.links.merge(one, into=other),
                lambda one=one: desk.links.unmerge(one),
            ):
                try:
                    ask()
                except (RefusedError, ConflictError):
                    continue

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    known = {ticket.id: ticket for ticket in desk.tickets}
    for ticket in known.values():
        for link in ticket.links:
            ends = [(each.link_type, each.is_source, each.other) for each in known[link.other].links]
            assert (link.link_type, not link.is_source, ticket.id) in ends
        if ticket.merged_into is not None:
            assert ticket.id in known[ticket.merged_into].merged_from
        assert all(known[each].merged_into == ticket.id for each in ticket.merged_from)
        assert ticket.id not in _above(ticket, known)


def _above(ticket: Ticket, known: dict[TicketId, Ticket]) -> set[TicketId]:
    found: set[TicketId] = set()
    waiting = [link.other for link in ticket.links if not link.is_source]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += [link.other for link in known[each].links if not link.is_source]
    return found


# -- figures ---------------------------------------------------------------------------------------------

deeds = st.tuples(
    st.sampled_from(["merge", "unmerge", "start", "resolve", "comment"]), st.integers(0, 3), st.integers(0, 3)
)


@settings(deadline=None)
@given(st.lists(deeds, max_size=12))
def test_what_was_merged_is_counted_once(run: list[tuple[str, int, int]]) -> None:
    """Against a desk on which what is merged in the end was never there."""
    clock = ManualClock(A_MONDAY)
    desk = Desk(DeskConfig.standard(), clock=clock).acting_as(AN_AGENT)
    tickets = [desk.incidents.log("No network", impact="high", support_group="Network").id for _ in range(4)]
    for deed, one, other in run:
        clock.advance(HOUR)
        try:
            if deed == "merge":
                desk.links.merge(tickets[one], into=tickets[other])
            elif deed == "unmerge":
                desk.links.unmerge(tickets[one])
            elif deed == "comment":
                desk.tickets.comment(tickets[one], "Hello")
            elif deed == "start":
                desk.tickets.assign(tickets[one], support_group="Network", assignee="ann")
                desk.incidents.transition(tickets[one], "start")
            else:
                desk.incidents.transition(tickets[one], "resolve", resolution="a new cable")
        except RefusedError:
            continue
    report = desk.report()
    standing = [ticket for ticket in desk.tickets if ticket.merged_into is None]
    assert report.incidents == len(standing)
    assert sum(report.final_states.values()) == sum(report.by_priority.values()) == len(standing)
    assert sum(report.opened_by_month.values()) == sum(map(sum, report.opened_by_hour)) == len(standing)
    assert report.days[-1].backlog == sum(ticket.is_open for ticket in standing)
    assert sum(day.opened for day in report.days) == len(standing)
    resolved = [ticket for ticket in standing if ticket.state == "Resolved"]
    assert report.resolved.n == sum(day.resolved for day in report.days) == len(resolved)


def test_a_promise_that_was_broken_before_is_not_lost(desk: Desk, clock: ManualClock) -> None:
    one, other = (desk.incidents.log("No network", impact="high", urgency="high").id for _ in range(2))
    clock.advance(5 * HOUR)
    desk.links.merge(one, into=other)
    assert desk.report().attainment["resolve"]["P1"].breached == 2
    assert desk.report().incidents == 1

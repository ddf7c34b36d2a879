"""What a desk tells, by the way, of tickets that one may not see: nothing."""

from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import holds, parse_condition
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import ConflictError, RefusedError
from itsmkit.practices import Observation
from itsmkit.practices.access import AccessDeniedError, AccessRules, Permit, Restriction, Role, Scope
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor, Ticket

RULES = AccessRules(
    [
        Role("agent", sees=[Scope()], permits=["tickets.*", "links.*", "incidents.*", "figures"]),
        Role("splitter", sees=[Scope()], permits=["links.split", "questions.log"]),
        Role("customer", sees=[Scope(relations=["requester"])], permits=["tickets.*", "links.*"]),
        Role(
            "here",
            sees=[Scope(when=parse_condition('site = "Bonn"'))],
            permits=[Permit("incidents.log", when=parse_condition('requester = "bob"')), "links.*"],
        ),
        Role("security", sees=[Scope()]),
    ],
    restrictions=[Restriction("security", roles=["security"], prefix="SEC-")],
)
CONFIG = evolve(DeskConfig.profile("service_desk"), access=RULES)
SAM = Actor("sam", roles=["agent", "security"])
ANN = Actor("ann", roles=["agent"])
BOB = Actor("bob", roles=["customer"])
QUESTIONS = (
    "link.blocks is present",
    "link.blocks is missing",
    "link.blocks = true and title is present",
    'not (link.blocks is present or title = "2")',
    "merged_into is present",
    "merged_into is missing and link.blocks is missing",
)


def a_desk() -> Desk:
    return Desk(CONFIG, clock=ManualClock(A_MONDAY))


def reasons(ask: Callable[[], object], kind: type[RefusedError] = RefusedError) -> tuple[str, ...]:
    with pytest.raises(kind) as caught:
        ask()
    assert type(caught.value) is kind
    return caught.value.reasons


@given(
    st.lists(st.booleans(), min_size=2, max_size=7),
    st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8),
    st.sampled_from(QUESTIONS),
    st.integers(1, 4),
)
def test_questions_are_answered_by_what_is_shown(
    secrets: list[bool], links: set[tuple[int, int]], question: str, limit: int
) -> None:
    desk = a_desk()
    sam, ann = desk.acting_as(SAM), desk.acting_as(ANN)
    tickets = [
        sam.incidents.log(str(place), restricted_to="security" if is_secret else None)
        for place, is_secret in enumerate(secrets)
    ]
    for one, other in sorted(links):
        if one < other < len(tickets):
            sam.links.link(tickets[one].id, "blocks", tickets[other].id)
    for viewer in (sam, ann):
        expected = [each.number for each in viewer.tickets if holds(parse_condition(question), each.facts())]
        found: list[Ticket] = []
        page = viewer.tickets.find(question, limit=limit)
        while True:
            assert len(page.tickets) == min(limit, len(expected) - len(found))
            found += page.tickets
            assert (page.next is None) is (len(found) == len(expected))
            if page.next is None:
                break
            page = viewer.tickets.find(question, limit=limit, after=page.next)
        assert [each.number for each in found] == expected
        assert viewer.tickets.count(question) == len(expected)
        assert [each.number for each in viewer.tickets.matching(question)] == expected


def test_a_page_is_filled_with_what_is_linked_to_something_that_one_sees() -> None:
    desk = a_desk()
    sam, ann = desk.acting_as(SAM), desk.acting_as(ANN)
    secret = sam.incidents.log("A breach", restricted_to="security")
    known = sam.incidents.log("No network")
    linked = [sam.incidents.log(f"{n}") for n in range(4)]
    for place, other in enumerate((secret, known, known, secret)):
        sam.links.link(linked[place].id, "blocks", other.id)
    question = "link.blocks = true"
    for viewer, titles in ((sam, ["0", "1", "2", "3"]), (ann, ["1", "2"])):
        assert viewer.tickets.count(question) == len(titles)
        assert [each.title for each in viewer.tickets.matching(question)] == titles
        first = viewer.tickets.find(question, limit=1)
        assert [each.title for each in first.tickets] == titles[:1]
        rest = viewer.tickets.find(question, limit=4, after=first.next)
        assert [each.title for each in rest.tickets] == titles[1:]
        whole = viewer.tickets.find(question, limit=len(titles))
        assert ([each.title for each in whole.tickets], whole.next) == (titles, None)
        # That there were more would tell of what is not shown.
        assert (first.next is None, rest.next) == (False, None)


def test_nothing_is_sorted_by_what_is_not_shown() -> None:
    desk = a_desk()
    desk.acting_as(SAM).incidents.log("x")
    for name in ("link.blocks", "merged_into"):
        found = reasons(lambda: desk.acting_as(ANN).tickets.find(order_by=name), AccessDeniedError)  # noqa: B023
        assert found == (
            f"{name} tells of other tickets, some of which they may not see, so that nothing is sorted by it",
        )
    assert len(desk.privileged("to look").tickets.find(order_by="link.blocks").tickets) == 1


def test_the_refusal_of_what_was_merged_names_no_other_ticket() -> None:
    desk = a_desk()
    sam, bob = desk.acting_as(SAM), desk.acting_as(BOB)
    mine = sam.incidents.log("No network", requester="bob")
    other = sam.incidents.log("Nothing works", requester="eve")
    sam.links.merge(mine.id, into=other.id)
    for ask in (
        lambda: bob.tickets.comment(mine.id, "And now?"),
        lambda: bob.tickets.transition(mine.id, "resolve", resolution="x"),
    ):
        told = "".join(reasons(ask))
        assert "it was merged" in told
        assert other.id not in told
        assert other.number not in told
    assert bob.links.goes_on_in(mine.id).id == mine.id
    # As for one that was never merged.
    never = sam.incidents.log("No light", requester="bob")
    one, another = (reasons(lambda: bob.links.unmerge(each.id)) for each in (mine, never))  # noqa: B023
    assert [each.replace(mine.number, never.number) for each in one] == [*another]
    assert another == (f"cannot unmerge {never.number}: there is no other ticket in which it goes on",)
    assert sam.links.unmerge(mine.id).merged_into is None


def test_who_splits_is_permitted_to_log_the_new_ticket() -> None:
    desk = a_desk()
    sam = desk.acting_as(SAM)
    incident = sam.incidents.log("No network, and a question", requester="bob", site="Bonn")
    eve = desk.acting_as(Actor("eve", roles=["splitter"]))
    before = desk.privileged("to look").tickets.count()
    (reason,) = reasons(lambda: eve.links.split(incident.id, "A question"), AccessDeniedError)
    assert "none of their roles (splitter) permits it" in reason
    assert desk.privileged("to look").tickets.count() == before
    assert eve.links.split(incident.id, "A question", kind="question").kind == "question"
    # It is asked about the new ticket, and not about the old one.
    here = desk.acting_as(Actor("kim", roles=["here"]))
    assert here.links.split(incident.id, "No network").requester == "bob"
    with pytest.raises(AccessDeniedError, match=r"incidents\.log"):
        here.links.split(incident.id, "No network", details={"requester": "eve"})


@pytest.mark.parametrize("is_used", [True, False])
@pytest.mark.parametrize("number", ["INC-SEC-1", "INC-SEC-2"])
def test_numbers_of_secret_tickets_are_refused_whether_they_are_used_or_not(
    number: str, is_used: bool
) -> None:
    desk = a_desk()
    sam, ann = desk.acting_as(SAM), desk.acting_as(ANN)
    if is_used:
        for _ in range(2):
            sam.incidents.log("A breach", restricted_to="security")
    found = reasons(
        lambda: ann.incidents.take_over(number, Observation("New"), opened_at=A_MONDAY), AccessDeniedError
    )
    assert found == ("numbers that begin with 'INC-SEC-' are given to tickets that they may not see",)
    if is_used:
        with pytest.raises(ConflictError):
            sam.incidents.take_over(number, Observation("New"), opened_at=A_MONDAY)
    else:
        assert sam.incidents.take_over(number, Observation("New"), opened_at=A_MONDAY).number == number
    assert ann.incidents.take_over("INC-7", Observation("New"), opened_at=A_MONDAY).number == "INC-7"

"""What is hidden never reaches who may not read it, in whatever fact it stands."""

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.money import Money
from itsmkit.practices import Occasion, happen, incident_kind
from itsmkit.practices.access import (
    INTERNAL_NOTES,
    AccessRules,
    Policy,
    Role,
    Scope,
    Viewer,
    redacted,
    shown_history,
    shown_ticket,
)
from itsmkit.tickets import (
    Actor,
    Assigned,
    Attachment,
    CascadeAdvanced,
    CascadeAnswered,
    Cascaded,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Fact,
    FulfilmentBegun,
    ItemOrdered,
    Link,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    NeedMet,
    OwnershipTransferred,
    Participant,
    Prioritised,
    PromiseMoved,
    Restricted,
    SplitFrom,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketId,
    Unmerged,
    WorkCorrected,
    WorkEntry,
    WorkLogged,
)
from itsmkit.tickets import Tagged as Tags
from itsmkit.workflow import Workflow, incident_workflow

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
OCCASION = Occasion(Actor("ann"), NINE)
KIND = incident_kind(Workflow(incident_workflow()))
SECRET = "a secret, 4711"
"""What must not reach anybody."""

FACTS: tuple[Fact, ...] = (
    Commented(SECRET, public=False),
    Commented("hello", public=True),
    Assigned(SECRET, "ann"),
    Assigned(SECRET, SECRET),
    Prioritised("high", "high", SECRET, f"set by ann: {SECRET}"),
    DetailsChanged({"cost": SECRET}),
    DetailsChanged({"cost": SECRET, "site": "Bonn"}),
    StateChanged("New", "Resolved", "resolved", "resolve", {"cost": SECRET}),
    CheckpointPassed("resolve", 1, "0" * 16, "75%", (SECRET,)),
)
HIDES = (INTERNAL_NOTES, "support_group", "assignee", "priority", "cost", "CheckpointPassed")


def rules(hides: tuple[str, ...] = HIDES) -> AccessRules:
    return AccessRules([Role("customer", sees=[Scope()], hides=hides)], default=["customer"])


def a_history(facts: list[Fact]) -> tuple[Ticket, tuple[TicketEvent, ...]]:
    begun = KIND.log(TicketId("t"), "INC-1", OCCASION, details={"title": "x", "cost": SECRET})
    decision = happen(begun.ticket, OCCASION, *facts)
    return decision.ticket, (*begun.events, *decision.events)


@given(st.lists(st.sampled_from(FACTS), max_size=6))
def test_no_secret_passes(facts: list[Fact]) -> None:
    ticket, history = a_history(facts)
    shown, told = redacted(ticket, history, rules(), Viewer("bob"))
    assert SECRET not in repr(shown)
    assert SECRET not in repr(told)
    # What is no secret is told, and at its place.
    assert [each.sequence for each in told] == sorted({each.sequence for each in told})
    public = [each for each in history if each.fact == Commented("hello", public=True)]
    assert set(public) <= set(told)
    assert (shown.id, shown.state, shown.version) == (ticket.id, ticket.state, ticket.version)


@given(st.lists(st.sampled_from(FACTS), max_size=6))
def test_who_hides_nothing_tells_all(facts: list[Fact]) -> None:
    ticket, history = a_history(facts)
    assert redacted(ticket, history, rules(()), Viewer("bob")) == (ticket, history)


def test_what_is_hidden_is_left_out_of_the_ticket_and_of_its_history() -> None:
    ticket, history = a_history([Commented(SECRET, public=False), Commented("hello", public=True)])
    shown, told = redacted(ticket, history, rules(), Viewer("bob"))
    assert (shown.title, shown.details) == ("x", {})
    assert [each.sequence for each in told] == [1, 3]
    assert SECRET not in repr((shown, told))
    assert redacted(ticket, history, rules(()), Viewer("bob")) == (ticket, history)


def told_of(fact: Fact, *hides: str) -> Any:
    ticket, _ = a_history([])
    event = OCCASION.event(ticket.id, 2, fact)
    policy = Policy(rules(hides), Viewer("bob"))
    shown = shown_history(ticket, [event], policy)
    return shown[0].fact if shown else None


def test_a_fact_keeps_what_is_not_hidden() -> None:
    assert told_of(Assigned("network", "ann"), "assignee") == Assigned("network")
    assert told_of(Assigned("network", "ann"), "assignee", "support_group") is None
    assert told_of(Assigned("network", "ann"), "cost") == Assigned("network", "ann")
    assert told_of(Prioritised("high", "low", "P1", "matrix"), "impact") == Prioritised(None, "low", "P1", "")
    assert told_of(Prioritised("high", "low", "P1", "matrix"), "impact", "urgency", "priority") is None
    assert told_of(DetailsChanged({"cost": 3, "site": "Bonn"}), "cost") == DetailsChanged({"site": "Bonn"})
    assert told_of(DetailsChanged({"cost": 3}), "cost") is None
    assert told_of(Restricted("hr", "why"), "cost") == Restricted("hr", "why")


@frozen
class Tagged:
    """A fact as a kind of work of a desk's own may have it."""

    tag: str


@frozen
class Attached:
    attachment: Attachment


@frozen
class OwnerChanged:
    owner: str | None


def test_facts_that_nobody_has_heard_of_are_judged_by_their_fields() -> None:
    picture = Attachment("0" * 64, "plan.png", 3, "image/png", is_public=False)
    unheard: Any
    for unheard, hides in (
        (Tagged("urgent"), "tags"),
        (OwnerChanged("ann"), "owner"),
        (Attached(picture), INTERNAL_NOTES),
        (Attached(picture), "attachments"),
        (Tagged("urgent"), "Tagged"),
    ):
        assert told_of(unheard, hides) is None
        assert told_of(unheard, "cost") == unheard


@frozen
class InternalNote:
    text: str


@frozen
class Merged:
    source: str
    attachments: tuple[Attachment, ...] = ()


@frozen
class Refusal:
    ticket: str


@frozen
class Advanced:
    refused: tuple[Refusal, ...] = field(converter=tuple)


def test_facts_tell_of_no_ticket_that_may_not_be_seen() -> None:
    ticket, _ = a_history([])

    def told(fact: Any, *hides: str) -> Any:
        policy = Policy(rules(hides), Viewer("bob"))
        history = [OCCASION.event(ticket.id, 2, fact)]
        shown = shown_history(ticket, history, policy, lambda key: key != "secret")
        return shown[0].fact if shown else None

    files = tuple(Attachment("0" * 64, name, 3, "image/png", is_public=name == "a") for name in "ab")
    assert told(Merged("secret")) is None
    assert told_of(Merged("secret"), "cost") == Merged("secret")
    assert told(Merged("known")) == Merged("known")
    assert told(Merged("known", files), INTERNAL_NOTES) == Merged("known", files[:1])
    assert told(Advanced([Refusal("secret"), Refusal("known")])) == Advanced([Refusal("known")])
    assert told(InternalNote("psst"), "cost") == InternalNote("psst")
    assert told(InternalNote("psst"), INTERNAL_NOTES) is None
    # A state may be called like a ticket.
    moved = StateCorrected("secret", "Closed", "closed", ())
    assert told(moved) == moved


def test_a_ticket_is_shown_without_what_is_hidden() -> None:
    ticket, _ = a_history([])
    files = [Attachment("0" * 64, name, 3, "image/png", is_public=name == "a") for name in "ab"]
    fields = {"attachments": tuple(files), "participants": (Participant("eve", "watcher"),), "owner": "ann"}
    full: Ticket = object.__new__(type(ticket))
    object.__setattr__(full, "__dict__", {**ticket.__dict__, **fields})
    policy = Policy(rules((INTERNAL_NOTES, "participants", "owner", "cost")), Viewer("bob"))
    shown = shown_ticket(full, policy)
    assert shown.attachments == (files[0],)
    assert shown.participants == ()
    assert shown.owner is None
    assert "cost" not in shown.details
    assert shown.title == "x"
    assert type(shown) is type(ticket)
    without = shown_ticket(full, Policy(rules(("attachments", INTERNAL_NOTES)), Viewer("bob")))
    assert without.attachments == ()


@frozen(kw_only=True, slots=False)
class CourtCase(Ticket):
    """Work as a kind of a desk's own may have it: with a field that must be told, and one of its own list."""

    papers: list[str] = field(factory=list)
    court: str | None


def test_a_hidden_field_is_as_empty_as_that_of_a_new_ticket() -> None:
    case = CourtCase(
        id=TicketId("t"),
        kind="case",
        number="CAS-1",
        version=1,
        state="New",
        state_category="new",
        opened_at=NINE,
        updated_at=NINE,
        papers=[SECRET],
        court=SECRET,
    )
    shown = shown_ticket(case, Policy(rules(("papers", "court")), Viewer("bob")))
    assert (shown.papers, shown.court) == ([], None)


def test_facts_of_parts_are_hidden_with_the_fields_that_they_tell_of() -> None:
    other = TicketId("other")
    for fact, hides in (
        (NeedMet("a spare phone"), "need_met_at"),
        (PromiseMoved("resolve", None, NINE, "it was accepted"), "promised_by"),
        (MergedInto(other), "merged_into"),
        (Unmerged(other, "new"), "merged_into"),
        (MergedFrom(other), "merged_from"),
        (MergeUndone(other), "merged_from"),
        (SplitFrom(other), "links"),
        (Linked("related_to", True, other), "links"),
        (CascadeAnswered(3, True), "links"),
        (Cascaded("fixed_by", "resolve", other, 3), "links"),
        (CascadeAdvanced("fixed_by", "resolve", 3, 1), "links"),
        (WorkLogged(worked()), "work_log"),
        (WorkCorrected([worked()], "a typing error"), "work_log"),
        (OwnershipTransferred("ann"), "owner"),
        (Tags(["vip"]), "tags"),
    ):
        assert told_of(fact, hides) is None
        assert told_of(fact, "cost") is not None
    begun = FulfilmentBegun({"answer.reason": SECRET, "answer.model": "strong"})
    assert told_of(begun, "answer.reason") == FulfilmentBegun({"answer.model": "strong"})
    ordered = ItemOrdered("laptop", 1, {"reason": SECRET, "model": "strong"})
    assert told_of(ordered, "answer.reason") == ItemOrdered("laptop", 1, {"model": "strong"})
    assert told_of(ordered, "answer.colour") == ordered
    carried = Cascaded("fixed_by", "resolve", other, 3, details={"resolution": "a new cable", "cost": 3})
    assert told_of(carried, "cost") == evolve(carried, details={"resolution": "a new cable"})


def worked() -> WorkEntry:
    hour, money = timedelta(hours=1), Money("60", "EUR")
    return WorkEntry("1", "ann", hour, "repair", SECRET, money, billed=hour, rate=money)


def test_notes_and_costs_of_work_are_hidden_as_others_are() -> None:
    ticket, _ = a_history([])
    entry = worked()
    full = evolve(ticket, work_log=[entry], time_spent=entry.duration)
    for hides, left in (
        ((INTERNAL_NOTES,), evolve(entry, note="")),
        (("cost",), evolve(entry, cost=None, rate=None)),
        ((INTERNAL_NOTES, "cost"), evolve(entry, note="", cost=None, rate=None)),
    ):
        assert shown_ticket(full, Policy(rules(hides), Viewer("bob"))).work_log == (left,)
        assert told_of(WorkLogged(entry), *hides) == WorkLogged(left)
        reason = "" if INTERNAL_NOTES in hides else SECRET
        assert told_of(WorkCorrected([entry], SECRET), *hides) == WorkCorrected([left], reason)
    shown = shown_ticket(full, Policy(rules(("work_log", "time_spent")), Viewer("bob")))
    assert (shown.work_log, shown.time_spent) == ((), timedelta(0))


def test_how_far_a_cascade_came_is_told_to_who_sees_all_that_it_may_have_reached() -> None:
    ticket, _ = a_history([])
    linked = evolve(ticket, links=[Link("fixed_by", False, TicketId("secret"))])
    event = OCCASION.event(ticket.id, 2, CascadeAdvanced("fixed_by", "resolve", 1, 7))
    policy = Policy(rules(()), Viewer("bob"))
    assert shown_history(linked, [event], policy) == (event,)
    assert shown_history(linked, [event], policy, lambda key: key != "secret") == ()


def test_a_ticket_of_the_past_is_shown_as_it_is_now() -> None:
    past, _ = a_history([])
    own = Scope(relations=["requester"])
    roles = AccessRules(
        [
            Role("customer", sees=[own], hides=["cost"]),
            Role("agent", sees=[Scope(when=equals("site", "Bonn"))]),
        ],
        default=["customer", "agent"],
    )
    policy, now = Policy(roles, Viewer("bob")), evolve(past, requester="bob")
    then = evolve(past, site="Bonn")
    assert shown_ticket(then, policy).details == {"cost": SECRET}
    assert shown_ticket(then, policy, now=now).details == {}

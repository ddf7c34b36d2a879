"""
A desk at work, in any order: many people, kinds of work, rules of access, and time that passes.

`DeskMachine` is a Hypothesis state machine. After each step it compares the desk with what a few plain
functions say: what a history makes, when clocks and timers are due, who may see which ticket, and what of it.
Those functions are written from the words of the rules; they know nothing of conditions and policies.

Example:
    class MyMachine(DeskMachine):
        def new_store(self) -> Store:
            return MyStore.open("mine:///empty")

    TestMyStoreAtWork = MyMachine.TestCase
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from random import Random
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from itsmkit.conditions import equals, present
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import Store, StoredTicket
from itsmkit.practices import (
    EscalationPolicy,
    EscalationStep,
    PromisePolicy,
    Resolution,
    follow_history,
    render_for_requester,
)
from itsmkit.practices.access import AccessDeniedError, AccessRules, Permit, Restriction, Role, Scope
from itsmkit.practices.links import STANDARD_LINK_TYPES, Cascade
from itsmkit.practices.state_timers import next_deadline, stay_of
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.use_cases import FIXED_BY
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId, replay
from itsmkit.tickets.structure import Organisation, Person, Structure, SupportGroup

__all__ = ["DeskMachine"]

HOUR = timedelta(hours=1)

BOB, ANN, NED, MAX, EVE, MONITOR = PEOPLE = (
    Actor("bob"),
    Actor("ann", roles=["agent"]),
    Actor("ned", roles=["agent"]),
    Actor("max", roles=["manager"]),
    Actor("eve", roles=["key user"]),
    Actor("monitor", roles=["program"], automated=True),
)
"""A requester, agents of two groups, a manager, an outsider of another organisation, and a program."""

STAFF = (ANN, NED, MAX)
GROUPS = {"ann": "network", "ned": "mail"}
ORGANISATIONS = {"bob": "acme", "eve": "other"}
RESTRICTION = "security"

NOTE, REASON, WORK, COST, BUDGET = "psst-note", "psst-reason", "psst-work", "psst-cost", "psst-budget"
"""What stands in texts that not everybody may read."""

FROM_CUSTOMERS = frozenset({"internal_notes", "work_log", "time_spent", "cost"})
FROM_AGENTS = frozenset({"budget"})
MARKS = {"internal_notes": NOTE, "work_log": WORK, "cost": COST, "budget": BUDGET}
"""What must not be read by whom a field is hidden from."""

OF_CUSTOMERS = ("tickets.comment", "tickets.send_message", "tickets.attach")
"""What customers may do with tickets."""

KINDS = ("incident", "question", "service_request", "complaint", "problem", "change")
LINKS = ("fixed_by", "fixes", "child_of", "related_to", "duplicate_of")

TELL = Cascade("tell", "comment", on_category="active", from_target=True, text="We have found the cause.")
FIXED_BY_AND_TOLD = evolve(FIXED_BY, cascades=[*FIXED_BY.cascades, TELL])

RULES = AccessRules(
    [
        Role(
            "customer",
            sees=[Scope(relations=["requester", "participant"])],
            permits=[Permit("*.log", relations=["requester"]), *OF_CUSTOMERS],
            hides=sorted(FROM_CUSTOMERS),
        ),
        Role("key user", sees=[Scope(relations=["organisation"])], hides=sorted(FROM_CUSTOMERS)),
        Role(
            "agent",
            sees=[
                Scope(relations=["support_group", "assignee", "owner"]),
                Scope(when=~present("support_group")),
            ],
            permits=["*"],
            hides=sorted(FROM_AGENTS),
        ),
        Role("manager", sees=[Scope()], permits=["*"]),
        Role("program", sees=[Scope(when=equals("channel", "event"))], permits=["*.log"]),
    ],
    restrictions=[Restriction(RESTRICTION, roles=["manager"], relations=["assignee"])],
    default=["customer"],
)

STRUCTURE = Structure(
    people=[Person(each.id, organisation=ORGANISATIONS.get(each.id)) for each in PEOPLE if each != MONITOR],
    groups=[SupportGroup(group, members=[person]) for person, group in GROUPS.items()],
    organisations=[Organisation(each) for each in ORGANISATIONS.values()],
)


# -- the rules in other words ------------------------------------------------------------------------------


def hidden_from(who: Actor, ticket: Ticket) -> frozenset[str] | None:
    """Return what *who* may not read of a ticket; ``None`` if they may not know of it."""
    if ticket.restricted_to is not None and who != MAX and ticket.assignee != who.id:
        return None
    views = []
    if who.id in {ticket.requester, *(each.person for each in ticket.participants)}:
        views.append(FROM_CUSTOMERS)
    if who == EVE and ticket.organisation == ORGANISATIONS["eve"]:
        views.append(FROM_CUSTOMERS)
    if who in (ANN, NED) and (
        who.id in (ticket.assignee, ticket.owner) or ticket.support_group in (None, GROUPS[who.id])
    ):
        views.append(FROM_AGENTS)
    if who == MAX or (who == MONITOR and ticket.channel == "event"):
        views.append(frozenset())
    return frozenset.intersection(*views) if views else None


@frozen
class Question:
    """
    A condition on tickets, and the same in Python.

    Args:
        text: The condition.
        holds: Whether it does, for somebody from whom some fields are hidden.
    """

    text: str
    holds: Callable[[Ticket, frozenset[str]], bool]


def _told(ticket: Ticket, name: str, hidden: frozenset[str]) -> object:
    return None if name in hidden else ticket.details.get(name)


QUESTIONS = (
    Question("always", lambda _ticket, _hidden: True),
    Question('state_category = "new"', lambda ticket, _hidden: ticket.state_category == "new"),
    Question(
        "cost is missing or support_group is missing",
        lambda ticket, hidden: _told(ticket, "cost", hidden) is None or ticket.support_group is None,
    ),
    Question("not (budget is missing)", lambda ticket, hidden: _told(ticket, "budget", hidden) is not None),
    Question(
        f'kind != "incident" and not (budget = "{BUDGET}")',
        lambda ticket, hidden: ticket.kind != "incident" and _told(ticket, "budget", hidden) != BUDGET,
    ),
)


def _text_of(values: Iterable[object]) -> str:
    """Return all that stands in tickets or events, as text."""
    return " ".join(map(repr, values))


# -- the machine ---------------------------------------------------------------------------------------------

A_TICKET = st.integers(0, 30)
SOMEBODY = st.sampled_from((MAX, *PEOPLE, *STAFF, MAX))
COLLEAGUE = st.sampled_from((*STAFF, MAX))
ONE_OF_THEM = st.sampled_from([each.id for each in PEOPLE])


class DeskMachine(RuleBasedStateMachine):
    """
    A desk at work.

    Override `new_store` for another backend; in memory by default. How many examples are run, and of how many
    steps, the settings of ``TestCase`` say.
    """

    def new_store(self) -> Store:
        """Return the store to work on, empty."""
        return InMemoryStore()

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.notifier = ManualClock(A_MONDAY), InMemoryNotifier()
        self.config = evolve(
            DeskConfig.standard(),
            access=RULES,
            link_types=[*STANDARD_LINK_TYPES, FIXED_BY_AND_TOLD],
            structure=STRUCTURE,
            promises=PromisePolicy(),
            escalation=EscalationPolicy(
                [EscalationStep("breach", ["requester", "assignee", "support_group", "max"])]
            ),
        )
        self.desk = Desk(
            self.config,
            store=self.new_store(),
            clock=self.clock,
            random=Random(1),  # noqa: S311  # the same keys each time
            plugins=[self.notifier],
        )
        self.all_seeing = self.desk.privileged("to look")
        self.store = self.all_seeing.store
        self.ids: list[TicketId] = []
        self.stored: dict[TicketId, StoredTicket] = {}
        self.looked_at: dict[tuple[str, TicketId], object] = {}
        self.delivered = 0
        self.steps = 0

    # -- what there is ---------------------------------------------------------------------------

    @property
    def tickets(self) -> list[Ticket]:
        """All tickets, as they are saved."""
        return [each.ticket for each in self.stored.values()]

    def one(self, nth: int) -> Ticket:
        """Return a ticket, as it is saved."""
        return self.stored[self.ids[nth % len(self.ids)]].ticket

    def look(self) -> list[TicketId]:
        """Read what is saved, and return what has changed."""
        with self.store.begin() as unit:
            self.ids = [each.id for each in self.all_seeing.tickets]
            now = {each: unit.ticket(each) for each in self.ids}
        changed = [each for each, stored in now.items() if stored != self.stored.get(each)]
        self.stored = now
        return changed

    def history(self, ticket_id: TicketId) -> tuple[TicketEvent, ...]:
        """Return all that happened to a ticket."""
        with self.store.begin() as unit:
            return tuple(unit.history(ticket_id))

    # -- asking ----------------------------------------------------------------------------------

    def ask(
        self, who: Actor, call: Callable[[Desk], object], *about: Ticket, permitted: bool | None = None
    ) -> Any:
        """
        Let somebody ask for something; see that it is done, or refused, for the right reasons.

        Args:
            who: Who asks.
            call: Asks.
            about: The tickets that it is about.
            permitted: Whether they may; by default, if they are of the desk.

        Returns:
            What comes of it; ``None`` if it was refused.
        """
        may = who in STAFF if permitted is None else permitted
        there = all(hidden_from(who, each) is not None for each in about)
        try:
            answer = call(self.desk.acting_as(who))
        except NotFoundError:
            assert not there, f"{who.id} may see all of it"
        except AccessDeniedError:
            assert not may, f"{who.id} is permitted it"
        except RefusedError:
            assert there, f"{who.id} may see nothing of it"
            assert may, f"{who.id} is not permitted it"
        else:
            assert there, f"{who.id} may see nothing of it"
            assert may, f"{who.id} is not permitted it"
            if isinstance(answer, Ticket):
                self.look()
                after = self.stored[answer.id].ticket
                # Who hands a ticket over, is still answered as one who sees it.
                handed_over = hidden_from(who, after) is None and len(about) > 0
                self.see_nothing_forbidden(who, about[0] if handed_over else after, [answer])
            return answer
        assert self.look() == [], "what was refused has changed something"
        return None

    def see_nothing_forbidden(self, who: Actor, ticket: Ticket, read: Iterable[object]) -> None:
        """See that nothing in what *who* has read of a ticket is hidden from them."""
        text = _text_of(read)
        for other in self.tickets:
            if other.id != ticket.id and hidden_from(who, other) is None:
                assert other.id not in text, f"{who.id} reads of {other.number} in {ticket.number}"
        hidden = hidden_from(who, ticket)
        for name, mark in MARKS.items():
            if hidden is None or name in hidden:
                assert mark not in text, f"{who.id} reads {name} of {ticket.number}"

    @initialize(kind=st.sampled_from(KINDS))
    def begin(self, kind: str) -> None:
        """Let there be some tickets, so that most of what is asked for is about something."""
        ann, maximilian = (self.desk.acting_as(each) for each in (ANN, MAX))
        first = ann.incidents.log("No network", requester="bob", support_group="network")
        second = ann.incidents.log("No mail", requester="eve", support_group="mail", impact="high")
        third = maximilian.work(kind).log("Something", requester="bob", channel="event")
        ann.tickets.assign(first.id, support_group="network", assignee="ann")
        maximilian.links.link(second.id, "fixed_by", first.id)
        maximilian.links.link(third.id, "related_to", second.id)
        self.look()

    # -- rules: tickets begin ------------------------------------------------------------------------

    @rule(
        who=SOMEBODY,
        kind=st.sampled_from(KINDS),
        requester=ONE_OF_THEM,
        group=st.sampled_from([None, None, *GROUPS.values()]),
        channel=st.sampled_from([None, "event"]),
        secret=st.integers(0, 9).map(lambda drawn: RESTRICTION if drawn == 0 else None),
        level=st.sampled_from(["high", "low"]),
    )
    def log(
        self,
        *,
        who: Actor,
        kind: str,
        requester: str,
        group: str | None,
        channel: str | None,
        secret: str | None,
        level: str,
    ) -> None:
        """Log a ticket of some kind for somebody."""
        ticket = self.ask(
            who,
            lambda desk: desk.work(kind).log(
                f"Something of {requester}",
                requester=requester,
                support_group=group,
                channel=channel,
                impact=level,
                urgency=level,
                restricted_to=secret,
            ),
            permitted=who in (*STAFF, MONITOR) or who.id == requester,
        )
        if ticket is not None and secret is not None:
            assert "SECURITY-" in ticket.number

    # -- rules: what is written ----------------------------------------------------------------------

    @rule(who=SOMEBODY, nth=A_TICKET, public=st.booleans())
    def comment(self, who: Actor, nth: int, public: bool) -> None:
        """Write on a ticket, twice under the same key."""
        ticket, text = self.one(nth), "Any news?" if public else NOTE

        def twice(desk: Desk) -> Ticket:
            key = f"{self.steps} {who.id}"
            first = desk.tickets.comment(ticket.id, text, public=public, idempotency_key=key)
            again = desk.tickets.comment(ticket.id, text, public=public, idempotency_key=key)
            assert first == again
            return again

        self.ask(who, twice, ticket, permitted=True)

    @rule(who=SOMEBODY, nth=A_TICKET)
    def send_message(self, who: Actor, nth: int) -> None:
        """Write to everybody who takes part."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.send_message(ticket.id, "Dear all"), ticket, permitted=True)

    @rule(who=SOMEBODY, nth=A_TICKET)
    def add_note(self, who: Actor, nth: int) -> None:
        """Write for colleagues."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.add_note(ticket.id, NOTE), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, public=st.booleans(), content=st.sampled_from([b"one", b"two"]))
    def attach(self, who: Actor, nth: int, public: bool, content: bytes) -> None:
        """Attach a file, which the requester may see or not."""
        ticket, name = self.one(nth), "photo.png" if public else f"{NOTE}.txt"
        self.ask(
            who,
            lambda desk: desk.tickets.attach(ticket.id, name, content, public=public),
            ticket,
            permitted=True,
        )

    @precondition(lambda self: any(each.attachments for each in self.tickets))
    @rule(who=SOMEBODY, nth=A_TICKET)
    def detach(self, who: Actor, nth: int) -> None:
        """Take a file off."""
        having = [each for each in self.tickets if each.attachments]
        ticket = having[nth % len(having)]
        digest = ticket.attachments[0].digest
        self.ask(who, lambda desk: desk.tickets.detach(ticket.id, digest), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, hours=st.integers(1, 3))
    def log_work(self, who: Actor, nth: int, hours: int) -> None:
        """Enter work."""
        ticket = self.one(nth)
        self.ask(
            who, lambda desk: desk.tickets.log_work(ticket.id, hours * HOUR, "repair", note=WORK), ticket
        )

    @precondition(lambda self: any(each.work_log for each in self.tickets))
    @rule(who=SOMEBODY, nth=A_TICKET, hours=st.integers(0, 3))
    def correct_work(self, who: Actor, nth: int, hours: int) -> None:
        """Set an entry of the work log right."""
        having = [each for each in self.tickets if each.work_log]
        ticket = having[nth % len(having)]
        entry = ticket.work_log[nth % len(ticket.work_log)].id
        self.ask(
            who,
            lambda desk: desk.tickets.correct_work(ticket.id, entry, reason=WORK, duration=hours * HOUR),
            ticket,
        )

    # -- rules: what is known ------------------------------------------------------------------------

    @rule(
        who=SOMEBODY,
        nth=A_TICKET,
        changes=st.sampled_from(
            [
                {"cost": COST},
                {"budget": BUDGET},
                {"cost": None, "budget": None},
                {"organisation": "other"},
                {"requester": "eve"},
                {"needed_by": A_MONDAY + 50 * HOUR},
            ]
        ),
    )
    def describe(self, who: Actor, nth: int, changes: Mapping[str, Any]) -> None:
        """Change what is known of a ticket, and by that perhaps who may see it."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.describe(ticket.id, **changes), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, levels=st.tuples(*[st.sampled_from(["high", "medium", "low"])] * 2))
    def prioritise(self, who: Actor, nth: int, levels: tuple[str, str]) -> None:
        """Judge a ticket anew."""
        ticket, (impact, urgency) = self.one(nth), levels
        self.ask(
            who,
            lambda desk: desk.tickets.prioritise(
                ticket.id, impact=impact, urgency=urgency, priority="P1", reason=REASON
            ),
            ticket,
        )

    @rule(who=SOMEBODY, nth=A_TICKET, word=st.sampled_from(["vip", "flood"]), off=st.booleans())
    def tag(self, who: Actor, nth: int, word: str, off: bool) -> None:
        """Put a word on a ticket, or take it off."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: (desk.tickets.untag if off else desk.tickets.tag)(ticket.id, word), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET)
    def meet_need(self, who: Actor, nth: int) -> None:
        """Say that what was needed is there."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.meet_need(ticket.id, REASON), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, secret=st.booleans())
    def restrict(self, who: Actor, nth: int, secret: bool) -> None:
        """Put a ticket under the restriction, or take it out."""
        ticket, restriction = self.one(nth), RESTRICTION if secret else None
        self.ask(who, lambda desk: desk.tickets.restrict(ticket.id, restriction, reason=REASON), ticket)

    # -- rules: who has to do with it ----------------------------------------------------------------

    @rule(
        who=SOMEBODY,
        nth=A_TICKET,
        to=st.sampled_from([("network", "ann"), ("mail", "ned"), ("network", None), (None, None)]),
    )
    def assign(self, who: Actor, nth: int, to: tuple[str | None, str | None]) -> None:
        """Hand the work over, perhaps to where they do not see it."""
        ticket, (group, person) = self.one(nth), to
        self.ask(
            who, lambda desk: desk.tickets.assign(ticket.id, support_group=group, assignee=person), ticket
        )

    @rule(who=SOMEBODY, nth=A_TICKET, owner=ONE_OF_THEM)
    def transfer_ownership(self, who: Actor, nth: int, owner: str) -> None:
        """Let another answer for a ticket."""
        ticket = self.one(nth)
        self.ask(who, lambda desk: desk.tickets.transfer_ownership(ticket.id, owner, reason=REASON), ticket)

    @rule(who=SOMEBODY, nth=A_TICKET, person=ONE_OF_THEM, off=st.booleans())
    def take_part(self, who: Actor, nth: int, person: str, off: bool) -> None:
        """Let somebody take part in a ticket, or no more."""
        ticket = self.one(nth)
        self.ask(
            who,
            lambda desk: (desk.tickets.remove_participant if off else desk.tickets.add_participant)(
                ticket.id, person
            ),
            ticket,
        )

    @rule(who=COLLEAGUE, nth=A_TICKET, further=A_TICKET)
    def do_many(self, who: Actor, nth: int, further: int) -> None:
        """Do the same with two tickets, as far as they are there for who asks."""
        both = {each.id: each for each in (self.one(nth), self.one(further))}
        outcomes = self.desk.acting_as(who).tickets.bulk(both, "tag", tags=["flood"]).outcomes
        for each in outcomes:
            is_there = hidden_from(who, both[each.ticket_id]) is not None
            assert is_there is (each.outcome != "refused")
        self.look()
        for each in outcomes:
            if each.ticket is not None:
                self.see_nothing_forbidden(who, self.stored[each.ticket_id].ticket, [each.ticket])

    # -- rules: tickets move -------------------------------------------------------------------------

    @rule(who=SOMEBODY, nth=A_TICKET, way=st.integers(0, 9), of_kind=st.booleans())
    def move(self, who: Actor, nth: int, way: int, of_kind: bool) -> None:
        """Move a ticket on a way that its workflow has from where it is."""
        ticket = self.one(nth)
        workflow = self.config.kind_of(ticket).workflow_of(ticket)
        facts = {**ticket.facts(), **dict.fromkeys([f"actor.role.{each}" for each in who.roles], True)}
        ways = workflow.available(ticket.state, facts)
        if not ways:
            return
        possible = [each for each in ways if not each.failed and not each.roles] or ways
        chosen = possible[way % len(possible)]
        known = {"assignee": "ann", "support_group": "network", "resolution": "a new cable"}
        details: dict[str, Any] = {name: known.get(name, REASON) for name in chosen.missing}
        self.ask(
            who,
            lambda desk: (desk.work(ticket.kind) if of_kind else desk.tickets).transition(
                ticket.id, chosen.trigger, **details
            ),
            ticket,
        )

    @rule(who=SOMEBODY, nth=A_TICKET)
    def resolve(self, who: Actor, nth: int) -> None:
        """Resolve a ticket, on which somebody begins to work first."""
        ticket = self.one(nth)
        if ticket.state_category == "new":
            # Few would be resolved, if chance had to bring them there step by step.
            self.ask(MAX, lambda desk: desk.tickets.assign(ticket.id, assignee="ann"), ticket)
            self.ask(MAX, lambda desk: desk.tickets.transition(ticket.id, "start"), ticket)
            ticket = self.one(nth)
        resolution = Resolution("fixed", "a new cable", REASON)
        self.ask(who, lambda desk: desk.tickets.resolve(ticket.id, resolution), ticket)

    @precondition(lambda self: any(not each.is_open for each in self.tickets))
    @rule(who=SOMEBODY, nth=A_TICKET, follow_up=st.booleans())
    def reopen(self, who: Actor, nth: int, follow_up: bool) -> None:
        """Take up again what was done, or follow it up."""
        done = [each for each in self.tickets if not each.is_open]
        ticket = done[nth % len(done)]
        again = self.ask(
            who, lambda desk: desk.tickets.reopen(ticket.id, REASON, follow_up=follow_up), ticket
        )
        if again is not None:
            self.see_like(ticket, again.id)

    def see_like(self, original: Ticket, ticket_id: TicketId) -> None:
        """See that what was made of a ticket is as secret as that."""
        ticket = self.stored[ticket_id].ticket
        assert ticket.restricted_to == original.restricted_to
        if ticket_id != original.id and ticket.restricted_to is not None:
            assert "SECURITY-" in ticket.number, "a gap in the numbers would tell of it"

    # -- rules: tickets and tickets ------------------------------------------------------------------

    @rule(who=SOMEBODY, nth=A_TICKET, other=A_TICKET, name=st.sampled_from(LINKS))
    def link(self, who: Actor, nth: int, other: int, name: str) -> None:
        """Link two tickets."""
        one, another = self.one(nth), self.one(other)
        self.ask(who, lambda desk: desk.links.link(one.id, name, another.id), one, another)

    @precondition(lambda self: any(each.links for each in self.tickets))
    @rule(who=SOMEBODY, nth=A_TICKET, which=st.integers(0, 3))
    def unlink(self, who: Actor, nth: int, which: int) -> None:
        """Take a link away."""
        linked = [each for each in self.tickets if each.links]
        ticket = linked[nth % len(linked)]
        link = ticket.links[which % len(ticket.links)]
        [link_type] = [each for each in self.config.link_types if each.name == link.link_type]
        name, other = link_type.called(is_source=link.is_source), self.stored[link.other].ticket
        self.ask(who, lambda desk: desk.links.unlink(ticket.id, name, other.id), ticket, other)

    @rule(who=SOMEBODY, nth=A_TICKET, other=A_TICKET)
    def merge(self, who: Actor, nth: int, other: int) -> None:
        """Let a ticket go on in another of its kind."""
        source = self.one(nth)
        alike = [each for each in self.tickets if each.kind == source.kind]
        target = alike[other % len(alike)]
        self.ask(who, lambda desk: desk.links.merge(source.id, into=target.id), source, target)

    @precondition(lambda self: any(each.merged_into for each in self.tickets))
    @rule(who=SOMEBODY, nth=A_TICKET)
    def unmerge(self, who: Actor, nth: int) -> None:
        """Let one that was merged go on by itself."""
        merged = [each for each in self.tickets if each.merged_into is not None]
        source = merged[nth % len(merged)]
        assert source.merged_into is not None
        target = self.stored[source.merged_into].ticket
        self.ask(who, lambda desk: desk.links.unmerge(source.id), source, target)

    @rule(who=SOMEBODY, nth=A_TICKET)
    def split(self, who: Actor, nth: int) -> None:
        """Make a ticket of a part of another."""
        ticket = self.one(nth)
        said = [
            event.sequence
            for event in self.history(ticket.id)
            if type(event.fact).__name__ in ("Commented", "PublicMessage")
        ]
        files = [each.digest for each in ticket.attachments[:1]]
        new = self.ask(
            who,
            lambda desk: desk.links.split(ticket.id, "Something else", messages=said[:2], attachments=files),
            ticket,
        )
        if new is not None:
            self.see_like(ticket, new.id)

    @rule(who=SOMEBODY, nth=A_TICKET, accepted=st.booleans())
    def answer(self, who: Actor, nth: int, accepted: bool) -> None:
        """Answer what a cascade has asked."""
        asked = [
            each
            for each in self.tickets
            if any(type(event.fact).__name__ == "Cascaded" for event in self.history(each.id))
        ] or self.tickets
        ticket = asked[nth % len(asked)]
        self.ask(who, lambda desk: desk.links.answer(ticket.id, accepted=accepted, reason=REASON), ticket)

    # -- rules: time passes --------------------------------------------------------------------------

    @rule(hours=st.sampled_from([0, 1, 5, 30, 200]), work=st.booleans(), reread=st.booleans())
    def time_passes(self, hours: int, work: bool, reread: bool) -> None:
        """Let time pass, and perhaps a worker do what is due by then."""
        self.clock.advance(hours * HOUR)
        if work:
            report = self.all_seeing.run_due()
            assert report.failures == ()
            due = self.all_seeing.next_due()
            assert due is None or due > self.clock()
            self.look()
            self.deliver()
        if reread:
            before = self.timers()
            self.all_seeing.reread_agreements()
            assert self.timers() == before

    def timers(self) -> list[object]:
        """Return all timers, in order."""
        with self.store.begin() as unit:
            return [timer for each in self.ids for timer in unit.timers(each)]

    def deliver(self) -> None:
        """Deliver what waits, and see that nobody is told what they must not know."""
        self.all_seeing.deliver()
        told = self.notifier.delivered[self.delivered :]
        self.delivered += len(told)
        for each in told:
            ticket = self.stored[TicketId(each.ticket_id)].ticket
            if each.recipient in ("bob", "eve"):
                text = f"{each.subject} {each.body}"
                assert not [mark for mark in (*MARKS.values(), REASON) if mark in text]
            if ticket.restricted_to is not None:
                assert each.recipient in ("max", ticket.assignee), f"{each.recipient} is told of a secret"

    # -- what always holds ---------------------------------------------------------------------------

    @invariant()
    def it_is_as_it_should_be(self) -> None:
        """See that all records are right, and that everybody sees what they may."""
        self.steps += 1
        self.look()
        now = {each.ticket.id: each for each in self.stored.values()}
        numbers = [each.number for each in self.tickets]
        assert len(numbers) == len(set(numbers))
        for ticket_id, stored in now.items():
            if self.looked_at.get(("", ticket_id)) != stored:
                self.looked_at["", ticket_id] = stored
                self.it_follows_from_its_history(stored)
                self.its_requester_sees_nothing_internal(stored.ticket)
        question = QUESTIONS[self.steps % len(QUESTIONS)]
        for who in PEOPLE:
            self.they_see_what_they_may(who, question)

    def it_follows_from_its_history(self, stored: StoredTicket) -> None:
        """See that a ticket, its clocks and its timers are what its history makes."""
        ticket, history = stored.ticket, self.history(stored.ticket.id)
        kind = self.config.kind_of(ticket)
        assert replay(history, kind.ticket_class) == ticket
        assert ticket.owner is not None or not ticket.is_open
        clocks, stay = follow_history(self.config.agreements, history), stay_of(history)
        assert stored.cache["clocks"] == clocks
        assert stored.cache["stay"] == stay
        expected = {
            name: (clock.due.at, clock.deadline()) for name, clock in clocks.items() if clock.due is not None
        }
        ends = next_deadline(kind, ticket, stay, self.config.reporting_hours, self.config.calendars)
        if ends is not None:
            expected[f"state:{ticket.state}"] = (ends.at, ends.at)
        with self.store.begin() as unit:
            timers = {
                each.name: (each.due, each.deadline)
                for each in unit.timers(ticket.id)
                if not each.name.startswith("cascade:")
            }
        assert timers == expected, f"{ticket.number} is {ticket.state}, version {ticket.version}"

    def its_requester_sees_nothing_internal(self, ticket: Ticket) -> None:
        """See that nothing internal is in what is shown outside."""
        view = self.all_seeing.tickets.public_view(ticket.id)
        for text in (str(view), render_for_requester(view)):
            assert not [mark for mark in (*MARKS.values(), REASON) if mark in text]

    def they_see_what_they_may(self, who: Actor, question: Question) -> None:
        """See that all reads show somebody what they may see, and no more."""
        desk = self.desk.acting_as(who)
        visible = {each.id: hidden for each in self.tickets if (hidden := hidden_from(who, each)) is not None}
        expected = [
            each.number
            for each in self.tickets
            if each.id in visible and question.holds(each, visible[each.id])
        ]
        found = desk.tickets.find(question.text, limit=1000).tickets
        numbers = [each.number for each in found]
        assert numbers == expected, f"{who.id} asks: {question.text}"
        assert desk.tickets.count(question.text) == len(expected)
        for read in found:
            self.see_nothing_forbidden(who, self.stored[read.id].ticket, [read])
            assert who != MAX or read == self.stored[read.id].ticket
        for ticket in self.tickets:
            unseen = {each.id for each in self.tickets} - visible.keys()
            state = (ticket, ticket.id in visible, unseen)
            if self.looked_at.get((who.id, ticket.id)) != state:
                self.looked_at[who.id, ticket.id] = state
                self.they_read_what_they_may(who, desk, ticket, is_there=ticket.id in visible)

    def they_read_what_they_may(self, who: Actor, desk: Desk, ticket: Ticket, *, is_there: bool) -> None:
        """See what somebody can read of a ticket."""
        reads: tuple[Callable[[], Iterable[object]], ...] = (
            lambda: [desk.tickets.get(ticket.id)],
            lambda: [desk.tickets.by_number(ticket.number)],
            lambda: desk.tickets.history(ticket.id),
            lambda: [each.ticket for each in desk.links.of(ticket.id)],
            lambda: desk.links.family(ticket.id),
            lambda: desk.links.timeline(ticket.id),
        )
        for read in reads:
            try:
                told = [*read()]
            except NotFoundError:
                assert not is_there
                continue
            assert is_there
            for each in told:
                about = each.id if isinstance(each, Ticket) else each.ticket_id  # type: ignore[attr-defined]
                self.see_nothing_forbidden(who, self.stored[about].ticket, [each])
        if who == MAX:
            assert tuple(desk.tickets.history(ticket.id)) == self.history(ticket.id)

    def teardown(self) -> None:
        """See that the books are whole, and that the feed tells nobody of what they may not see."""
        self.look()
        report = self.all_seeing.audit.verify()
        assert report.is_intact, report
        for who in STAFF:
            for event in self.desk.acting_as(who).feed():
                ticket = self.stored[event.ticket_id].ticket
                assert hidden_from(who, ticket) is not None
                self.see_nothing_forbidden(who, ticket, [event])
        self.all_seeing.close()

"""Rules of the machine: tickets and tickets."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from itsmkit.practices import Resolution
from itsmkit.testing.desk_machine._asking import A_TICKET, SOMEBODY, DeskAtWork
from itsmkit.testing.desk_machine._world import LINKS, MAX, REASON
from itsmkit.tickets import Actor

__all__ = ["LinkRules"]


class LinkRules(DeskAtWork):
    """People link tickets, merge and split them, and answer what cascades ask."""

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

    @rule(nth=A_TICKET, other=A_TICKET)
    def remove_the_cause(self, nth: int, other: int) -> None:
        """Say what a ticket is fixed by, resolve that, and let workers tell all that wait for it."""
        effect, cause = self.one(nth), self.one(other)
        self.ask(MAX, lambda desk: desk.links.link(effect.id, "fixed_by", cause.id), effect, cause)
        if self.one(other).state_category == "new":
            self.ask(MAX, lambda desk: desk.tickets.assign(cause.id, assignee="ann"), cause)
            self.ask(MAX, lambda desk: desk.tickets.transition(cause.id, "start"), cause)
        resolution = Resolution("fixed", "a new cable", REASON)
        self.ask(MAX, lambda desk: desk.tickets.resolve(cause.id, resolution), self.one(other))
        assert self.all_seeing.run_due().failures == ()
        self.look()
        with self.store.begin() as unit:
            waiting = [timer.name for each in self.ids for timer in unit.timers(each)]
        assert not [name for name in waiting if name.startswith("cascade:")], "nobody has to wait for that"

"""
What one viewer may see and do: the one policy that stands in front of every read and command.

`visibility` is a plain condition, so that a store can ask it as part of a query; `Policy.sees` asks the same
of one ticket. `decide` judges an operation.
"""

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from itsmkit._frozen import EMPTY
from itsmkit.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Predicate,
    Presence,
    all_of,
    any_of,
    compile_condition,
    equals,
    fields_of,
    present,
    simplified,
)
from itsmkit.practices.access.rules import AccessRules, Role
from itsmkit.practices.access.viewer import Viewer
from itsmkit.tickets import Ticket

__all__ = ["Policy", "Verdict", "decide", "visibility"]

_PARTS = {"tag.": "tags", "participant.": "participants", "link.": "links"}
"""The fields that facts of their parts tell of: see `Ticket.facts`."""


@frozen
class Verdict:
    """
    Whether something is permitted.

    Args:
        allowed: Whether it is.
        because: Why, each a sentence: if it is, the role that permits it; if not, all that stands in the way.
    """

    allowed: bool
    because: tuple[str, ...]

    def explain(self) -> str:
        """Return it as text: the outcome, and below it each reason on a line."""
        return "\n".join(
            ["permitted" if self.allowed else "refused", *(f"- {reason}" for reason in self.because)]
        )


@frozen
class _Held:
    """A role that a viewer holds, with the tickets that it lets them see."""

    viewer: Viewer
    role: Role
    scope: Condition
    sight: Condition

    @cached_property
    def covers(self) -> Predicate:
        """The sight, compiled."""
        return compile_condition(self.sight)


_Way = tuple[str, Condition, Predicate]
"""A role that permits an operation, the tickets on which it does, and that compiled."""


@frozen(eq=False)
class Policy:
    """
    The rules as they are for one viewer. It is made once and asked often.

    Args:
        rules: The rules of the desk.
        viewer: Who looks; ``None`` for somebody who is to see nothing, such as who has left.
    """

    rules: AccessRules
    viewer: Viewer | None
    _verdicts: dict[str, tuple[_Way, ...]] = field(factory=dict, init=False, repr=False)

    @cached_property
    def _held(self) -> tuple[_Held, ...]:
        rules, viewer = self.rules, self.viewer
        if viewer is None:
            return ()
        groups = set(viewer.groups)
        everywhere = dict.fromkeys(
            (
                *rules.default,
                *viewer.roles,
                *(each.name for each in rules.roles if groups.intersection(each.groups)),
            )
        )
        scoped: list[tuple[str, Condition]] = [(name, ALWAYS) for name in everywhere]
        scoped += ((each.role, viewer.decided(each.scope)) for each in viewer.held)
        held = []
        for name, scope in scoped:
            role = rules.role(name)
            if role is not None:
                seen = any_of(*(each.condition(viewer) for each in role.sees))
                held.append(_Held(viewer, role, scope, simplified(all_of(seen, scope))))
        return tuple(held)

    @property
    def roles(self) -> tuple[str, ...]:
        """The declared roles that the viewer holds, if only for some tickets."""
        return tuple(dict.fromkeys(each.role.name for each in self._held))

    @cached_property
    def roles_everywhere(self) -> tuple[str, ...]:
        """The declared roles that the viewer holds for all tickets, told, by groups or as everybody."""
        return tuple(dict.fromkeys(each.role.name for each in self._held if each.scope is ALWAYS))

    @cached_property
    def visibility(self) -> Condition:
        """The condition that the viewer may see a ticket."""
        if self.viewer is None:
            return NEVER
        sight = any_of(*(each.sight for each in self._held))
        return simplified(all_of(sight, any_of(~present("restricted_to"), *self._trusted(self.viewer))))

    def _trusted(self, viewer: Viewer) -> tuple[Condition, ...]:
        everywhere = set(self.roles_everywhere)
        trusted: list[Condition] = []
        for each in self.rules.restrictions:
            under = equals("restricted_to", each.name)
            if everywhere.intersection(each.roles):
                trusted.append(under)
                continue
            ways = [relation.condition(viewer) for relation in each.relations]
            ways += (held.scope for held in self._held if held.role.name in each.roles)
            if ways:
                trusted.append(under & any_of(*ways))
        return tuple(trusted)

    @cached_property
    def _is_visible(self) -> Predicate:
        return compile_condition(self.visibility)

    def sees(self, ticket: Ticket) -> bool:
        """Tell whether the viewer may see *ticket*."""
        return self._is_visible(ticket.facts())

    def verdict(self, operation: str, ticket: Ticket | None = None) -> Verdict:
        """
        Return whether the viewer may do *operation*, and why.

        Args:
            operation: Its name; that of a move with its trigger, ``"incidents.transition:resolve"``.
            ticket: The ticket that it is about, which the viewer sees; ``None`` if it is about none.
        """
        facts: Mapping[str, object] = EMPTY if ticket is None else ticket.facts()
        ways = self._ways(operation)
        for role, _, test in ways:
            if test(facts):
                return Verdict(allowed=True, because=(f"role {role!r} permits {operation}",))
        if self.viewer is None:
            return Verdict(allowed=False, because=("they have left",))
        what = "" if ticket is None else f" on {ticket.number}"
        reasons = [
            f"role {role!r} permits it only where {condition}"
            for role, condition, _ in ways
            if condition is not NEVER
        ]
        if not reasons:
            roles = self.roles
            held = f"none of their roles ({', '.join(roles)})" if roles else "they hold no role that"
            reasons.append(f"{held} permits it{what}")
        return Verdict(allowed=False, because=tuple(reasons))

    def _ways(self, operation: str) -> tuple[_Way, ...]:
        """Return the roles that permit *operation*, each with the tickets on which it does."""
        found = self._verdicts.get(operation)
        if found is None:
            made = []
            for held in self._held:
                scopes = [each.condition(held.viewer) for each in held.role.permits if each.covers(operation)]
                if scopes:
                    condition = simplified(all_of(any_of(*scopes), held.scope))
                    made.append((held.role.name, condition, compile_condition(condition)))
            # Two threads may make it twice; both make the same.
            found = self._verdicts[operation] = tuple(made)
        return found

    # -- fields ----------------------------------------------------------------------------------

    @cached_property
    def _ever_hidden(self) -> frozenset[str]:
        return frozenset(name for held in self._held for name in held.role.hides)

    def hidden(self, ticket: Ticket) -> frozenset[str]:
        """
        Return what of *ticket* is hidden from the viewer: what all roles hide through which they see it.

        Who sees it through no role, as after handing it over, is shown what all their roles show.
        """
        if not self._ever_hidden:
            return frozenset()
        facts = ticket.facts()
        through = [frozenset(held.role.hides) for held in self._held if held.covers(facts)]
        return frozenset.intersection(*through) if through else self._ever_hidden

    def readable(self, condition: Condition) -> Condition:
        """
        Return what *condition* comes to for the viewer: a hidden fact is as good as missing.

        So nobody finds out by questions what they are not shown.
        """
        if not self._ever_hidden or self._ever_hidden.isdisjoint(map(_field_of, fields_of(condition))):
            return condition
        return simplified(self._readable(condition))

    def _readable(self, condition: Condition) -> Condition:
        match condition:
            case Comparison(field=name) | Membership(field=name) | Presence(field=name):
                # What is missing makes each of these false.
                shown = self._shown_where(_field_of(name))
                return condition if shown is ALWAYS else all_of(shown, condition)
            case AllOf(conditions=parts):
                return all_of(*map(self._readable, parts))
            case AnyOf(conditions=parts):
                return any_of(*map(self._readable, parts))
        assert isinstance(condition, Not)  # noqa: S101  # there is no other, as `fields_of` has seen
        return ~self._readable(condition.condition)

    def _shown_where(self, name: str) -> Condition:
        if name not in self._ever_hidden:
            return ALWAYS
        return simplified(any_of(*(held.sight for held in self._held if name not in held.role.hides)))

    def may_sort_by(self, name: str) -> bool:
        """Tell whether an order by the fact *name* tells nothing that is hidden."""
        return _field_of(name) not in self._ever_hidden


_AS_IT_CHANGES = ("before.", "changed.")
"""What the names of facts begin with that tell of the ticket before an event, and of what it has changed."""


def _field_of(fact: str) -> str:
    for prefix in _AS_IT_CHANGES:
        fact = fact.removeprefix(prefix)
    for prefix, name in _PARTS.items():
        if fact.startswith(prefix):
            return name
    return fact


def visibility(rules: AccessRules, viewer: Viewer) -> Condition:
    """
    Return the condition on a ticket that *viewer* may see it.

    >>> from itsmkit.practices.access.rules import Relation, Scope
    >>> own = Role("requester", sees=[Scope(relations=[Relation.REQUESTER])])
    >>> print(visibility(AccessRules([own], default=["requester"]), Viewer("bob")))
    requester = "bob" and restricted_to is missing
    """
    return Policy(rules, viewer).visibility


def decide(rules: AccessRules, viewer: Viewer, operation: str, ticket: Ticket | None = None) -> Verdict:
    """
    Return whether *viewer* may do *operation*: see `Policy.verdict`.

    A ticket that they may not see is none for them: the verdict does not tell it from another refusal.
    """
    policy = Policy(rules, viewer)
    if ticket is not None and not policy.sees(ticket):
        return Verdict(allowed=False, because=("there is no such ticket for them",))
    return policy.verdict(operation, ticket)

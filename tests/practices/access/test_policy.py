"""Who sees what: the predicate and the policy, against an oracle that walks the rules itself."""

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, Condition, any_of, equals, holds, one_of, parse_condition, present
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices.access import (
    AccessDeniedError,
    AccessRules,
    ConflictingDuties,
    HeldRole,
    Permit,
    Policy,
    Relation,
    Restriction,
    Role,
    Scope,
    Viewer,
    decide,
    viewer_of,
    visibility,
)
from itsmkit.tickets import Actor, Participant, Ticket, TicketId

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = ("ann", "bob", "eve")
GROUPS = ("network", "mail")
ORGANISATIONS = ("acme", "umbra")
SITES = ("Bonn", "Köln")
NAMES = ("customer", "agent", "lead")
SECRETS = ("security", "hr")
HIDABLE = ("title", "site", "cost", "participants")
OPERATIONS = ("tickets.comment", "tickets.assign", "incidents.transition:resolve", "run_due")


def a_ticket(**fields: Any) -> Ticket:
    return Ticket(TicketId("t"), "incident", "INC-1", 1, "New", "new", NINE, NINE, **fields)


def one_or_none(values: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


def some(values: tuple[Any, ...], most: int = 3, least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.permutations(values).flatmap(
        lambda shuffled: st.integers(least, min(most, len(values))).map(lambda count: [*shuffled[:count]])
    )


CONDITIONS = st.sampled_from(
    [
        ALWAYS,
        equals("site", "Bonn"),
        equals("viewer.organisation", "acme"),
        equals("viewer.group.network", value=True) & ~equals("site", "Köln"),
        any_of(equals("viewer.person", "ann"), present("cost")),
        ~present("viewer.organisation"),
    ]
)
SCOPES = st.builds(Scope, relations=some(tuple(Relation), 2), when=CONDITIONS)
PERMITS = st.builds(
    Permit,
    some(("tickets.*", "tickets.comment", "incidents.transition", "*:resolve", "*"), 2, 1),
    relations=some(tuple(Relation), 2),
    when=CONDITIONS,
)


@st.composite
def rules(draw: st.DrawFn) -> AccessRules:
    names = draw(some(NAMES, least=1))
    roles = [
        Role(
            name,
            sees=draw(st.lists(SCOPES, max_size=2)),
            permits=draw(st.lists(PERMITS, max_size=2)),
            hides=draw(some(HIDABLE, 2)),
            groups=draw(some(GROUPS, 1)),
        )
        for name in names
    ]
    restrictions = [
        Restriction(name, roles=draw(some(tuple(names), least=1)), relations=draw(some(tuple(Relation), 1)))
        for name in draw(some(SECRETS))
    ]
    return AccessRules(roles, restrictions=restrictions, default=draw(some(tuple(names), 1)))


VIEWERS = st.builds(
    Viewer,
    st.sampled_from(PEOPLE),
    some((*NAMES, "unheard of")),
    groups=some(GROUPS),
    organisation=one_or_none(ORGANISATIONS),
    held=st.lists(st.builds(HeldRole, st.sampled_from(NAMES), CONDITIONS), max_size=1),
)
TICKETS = st.builds(
    a_ticket,
    title=st.just("No network"),
    requester=one_or_none(PEOPLE),
    affected_person=one_or_none(PEOPLE),
    assignee=one_or_none(PEOPLE),
    owner=one_or_none(PEOPLE),
    support_group=one_or_none(GROUPS),
    organisation=one_or_none(ORGANISATIONS),
    site=one_or_none(SITES),
    restricted_to=one_or_none((*SECRETS, "withdrawn")),
    participants=some(PEOPLE).map(lambda people: [Participant(each, "watcher") for each in people]),
    details=st.sampled_from([{}, {"cost": 3}]),
)


# -- the oracle: it asks the values themselves, and no condition on the viewer's relations ------------------


def stands(viewer: Viewer, ticket: Ticket, relation: Relation) -> bool:
    match relation:
        case Relation.PARTICIPANT:
            return viewer.person in {each.person for each in ticket.participants}
        case Relation.SUPPORT_GROUP:
            return ticket.support_group in viewer.groups
        case Relation.ORGANISATION:
            return viewer.organisation is not None and ticket.organisation == viewer.organisation
    return getattr(ticket, relation.value) == viewer.person  # type: ignore[no-any-return]


def true(condition: Condition, viewer: Viewer, ticket: Ticket) -> bool:
    return holds(condition, {**ticket.facts(), **viewer.facts()})


def within(scope: Scope, viewer: Viewer, ticket: Ticket) -> bool:
    related = not scope.relations or any(stands(viewer, ticket, each) for each in scope.relations)
    return related and true(scope.when, viewer, ticket)


def roles_of(rules: AccessRules, viewer: Viewer, ticket: Ticket) -> list[Role]:
    held = {each.role for each in viewer.held if true(each.scope, viewer, ticket)}
    return [
        role
        for role in rules.roles
        if role.name in {*viewer.roles, *rules.default, *held} or set(role.groups) & set(viewer.groups)
    ]


def through(rules: AccessRules, viewer: Viewer, ticket: Ticket) -> list[Role]:
    """Return the roles through which a ticket is seen, if nothing keeps it secret."""
    held = roles_of(rules, viewer, ticket)
    return [role for role in held if any(within(each, viewer, ticket) for each in role.sees)]


def is_seen(rules: AccessRules, viewer: Viewer, ticket: Ticket) -> bool:
    if not through(rules, viewer, ticket):
        return False
    if ticket.restricted_to is None:
        return True
    return any(
        each.name == ticket.restricted_to
        and (
            {role.name for role in roles_of(rules, viewer, ticket)} & set(each.roles)
            or any(stands(viewer, ticket, relation) for relation in each.relations)
        )
        for each in rules.restrictions
    )


def is_meant(pattern: str, operation: str) -> bool:
    name = operation.split(":", maxsplit=1)[0]
    return {
        "*": True,
        "tickets.*": operation.startswith("tickets."),
        "*:resolve": operation.endswith(":resolve"),
    }.get(pattern, pattern in (operation, name))


# -- the laws ----------------------------------------------------------------------------------------------


@given(rules(), VIEWERS, TICKETS)
def test_who_sees_what_is_what_the_rules_say(rules: AccessRules, viewer: Viewer, ticket: Ticket) -> None:
    expected = is_seen(rules, viewer, ticket)
    policy = Policy(rules, viewer)
    assert policy.sees(ticket) is expected
    # A store asks it of the plain facts, and knows nothing of viewers.
    assert holds(visibility(rules, viewer), ticket.facts()) is expected


@given(rules(), VIEWERS, TICKETS, st.sampled_from(OPERATIONS))
def test_what_is_permitted_is_what_the_rules_say(
    rules: AccessRules, viewer: Viewer, ticket: Ticket, operation: str
) -> None:
    expected = is_seen(rules, viewer, ticket) and any(
        within(permit, viewer, ticket)
        for role in roles_of(rules, viewer, ticket)
        for permit in role.permits
        if any(is_meant(each, operation) for each in permit.operations)
    )
    verdict = decide(rules, viewer, operation, ticket)
    assert verdict.allowed is expected
    assert verdict.because
    assert verdict.explain().splitlines()[0] == ("permitted" if expected else "refused")


@given(rules(), VIEWERS, TICKETS)
def test_what_is_hidden_is_hidden_in_every_role_through_which_it_is_seen(
    rules: AccessRules, viewer: Viewer, ticket: Ticket
) -> None:
    roles = through(rules, viewer, ticket)
    hidden = Policy(rules, viewer).hidden(ticket)
    for name in HIDABLE:
        if roles:
            assert (name in hidden) is all(name in role.hides for role in roles)
        elif any(name in role.hides for role in roles_of(rules, viewer, ticket)):
            assert name in hidden


QUESTIONS = st.recursive(
    st.sampled_from(
        [
            equals("site", "Bonn"),
            one_of("title", "No network", "x"),
            present("cost"),
            equals("participant.bob", value=True),
            equals("state", "New"),
        ]
    ),
    lambda parts: st.one_of(
        st.builds(lambda one, other: one & other, parts, parts),
        st.builds(lambda one, other: one | other, parts, parts),
        parts.map(lambda part: ~part),
    ),
    max_leaves=4,
)


@given(rules(), VIEWERS, TICKETS, QUESTIONS)
def test_a_question_about_what_is_hidden_is_answered_as_if_it_were_missing(
    rules: AccessRules, viewer: Viewer, ticket: Ticket, question: Condition
) -> None:
    policy = Policy(rules, viewer)
    if not policy.sees(ticket):
        return
    hidden = policy.hidden(ticket)
    facts = {
        name: value
        for name, value in ticket.facts().items()
        if name not in hidden and not ("participants" in hidden and name.startswith("participant."))
    }
    assert holds(policy.readable(question), ticket.facts()) is holds(question, facts)


@given(rules(), VIEWERS, TICKETS, st.sampled_from(NAMES))
def test_a_further_role_never_takes_anything_away(
    rules: AccessRules, viewer: Viewer, ticket: Ticket, role: str
) -> None:
    before, after = (Policy(rules, each) for each in (viewer, evolve(viewer, roles=(*viewer.roles, role))))
    if before.sees(ticket):
        assert after.sees(ticket)
        assert after.hidden(ticket) <= before.hidden(ticket)


# -- examples ----------------------------------------------------------------------------------------------

AGENT = Role("agent", sees=[Scope()], permits=["tickets.*"])
CUSTOMER = Role(
    "customer",
    sees=[Scope(relations=["requester"])],
    permits=[Permit("tickets.comment", relations=["requester"])],
    hides=["cost", "internal_notes"],
)
RULES = AccessRules([AGENT, CUSTOMER], default=["customer"])


def test_who_has_left_sees_and_does_nothing() -> None:
    policy = Policy(RULES, None)
    assert not policy.sees(a_ticket())
    assert policy.verdict("tickets.comment").because == ("they have left",)
    assert policy.roles == ()


def test_a_refusal_says_where_it_would_be_permitted() -> None:
    rules = AccessRules([evolve(CUSTOMER, sees=[Scope()])], default=["customer"])
    verdict = decide(rules, Viewer("bob"), "tickets.comment", a_ticket(requester="eve"))
    assert verdict.because == ("role 'customer' permits it only where requester = \"bob\"",)
    assert decide(rules, Viewer("bob"), "run_due").because == ("none of their roles (customer) permits it",)
    assert decide(AccessRules(), Viewer("bob"), "run_due").because == ("they hold no role that permits it",)


def test_a_ticket_that_is_not_there_for_them_is_refused_as_nothing_else_is() -> None:
    verdict = decide(RULES, Viewer("bob"), "tickets.comment", a_ticket(requester="eve"))
    assert verdict.explain() == "refused\n- there is no such ticket for them"


@pytest.mark.parametrize(
    ("question", "where_it_is_shown", "where_it_is_hidden"),
    [
        pytest.param("cost is present", True, False, id="one fact"),
        pytest.param("cost is missing", False, True, id="its lack"),
        pytest.param('cost is present and state = "New"', True, False, id="both"),
        pytest.param('cost is present or state = "New"', True, True, id="one of both"),
        pytest.param('not cost in ["3", "4"]', False, True, id="not among some"),
        pytest.param("tag.vip is present", True, False, id="a part of what is hidden"),
    ],
)
def test_what_is_hidden_is_as_good_as_missing_in_a_question(
    question: str, where_it_is_shown: bool, where_it_is_hidden: bool
) -> None:
    # All is seen as a customer, from whom it is hidden; in Bonn as an agent, too, from whom it is not.
    roles = [
        Role("agent", sees=[Scope(when=equals("site", "Bonn"))]),
        Role("customer", sees=[Scope()], hides=["cost", "tags"]),
    ]
    policy = Policy(AccessRules(roles, default=["agent", "customer"]), Viewer("bob"))
    asked = policy.readable(parse_condition(question))
    for site, expected in (("Bonn", where_it_is_shown), ("Köln", where_it_is_hidden)):
        ticket = a_ticket(site=site, tags=["vip"], details={"cost": "3"})
        assert holds(asked, ticket.facts()) is expected


def test_a_question_about_what_is_shown_is_asked_as_it_is() -> None:
    question = parse_condition('site = "Bonn"')
    assert Policy(RULES, Viewer("bob")).readable(question) is question


def test_sorting_by_what_is_hidden_tells_of_it() -> None:
    policy = Policy(RULES, Viewer("bob"))
    assert not policy.may_sort_by("cost")
    assert policy.may_sort_by("site")


def test_an_error_says_who_may_and_survives_pickling() -> None:
    error = AccessDeniedError("run_due", "bob", ("no role",), ("worker",))
    assert str(error) == "'bob' may not run_due: no role; permitted it: worker"
    assert (
        str(AccessDeniedError("run_due", None, ("no",)))
        == "nobody may not run_due: no; permitted it: no role"
    )
    copy = pickle.loads(pickle.dumps(error))  # our own
    assert (str(copy), copy.reasons, copy.roles) == (str(error), ("no role",), ("worker",))
    assert isinstance(error, RefusedError)


@frozen
class Person:
    organisation: str | None
    is_active: bool


@frozen
class Group:
    id: str


class People:
    def person(self, person_id: str) -> Person:
        if person_id == "robot":
            raise NotFoundError("person", person_id)
        return Person("acme", person_id != "gone")

    def groups_of(self, person_id: str) -> list[str | Group]:
        return ["network", Group("mail")] if person_id == "ann" else []


def test_a_viewer_is_made_of_actor_directory_and_grants() -> None:
    held = (HeldRole("lead"), HeldRole("agent", equals("site", "Bonn")))
    viewer = viewer_of(Actor("ann", roles=["agent"]), People(), held)
    assert viewer == Viewer(
        "ann", ["agent", "lead"], groups=["network", "mail"], organisation="acme", held=held[1:]
    )
    assert viewer_of(Actor("robot", automated=True), People()) == Viewer("robot", automated=True)
    assert viewer_of(Actor("gone", roles=["agent"]), People()) is None
    assert viewer_of(Actor("ann")) == Viewer("ann")


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(
            lambda: Scope(relations=["boss"]), "a relation to a ticket must be one of", id="relation"
        ),
        pytest.param(lambda: Scope(when="x"), "when must be a condition", id="condition"),
        pytest.param(lambda: Permit([]), "names none", id="no operation"),
        pytest.param(lambda: Permit(["a:b:c"]), r"operations\[0\]: must be a name", id="operation"),
        pytest.param(lambda: Role(" a"), "name: must be a name", id="name"),
        pytest.param(lambda: Role("a", hides=["state"]), "'state' cannot be hidden", id="hides"),
        pytest.param(lambda: Role("a", sees=[Permit("x"), 3]), r"sees\[1\]: must be a Scope", id="sees"),
        pytest.param(lambda: Role("a", permits=[3]), r"permits\[0\]: must be a Permit", id="permits"),
        pytest.param(lambda: Restriction("a"), "nobody would see its tickets", id="restriction"),
        pytest.param(lambda: Restriction("a", roles=["b"], prefix="1"), "prefix: must begin", id="prefix"),
        pytest.param(lambda: ConflictingDuties(["a"], " "), "fewer than two(.|\n)*must say why", id="duties"),
        pytest.param(lambda: AccessRules([AGENT, AGENT]), "'agent' stands there more than once", id="twice"),
        pytest.param(lambda: AccessRules([3]), r"roles\[0\]: must be a Role", id="no role"),
        pytest.param(lambda: AccessRules([AGENT], default=["agnt"]), "did you mean 'agent'", id="default"),
        pytest.param(
            lambda: AccessRules([AGENT], restrictions=[Restriction("hr", roles=["hr"])]),
            r"restrictions\[0\].roles: unknown role 'hr'",
            id="unknown role",
        ),
        pytest.param(
            lambda: AccessRules(
                [AGENT, CUSTOMER],
                default=["agent", "customer"],
                separation=[ConflictingDuties(["agent", "customer"], "both")],
            ),
            "everybody would hold agent and customer by default",
            id="default duties",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(make: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        make()


def test_numbers_of_a_restriction_have_a_prefix_of_their_own() -> None:
    assert Restriction("human resources", roles=["a"]).prefix == "HUMAN-RESOURCES-"
    assert Restriction("security", roles=["a"], prefix="S").prefix == "S"


def test_a_condition_may_ask_for_facts_of_the_viewer() -> None:
    rule = parse_condition('viewer.role.lead is present and site = "Bonn"')
    assert Viewer("ann", ["lead"]).decided(rule) == equals("site", "Bonn")
    assert holds(Scope(when=rule).condition(Viewer("ann")), {"site": "Bonn"}) is False

"""Erasing a person reaches every record in which something personal of people stands."""

import pkgutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from random import Random

import pytest
from attrs import evolve

import itsmkit.desk
from itsmkit.desk import Desk, DeskConfig, ErasedTickets, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.desk._person_erasing import OF_PEOPLE, OfPeople
from itsmkit.desk._record_kind import RecordKind
from itsmkit.errors import DefinitionError
from itsmkit.plugin import RowKind
from itsmkit.practices import Resolution
from itsmkit.practices.access import AccessRules, Role, Scope
from itsmkit.practices.experience import SurveyPolicy
from itsmkit.rotas import Rota, RotaLayer
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure, SupportGroup

DAY = timedelta(days=1)
MONDAY = A_MONDAY.replace(hour=0)
SECRET = "a hospital in Berlin"
WHY = "asked for by the person"
PEOPLE = ("bob", "eve")
"""Who is erased, and who is not."""

OF_NO_PERSON = {
    "classification model": "its words stand in several tickets: see `classification.forget_model`"
}
"""Kinds of records with something personal that is of no one person, and why."""

RULES = evolve(
    DeskConfig.standard(),
    structure=Structure(
        people=[*map(Person, PEOPLE), Person("lee"), Person("kim")],
        groups=[SupportGroup("network", members=PEOPLE, lead="lee")],
    ),
    surveys=[SurveyPolicy(name="all")],
    rotas=[
        Rota(
            "on call",
            "network",
            [RotaLayer("days", [*PEOPLE, "kim"], f"{MONDAY:%Y-%m-%dT%H:%M}", rule="FREQ=DAILY")],
        )
    ],
)


def kinds() -> Iterator[RecordKind]:
    """Go through all kinds of records that a desk keeps."""
    for module in pkgutil.walk_packages(itsmkit.desk.__path__, "itsmkit.desk."):
        for value in vars(import_module(module.name)).values():
            yield from (
                each
                for each in (value.values() if isinstance(value, Mapping) else (value,))
                if isinstance(each, RecordKind)
            )


PERSONAL = {each.name for each in kinds() if each.personal or each.personal_said} - {*OF_NO_PERSON}


def a_desk(store: InMemoryStore | None = None, **changes: object) -> tuple[Desk, InMemoryNotifier]:
    outbox = InMemoryNotifier()
    desk = Desk(
        evolve(RULES, **changes),
        store=store,
        clock=ManualClock(A_MONDAY),
        random=Random(1),
        plugins=[outbox],
    )
    return desk.acting_as(Actor("root", roles=["knowledge_manager"])), outbox


def live(desk: Desk, outbox: InMemoryNotifier, person: str, secret: str) -> None:
    """Let the secret of somebody be written down wherever something personal of people can be."""
    own = desk.acting_as(Actor(person))
    ticket = desk.incidents.log(secret, requester=person)
    talk = own.conversations.begin(secret)
    own.conversations.end(talk.id)
    own.knowledge.give_feedback("vpn", helpful=True, comment=secret)
    own.knowledge.begin_session(secret)
    desk.tickets.assign(ticket.id, support_group="network", assignee="kim")
    desk.incidents.transition(ticket.id, "start")
    desk.tickets.resolve(ticket.id, Resolution("fixed", secret))
    desk.surveys.send()
    desk.deliver()
    [*_, told] = [each.body for each in outbox.delivered if "token: " in each.body]
    token = told.split("token: ")[1].split()[0]
    desk.surveys.answer(token, 5, secret)
    desk.coaching.write(person, secret, by=Actor("lee"))
    given = own.delegations.give("lee", MONDAY + 9 * DAY, reason=secret).given[-1]
    own.delegations.withdraw(given.id, reason=secret)
    desk.rotas.write_note("on call", secret, by=Actor(person))


def change_duties(desk: Desk, person: str, secret: str) -> None:
    """Let it be written down in changes of rotas, and in what waits to be told of them."""
    own = desk.acting_as(Actor(person))
    first = MONDAY + (9 + PEOPLE.index(person)) * DAY
    theirs = MONDAY + 14 * DAY
    swap = own.rotas.propose_swap(
        *("on call", first, first + DAY), other="kim", other_start=theirs, other_end=theirs + DAY
    )
    desk.rotas.decline_swap(swap.id, secret, by=Actor("kim"))  # who proposed it is to be told why
    desk.rotas.override("on call", "lee", first, first + DAY, instead_of=person, reason=secret)
    desk.rotas.take_leave(first + 20 * DAY, first + 30 * DAY, person=person, reason=secret)


def holding(desk: Desk, secret: str) -> tuple[set[str], list[str]]:
    """Return the kinds of records that hold a secret, and all rows that do."""
    rows = [row for row in desk.store.dump() if secret in str(row.data)]
    events = [row.data["event"] for row in rows if row.kind is RowKind.RECORD_EVENT]
    return {each["kind"] for each in events}, [str(row.data) for row in rows]


def with_two_lives() -> Desk:
    desk, outbox = a_desk()
    desk.knowledge.draft("vpn", "en", "VPN", "Restart the client.", by=Actor("kim"))
    desk.knowledge.submit("vpn", "en", by=Actor("kim"))
    desk.knowledge.publish("vpn", "en")
    for person in PEOPLE:
        live(desk, outbox, person, f"{SECRET} of {person}")
    for person in PEOPLE:
        change_duties(desk, person, f"{SECRET} of {person}")
    assert [row for row in desk.store.dump() if row.kind is RowKind.OUTBOX and SECRET in str(row.data)]
    return desk


def pages(desk: Desk, person: str, limit: int) -> Iterator[ErasedTickets]:
    after, is_first = None, True
    while is_first or after is not None:
        page = desk.tickets.erase_person(person, reason=WHY, limit=limit, after=after)
        yield page
        after, is_first = page.next, False


def test_every_kind_with_something_personal_is_known_where_people_are_erased() -> None:
    assert {each.kind.name for each in OF_PEOPLE} == PERSONAL


def test_each_of_them_can_be_erased_by_itself_too() -> None:
    desk, _ = a_desk()
    for each in OF_PEOPLE:
        room, _, verb = each.permit.partition(".")
        assert callable(getattr(getattr(desk, room), verb))


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_no_word_of_a_person_is_left_in_any_record_and_those_of_others_stay(limit: int) -> None:
    desk = with_two_lives()
    of_bob, of_eve = (f"{SECRET} of {person}" for person in PEOPLE)
    before, anchor = holding(desk, of_eve), desk.audit.checkpoint()
    assert before[0] == PERSONAL
    assert holding(desk, of_bob)[0] == PERSONAL
    duty = [desk.rotas.on_duty("on call", MONDAY + day * DAY).people for day in range(40)]

    found = [*pages(desk, "bob", limit)]

    assert holding(desk, of_bob) == (set(), [])
    assert holding(desk, of_eve) == before
    assert [each for page in found for each in page.refused] == []
    assert {kind for page in found for kind, _ in page.records} == PERSONAL - {"conversation"}
    assert max(len(page.conversations) + len(page.records) for page in found) <= limit
    every = [each for page in found for each in (*page.records, *page.conversations)]
    assert len(every) == len(set(every))
    verified = desk.audit.verify([anchor])
    assert (verified.findings, all(seal.holds for seal in verified.seals)) == ((), True)
    assert [desk.rotas.on_duty("on call", MONDAY + day * DAY).people for day in range(40)] == duty


def test_who_begins_anew_changes_nothing() -> None:
    desk = with_two_lives()
    first = [*pages(desk, "bob", 50)]
    rows = [*desk.store.dump()]
    assert [*pages(desk, "bob", 50)] == first
    assert [*desk.store.dump()] == rows


@pytest.mark.parametrize("each", OF_PEOPLE, ids=lambda each: each.kind.name)
def test_who_may_not_erase_in_a_room_is_told_that_it_stays(each: OfPeople) -> None:
    desk = with_two_lives()
    others = sorted({one.permit for one in OF_PEOPLE} - {each.permit})
    access = AccessRules([Role("eraser", sees=[Scope()], permits=["tickets.*", *others])], default=["eraser"])
    clerk = Desk(
        evolve(RULES, access=access), store=desk.store, clock=ManualClock(A_MONDAY), random=Random(9)
    ).acting_as(Actor("clerk"))
    found = [*pages(clerk, "bob", 50)]
    assert [one for page in found for one in page.refused] == [
        (each.called, f"clerk is not permitted `{each.permit}`; have it done by somebody who is")
    ]
    stay = {one.kind.name for one in OF_PEOPLE if one.permit == each.permit}
    assert holding(desk, f"{SECRET} of bob")[0] == stay
    # Whoever has nothing there looks the same.
    assert [one for page in pages(clerk, "nobody", 50) for one in page.refused] == [
        one for page in found for one in page.refused
    ]


def test_a_place_to_go_on_is_that_of_a_page() -> None:
    desk, _ = a_desk()
    with pytest.raises(DefinitionError, match="after: no page ends at a record of the kind 'shelf'"):
        desk.tickets.erase_person("bob", reason=WHY, after="records:shelf:1")

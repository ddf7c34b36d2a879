"""Records with a form of their own: against a plain dict that is told the same."""

from datetime import timedelta
from random import Random

import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, Condition, equals
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.errors import ConflictError, DefinitionError, IdempotencyError, NotFoundError, RefusedError
from itsmkit.money import Money
from itsmkit.plugin import Store
from itsmkit.plugin.records import document_after
from itsmkit.practices import Outcome
from itsmkit.practices.access import AccessRules, Role
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure, SupportGroup

ANN = Actor("ann")


@frozen
class Room:
    """A meeting room."""

    id: str
    name: str
    seats: tuple[str, ...] = ()
    price: Money | None = None
    audience: Condition = ALWAYS
    version: int = field(default=0, eq=False)


ROOM = RecordKind("room", Room, personal=["seats.*"], personal_said=["reason"])


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(clock=clock, random=Random(1))


def shelf_of(desk: Desk, *, key: str | None = None, asked: object = None) -> Shelf[Room]:
    return Shelf(ROOM, desk._runner.asked("rooms.change", ANN, key, asked))


def added(desk: Desk, room: Room) -> Room:
    return shelf_of(desk).begin(lambda _unit: Outcome(room, "RoomBuilt"))


def renamed(desk: Desk, room_id: str, name: str) -> Room:
    return shelf_of(desk).change(
        room_id, lambda _unit, room: Outcome(evolve(room, name=name), "RoomNamed", {"reason": "a vote"})
    )


def test_what_was_saved_comes_back_equal(desk: Desk) -> None:
    room = Room("r1", "Mars", ("a", "b"), Money("1.50", "EUR"), equals("viewer.organisation", "acme"))
    saved = added(desk, room)
    assert saved == room
    assert saved.version == 1
    assert shelf_of(desk).get("r1") == saved
    assert [*shelf_of(desk).each()] == [saved]
    assert [*shelf_of(desk).each(equals("name", "Venus"))] == []


def test_its_history_says_what_it_was_and_why(desk: Desk, clock: ManualClock) -> None:
    added(desk, Room("r1", "Mars"))
    clock.advance(timedelta(hours=1))
    renamed(desk, "r1", "Venus")
    shelf = shelf_of(desk)
    with desk.store.begin() as unit:
        shelf.remove(unit, shelf.of(unit, "r1"), "RoomClosed", {"reason": "damp"})
    with desk.store.begin() as unit:
        steps = shelf.history(unit, "r1")
        assert shelf.find(unit, "r1") is None
    assert [(each.event, each.value and each.value.name) for each in steps] == [
        ("RoomBuilt", "Mars"),
        ("RoomNamed", "Venus"),
        ("RoomClosed", None),
    ]
    assert [dict(each.said) for each in steps] == [{}, {"reason": "a vote"}, {"reason": "damp"}]
    assert [each.at - A_MONDAY for each in steps] == [timedelta(0), *[timedelta(hours=1)] * 2]
    with pytest.raises(NotFoundError, match="no room 'r1'"):
        shelf.get("r1")
    assert added(desk, Room("r1", "Pluto")).version == 4


def test_an_id_is_given_once(desk: Desk) -> None:
    added(desk, Room("r1", "Mars"))
    with pytest.raises(RefusedError, match="there is a room 'r1' already"):
        added(desk, Room("r1", "Venus"))
    with pytest.raises(NotFoundError):
        renamed(desk, "r2", "Venus")


def test_an_older_version_is_not_saved_over_a_newer_one(desk: Desk) -> None:
    old = added(desk, Room("r1", "Mars"))
    renamed(desk, "r1", "Venus")
    shelf = shelf_of(desk)
    with pytest.raises(ConflictError), desk.store.begin() as unit:
        shelf.save(unit, old, Outcome(evolve(old, name="Pluto"), "RoomNamed"))
    with pytest.raises(ConflictError), desk.store.begin() as unit:
        shelf.remove(unit, old, "RoomClosed")
    assert shelf.get("r1").name == "Venus"


def test_what_was_not_there_when_it_was_looked_for_is_not_overwritten(desk: Desk) -> None:
    shelf = shelf_of(desk)
    with desk.store.begin() as unit:
        first = shelf.put(unit, None, Outcome(Room("r1", "Mars"), "RoomBuilt"))
    with pytest.raises(ConflictError), desk.store.begin() as unit:
        shelf.put(unit, None, Outcome(Room("r1", "Venus"), "RoomBuilt"))
    with desk.store.begin() as unit:
        second = shelf.put(unit, first, Outcome(evolve(first, name="Pluto"), "RoomNamed"))
        shelf.remove(unit, second, "RoomClosed")
        assert shelf.put(unit, None, Outcome(first, "RoomBuilt")).version == 4


def test_a_command_is_done_once_for_its_key(desk: Desk) -> None:
    added(desk, Room("r1", "Mars"))

    def name(name: str) -> Room:
        return shelf_of(desk, key="k", asked=name).change(
            "r1", lambda _unit, room: Outcome(evolve(room, name=name), "RoomNamed")
        )

    first = name("Venus")
    renamed(desk, "r1", "Pluto")
    again = name("Venus")
    assert (again, again.version) == (first, 2)
    with pytest.raises(IdempotencyError):
        name("Neptune")


def test_where_nothing_happens_nothing_is_saved(desk: Desk) -> None:
    room = added(desk, Room("r1", "Mars"))
    assert shelf_of(desk).change("r1", lambda _unit, _room: None).version == room.version


def test_more_records_than_a_page_are_gone_through(desk: Desk) -> None:
    rooms = [added(desk, Room(f"r{number:04}", "Mars")) for number in range(1001)]
    assert [*shelf_of(desk).each()] == rooms


def test_an_older_document_is_upgraded_when_it_is_read(desk: Desk) -> None:
    added(desk, Room("r1", "Mars", ("a",)))
    newer = RecordKind("room", Room, upgrades=[lambda old: {**old, "seats": [*old["seats"], "b"]}])
    shelf = Shelf(newer, desk._runner.asked("rooms.change", ANN, None))
    assert shelf.get("r1").seats == ("a", "b")
    shelf.change("r1", lambda _unit, room: Outcome(evolve(room, name="Venus"), "RoomNamed"))
    assert shelf.get("r1") == Room("r1", "Venus", ("a", "b"))
    with desk.store.begin() as unit:
        assert [each.value and each.value.seats for each in shelf.history(unit, "r1")] == [("a", "b")] * 2


def test_what_is_personal_is_erased_from_a_record_and_its_history(desk: Desk) -> None:
    added(desk, Room("r1", "Mars", ("Ann", "Bob")))
    renamed(desk, "r1", "Venus")
    shelf = shelf_of(desk)
    anchor = desk.audit.checkpoint()
    after = shelf.forget("r1", "asked for")
    assert (after.name, after.seats, after.version) == ("Venus", ("[erased]", "[erased]"), 3)
    with desk.store.begin() as unit:
        steps = shelf.history(unit, "r1")
    assert [each.value and each.value.seats for each in steps] == [("[erased]", "[erased]")] * 3
    assert [dict(each.said) for each in steps] == [{}, {"reason": "[erased]"}, {"reason": "asked for"}]
    assert "Ann" not in str([row.data for row in desk.store.dump()])
    assert desk.audit.verify([anchor]).is_intact
    assert shelf.forget("r1", "where nothing is left, nothing happens") == after == shelf.get("r1")
    with pytest.raises(ConflictError), desk.store.begin() as unit:
        shelf.erase(unit, evolve(after, version=2), "again")
    with pytest.raises(NotFoundError):
        shelf.forget("r2", "asked for")


def test_what_cannot_be_read_says_of_which_record(desk: Desk) -> None:
    added(desk, Room("r1", "Mars"))

    @frozen
    class Cell:
        id: str
        version: int = 0

    with pytest.raises(DefinitionError, match="room 'r1': room: audience: is not known here"):
        Shelf(RecordKind("room", Cell), desk._runner.asked("rooms.change", ANN, None)).get("r1")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param({"audience": 7}, "audience: must be the text of a condition, not int 7", id="a number"),
        pytest.param({"audience": "site = "}, "audience: ", id="half a condition"),
    ],
)
def test_a_condition_is_kept_as_text(document: dict[str, object], problem: str) -> None:
    whole = ROOM.to_document(Room("r1", "Mars", audience=equals("viewer.organisation", "acme")))
    assert whole["audience"] == 'viewer.organisation = "acme"'
    with pytest.raises(DefinitionError, match=problem):
        ROOM.from_document({**whole, **document}, 1)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        pytest.param({"seats": ["Ann", "Bob"]}, ("/changes/seats/0", "/changes/seats/1"), id="several"),
        pytest.param({"seats": {"a/b": "Ann"}}, ("/changes/seats/a~1b",), id="by name"),
        pytest.param({"seats": [7, "Bob"]}, ("/changes/seats/1",), id="only text is personal"),
        pytest.param({"seats": "Ann"}, (), id="not what it leads to"),
        pytest.param({"name": "Mars"}, (), id="nothing of it"),
    ],
)
def test_what_is_personal_is_found_where_it_stands(
    changes: dict[str, object], places: tuple[str, ...]
) -> None:
    assert ROOM.personal_in({"changes": changes}) == places
    assert ROOM.personal_in({"changes": changes, "reason": "a vote"}) == (*places, "/reason")


def test_a_kind_has_an_id_and_a_version() -> None:
    with pytest.raises(DefinitionError, match=r"records of the kind 'money' .* lacks id and version"):
        RecordKind("money", Money)  # type: ignore[type-var]


def test_what_is_for_somebody_else_is_not_there(desk: Desk) -> None:
    of_acme = equals("viewer.role.boss", value=True)
    assert desk._runner.sight(Actor("eve", roles=["boss"]))(of_acme)
    assert not desk._runner.sight(ANN)(of_acme)
    assert desk._runner.sight(None)(ALWAYS)
    assert not desk._runner.sight(None)(of_acme)
    assert desk.privileged("worker")._runner.sight(None)(of_acme)


@pytest.mark.parametrize(
    ("role", "is_there"),
    [
        pytest.param("told", True, id="a role that the host tells"),
        pytest.param("of the group", True, id="a role by a group"),
        pytest.param("everybody", True, id="a role of everybody"),
        pytest.param("boss", False, id="a role of somebody else"),
    ],
)
def test_an_audience_asks_for_roles_however_they_are_held(role: str, is_there: bool) -> None:
    roles = [Role("told"), Role("of the group", groups=["network"]), Role("everybody"), Role("boss")]
    people = Structure(people=[Person("kim")], groups=[SupportGroup("network", members=["kim"])])
    rules = AccessRules(roles, default=["everybody"])
    config = evolve(DeskConfig.standard(), access=rules, structure=people)
    runner = Desk(config, clock=ManualClock(A_MONDAY))._runner
    asked = equals(f"viewer.role.{role}", value=True)
    assert runner.sight(Actor("kim", roles=["told"]))(asked) is is_there


NAMES = st.text("abc", min_size=1, max_size=2)
ROOMS = st.builds(Room, st.sampled_from(["r1", "r2"]), NAMES, st.lists(NAMES, max_size=2).map(tuple))


@given(st.lists(st.one_of(ROOMS, st.sampled_from(["r1", "r2"])), max_size=8))
def test_replay_gives_what_is_saved(steps: list[Room | str]) -> None:
    store: Store = InMemoryStore()
    desk = Desk(store=store, clock=ManualClock(A_MONDAY), random=Random(1))
    shelf, rooms = shelf_of(desk), dict[str, Room]()
    for step in steps:
        with store.begin() as unit:
            if isinstance(step, str):
                if rooms.pop(step, None) is not None:
                    shelf.remove(unit, shelf.of(unit, step), "RoomClosed")
            elif step.id in rooms:
                rooms[step.id] = step
                shelf.save(unit, shelf.of(unit, step.id), Outcome(step, "RoomChanged"))
            else:
                rooms[step.id] = shelf.add(unit, Outcome(step, "RoomBuilt"))
    assert [*shelf.each()] == [rooms[each] for each in sorted(rooms)]
    for record in store.records("room", limit=9):
        with store.begin() as unit:
            assert document_after(unit.record_history("room", record.id)) == record.document

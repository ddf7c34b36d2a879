"""What every directory keeps."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import pytest

from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.plugin.directory import Directory
from itsmkit.tickets.structure import (
    Criticality,
    Organisation,
    Person,
    PersonKind,
    Service,
    ServiceOffering,
    Site,
    Structure,
    SupportGroup,
)

__all__ = ["A_STRUCTURE", "DirectoryContract"]

A_STRUCTURE = Structure(
    people=[
        Person("ann", "Ann Archer", email="ann@example.org", organisation="plant", site="essen"),
        Person("bob", "bob Baker", manager="ann", organisation="house", language="en", time_zone="UTC"),
        Person("cyn", "Cynthia", kind=PersonKind.EXTERNAL, email="C.Annan@example.com"),
        Person("dan", "Ümit Dağ"),
    ],
    groups=[
        SupportGroup("network", "Network", line=2, members=["bob", "ann"], lead="ann", organisation="house"),
        SupportGroup("desk", "Service desk", members=["bob"]),
        SupportGroup("empty", line=3),
    ],
    organisations=[
        Organisation("plant", "Plant", parent="house", agreements=[]),
        Organisation("house", "The house", parent="holding", catalogue=["mail-gold"], calendar="office"),
        Organisation("holding"),
        Organisation("supplier", is_provider=True, agreements=["Gold"]),
    ],
    sites=[
        Site("essen", organisation="plant", time_zone="Europe/Berlin", language="de", holidays="DE-NW"),
        Site("home", agreements=["Silver", "Gold"], catalogue=[]),
    ],
    services=[
        Service("mail", owner="ann", criticality=Criticality.HIGH, supported_by="network"),
        Service("x"),
    ],
    offerings=[ServiceOffering("mail-gold", "mail", agreements=["Gold"], calendar="office")],
)
"""What the directory under test knows, and nothing else."""

_PARTS = [
    ("people", "person"),
    ("groups", "group"),
    ("organisations", "organisation"),
    ("sites", "site"),
    ("services", "service"),
    ("offerings", "offering"),
]
_QUESTIONS = [
    *(question for _, question in _PARTS),
    *("groups_of", "members_of", "organisations_above"),
]

_id = attrgetter("id")


class DirectoryContract:
    """
    What every directory keeps: provide the fixture ``directory``.

    It knows exactly what `A_STRUCTURE` says; see there, and the docs of `Directory`.
    """

    @pytest.fixture
    def directory(self) -> Directory:
        """Return the directory, with what `A_STRUCTURE` says in it."""
        message = "subclass DirectoryContract and provide the fixture `directory`"
        raise NotImplementedError(message)

    @pytest.mark.parametrize(("part", "question"), _PARTS)
    def test_everything_is_found_by_its_id(self, directory: Directory, part: str, question: str) -> None:
        for each in getattr(A_STRUCTURE, part):
            assert getattr(directory, question)(each.id) == each

    @pytest.mark.parametrize(
        "key", ["nobody", "", "ANN", "ann ", "*", "'", "ann)(uid=*", "\0", None, 7, ["ann"]]
    )
    @pytest.mark.parametrize("question", _QUESTIONS)
    def test_what_is_not_there_is_not_found(self, directory: Directory, question: str, key: Any) -> None:
        ask: Callable[[Any], object] = getattr(directory, question)
        with pytest.raises(NotFoundError):
            ask(key)

    @pytest.mark.parametrize(
        ("person", "groups"), [("bob", {"network", "desk"}), ("ann", {"network"}), ("cyn", set())]
    )
    def test_a_person_is_in_groups(self, directory: Directory, person: str, groups: set[str]) -> None:
        found = directory.groups_of(person)
        assert {*map(_id, found)} == groups
        assert len(found) == len(groups)
        assert all(person in group.members for group in found)
        assert [*directory.groups_of(person)] == [*found]

    @pytest.mark.parametrize(
        ("group", "members"), [("network", ["bob", "ann"]), ("desk", ["bob"]), ("empty", [])]
    )
    def test_a_group_has_members_in_order(self, directory: Directory, group: str, members: list[str]) -> None:
        assert [*directory.members_of(group)] == [*map(A_STRUCTURE.person, members)]

    @pytest.mark.parametrize(
        ("organisation", "above"),
        [("plant", ["plant", "house", "holding"]), ("holding", ["holding"]), ("supplier", ["supplier"])],
    )
    def test_organisations_lead_up_to_the_top(
        self, directory: Directory, organisation: str, above: list[str]
    ) -> None:
        assert [*map(_id, directory.organisations_above(organisation))] == above

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("ann", ["ann", "cyn"]),
            ("ANNAN", ["cyn"]),
            ("baker", ["bob"]),
            ("ÜMIT", ["dan"]),
            ("example.", ["ann", "cyn"]),
            ("", ["ann", "bob", "cyn", "dan"]),
            ("%", []),
            ("*", []),
            ("zed", []),
        ],
    )
    def test_people_are_found_by_what_is_known_of_them(
        self, directory: Directory, text: str, found: list[str]
    ) -> None:
        assert [*map(_id, directory.find_people(text))] == found
        assert [*map(_id, directory.find_people(text, limit=1))] == found[:1]

    @pytest.mark.parametrize("limit", [0, -1, None, "1"])
    def test_nobody_is_not_asked_for(self, directory: Directory, limit: Any) -> None:
        with pytest.raises(DefinitionError, match="limit"):
            directory.find_people("ann", limit=limit)

"""The contract of directories is worth what it catches: each directory here breaks one promise."""

from inspect import getmembers, isfunction
from typing import Any

import pytest
from attrs import evolve

from itsmkit.desk import InMemoryDirectory
from itsmkit.errors import NotFoundError
from itsmkit.testing.contracts import A_STRUCTURE, DirectoryContract
from itsmkit.tickets.structure import Organisation, Person, SupportGroup


class TestInMemoryDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self) -> InMemoryDirectory:
        return InMemoryDirectory(A_STRUCTURE)


class FindsNobodyAsNone(InMemoryDirectory):
    def person(self, person_id: str) -> Person:
        try:
            return super().person(person_id)
        except NotFoundError:
            return None  # type: ignore[return-value]  # that is what is wrong


class StripsSpaces(InMemoryDirectory):
    def person(self, person_id: str) -> Person:
        return super().person(person_id.strip() if isinstance(person_id, str) else person_id)


class FindsAnOrganisationForNobody(InMemoryDirectory):
    def organisation(self, organisation_id: str) -> Organisation:
        return super().organisation(organisation_id or "holding")


class ForgetsFields(InMemoryDirectory):
    def person(self, person_id: str) -> Person:
        return evolve(super().person(person_id), language=None)


class HasNoGroupsForStrangers(InMemoryDirectory):
    def groups_of(self, person_id: str) -> tuple[SupportGroup, ...]:
        try:
            return super().groups_of(person_id)
        except NotFoundError:
            return ()


class TellsAllGroups(InMemoryDirectory):
    def groups_of(self, person_id: str) -> tuple[SupportGroup, ...]:
        super().groups_of(person_id)
        return self.structure.groups


class SortsMembers(InMemoryDirectory):
    def members_of(self, group_id: str) -> tuple[Person, ...]:
        return tuple(sorted(super().members_of(group_id), key=lambda person: person.id))


class LeavesTheOrganisationOut(InMemoryDirectory):
    def organisations_above(self, organisation_id: str) -> tuple[Organisation, ...]:
        return super().organisations_above(organisation_id)[1:]


class LooksAtCase(InMemoryDirectory):
    def find_people(self, text: str, *, limit: int = 20) -> tuple[Person, ...]:
        found = super().find_people(text, limit=99 if limit in {1, 20} else limit)
        return tuple(each for each in found if text in f"{each.id} {each.name} {each.email}")[:limit]


class TakesPatterns(InMemoryDirectory):
    def find_people(self, text: str, *, limit: int = 20) -> tuple[Person, ...]:
        return super().find_people(text.strip("%*"), limit=limit)


class FindsByIdOrder(InMemoryDirectory):
    def find_people(self, text: str, *, limit: int = 20) -> tuple[Person, ...]:
        found = super().find_people(text, limit=99 if limit in {1, 20} else limit)
        return tuple(sorted(found, key=lambda person: person.id, reverse=True))[:limit]


class TakesAnyLimit(InMemoryDirectory):
    def find_people(self, text: str, *, limit: int = 20) -> tuple[Person, ...]:
        return super().find_people(text, limit=limit if limit in {1, 20} else 1)


class FindsTooMany(InMemoryDirectory):
    def find_people(self, text: str, *, limit: int = 20) -> tuple[Person, ...]:
        super().find_people(text, limit=limit)
        return super().find_people(text)


def failing_tests(directory: InMemoryDirectory) -> set[str]:
    """Run every case of the contract; return the names of the tests that fail."""
    failed = set()
    for name, test in getmembers(DirectoryContract, isfunction):
        if not name.startswith("test_"):
            continue
        cases: list[dict[str, Any]] = [{}]
        for mark in test.pytestmark:
            names, values = mark.args[0], mark.args[1]
            names = (names,) if isinstance(names, str) else names
            rows = [value if len(names) > 1 else (value,) for value in values]
            cases = [{**case, **dict(zip(names, row, strict=True))} for case in cases for row in rows]
        for case in cases:
            try:
                test(DirectoryContract(), directory, **case)
            except (Exception, pytest.fail.Exception):  # noqa: BLE001  # each of them fails a test
                failed.add(name)
    return failed


@pytest.mark.parametrize(
    ("directory", "test"),
    [
        (FindsNobodyAsNone, "test_what_is_not_there_is_not_found"),
        (StripsSpaces, "test_what_is_not_there_is_not_found"),
        (FindsAnOrganisationForNobody, "test_what_is_not_there_is_not_found"),
        (ForgetsFields, "test_everything_is_found_by_its_id"),
        (HasNoGroupsForStrangers, "test_what_is_not_there_is_not_found"),
        (TellsAllGroups, "test_a_person_is_in_groups"),
        (SortsMembers, "test_a_group_has_members_in_order"),
        (LeavesTheOrganisationOut, "test_organisations_lead_up_to_the_top"),
        (LooksAtCase, "test_people_are_found_by_what_is_known_of_them"),
        (TakesPatterns, "test_people_are_found_by_what_is_known_of_them"),
        (FindsByIdOrder, "test_people_are_found_by_what_is_known_of_them"),
        (TakesAnyLimit, "test_nobody_is_not_asked_for"),
        (FindsTooMany, "test_people_are_found_by_what_is_known_of_them"),
    ],
)
def test_a_broken_directory_fails(directory: type[InMemoryDirectory], test: str) -> None:
    assert failing_tests(directory(A_STRUCTURE)) == {test}


def test_the_suite_says_what_to_provide() -> None:
    with pytest.raises(NotImplementedError, match="fixture `directory`"):
        DirectoryContract.directory.__wrapped__(DirectoryContract())  # type: ignore[attr-defined]  # a fixture

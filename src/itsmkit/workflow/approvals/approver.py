"""Who is asked: where a stage takes its approvers from, and the seats that come of it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import name_problems, names_problems, shown
from itsmkit.conditions import Facts
from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals._checking import truth_problems, whole_problems
from itsmkit.workflow.errors import WorkflowDefinitionError

__all__ = ["Approver", "ApproverSource", "FactApprovers", "RoleApprovers", "Seat", "people_in"]


@frozen
class ApproverSource(ABC):
    """
    Where approvers come from: `Approver`, `RoleApprovers` or `FactApprovers`.

    Args:
        weight: What a vote counts where a rule counts weights; a whole number of at least 1.
        veto: Whether a rejection of theirs rejects the stage by itself.
    """

    weight: int = field(default=1, kw_only=True)
    veto: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *self._problems(),
            *whole_problems("weight", self.weight, 1),
            *truth_problems("veto", self.veto),
        ]
        if problems:
            raise WorkflowDefinitionError(*problems)

    @property
    @abstractmethod
    def held(self) -> tuple[str, ...]:
        """The roles that the approvers hold because they come from here."""

    @property
    def gives(self) -> tuple[str, ...]:
        """The roles among them that need nobody to say who holds them."""
        return self.held

    @abstractmethod
    def people(self, facts: Facts, holders: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
        """
        Return who they are.

        Args:
            facts: What is known of the request.
            holders: For each role, who holds it.

        Raises:
            DefinitionError: If a fact names no people, but something else.
        """

    @abstractmethod
    def _problems(self) -> Iterator[str]:
        """List what is wrong with it, beside its weight and veto."""


@frozen
class Approver(ApproverSource):
    """
    A person, named by the policy itself.

    Args:
        person: The identifier of the person.
        weight: As for `ApproverSource`.
        veto: As for `ApproverSource`.
        roles: The roles that the person holds here, beside those that they hold anyway.

    Raises:
        WorkflowDefinitionError: With every problem.
    """

    person: str
    roles: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    @property
    def held(self) -> tuple[str, ...]:
        """The roles that the person is given here."""
        return self.roles

    def people(self, facts: Facts, holders: Mapping[str, Iterable[str]]) -> tuple[str, ...]:  # noqa: ARG002
        """Return the person."""
        return (self.person,)

    def _problems(self) -> Iterator[str]:
        yield from name_problems("person", self.person)
        yield from names_problems("roles", self.roles)


@frozen
class RoleApprovers(ApproverSource):
    """
    Everybody who holds a role when the request is opened.

    Args:
        role: The name of the role.
        weight: As for `ApproverSource`.
        veto: As for `ApproverSource`.

    Raises:
        WorkflowDefinitionError: With every problem.
    """

    role: str

    @property
    def held(self) -> tuple[str, ...]:
        """The role."""
        return (self.role,)

    @property
    def gives(self) -> tuple[str, ...]:
        """Nothing: who holds the role is told when the request is opened."""
        return ()

    def people(self, facts: Facts, holders: Mapping[str, Iterable[str]]) -> tuple[str, ...]:  # noqa: ARG002
        """Return the holders of the role."""
        return tuple(holders[self.role])

    def _problems(self) -> Iterator[str]:
        yield from name_problems("role", self.role)


@frozen
class FactApprovers(ApproverSource):
    """
    Whom a fact of the request names, such as the manager of the requester.

    Args:
        fact: The name of the fact; its value is a person or several. Where it has none, nobody is asked.
        weight: As for `ApproverSource`.
        veto: As for `ApproverSource`.
        roles: The roles that they hold here, beside those that they hold anyway.

    Raises:
        WorkflowDefinitionError: With every problem.
    """

    fact: str
    roles: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    @property
    def held(self) -> tuple[str, ...]:
        """The roles that they are given here."""
        return self.roles

    def people(self, facts: Facts, holders: Mapping[str, Iterable[str]]) -> tuple[str, ...]:  # noqa: ARG002
        """Return whom the fact names."""
        return people_in(facts, self.fact)

    def _problems(self) -> Iterator[str]:
        yield from name_problems("fact", self.fact)
        yield from names_problems("roles", self.roles)


def _roles(roles: Iterable[str]) -> frozenset[str]:
    return frozenset(as_tuple(roles))


@frozen
class Seat:
    """
    The right of one person to vote in one stage.

    Args:
        person: Who has it.
        roles: The roles that the person holds, of those that the stage asks about.
        weight: What the vote counts where a rule counts weights.
        veto: Whether a rejection rejects the stage by itself.

    Raises:
        WorkflowDefinitionError: With every problem.
    """

    person: str
    roles: frozenset[str] = field(default=(), converter=_roles)
    weight: int = 1
    veto: bool = False

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("person", self.person),
            *(problem for role in self.roles for problem in name_problems("roles", role)),
            *whole_problems("weight", self.weight, 1),
            *truth_problems("veto", self.veto),
        ]
        if problems:
            raise WorkflowDefinitionError(*problems)


def people_in(facts: Facts, name: str) -> tuple[str, ...]:
    """
    Return the people whom the fact of this *name* names: one, several in order, or none.

    A set is taken in the order of its names.

    Raises:
        DefinitionError: If the fact is anything else.
    """
    value = facts.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        people: tuple[object, ...] = (value,)
    elif isinstance(value, set | frozenset):
        people = tuple(sorted(value, key=repr))
    elif isinstance(value, tuple | list):
        people = tuple(value)
    else:
        problem = f"facts.{name}: must name a person or several, not {shown(value)}"
        raise DefinitionError(problem)
    problems = [problem for each in people for problem in name_problems(f"facts.{name}", each, "a person")]
    if problems:
        raise DefinitionError(*problems)
    return tuple(str(person) for person in dict.fromkeys(people))

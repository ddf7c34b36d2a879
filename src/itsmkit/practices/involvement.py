"""Which tickets somebody or something has to do with."""

from itsmkit.conditions import Condition, all_of, any_of, equals
from itsmkit.errors import DefinitionError

__all__ = ["involving"]


def involving(
    *,
    person: str | None = None,
    configuration_item: str | None = None,
    service: str | None = None,
    organisation: str | None = None,
) -> Condition:
    """
    Return the condition for tickets that have to do with all that is given.

    Args:
        person: Who asked, is affected, owns it, has the work, or takes part.
        configuration_item: The configuration item that it concerns.
        service: The service that it concerns.
        organisation: The organisation of the requester.

    Raises:
        DefinitionError: If nothing is given.
    """
    given = {"configuration_item": configuration_item, "service": service, "organisation": organisation}
    asked = [equals(name, value) for name, value in given.items() if value is not None]
    parts: list[Condition] = [*asked]
    if person is not None:
        parts.append(
            any_of(
                *(equals(name, person) for name in _AS_WHAT),
                equals(f"participant.{person}", value=True),
            )
        )
    if not parts:
        problem = (
            "nobody and nothing is named; give a person, a configuration item, a service or an organisation"
        )
        raise DefinitionError(problem)
    return all_of(*parts)


_AS_WHAT = ("requester", "affected_person", "owner", "assignee")

"""How the rooms of rotas are entered: who asks, and for whom."""

from datetime import datetime

from attrs import frozen

from itsmkit.desk._commands import Runner, acting
from itsmkit.errors import RefusedError
from itsmkit.tickets import Actor

__all__ = ["FOR_OTHERS", "RotaDoor", "for_themselves", "must_be_there"]

FOR_OTHERS = "rotas.override"
"""Who may ask for this, may swap and be away for others, too."""


@frozen
class RotaDoor:
    """What all parts of `RotaCommands` share."""

    _runner: Runner
    _actor: Actor | None

    def _asked(
        self, verb: str, by: Actor | None, key: str | None, *arguments: object
    ) -> tuple[Runner, Actor]:
        actor = acting(by, self._actor)
        return self._runner.asked(f"rotas.{verb}", actor, key, *arguments), actor


def for_themselves(runner: Runner, actor: Actor, *people: str) -> None:
    """
    Let somebody dispose of their own duty, and who may make overrides of that of others.

    Raises:
        AccessDeniedError: If they do neither.
    """
    if actor.id not in people:
        runner.admit(FOR_OTHERS, actor)


def must_be_there(runner: Runner, at: datetime, person: str) -> None:
    """
    Let somebody be on duty who is there.

    Raises:
        NotFoundError: If there is no such person.
        RefusedError: If they have left by then, or have not come.
    """
    if not runner.directory.person(person).is_active_at(at):
        refusal = f"{person} is not there at {at}, and cannot be on duty"
        raise RefusedError(refusal)

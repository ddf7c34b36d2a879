import pytest

from itsmkit.errors import DefinitionError
from itsmkit.tickets import SYSTEM, Actor


def test_an_actor_is_told_by_the_hosts_identifier() -> None:
    assert str(Actor("ann")) == "ann"
    assert Actor("ann") != Actor("ann", automated=True)


def test_the_desk_itself_is_a_program() -> None:
    assert SYSTEM.automated


def test_nobody_acts_without_an_identifier() -> None:
    with pytest.raises(DefinitionError, match=r"Actor\.id must be a name"):
        Actor("")

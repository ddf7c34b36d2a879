"""What every provisioner keeps: a plugin that gives people elsewhere what their roles stand for."""

from collections.abc import Callable, Collection
from datetime import timedelta

import pytest

from itsmkit.plugin import Plugins
from itsmkit.practices.access import Grant
from itsmkit.testing.builders import A_MONDAY
from itsmkit.tickets import TicketId

__all__ = ["ProvisionerContract"]

BOB = Grant(TicketId("one"), "bob", "agent", since=A_MONDAY, until=A_MONDAY + timedelta(days=30))
BOB_AGAIN = Grant(TicketId("two"), "bob", "agent", since=A_MONDAY)
EVE = Grant(TicketId("three"), "eve", "agent", since=A_MONDAY)


class ProvisionerContract:
    """
    What every provisioner keeps.

    Provide the fixtures ``provisioner``, a plugin of a system in which nobody has anything yet, and
    ``people``, which tells who has the role ``"agent"`` there.
    """

    @pytest.fixture
    def provisioner(self) -> object:
        """Return the plugin."""
        message = "subclass ProvisionerContract and provide the fixture `provisioner`"
        raise NotImplementedError(message)

    @pytest.fixture
    def people(self, provisioner: object) -> Callable[[], Collection[str]]:
        """Return what tells who has the role ``"agent"`` in the system of the plugin."""
        message = "subclass ProvisionerContract and provide the fixture `people`"
        raise NotImplementedError(message)

    @pytest.fixture
    def give(self, provisioner: object) -> Callable[[Grant, str], None]:
        """Return how a desk gives, through the hook."""
        plugins = Plugins([provisioner])
        (name,) = plugins.provisioners()
        return lambda grant, key: plugins.provision(name, grant, key)

    @pytest.fixture
    def take(self, provisioner: object) -> Callable[[Grant, str], None]:
        """Return how a desk takes away, through the hook."""
        plugins = Plugins([provisioner])
        (name,) = plugins.provisioners()
        return lambda grant, key: plugins.deprovision(name, grant, key)

    def test_what_is_given_is_there_and_what_is_taken_is_gone(
        self,
        give: Callable[[Grant, str], None],
        take: Callable[[Grant, str], None],
        people: Callable[[], Collection[str]],
    ) -> None:
        give(BOB, "one/6")
        give(EVE, "three/6")
        assert set(people()) == {"bob", "eve"}
        take(BOB, "one/9")
        assert set(people()) == {"eve"}

    def test_the_same_change_may_be_told_again(
        self,
        give: Callable[[Grant, str], None],
        take: Callable[[Grant, str], None],
        people: Callable[[], Collection[str]],
    ) -> None:
        for _ in range(2):
            give(BOB, "one/6")
            assert set(people()) == {"bob"}
        for _ in range(2):
            take(BOB, "one/9")
            assert set(people()) == set()

    def test_what_was_never_given_can_be_taken(
        self, take: Callable[[Grant, str], None], people: Callable[[], Collection[str]]
    ) -> None:
        take(BOB, "one/9")
        assert set(people()) == set()

    def test_another_grant_of_the_same_role_stays(
        self,
        give: Callable[[Grant, str], None],
        take: Callable[[Grant, str], None],
        people: Callable[[], Collection[str]],
    ) -> None:
        give(BOB, "one/6")
        give(BOB_AGAIN, "two/6")
        take(BOB, "one/9")
        assert set(people()) == {"bob"}
        take(BOB_AGAIN, "two/9")
        assert set(people()) == set()

    def test_what_is_given_after_it_was_taken_is_there_again(
        self,
        give: Callable[[Grant, str], None],
        take: Callable[[Grant, str], None],
        people: Callable[[], Collection[str]],
    ) -> None:
        give(BOB, "one/6")
        take(BOB, "one/9")
        give(BOB_AGAIN, "two/6")
        assert set(people()) == {"bob"}

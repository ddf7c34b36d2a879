"""What is marked is found wherever it stands: pluggy's own way of looking is the oracle."""

from functools import partial
from types import SimpleNamespace

import pluggy
import pytest

from itsmkit.desk import InMemoryNotifier
from itsmkit.plugin import hookimpl
from itsmkit.plugin._pluggy import _Manager
from itsmkit.testing.faults import EveryHook, Faults


@hookimpl
def itsmkit_on_event(event):
    """Note an event."""


class Parent:
    itsmkit_ci_facets = hookimpl(lambda self, ci: None)

    def itsmkit_discover(self):
        pass


class Child(Parent):
    """One of each kind; the first is not marked here, and the last never called."""

    __slots__ = ("itsmkit_deliver",)

    def itsmkit_ci_facets(self, ci):
        pass

    @hookimpl
    def itsmkit_discover(self):
        pass

    @hookimpl
    @staticmethod
    def itsmkit_on_event(event):
        pass

    @staticmethod
    @hookimpl
    def itsmkit_before_transition(ticket):
        pass

    @classmethod
    @hookimpl(tryfirst=True)
    def itsmkit_authorise(cls, viewer):
        pass

    @hookimpl(specname="itsmkit_route")
    def __call__(self, ticket):
        pass

    @property
    def itsmkit_make_store(self):
        pytest.fail("a property is not asked for")


def in_an_instance():
    child = Child()
    child.itsmkit_ci_facets = Parent().itsmkit_ci_facets
    child.itsmkit_discover = itsmkit_on_event
    child.itsmkit_on_event = "no function"
    child.itsmkit_deliver = itsmkit_on_event
    return child


PLUGINS = [
    Parent(),
    Child(),
    Child,
    in_an_instance(),
    SimpleNamespace(itsmkit_on_event=itsmkit_on_event, other=print, part=partial(itsmkit_on_event)),
    pytest,
    InMemoryNotifier(),
    EveryHook(Faults(), []),
    "a text",
    print,
]


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: type(plugin).__name__)
def test_the_same_is_found_marked_as_pluggy_finds(plugin):
    own, ours = pluggy.PluginManager("itsmkit"), _Manager("itsmkit")
    expected = {name: own.parse_hookimpl_opts(plugin, name) for name in dir(plugin)}
    assert {name: ours.parse_hookimpl_opts(plugin, name) for name in dir(plugin)} == expected


def test_there_is_something_to_find():
    ours = _Manager("itsmkit")
    found = [name for name in dir(PLUGINS[1]) if ours.parse_hookimpl_opts(PLUGINS[1], name)]
    assert len(found) == 5

import pickle

import pytest

from itsmkit.errors import NotFoundError, RefusedError
from itsmkit.plugin import CIFacet, DeliveryReceipt, PluginError, Plugins, hookimpl


def gate(name, *raised, returned=None, **options):
    """Return a plugin called *name* whose gate notes that it was asked, then raises or returns."""

    def asked(self, ticket, trigger):
        type(self).asked.append((ticket.number, trigger))
        for error in raised:
            raise error
        return returned

    marked = hookimpl(specname="itsmkit_before_transition", **options)(asked)
    return type(name, (), {"asked": [], "ask": marked})()


def courier(name, behaviour):
    """Return a plugin called *name* that delivers by calling *behaviour*."""

    @hookimpl
    def itsmkit_deliver(self, notification):
        return behaviour(notification)

    return type(name, (), {"itsmkit_deliver": itsmkit_deliver})()


def observer(name, behaviour):
    """Return a plugin called *name* that takes note of events by calling *behaviour*."""

    @hookimpl
    def itsmkit_on_event(self, event):
        return behaviour(event)

    return type(name, (), {"itsmkit_on_event": itsmkit_on_event})()


def refuse(_value):
    raise RefusedError("not today")


def fail(_value):
    message = "out of ink"
    raise OSError(message)


async def later(_value):
    """Return at some time."""


class UnspeakableError(Exception):
    def __str__(self):
        return self.no_such_attribute


# Gates


@pytest.fixture
def move(ticket, actor):
    return lambda *gates: Plugins(gates).before_transition(ticket, "resolve", "resolved", actor)


def test_without_gates_everything_passes(move):
    move()


def test_gates_that_do_not_object_let_pass(move):
    one, other = gate("One"), gate("Other")
    move(one, other)
    assert one.asked == other.asked == [("INC-1", "resolve")]


def test_a_refusal_has_the_reasons_of_all_gates(move):
    one = gate("One", RefusedError("frozen until Monday", "no approval"))
    with pytest.raises(RefusedError) as raised:
        move(gate("Calm"), one, gate("Other", RefusedError("out of hours")), gate("Mute", RefusedError()))
    assert raised.value.reasons == (
        "plugin 'Mute' gives no reason",
        "out of hours",
        "frozen until Monday",
        "no approval",
    )
    assert one.asked


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        pytest.param(gate("Broken", ValueError("no rota")), "ValueError: no rota", id="raises"),
        pytest.param(gate("Broken", UnspeakableError()), "UnspeakableError", id="raises what cannot be said"),
        pytest.param(gate("Broken", returned=False), "it returned bool; a gate raises", id="returns"),
    ],
)
def test_a_broken_gate_stays_shut_and_the_others_are_asked(move, broken, problem):
    calm = gate("Calm")
    with pytest.raises(PluginError) as raised:
        move(calm, broken)
    assert (raised.value.plugin, raised.value.hook) == ("Broken", "itsmkit_before_transition")
    assert problem in raised.value.problem
    assert calm.asked


def test_a_gate_that_returns_a_coroutine_stays_shut(move):
    with pytest.raises(PluginError, match="it returned a coroutine"):
        move(gate("Broken", returned=later(None)))


def test_the_cause_of_a_broken_gate_is_chained(move):
    cause = ValueError("no rota")
    with pytest.raises(PluginError) as raised:
        move(gate("Broken", cause))
    assert raised.value.__cause__ is cause


def test_further_failures_and_refusals_are_notes_of_the_first_failure(move):
    with pytest.raises(PluginError) as raised:
        move(
            gate("Refusing", RefusedError("out of hours")),
            gate("Second", ValueError("two")),
            gate("First", ValueError("one")),
        )
    assert raised.value.plugin == "First"
    assert raised.value.__notes__ == [
        "plugin 'Second' failed in itsmkit_before_transition: ValueError: two",
        "refused: out of hours",
    ]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_program_passes_through(move, error):
    with pytest.raises(error):
        move(gate("Ending", error()))


def test_gates_are_asked_last_registered_first_within_tryfirst_and_trylast(move):
    gates = [
        gate("EarlyA", RefusedError("EarlyA"), tryfirst=True),
        gate("LateA", RefusedError("LateA"), trylast=True),
        gate("A", RefusedError("A")),
        gate("B", RefusedError("B")),
        gate("LateB", RefusedError("LateB"), trylast=True),
        gate("EarlyB", RefusedError("EarlyB"), tryfirst=True),
    ]
    with pytest.raises(RefusedError) as raised:
        move(*gates)
    assert raised.value.reasons == ("EarlyB", "EarlyA", "B", "A", "LateA", "LateB")


def test_arguments_are_passed_by_name_also_those_with_a_default_or_keyword_only(move):
    seen = []

    class Choosy:
        @hookimpl
        def itsmkit_before_transition(self, target, trigger="none", *, actor, extra=None):
            seen.append((target, trigger, actor.id, extra))

    move(Choosy())
    assert seen == [("resolved", "resolve", "ada", None)]


# Delivery


def receipt(notification):
    return DeliveryReceipt(notification.key, "paper")


def test_nobody_delivers_without_a_plugin(notification):
    assert Plugins().deliver(notification) is None


def test_a_notification_goes_to_the_last_plugin_that_takes_it(notification):
    never = courier("Never", fail)
    takes = courier("Takes", receipt)
    leaves = courier("Leaves", lambda _notification: None)
    assert Plugins([never, takes, leaves]).deliver(notification) == receipt(notification)
    assert Plugins([leaves]).deliver(notification) is None


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        pytest.param(fail, "OSError: out of ink", id="raises"),
        pytest.param(refuse, "not today", id="refuses"),
        pytest.param(
            lambda _notification: True, "it returned bool in place of a DeliveryReceipt", id="wrong type"
        ),
        pytest.param(later, "it returned a coroutine", id="coroutine"),
    ],
)
def test_a_delivery_that_fails_is_an_error_and_goes_to_no_other_plugin(notification, behaviour, problem):
    with pytest.raises(PluginError, match=problem) as raised:
        Plugins([courier("Never", receipt), courier("Broken", behaviour)]).deliver(notification)
    assert (raised.value.plugin, raised.value.hook) == ("Broken", "itsmkit_deliver")


def test_an_error_of_a_plugin_can_be_pickled(notification):
    with pytest.raises(PluginError) as raised:
        Plugins([courier("Broken", fail)]).deliver(notification)
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


# Stores


def test_what_a_plugin_makes_must_be_a_store():
    class Paper:
        @hookimpl
        def itsmkit_make_store(self, url):
            return url

    with pytest.raises(PluginError, match=r"it returned str, which is no Store: it lacks tenant, .*3\.1"):
        Plugins([Paper()]).make_store("paper://")


# Observers


def test_each_observer_is_told_by_itself(event):
    told = []
    plugins = Plugins([observer("One", told.append), observer("Other", fail)])
    assert plugins.observers() == ("Other", "One")
    plugins.tell("One", event)
    assert told == [event]
    with pytest.raises(PluginError, match="'Other' failed in itsmkit_on_event: OSError: out of ink"):
        plugins.tell("Other", event)


def test_an_observer_may_listen_twice(event):
    told = []

    class Twice:
        @hookimpl(specname="itsmkit_on_event")
        def first(self, event):
            told.append(("first", event))

        @hookimpl(specname="itsmkit_on_event")
        def second(self, event):
            told.append(("second", event))

    plugins = Plugins([Twice()])
    assert plugins.observers() == ("Twice",)
    plugins.tell("Twice", event)
    assert sorted(name for name, _ in told) == ["first", "second"]


def test_an_observer_that_returns_a_coroutine_fails(event):
    with pytest.raises(PluginError, match="it returned a coroutine"):
        Plugins([observer("Later", later)]).tell("Later", event)


def test_only_observers_can_be_told(event):
    with pytest.raises(NotFoundError, match="no observer 'Nobody'"):
        Plugins().tell("Nobody", event)


# Facets


def witness(name, behaviour):
    """Return a plugin called *name* that tells of configuration items by calling *behaviour*."""

    @hookimpl
    def itsmkit_ci_facets(self, ci, at):
        return behaviour(f"{ci.id} at {at:%H}")

    return type(name, (), {"itsmkit_ci_facets": itsmkit_ci_facets})()


@pytest.fixture
def facets(ci, event):
    return lambda *plugins: Plugins(plugins).ci_facets(ci, event.at)


def test_without_plugins_there_are_no_facets(facets):
    assert facets() == ((), ())


def test_the_facets_of_all_plugins_stand_side_by_side(facets):
    metrics = witness("Metrics", lambda asked: {"metrics": [asked], "health": {"cpu": [1, 2]}})
    checks = witness("Checks", lambda _asked: {"health": "green"})
    told, failures = facets(metrics, checks, witness("Silent", lambda _asked: None))
    assert failures == ()
    assert told == (
        CIFacet("health", "Checks", "green"),
        CIFacet("health", "Metrics", {"cpu": (1, 2)}),
        CIFacet("metrics", "Metrics", ("host-1 at 12",)),
    )
    assert str(told[0]) == "health: green (Checks)"


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        pytest.param(fail, "OSError: out of ink", id="raises"),
        pytest.param(refuse, "not today", id="refuses"),
        pytest.param(later, "it returned a coroutine", id="must be awaited"),
        pytest.param(lambda _: ["green"], "it returned list in place of a mapping of facets", id="a list"),
        pytest.param(lambda _: {"": 1}, "CIFacet.name must be a name", id="no name"),
        pytest.param(lambda _: {1: 1}, "CIFacet.name must be a name", id="a number as name"),
    ],
)
def test_a_plugin_that_fails_takes_nothing_from_the_others(facets, behaviour, problem):
    told, (failure,) = facets(
        witness("One", lambda _: {"a": 1}), witness("Bad", behaviour), witness("Two", lambda _: {"b": 2})
    )
    assert [(each.name, each.plugin) for each in told] == [("a", "One"), ("b", "Two")]
    assert (failure.plugin, failure.hook) == ("Bad", "itsmkit_ci_facets")
    assert problem in failure.problem

import inspect
from types import SimpleNamespace

import pytest

from itsmkit.languages import ENGLISH
from itsmkit.plugin import Plugins, SearchIndex, StoreMaintenance, hookimpl, hookspecs
from itsmkit.plugin.hookspecs import API, HOOKS
from itsmkit.plugin.storage import Store
from itsmkit.practices.access import Grant, Viewer
from itsmkit.practices.automation import RobotTask
from itsmkit.practices.conversations import ScriptedBot, begin_conversation

SIGNATURES = {
    "itsmkit_make_store": "(url: str) -> 'Store | None'",
    "itsmkit_before_transition": "(ticket: 'Ticket', trigger: str, target: str, actor: 'Actor') -> None",
    "itsmkit_deliver": "(notification: 'Notification') -> 'DeliveryReceipt | None'",
    "itsmkit_on_event": "(event: 'TicketEvent') -> None",
    "itsmkit_ci_facets": "(ci: 'ConfigurationItem', at: 'datetime') -> 'Mapping[str, object] | None'",
    "itsmkit_discover": "(at: 'datetime') -> 'Discovery | None'",
    "itsmkit_authorise": "(viewer: 'Viewer', operation: str, ticket: 'Ticket | None') -> 'Verdict | None'",
    "itsmkit_maintain_store": "(url: str) -> 'StoreMaintenance | None'",
    "itsmkit_provision": "(grant: 'Grant', key: str) -> None",
    "itsmkit_deprovision": "(grant: 'Grant', key: str) -> None",
    "itsmkit_make_search_index": "(url: str) -> 'SearchIndex | None'",
    "itsmkit_remote_session": (
        "(ci: 'ConfigurationItem', agent: 'Actor', ticket: 'Ticket') -> 'SessionRef | None'"
    ),
    "itsmkit_suggest_reply": (
        "(ticket: 'Ticket', letters: 'Sequence[PublicLetter]') -> 'Sequence[Suggestion] | None'"
    ),
    "itsmkit_route": "(ticket: 'Ticket') -> 'RoutingAdvice | None'",
    "itsmkit_run_robot": "(task: 'RobotTask') -> 'RobotReport | None'",
    "itsmkit_bot_turn": (
        "(bot: 'ScriptedBot', conversation: 'ConversationSession', articles: 'Sequence[Reading]', "
        "messages: 'Messages') -> 'BotTurn | None'"
    ),
    "itsmkit_classify": "(ticket: 'Ticket', fields: 'Sequence[str]') -> 'Sequence[Prediction] | None'",
    "itsmkit_run_command": "(name: str, arguments: 'Sequence[str]') -> int | None",
}
"""What plugins rely on: a new hook or last argument is a minor version of `API`, all else a major one."""


def test_the_hooks_have_the_signatures_that_plugins_rely_on():
    assert API == "3.1"
    assert {hook.__name__: str(inspect.signature(hook)) for hook in HOOKS} == SIGNATURES


def test_every_hook_of_the_module_is_listed():
    defined = [name for name in vars(hookspecs) if name.startswith("itsmkit_")]
    assert [hook.__name__ for hook in HOOKS] == defined


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_every_hook_states_its_kind_and_since_when_it_exists(hook):
    assert "Kind: " in hook.__doc__
    assert "Since " in hook.__doc__


class Aiding:
    """The part of a plugin of everything that helps those who work on tickets; it notes what it is passed."""

    def __init__(self, passed):
        self._passed = passed

    @hookimpl
    def itsmkit_remote_session(self, ci, agent, ticket):
        self._passed["itsmkit_remote_session"] = {"ci": ci, "agent": agent, "ticket": ticket}

    @hookimpl
    def itsmkit_suggest_reply(self, ticket, letters):
        self._passed["itsmkit_suggest_reply"] = {"ticket": ticket, "letters": letters}

    @hookimpl
    def itsmkit_route(self, ticket):
        self._passed["itsmkit_route"] = {"ticket": ticket}

    @hookimpl
    def itsmkit_run_robot(self, task):
        self._passed["itsmkit_run_robot"] = {"task": task}

    @hookimpl
    def itsmkit_bot_turn(self, bot, conversation, articles, messages):
        self._passed["itsmkit_bot_turn"] = {
            "bot": bot,
            "conversation": conversation,
            "articles": articles,
            "messages": messages,
        }

    @hookimpl
    def itsmkit_run_command(self, name, arguments):
        self._passed["itsmkit_run_command"] = {"name": name, "arguments": arguments}

    @hookimpl
    def itsmkit_classify(self, ticket, fields):
        self._passed["itsmkit_classify"] = {"ticket": ticket, "fields": fields}


def test_every_hook_is_called_with_all_its_arguments(  # noqa: C901  # a method for each
    ticket, actor, notification, event, ci
):
    passed = {}

    class Everything(Aiding):
        @hookimpl
        def itsmkit_make_store(self, url):
            passed["itsmkit_make_store"] = {"url": url}
            methods = {name: print for name in vars(Store) if not name.startswith("_")}
            return SimpleNamespace(tenant="default", is_joined=False, **methods)

        @hookimpl
        def itsmkit_before_transition(self, ticket, trigger, target, actor):
            arguments = {"ticket": ticket, "trigger": trigger, "target": target, "actor": actor}
            passed["itsmkit_before_transition"] = arguments

        @hookimpl
        def itsmkit_deliver(self, notification):
            passed["itsmkit_deliver"] = {"notification": notification}

        @hookimpl
        def itsmkit_on_event(self, event):
            passed["itsmkit_on_event"] = {"event": event}

        @hookimpl
        def itsmkit_ci_facets(self, ci, at):
            passed["itsmkit_ci_facets"] = {"ci": ci, "at": at}

        @hookimpl
        def itsmkit_discover(self, at):
            passed["itsmkit_discover"] = {"at": at}

        @hookimpl
        def itsmkit_authorise(self, viewer, operation, ticket):
            arguments = {"viewer": viewer, "operation": operation, "ticket": ticket}
            passed["itsmkit_authorise"] = arguments

        @hookimpl
        def itsmkit_provision(self, grant, key):
            passed["itsmkit_provision"] = {"grant": grant, "key": key}

        @hookimpl
        def itsmkit_deprovision(self, grant, key):
            passed["itsmkit_deprovision"] = {"grant": grant, "key": key}

        @hookimpl
        def itsmkit_maintain_store(self, url):
            passed["itsmkit_maintain_store"] = {"url": url}
            names = (name for name in vars(StoreMaintenance) if not name.startswith("_"))
            return SimpleNamespace(**dict.fromkeys(names, print))

        @hookimpl
        def itsmkit_make_search_index(self, url):
            passed["itsmkit_make_search_index"] = {"url": url}
            names = (name for name in vars(SearchIndex) if not name.startswith("_"))
            return SimpleNamespace(tenant="default", **dict.fromkeys(names, print))

    plugins = Plugins([Everything(passed)])
    plugins.make_store("memory://")
    plugins.before_transition(ticket, "resolve", "resolved", actor)
    plugins.deliver(notification)
    plugins.tell("Everything", event)
    plugins.ci_facets(ci, event.at)
    plugins.discover(event.at)
    plugins.maintain_store("memory://")
    plugins.make_search_index("memory://")
    viewer = Viewer("ann", ["agent"])
    plugins.authorise(viewer, "tickets.comment", ticket)
    assert plugins.remote_session(ci, actor, ticket) is None
    assert plugins.suggest_replies(ticket, ()) == ((), ())
    assert plugins.advise_routing(ticket) == (None, ())
    task = RobotTask("key-1", "payroll", "ticket-INC-1", "INC-1", "hire")
    assert plugins.run_robot(task) is None
    bot = ScriptedBot(id="helper")
    turned = (bot, begin_conversation("c", "bob", "Hello", event.at, bot=bot.id).value, (), ENGLISH)
    assert plugins.bot_turn(*turned) is None
    assert plugins.classify(ticket, ("category",)) == ((), ())
    assert plugins.run_command("weather", ["today"]) is None
    grant = Grant(ticket.id, "bob", "agent", since=event.at)
    plugins.provision("Everything", grant, "7/6")
    plugins.deprovision("Everything", grant, "7/8")
    assert passed == {
        "itsmkit_make_store": {"url": "memory://"},
        "itsmkit_before_transition": {
            "ticket": ticket,
            "trigger": "resolve",
            "target": "resolved",
            "actor": actor,
        },
        "itsmkit_deliver": {"notification": notification},
        "itsmkit_on_event": {"event": event},
        "itsmkit_ci_facets": {"ci": ci, "at": event.at},
        "itsmkit_discover": {"at": event.at},
        "itsmkit_maintain_store": {"url": "memory://"},
        "itsmkit_authorise": {"viewer": viewer, "operation": "tickets.comment", "ticket": ticket},
        "itsmkit_provision": {"grant": grant, "key": "7/6"},
        "itsmkit_deprovision": {"grant": grant, "key": "7/8"},
        "itsmkit_make_search_index": {"url": "memory://"},
        "itsmkit_remote_session": {"ci": ci, "agent": actor, "ticket": ticket},
        "itsmkit_suggest_reply": {"ticket": ticket, "letters": ()},
        "itsmkit_route": {"ticket": ticket},
        "itsmkit_run_robot": {"task": task},
        "itsmkit_bot_turn": dict(zip(("bot", "conversation", "articles", "messages"), turned, strict=True)),
        "itsmkit_classify": {"ticket": ticket, "fields": ("category",)},
        "itsmkit_run_command": {"name": "weather", "arguments": ("today",)},
    }
    assert {hook: tuple(arguments) for hook, arguments in passed.items()} == {
        hook.__name__: tuple(inspect.signature(hook).parameters) for hook in HOOKS
    }
    assert plugins.status()[0].hooks == tuple(sorted(SIGNATURES))

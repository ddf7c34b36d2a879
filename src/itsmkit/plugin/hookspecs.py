"""
The hooks: every place where a plugin can join in, and what each is promised.

Hooks take and return values of itsmkit, never a store or a manager. New arguments may be added at the end
of a hook at any time; an implementation names only those that it uses.
"""

from typing import TYPE_CHECKING

from itsmkit.plugin._pluggy import hookspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from itsmkit.cmdb import ConfigurationItem
    from itsmkit.languages import Messages
    from itsmkit.plugin.discovery import Discovery
    from itsmkit.plugin.maintenance import StoreMaintenance
    from itsmkit.plugin.notification import DeliveryReceipt, Notification
    from itsmkit.plugin.search import SearchIndex
    from itsmkit.plugin.storage import Store
    from itsmkit.practices import PublicLetter
    from itsmkit.practices.access import Grant, Verdict, Viewer
    from itsmkit.practices.automation import RobotReport, RobotTask
    from itsmkit.practices.classification import Prediction
    from itsmkit.practices.conversations import BotTurn, ConversationSession, ScriptedBot
    from itsmkit.practices.knowledge import Reading
    from itsmkit.practices.remote_sessions import SessionRef
    from itsmkit.practices.routing import RoutingAdvice
    from itsmkit.practices.work_aids import Suggestion
    from itsmkit.tickets import Actor, Ticket, TicketEvent

__all__ = ["API", "HOOKS"]

API = "3.1"
"""The version of the hook contract. Its first number changes when an implementation can break."""


@hookspec(firstresult=True)
def itsmkit_make_store(url: str) -> "Store | None":
    """
    Make the store that *url* names. Kind: factory. Since 1.0.

    Called once while a desk is built, outside any transaction.

    Args:
        url: ``scheme://…``; the scheme says which plugin it is for.

    Returns:
        A store that keeps the contract of `itsmkit.testing.contracts.StorageContract`, or ``None`` to leave
        the URL to the next plugin. The plugin registered last is asked first.

    Raises:
        Exception: Whatever it raises reaches the caller as a `PluginError`.
    """


@hookspec
def itsmkit_before_transition(ticket: "Ticket", trigger: str, target: str, actor: "Actor") -> None:
    """
    Veto a move of the workflow, or let it pass. Kind: gate. Since 1.0.

    Called for every accepted move, inside the transaction, before anything is saved; again if the command
    is run again after a conflict. Administrative corrections do not ask.

    Args:
        ticket: The ticket before the move.
        trigger: What was asked for.
        target: The state that the workflow would move to.
        actor: Who asked.

    Raises:
        RefusedError: To veto; its reasons join those of the other gates, all of which are asked.
        Exception: Anything else refuses the move too, as a `PluginError`: a broken gate stays shut.
    """


@hookspec(firstresult=True)
def itsmkit_deliver(notification: "Notification") -> "DeliveryReceipt | None":
    """
    Deliver *notification*. Kind: factory. Since 1.0.

    Called once for each attempt, after the transaction that caused the notification has been saved. The
    same key may come again: the promise is at least once.

    Returns:
        A receipt, or ``None`` to leave the notification to the next plugin. The plugin registered last is
        asked first.

    Raises:
        Exception: The attempt failed; it is repeated with growing pauses, and parked in the end.
    """


@hookspec
def itsmkit_on_event(event: "TicketEvent") -> None:
    """
    Take note of *event*. Kind: observer. Since 1.0.

    Called after the commit, for every event in the order of the feed, for each plugin on its own: one
    that fails is asked again for the same event, and does not hold up the others.

    Raises:
        Exception: The event is offered again; after the last try it is skipped and reported.
    """


@hookspec
def itsmkit_ci_facets(ci: "ConfigurationItem", at: "datetime") -> "Mapping[str, object] | None":
    """
    Tell what is known of *ci* elsewhere. Kind: contributor. Since 1.1.

    Called when somebody asks for the context of a configuration item, once for each plugin, outside any
    transaction. Whoever asks waits for all of them.

    Args:
        ci: The configuration item, as it is at the instant.
        at: The instant of the question, in UTC.

    Returns:
        What there is to tell, by the names of facets, such as ``"health"``, ``"metrics"``, ``"runbooks"`` or
        ``"upcoming changes"``; ``None`` or nothing if the plugin knows nothing. Several plugins may fill a
        facet of one name: none replaces what another says. What the item holds itself is told by a desk's own
        plugin ``configuration``, see `itsmkit.desk.ItemFacets`.

    Raises:
        Exception: The answer of this plugin is missing, and the context says so; the others stand.
    """


@hookspec
def itsmkit_discover(at: "datetime") -> "Discovery | None":
    """
    Find out which configuration items there are. Kind: contributor. Since 1.2.

    Called when somebody asks for a discovery, once for each plugin, outside any transaction. Whoever asks
    waits for all of them. Nothing is recorded by it: what becomes of the records is decided by who asked.

    What to look at, how far to go and which credentials to use is up to the plugin, which gets it when it is
    made. A plugin for several sources implements the hook once for each, by ``specname``.

    Args:
        at: The instant of the question, in UTC. What is seen now is seen at this instant, so that running it
            again at the same instant says the same.

    Returns:
        What the source says: its records, whether they are all there are, and what could not be read;
        ``None`` if it has nothing to say. A source has one name, the same each time, and no two plugins
        speak for one source: who is asked first is heard. Each item has a key, the same each time.

    Raises:
        Exception: The answer of this plugin is missing, which does not mean that its items are gone; the
            others stand. Something else in place of a `Discovery` is a failure, too.
    """


@hookspec(firstresult=True)
def itsmkit_maintain_store(url: str) -> "StoreMaintenance | None":
    """
    Tend the place that *url* names: upgrade its layout, back it up, restore it. Kind: factory. Since 2.0.

    Called by ``itsmkit store upgrade``, ``backup`` and ``restore``, without a desk. The place need not be
    there, and may be of an earlier release: nothing is opened before the answer is asked to do something.

    Args:
        url: ``scheme://…``, as for `itsmkit_make_store`.

    Returns:
        What keeps the contract of `itsmkit.plugin.StoreMaintenance`, or ``None`` to leave the URL to the next
        plugin. The plugin registered last is asked first. A store without it can do without: its data are
        moved by ``itsmkit store export`` and ``import``.

    Raises:
        Exception: Whatever it raises reaches the caller as a `PluginError`.
    """


@hookspec
def itsmkit_authorise(viewer: "Viewer", operation: str, ticket: "Ticket | None") -> "Verdict | None":
    """
    Refuse what the rules of a desk permit, or let it pass: for outside engines. Kind: gate. Since 2.0.

    Called on a desk with rules of access, for every command, and for every read that needs a permit, when the
    rules permit it: for a command inside the transaction, before anything is decided, and again if the
    command is run again after a conflict. What may be seen is asked of the rules alone: they are data, which
    stores can ask in a query.

    Args:
        viewer: Who asks.
        operation: What is asked for, such as ``"tickets.comment"`` or ``"incidents.transition:resolve"``.
        ticket: The ticket as it is, which the viewer sees; a new one as it would be logged; ``None`` for what
            is about the desk as a whole.

    Returns:
        A `Verdict`: one that does not allow it refuses, and its reasons join those of the other gates, all of
        which are asked. ``None`` leaves it to the others.

    Raises:
        Exception: The operation is refused, as a `PluginError`: a broken gate stays shut. So is something
            else in place of a verdict.
    """


@hookspec
def itsmkit_provision(grant: "Grant", key: str) -> None:
    """
    Give the holder of *grant* elsewhere what its role stands for. Kind: observer. Since 3.1.

    Called after the commit of the move by which an access grant comes to be held, in the order of the feed
    with the calls of `itsmkit_deprovision`, for each plugin on its own: one that fails is asked again for the
    same change, with growing pauses, and does not hold up the others. A plugin that is new to a desk is told
    all changes from the beginning. The same key may come again: the promise is at least once.

    Args:
        grant: Who holds which role, for which tickets and until when. It may begin at an instant to come.
        key: Stands for this change; the same each time that it is told.

    Raises:
        Exception: The change is offered again; after the last try it is skipped and reported, and nobody but
            the plugin itself can make up for it: `desk.access.grants_of` says what is granted.
    """


@hookspec
def itsmkit_deprovision(grant: "Grant", key: str) -> None:
    """
    Take from the holder of *grant* elsewhere what its role stood for. Kind: observer. Since 3.1.

    Called as `itsmkit_provision` is, once it was revoked or has expired. What was never provisioned, or is
    gone already, is no failure. Somebody may hold the same role by another grant, which stays.

    Args:
        grant: What was held.
        key: Stands for this change; the same each time that it is told.

    Raises:
        Exception: The change is offered again; after the last try it is skipped and reported. The ticket
            waits in the state ``Revoking`` until somebody records that the access is gone.
    """


@hookspec(firstresult=True)
def itsmkit_make_search_index(url: str) -> "SearchIndex | None":
    """
    Make the search index that *url* names. Kind: factory. Since 3.1.

    Called once while a desk is built that is told to search elsewhere than beside its records, outside any
    transaction.

    Args:
        url: ``scheme://…``; the scheme says which plugin it is for.

    Returns:
        An index that keeps the contract of `itsmkit.testing.contracts.SearchIndexContract`, or ``None`` to
        leave the URL to the next plugin. The plugin registered last is asked first.

    Raises:
        Exception: Whatever it raises reaches the caller as a `PluginError`.
    """


@hookspec(firstresult=True)
def itsmkit_remote_session(ci: "ConfigurationItem", agent: "Actor", ticket: "Ticket") -> "SessionRef | None":
    """
    Open a remote session. Kind: factory. Since 3.1.

    Called once, outside of any transaction, after it was seen that somebody has consented to it: without
    consent nobody is asked.

    Args:
        ci: The machine.
        agent: Who will work in it.
        ticket: The ticket that it is for.

    Returns:
        Where it was opened, or ``None`` to leave the machine to the next plugin. The plugin registered last
        is asked first.

    Raises:
        Exception: No session is recorded; whoever asked for it is told, by a `PluginError`.
    """


@hookspec
def itsmkit_suggest_reply(
    ticket: "Ticket", letters: "Sequence[PublicLetter]"
) -> "Sequence[Suggestion] | None":
    """
    Suggest what to answer on a ticket. Kind: contributor. Since 3.1.

    Called once for each plugin when somebody asks for suggestions, outside of any transaction. Whoever asks
    waits for all of them. What becomes of the best suggestion, the `ReplyPolicy` of the desk decides.

    Args:
        ticket: The ticket.
        letters: What its requester has written and was written, in order.

    Returns:
        Suggestions in any order; ``None`` or none if the plugin knows no answer.

    Raises:
        Exception: The suggestions of this plugin are missing, and the answer says so; the others stand.
            Something else in place of suggestions is a failure, too.
    """


@hookspec
def itsmkit_route(ticket: "Ticket") -> "RoutingAdvice | None":
    """
    Advise where a ticket should go. Kind: contributor. Since 3.1.

    Called once for each plugin whenever a ticket is routed, or somebody asks where it would go, before any
    transaction and outside of it. Whoever asks waits for all of them. The surest advice counts; whether it is
    followed, the `AdvicePolicy` of the desk decides, which only has it recorded unless it says from which
    confidence on. Advice never sends a ticket to somebody who is away, has no room, or cannot do it.

    Args:
        ticket: The ticket.

    Returns:
        A support group, perhaps somebody in it, and how sure the plugin is; ``None`` if it knows no better
        than the rules. Of equal confidence, that of the plugin asked first is taken: the one registered last.

    Raises:
        Exception: The advice of this plugin is missing, and the history of the ticket says so; the ticket is
            routed without. Something else in place of advice is a failure, too.
    """


@hookspec(firstresult=True)
def itsmkit_run_robot(task: "RobotTask") -> "RobotReport | None":
    """
    Let a robot do something that a rule of automation calls it for. Kind: channel. Since 3.1.

    Called by `Desk.deliver`, once per attempt, after the commit of what the rule has done, outside of any
    transaction. What the robot reports becomes a `RobotReported` in the history of the ticket. The same key
    may come again, as when that could not be saved: the promise is at least once. Who has to work long should
    begin, report that, and come back later by a command of the desk.

    Args:
        task: What to do, and for which ticket.

    Returns:
        What came of it, or ``None`` to leave the robot to the next plugin. The plugin registered last is
        asked first. What has failed for good is a report, too.

    Raises:
        Exception: It is tried again with growing pauses, and given up and reported after the last try, as a
            notification is; so it is if no plugin runs the robot.
    """


@hookspec(firstresult=True)
def itsmkit_bot_turn(
    bot: "ScriptedBot",
    conversation: "ConversationSession",
    articles: "Sequence[Reading]",
    messages: "Messages",
) -> "BotTurn | None":
    """
    Say what a bot says next. Kind: factory. Since 3.1.

    Called once for each thing that a person says to a bot, outside of any transaction; again only if
    something else has happened in the conversation meanwhile. The person waits for the answer.

    Args:
        bot: The bot, as the rules of the desk have it.
        conversation: The conversation, in which the person has spoken last, and what the bot remembers of it.
        articles: What is likely to help, of what is there for the person; the best first.
        messages: What says messages in the language of the person, whose tag it knows.

    Returns:
        An answer, a question, or that a person is to go on; ``None`` to leave it to the next plugin. The
        plugin registered last is asked first, the script of the bot last. If nobody answers, a person goes
        on.

    Raises:
        Exception: A person goes on, and the ticket tells them why.
    """


@hookspec
def itsmkit_classify(ticket: "Ticket", fields: "Sequence[str]") -> "Sequence[Prediction] | None":
    """
    Predict what people would put into fields of a ticket. Kind: contributor. Since 3.1.

    Called once for each plugin when somebody has a ticket classified, and, on desks that want it so, before a
    ticket is logged; always outside of any transaction, and never again if the command is run again. Whoever
    asks waits for all of them. What becomes of predictions, the `ClassificationPolicy` of the desk decides.

    Args:
        ticket: The ticket, without category, impact, urgency, priority, group and assignee. One that is about
            to be logged has no id and no number of its own yet.
        fields: What is asked for, of `itsmkit.practices.classification.FIELDS`.

    Returns:
        Predictions in any order, several of a field if need be; ``None`` or none if the plugin knows nothing.
        Those of other fields are passed over. Of each field, the plugin registered last is believed.

    Raises:
        Exception: The predictions of this plugin are missing, and the answer says so; the others stand.
            Something else in place of predictions is a failure, too.
    """


@hookspec(firstresult=True)
def itsmkit_run_command(name: str, arguments: "Sequence[str]") -> int | None:
    """
    Run a command of the command line, ``itsmkit NAME …``. Kind: factory. Since 3.1.

    Called once, in a program of its own, of the one plugin whose entry point in the group
    ``itsmkit.commands`` is called like the command. No other is loaded for it, and no desk is built.

    Args:
        name: The command: the first word.
        arguments: The words after it, as the shell has parted them.

    Returns:
        The exit status: 0 if all is well, 1 if the answer is that something is wrong; ``None`` if it is no
        command of the plugin.

    Raises:
        ItsmkitError: What was asked cannot be done: a sentence is printed, and the exit status is 2.
        Exception: Anything else is printed as a defect of the plugin.
    """


HOOKS = (
    itsmkit_make_store,
    itsmkit_before_transition,
    itsmkit_deliver,
    itsmkit_on_event,
    itsmkit_ci_facets,
    itsmkit_discover,
    itsmkit_maintain_store,
    itsmkit_authorise,
    itsmkit_provision,
    itsmkit_deprovision,
    itsmkit_make_search_index,
    itsmkit_remote_session,
    itsmkit_suggest_reply,
    itsmkit_route,
    itsmkit_run_robot,
    itsmkit_bot_turn,
    itsmkit_classify,
    itsmkit_run_command,
)
"""All hooks, in the order of the documentation."""

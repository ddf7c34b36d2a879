"""The rooms of a desk: for each practice, what can be asked of it."""

from typing import TYPE_CHECKING, Any

from attrs import evolve

from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner
from itsmkit.desk._configuration import Configuration
from itsmkit.desk._searching import Searching
from itsmkit.desk.config import DeskConfig
from itsmkit.tickets import Actor

if TYPE_CHECKING:
    from itsmkit.desk.access import AccessCommands
    from itsmkit.desk.aids import AidCommands
    from itsmkit.desk.appointments import AppointmentCommands
    from itsmkit.desk.automation import AutomationCommands
    from itsmkit.desk.catalogue import CatalogueCommands
    from itsmkit.desk.checklists import ChecklistCommands
    from itsmkit.desk.classification import ClassificationCommands
    from itsmkit.desk.cmdb import ConfigurationCommands
    from itsmkit.desk.coaching import CoachingCommands
    from itsmkit.desk.conversations import ConversationCommands
    from itsmkit.desk.delegations import DelegationCommands
    from itsmkit.desk.discovery import DiscoveryCommands
    from itsmkit.desk.escalation import EscalationCommands
    from itsmkit.desk.improvements import ImprovementCommands
    from itsmkit.desk.incidents import IncidentCommands
    from itsmkit.desk.kinds import (
        ChangeCommands,
        ComplaintCommands,
        ProblemCommands,
        QuestionCommands,
        ReleaseCommands,
        RequestCommands,
        TaskCommands,
    )
    from itsmkit.desk.knowledge import KnowledgeCommands
    from itsmkit.desk.links import LinkCommands
    from itsmkit.desk.ordering import OrderCommands
    from itsmkit.desk.portal import Portal
    from itsmkit.desk.remote_sessions import RemoteSessionCommands
    from itsmkit.desk.replies import ReplyCommands
    from itsmkit.desk.rotas import RotaCommands
    from itsmkit.desk.routing import RoutingCommands
    from itsmkit.desk.schedules import ScheduleCommands
    from itsmkit.desk.search import SearchCommands
    from itsmkit.desk.surveys import SurveyCommands
    from itsmkit.desk.tickets import TicketCommands
    from itsmkit.desk.work import WorkCommands
    from itsmkit.desk.workforce import WorkforceReads

__all__ = ["Rooms"]


@looking_at_arguments()
class Rooms:
    """
    The part of a `Desk` by which its commands are reached: ``desk.incidents``, ``desk.knowledge``.

    Rooms that many a desk does without load on first use.
    """

    _runner: Runner
    _actor: Actor | None
    _configuration: Configuration
    _searching: Searching

    @property
    def config(self) -> DeskConfig:
        """The rules of the desk: what is agreed, allowed and escalated at present."""
        return self._runner.config

    def _admit(self, operation: str) -> None:
        """Refuse *operation* to who may not: what is about the desk as a whole."""
        self._runner.admit(operation, self._actor)

    def portal(self, viewer: Actor) -> "Portal":
        """
        Return what one of the people whom the desk works for can see and do.

        Args:
            viewer: Who it is, as the host knows.
        """
        from itsmkit.desk.portal import Portal  # noqa: PLC0415  # many a desk has none

        return Portal(evolve(self._runner, privileged=""), viewer, self._searching)

    @property
    def access(self) -> "AccessCommands":
        """What can be asked of access management: roles for a time."""
        from itsmkit.desk.access import AccessCommands  # noqa: PLC0415  # few desks grant any

        return AccessCommands(self._runner, self._actor)

    @property
    def incidents(self) -> "IncidentCommands":
        """What can be asked of incident management."""
        from itsmkit.desk.incidents import IncidentCommands  # noqa: PLC0415  # as above

        return IncidentCommands(self._runner, self._actor)

    @property
    def questions(self) -> "QuestionCommands":
        """What can be asked of questions."""
        from itsmkit.desk.kinds import QuestionCommands  # noqa: PLC0415  # as above

        return QuestionCommands(self._runner, self._actor)

    @property
    def requests(self) -> "RequestCommands":
        """What can be asked of service requests."""
        from itsmkit.desk.kinds import RequestCommands  # noqa: PLC0415  # as above

        return RequestCommands(self._runner, self._actor)

    @property
    def orders(self) -> "OrderCommands":
        """What can be asked of orders: of the service catalogue, and from suppliers."""
        from itsmkit.desk.ordering import OrderCommands  # noqa: PLC0415  # many a desk has tickets only

        return OrderCommands(self._runner, self._actor)

    @property
    def complaints(self) -> "ComplaintCommands":
        """What can be asked of complaints."""
        from itsmkit.desk.kinds import ComplaintCommands  # noqa: PLC0415  # as above

        return ComplaintCommands(self._runner, self._actor)

    @property
    def problems(self) -> "ProblemCommands":
        """What can be asked of problem management."""
        from itsmkit.desk.kinds import ProblemCommands  # noqa: PLC0415  # as above

        return ProblemCommands(self._runner, self._actor)

    @property
    def changes(self) -> "ChangeCommands":
        """What can be asked of change enablement."""
        from itsmkit.desk.kinds import ChangeCommands  # noqa: PLC0415  # as above

        return ChangeCommands(self._runner, self._actor)

    @property
    def releases(self) -> "ReleaseCommands":
        """What can be asked of release management."""
        from itsmkit.desk.kinds import ReleaseCommands  # noqa: PLC0415  # as above

        return ReleaseCommands(self._runner, self._actor)

    @property
    def work_tasks(self) -> "TaskCommands":
        """What can be asked of tasks."""
        from itsmkit.desk.kinds import TaskCommands  # noqa: PLC0415  # as above

        return TaskCommands(self._runner, self._actor)

    def work(self, kind: str) -> "WorkCommands[Any]":
        """
        Return what can be asked of a kind of work, by its name.

        Raises:
            NotFoundError: If the desk has no such kind.
        """
        from itsmkit.desk.work import WorkCommands  # noqa: PLC0415  # as above

        return WorkCommands(self._runner, self._actor, self.config.kind(kind).name)

    @property
    def tickets(self) -> "TicketCommands":
        """What can be asked of tickets of any kind."""
        from itsmkit.desk.tickets import TicketCommands  # noqa: PLC0415  # as above

        return TicketCommands(self._runner, self._actor)

    @property
    def links(self) -> "LinkCommands":
        """What can be asked of links between tickets, of merging and splitting."""
        from itsmkit.desk.links import LinkCommands  # noqa: PLC0415  # many a desk has tickets only

        return LinkCommands(self._runner, self._actor)

    @property
    def aids(self) -> "AidCommands":
        """What can be asked of work aids: macros, canned replies, templates."""
        from itsmkit.desk.aids import AidCommands  # noqa: PLC0415  # many a desk has tickets only

        return AidCommands(self._runner, self._actor)

    @property
    def checklists(self) -> "ChecklistCommands":
        """What can be asked of the checklists of tickets."""
        from itsmkit.desk.checklists import ChecklistCommands  # noqa: PLC0415  # as above

        return ChecklistCommands(self._runner, self._actor)

    @property
    def search(self) -> "SearchCommands":
        """What can be found of tickets by words."""
        from itsmkit.desk.search import SearchCommands  # noqa: PLC0415  # as above

        return SearchCommands(self._runner, self._actor, self._searching)

    @property
    def knowledge(self) -> "KnowledgeCommands":
        """What can be asked of knowledge management: articles, and what answers a question."""
        from itsmkit.desk.knowledge import KnowledgeCommands  # noqa: PLC0415  # as above

        return KnowledgeCommands(self._runner, self._actor, self._searching)

    @property
    def appointments(self) -> "AppointmentCommands":
        """What can be asked of appointments: when they can be, and those that are booked."""
        from itsmkit.desk.appointments import AppointmentCommands  # noqa: PLC0415  # as above

        return AppointmentCommands(self._runner, self._actor)

    @property
    def automation(self) -> "AutomationCommands":
        """What can be asked of automation: rules that answer what happens, and why they did or did not."""
        from itsmkit.desk.automation import AutomationCommands  # noqa: PLC0415  # as above

        return AutomationCommands(self._runner, self._actor)

    @property
    def schedules(self) -> "ScheduleCommands":
        """What can be asked of schedules, by which tickets are logged again and again."""
        from itsmkit.desk.schedules import ScheduleCommands  # noqa: PLC0415  # as above

        return ScheduleCommands(self._runner, self._actor)

    @property
    def remote_sessions(self) -> "RemoteSessionCommands":
        """What can be asked of remote sessions, and of the consent that each needs."""
        from itsmkit.desk.remote_sessions import RemoteSessionCommands  # noqa: PLC0415  # as above

        return RemoteSessionCommands(self._runner, self._actor, self._configuration)

    @property
    def routing(self) -> "RoutingCommands":
        """What can be asked of routing: where a ticket would go, and letting it go there."""
        from itsmkit.desk.routing import RoutingCommands  # noqa: PLC0415  # as above

        return RoutingCommands(self._runner, self._actor)

    @property
    def rotas(self) -> "RotaCommands":
        """What can be asked of rotas: who is on duty, overrides, swaps, leaves and hand-off notes."""
        from itsmkit.desk.rotas import RotaCommands  # noqa: PLC0415  # as above

        return RotaCommands(self._runner, self._actor)

    @property
    def coaching(self) -> "CoachingCommands":
        """What can be asked of coaching: notes for somebody, and for who leads them."""
        from itsmkit.desk.coaching import CoachingCommands  # noqa: PLC0415  # as above

        return CoachingCommands(self._runner, self._actor)

    @property
    def delegations(self) -> "DelegationCommands":
        """What can be asked of delegations: letting others vote in one's place."""
        from itsmkit.desk.delegations import DelegationCommands  # noqa: PLC0415  # as above

        return DelegationCommands(self._runner, self._actor)

    @property
    def conversations(self) -> "ConversationCommands":
        """What can be asked of conversations: talking with a bot, and with people after it."""
        from itsmkit.desk.conversations import ConversationCommands  # noqa: PLC0415  # as above

        return ConversationCommands(self._runner, self._actor, self._configuration, self._searching)

    @property
    def escalation(self) -> "EscalationCommands":
        """What can be asked of escalation: other groups, taking notice, and where ladders stand."""
        from itsmkit.desk.escalation import EscalationCommands  # noqa: PLC0415  # as above

        return EscalationCommands(self._runner, self._actor)

    @property
    def replies(self) -> "ReplyCommands":
        """What can be asked of suggested replies."""
        from itsmkit.desk.replies import ReplyCommands  # noqa: PLC0415  # as above

        return ReplyCommands(self._runner, self._actor)

    @property
    def classification(self) -> "ClassificationCommands":
        """What can be asked of classification that learns."""
        from itsmkit.desk.classification import ClassificationCommands  # noqa: PLC0415  # as above

        return ClassificationCommands(self._runner, self._actor)

    @property
    def surveys(self) -> "SurveyCommands":
        """What can be asked of surveys: sending them, and answering one."""
        from itsmkit.desk.surveys import SurveyCommands  # noqa: PLC0415  # many a desk has tickets only

        return SurveyCommands(self._runner, self._actor)

    @property
    def workforce(self) -> "WorkforceReads":
        """What can be asked of planning the workforce, and of the people who work on tickets."""
        from itsmkit.desk.workforce import WorkforceReads  # noqa: PLC0415  # as above

        return WorkforceReads(self._runner, self._actor)

    @property
    def improvements(self) -> "ImprovementCommands":
        """What can be asked of the register of continual improvement."""
        from itsmkit.desk.improvements import ImprovementCommands  # noqa: PLC0415  # as above

        return ImprovementCommands(self._runner, self._actor)

    @property
    def catalogue(self) -> "CatalogueCommands":
        """What can be asked of the service catalogue."""
        from itsmkit.desk.catalogue import CatalogueCommands  # noqa: PLC0415  # as above

        return CatalogueCommands(self._runner, self._actor)

    @property
    def cmdb(self) -> "ConfigurationCommands":
        """What can be asked of service configuration management."""
        from itsmkit.desk.cmdb import ConfigurationCommands  # noqa: PLC0415  # many a desk has tickets only

        return ConfigurationCommands(self._runner, self._actor, self._configuration)

    @property
    def discovery(self) -> "DiscoveryCommands":
        """What can be asked of discovery: what sources say of the configuration."""
        from itsmkit.desk.discovery import DiscoveryCommands  # noqa: PLC0415  # as above

        return DiscoveryCommands(self._runner, self._actor, self._configuration)

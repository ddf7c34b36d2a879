"""What can be asked of knowledge management."""

from itsmkit.practices import Incident
from itsmkit.practices.knowledge import ArticleFeedback, KnowledgeSession
from itsmkit.testing.use_cases._beginnings import logged
from itsmkit.testing.use_cases._stage import Stage, UseCase
from itsmkit.tickets import Actor, TicketId

__all__ = ["USE_CASES"]


_AN_AUTHOR = Actor("kim")


def _written(stage: Stage) -> None:
    stage.steady.knowledge.draft("vpn", "en", "VPN", "Restart the client.", by=_AN_AUTHOR)


def _submitted(stage: Stage) -> None:
    _written(stage)
    stage.steady.knowledge.submit("vpn", "en", by=_AN_AUTHOR)


def _published(stage: Stage) -> None:
    _submitted(stage)
    stage.steady.knowledge.publish("vpn", "en")


def _published_and_logged(stage: Stage) -> Incident:
    if not any(stage.steady.knowledge.articles()):
        _published(stage)
    return logged(stage)


def _praised(stage: Stage) -> ArticleFeedback:
    _published(stage)
    return stage.steady.knowledge.give_feedback("vpn", helpful=True, comment="thanks")


def _looking(stage: Stage) -> KnowledgeSession:
    _published(stage)
    return stage.steady.knowledge.begin_session("VPN client")


def _looked_and_logged(stage: Stage) -> tuple[str, TicketId]:
    return _looking(stage).id, logged(stage).id


USE_CASES = (
    UseCase(
        "knowledge.draft",
        lambda desk, _, once: desk.knowledge.draft("vpn", "en", "VPN", "Restart the client.", **once),
    ),
    UseCase(
        "knowledge.describe",
        lambda desk, _, once: desk.knowledge.describe("vpn", services=["network"], **once),
        _written,
    ),
    UseCase(
        "knowledge.revise",
        lambda desk, _, once: desk.knowledge.revise("vpn", "en", "VPN", "Call us.", reason="wrong", **once),
        _published,
    ),
    UseCase("knowledge.submit", lambda desk, _, once: desk.knowledge.submit("vpn", "en", **once), _written),
    UseCase(
        "knowledge.send_back",
        lambda desk, _, once: desk.knowledge.send_back("vpn", "en", "too short", **once),
        _submitted,
    ),
    UseCase(
        "knowledge.publish", lambda desk, _, once: desk.knowledge.publish("vpn", "en", **once), _submitted
    ),
    UseCase(
        "knowledge.confirm", lambda desk, _, once: desk.knowledge.confirm("vpn", "en", **once), _published
    ),
    UseCase(
        "knowledge.retire",
        lambda desk, _, once: desk.knowledge.retire("vpn", "en", "no VPN any more", **once),
        _published,
    ),
    UseCase(
        "knowledge.discard",
        lambda desk, _, once: desk.knowledge.discard("vpn", "en", "written twice", **once),
        _written,
    ),
    UseCase(
        "knowledge.link_ticket",
        lambda desk, ticket, once: desk.knowledge.link_ticket(ticket.id, "vpn", **once),
        _published_and_logged,
    ),
    UseCase(
        "knowledge.give_feedback",
        lambda desk, _, once: desk.knowledge.give_feedback("vpn", helpful=True, comment="thanks", **once),
        _published,
    ),
    UseCase(
        "knowledge.erase_feedback",
        lambda desk, said, once: desk.knowledge.erase_feedback(said.id, "she asked", **once),
        _praised,
    ),
    UseCase(
        "knowledge.begin_session",
        lambda desk, _, once: desk.knowledge.begin_session("VPN client", **once),
        _published,
    ),
    UseCase(
        "knowledge.solved",
        lambda desk, session, once: desk.knowledge.solved(session.id, "vpn", **once),
        _looking,
    ),
    UseCase(
        "knowledge.led_to_ticket",
        lambda desk, asked, once: desk.knowledge.led_to_ticket(*asked, **once),
        _looked_and_logged,
    ),
    UseCase(
        "knowledge.erase_session",
        lambda desk, session, once: desk.knowledge.erase_session(session.id, "she asked", **once),
        _looking,
    ),
)

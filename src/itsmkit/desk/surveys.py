"""What can be asked of surveys: sending them, answering one, and what comes of many."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256

from attrs import frozen

from itsmkit.conditions import ALWAYS
from itsmkit.desk._access import unguarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting, in_own_transactions
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.desk._turns import Turn
from itsmkit.desk._where import Where, condition
from itsmkit.desk.work import number_of_new
from itsmkit.errors import ConflictError, NotFoundError, RefusedError
from itsmkit.plugin import OutboxEntry, PositionedEvent, UnitOfWork
from itsmkit.practices import FOLLOW_UP_OF
from itsmkit.practices.experience import (
    Round,
    Survey,
    SurveyPolicy,
    answer,
    asked,
    invite,
    question,
    reason_not_to_ask,
    token_parts,
)
from itsmkit.practices.experience.survey import UNKNOWN
from itsmkit.tickets import SYSTEM, Actor, StateChanged, StateCorrected, Ticket, TicketEvent, TicketId

__all__ = ["SendingReport", "SurveyCommands", "all_surveys", "answer_as"]

SURVEY = RecordKind("survey", Survey, personal=["comment"])
ROUND = RecordKind("survey-round", Round)

_READER = "surveys"
_AT_ONCE = 100
"""How many events of the feed are read at once."""


@frozen
class SendingReport:
    """
    What came of sending surveys.

    Args:
        sent: How many were sent.
        is_done: Whether the feed was read to its end.
    """

    sent: int
    is_done: bool


@looking_at_arguments(but=("stop", "score"))
@frozen
class SurveyCommands:
    """
    What can be asked of surveys; reached as ``desk.surveys``.

    A worker sends them, by the policies of the desk. Who was asked answers with the token that they were sent
    and needs no other permission; all the rest needs a permit.
    """

    _runner: Runner
    _actor: Actor | None

    # -- sending ---------------------------------------------------------------------------------

    def send(
        self,
        *,
        limit: int = 1000,
        stop: Callable[[], bool] = lambda: False,
        turn: timedelta | None = None,
        by: Actor | None = None,
    ) -> SendingReport:
        """
        Ask whoever is to be asked about what has happened since it was called last.

        Any number of workers may call it, as often as they like: nobody is asked twice about the same, nor
        within the time in which they are left alone.

        Args:
            limit: The most events to read in this call.
            stop: Asked before each page of events: whether to leave the rest.
            turn: How long to go on by the desk's clock. By default, until *limit* is reached.
            by: Who asks; by default, the desk itself.

        Raises:
            RefusedError: In a transaction of the host: see `Store.is_joined`.
        """
        runner = self._runner.asked("surveys.send", by or self._actor or SYSTEM, None)
        in_own_transactions(runner.store, "surveys.send")
        if not runner.config.surveys:
            return SendingReport(0, is_done=True)
        ends, read, sent = Turn(stop, runner.clock, turn), 0, 0
        while read < limit and not ends():
            ends.use()
            position = runner.store.cursor(_READER)
            page = runner.store.events(after=position, limit=min(_AT_ONCE, limit - read))
            if not page:
                return SendingReport(sent, is_done=True)
            try:
                sent += runner.retried(partial(_send_all, runner, page))
            except ConflictError:
                return SendingReport(sent, is_done=False)  # others are at it
            read += len(page)
        return SendingReport(sent, is_done=False)

    # -- answering -------------------------------------------------------------------------------

    def answer(
        self, token: str, score: int, comment: str | None = None, *, idempotency_key: str | None = None
    ) -> Survey:
        """
        Answer a survey, as who was asked. A low score is followed up by a ticket of the kind of its policy.

        Args:
            token: The token that they were sent.
            score: The answer, on the scale of the survey's measure.
            comment: What is said besides.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The survey as it is now.

        Raises:
            RefusedError: If there is no survey of this token, it was altered, the survey is over, or was
                answered before. It does not tell an altered token from one that never was.
            DefinitionError: If the score is not on the scale.
        """
        survey_id, secret = token_parts(token)
        with self._runner.store.begin() as unit:
            known = Shelf(SURVEY, self._runner).find(unit, survey_id)
        if known is None:
            raise RefusedError(UNKNOWN)
        return _answered(self._runner, known, _Answer(secret, token, score, comment), idempotency_key)

    def erase(
        self, survey_id: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Survey:
        """
        Erase what was said in a survey besides the score, there and in its history.

        Args:
            survey_id: The survey.
            reason: Why; it stays in the history.
            by: Who erases it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is none of this id.
            RefusedError: If no reason is said.
        """
        runner = self._runner.asked(
            "surveys.erase", acting(by, self._actor), idempotency_key, survey_id, reason
        )
        return Shelf(SURVEY, runner).forget(survey_id, reason, called="survey")

    # -- reads -----------------------------------------------------------------------------------

    def get(self, survey_id: str) -> Survey:
        """
        Return a survey.

        Raises:
            NotFoundError: If there is none of this id.
        """
        self._runner.admit("surveys.get", self._actor)
        return Shelf(SURVEY, self._runner).get(survey_id)

    def find(self, where: Where = ALWAYS) -> Iterator[Survey]:
        """
        Go through the surveys for which a condition holds.

        Args:
            where: What holds for them: of their fields as they are written, such as
                ``'service = "mail" and score <= 2'``.
        """
        self._runner.admit("surveys.find", self._actor)
        return Shelf(SURVEY, self._runner).each(condition(where))


@frozen
class _Answer:
    """
    What is answered.

    Args:
        secret: What the token says to be its secret; ``None`` if it is known otherwise who answers.
        asked_by: What names the survey: the token, or its key.
        score: The answer.
        comment: What is said besides.
    """

    secret: str | None
    asked_by: str
    score: int
    comment: str | None


def answer_as(
    runner: Runner, person: Actor, ticket: Ticket, score: int, comment: str | None, *, key: str | None
) -> Survey:
    """
    Answer the survey about a ticket as somebody who was asked, and is known to be that.

    Args:
        runner: What runs commands.
        person: Who answers.
        ticket: The ticket, which they may see.
        score: The answer, on the scale of the survey's measure.
        comment: What is said besides.
        key: The idempotency key, or ``None``.

    Raises:
        RefusedError: If they were asked nothing about it, it is over, or they have answered.
        DefinitionError: If the score is not on the scale.
    """
    about = _about(ticket.id, person.id)
    sent = sorted(Shelf(SURVEY, runner).beginning_with(about), key=lambda each: each.sent_at)
    if not sent:
        refusal = f"{ticket.number}: you are asked nothing about it"
        raise RefusedError(refusal)
    return _answered(runner, sent[-1], _Answer(None, sent[-1].id, score, comment), key)


def _answered(runner: Runner, known: Survey, given: _Answer, key: str | None) -> Survey:
    runner = runner.asked(
        "surveys.answer", Actor(known.person), key, given.asked_by, given.score, given.comment
    )
    shelf = Shelf(SURVEY, runner)

    def work(unit: UnitOfWork) -> Survey:
        survey, new = shelf.of(unit, known.id), runner.new_id()
        outcome = answer(survey, given.secret, given.score, given.comment, runner.clock(), follow_up=new)
        if outcome.value.follow_up is not None:
            _look_into(runner, unit, outcome.value)
        return shelf.save(unit, survey, outcome)

    return runner.answered(work, shelf.answer)


def all_surveys(runner: Runner) -> Iterator[Survey]:
    """Go through all surveys, for figures about many."""
    return Shelf(SURVEY, runner).each()


def _send_all(runner: Runner, page: Sequence[PositionedEvent[TicketEvent]], unit: UnitOfWork) -> int:
    """Ask about the events of a page, and note that they were read: all in one."""
    sent = 0
    for _, event in page:
        fact = event.fact
        if isinstance(fact, StateChanged | StateCorrected):
            for policy in runner.config.surveys:
                if policy.on == fact.category:
                    sent += _send(runner, policy, event, unguarded(unit))
    unit.set_cursor(_READER, page[-1].position)
    return sent


def _send(runner: Runner, policy: SurveyPolicy, event: TicketEvent, unit: UnitOfWork) -> int:
    """Ask about one event by one policy, if somebody is to be asked; return how many were."""
    # One survey for each arrival, whoever reads of it how often.
    key = f"{event.ticket_id}|{event.sequence}|{policy.name}"
    surveys, rounds = Shelf(SURVEY, runner), Shelf(ROUND, runner)
    try:
        ticket = unit.ticket(event.ticket_id).ticket
    except NotFoundError:
        return 0
    person, now = policy.ask.of(ticket), runner.clock()
    survey_id = _about(ticket.id, person or "") + sha256(key.encode()).hexdigest()[:16]
    last = None if person is None else rounds.find(unit, person)
    if surveys.find(unit, survey_id) or reason_not_to_ask(policy, ticket, last, now):
        return 0
    secret = runner.new_salt()
    outcome = invite(policy, ticket, survey_id=survey_id, secret=secret, now=now)
    survey = outcome.value
    if runner.access is not None and not runner.access.may_be_told(survey.person, ticket):
        return 0
    # Others may be at the same event, or at another of the same person: then one of us begins anew.
    surveys.put(unit, None, outcome)
    rounds.put(unit, last, asked(policy, survey.person, last, now))
    notice = question(policy, ticket, survey, secret, runner.config.reporting_hours.tz)
    told = runner.speaker.notification(notice, ticket, key=f"{ticket.id}/{notice.what_for}")
    unit.enqueue(OutboxEntry(told, 0, now))
    return 1


def _about(ticket_id: TicketId, person: str) -> str:
    """Return what the keys of all surveys begin with that ask a person about a ticket: so they are found."""
    return sha256(f"{ticket_id}|{person}".encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _look_into(runner: Runner, unit: UnitOfWork, survey: Survey) -> None:
    """Log the ticket that follows up a low score."""
    unit = unguarded(unit)
    policy = next((each for each in runner.config.surveys if each.name == survey.policy), None)
    follow_up, group = ("complaint", None) if policy is None else (policy.follow_up, policy.group)
    about = unit.ticket(survey.ticket_id).ticket
    kind = runner.config.kind(follow_up)
    assert survey.follow_up is not None  # noqa: S101  # who calls has seen to it
    told = f"{survey.score} of {survey.measure.highest}"
    decision = kind.log(
        survey.follow_up,
        number_of_new(runner, unit, kind, about.restricted_to),
        runner.occasion(),
        details={
            "title": f"{about.number}: {told} in a survey",
            "requester": survey.person,
            "organisation": about.organisation,
            "service": survey.service,
            "support_group": group,
            FOLLOW_UP_OF: about.number,
            "survey": survey.id,
            **({"comment": survey.comment} if survey.comment else {}),
        },
        restricted_to=about.restricted_to,
        rules=runner.config.tickets,
    )
    runner.save(unit, decision)

"""
A survey: one question about one ticket to one person, answered at most once.

Who holds its token may answer it. The token has 128 random bits; what is kept is its digest alone, so that
nobody who reads the store can answer for somebody else.
"""

import hmac
from datetime import datetime, tzinfo
from hashlib import sha256

from attrs import evolve, field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit.errors import RefusedError
from itsmkit.languages import worded
from itsmkit.languages.bidi import without_controls
from itsmkit.practices.decision import Notice
from itsmkit.practices.experience.measure import Measure
from itsmkit.practices.experience.survey_policy import SurveyPolicy
from itsmkit.practices.outcome import Outcome
from itsmkit.tickets import Ticket, TicketId

__all__ = [
    "Round",
    "Survey",
    "answer",
    "asked",
    "digest_of",
    "invite",
    "question",
    "reason_not_to_ask",
    "token_of",
    "token_parts",
]

UNKNOWN = "there is no survey for this token; use it as it was sent, unaltered"


@frozen(kw_only=True)
class Survey:
    """
    A survey that was sent.

    Args:
        id: Its key.
        policy: The name of the policy that it is sent by.
        measure: What is asked for.
        ticket_id: The ticket that it is about.
        person: Who is asked.
        service: The service of the ticket then, if it had one.
        support_group: The group that had worked on it.
        agent: Who had worked on it.
        sent_at: When it was sent. Kept in UTC.
        expires_at: From when on it is not answered any more. Kept in UTC.
        digest: That of its token: SHA-256 in hexadecimal digits.
        low: The highest score that is followed up, if any is.
        answered_at: When it was answered, or ``None``. Kept in UTC.
        score: The answer.
        comment: What was said besides. It is personal.
        follow_up: The ticket that looks into it.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    policy: str = field(validator=named)
    measure: Measure
    ticket_id: TicketId
    person: str = field(validator=named)
    service: str | None = None
    support_group: str | None = None
    agent: str | None = None
    sent_at: datetime = field(converter=in_utc, validator=aware_instant)
    expires_at: datetime = field(converter=in_utc, validator=aware_instant)
    digest: str
    low: int | None = None
    answered_at: datetime | None = field(default=None, converter=in_utc_if_any)
    score: int | None = None
    comment: str | None = None
    follow_up: TicketId | None = None
    version: int = 0

    @property
    def is_low(self) -> bool:
        """Whether its answer is to be followed up."""
        return self.score is not None and self.low is not None and self.score <= self.low


@frozen(kw_only=True)
class Round:
    """
    When somebody was asked last, whatever about, and until when they are left alone.

    Args:
        id: The person.
        asked_at: When they were asked last. Kept in UTC.
        rest_until: From when on they may be asked again. Kept in UTC.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    asked_at: datetime = field(converter=in_utc, validator=aware_instant)
    rest_until: datetime = field(converter=in_utc, validator=aware_instant)
    version: int = 0


# -- tokens ----------------------------------------------------------------------------------------


def token_of(survey_id: str, secret: str) -> str:
    """Return the token of a survey: its key and what nobody can guess."""
    return f"{survey_id}.{secret}"


def token_parts(token: str) -> tuple[str, str]:
    """
    Return the key of a survey and the secret, from its token.

    What sets the token apart in a text from right to left may have been copied with it, and is left out.

    Raises:
        RefusedError: If it cannot be one.
    """
    survey_id, point, secret = without_controls(token).strip().rpartition(".")
    if not (survey_id and point and secret):
        raise RefusedError(UNKNOWN)
    return survey_id, secret


def digest_of(secret: str) -> str:
    """Return the digest by which a secret is known again."""
    return sha256(secret.encode()).hexdigest()


# -- rules -----------------------------------------------------------------------------------------


def reason_not_to_ask(policy: SurveyPolicy, ticket: Ticket, last: Round | None, now: datetime) -> str | None:
    """
    Return why nobody is asked about *ticket* by *policy*; ``None`` if somebody is.

    Args:
        policy: The policy.
        ticket: The ticket, which has arrived where it is.
        last: When who is to be asked was asked last; ``None`` for never.
        now: The present instant, aware.
    """
    if ticket.state_category != policy.on:
        return f"it is {ticket.state_category}, and not {policy.on}"
    if ticket.merged_into is not None:
        return "it goes on in another ticket"
    if not policy.is_about(ticket):
        return f"the survey {policy.name!r} is not about it"
    if policy.ask.of(ticket) is None:
        return "it is of nobody who could be asked"
    if last is not None and now < last.rest_until:
        return f"who is to be asked was asked at {last.asked_at}, and is left alone until {last.rest_until}"
    return None


def invite(
    policy: SurveyPolicy, ticket: Ticket, *, survey_id: str, secret: str, now: datetime
) -> Outcome[Survey]:
    """
    Ask somebody how it was: what `reason_not_to_ask` has let pass.

    Args:
        policy: The policy.
        ticket: The ticket.
        survey_id: The key of the survey.
        secret: What only who is asked learns: 128 random bits or more, as text.
        now: The present instant, aware.
    """
    person = policy.ask.of(ticket)
    assert person is not None  # noqa: S101  # or there is a reason not to ask
    survey = Survey(
        id=survey_id,
        policy=policy.name,
        measure=policy.measure,
        ticket_id=ticket.id,
        person=person,
        service=ticket.service,
        support_group=ticket.support_group,
        agent=ticket.assignee,
        sent_at=now,
        expires_at=now + policy.valid_for,
        digest=digest_of(secret),
        low=policy.low,
    )
    return Outcome(survey, "SurveySent")


def question(policy: SurveyPolicy, ticket: Ticket, survey: Survey, secret: str, zone: tzinfo) -> Notice:
    """
    Return what who is asked is told, with the token.

    Args:
        policy: The policy.
        ticket: The ticket.
        survey: The survey.
        secret: What only they learn.
        zone: In which instants are told to somebody whose own zone is not known.
    """
    words = policy.words
    until = survey.expires_at.astimezone(zone)
    places = {
        "number": ticket.number,
        "title": ticket.title or ticket.number,
        "lowest": survey.measure.lowest,
        "highest": survey.measure.highest,
        "until": until if words.instant is None else until.strftime(words.instant),
        "token": token_of(survey.id, secret),
    }
    subject, body = worded(words.subject, **places), worded(words.body, **places)
    return Notice(survey.person, subject, body, f"survey/{survey.id}")


def asked(policy: SurveyPolicy, person: str, last: Round | None, now: datetime) -> Outcome[Round]:
    """Return that somebody was asked now, and is left alone for a while."""
    before = Round(id=person, asked_at=now, rest_until=now) if last is None else last
    return Outcome(evolve(before, asked_at=now, rest_until=now + policy.cooldown), "PersonAsked")


def answer(
    survey: Survey,
    secret: str | None,
    score: int,
    comment: str | None,
    now: datetime,
    *,
    follow_up: TicketId | None,
) -> Outcome[Survey]:
    """
    Answer a survey.

    Args:
        survey: The survey that the token names.
        secret: What the token says to be its secret; ``None`` if it is known otherwise who answers.
        score: The answer.
        comment: What is said besides, if anything.
        now: The present instant, aware.
        follow_up: The ticket that looks into it, if the score is low.

    Raises:
        RefusedError: If the secret is another one; or if it is over, or was answered before.
        DefinitionError: If the score is not on the scale.
    """
    if secret is not None and not hmac.compare_digest(digest_of(secret), survey.digest):
        raise RefusedError(UNKNOWN)
    if survey.answered_at is not None:
        refusal = f"this survey was answered at {survey.answered_at}; it is answered once"
        raise RefusedError(refusal)
    if now >= survey.expires_at:
        refusal = f"this survey could be answered until {survey.expires_at}; it is over"
        raise RefusedError(refusal)
    survey.measure.check(score)
    answered = evolve(survey, answered_at=now, score=score, comment=comment or None)
    return Outcome(evolve(answered, follow_up=follow_up) if answered.is_low else answered, "SurveyAnswered")

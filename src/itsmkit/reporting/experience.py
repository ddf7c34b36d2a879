"""
Experience beside formal indicators: how a service is felt, and which are green outside and red inside.

================  ====================================================================================
Figure            Definition
================  ====================================================================================
satisfaction      mean of the answers to surveys about tickets of the service, each as where it stands
                  between the worst and the best answer of its measure
ease              mean over tickets of 1 / (1 + what came on top): each message that the requester had
                  to send after the first, each hand-off to another group, each reopening
promises kept     of the tickets whose requester was told a time: the share that was done by the first
                  time that they were told; those that are neither done nor late are not counted
score             mean of these three, weighted; of those that there are
attainment        of all clocks, as in reports of tickets: what the agreements say
================  ====================================================================================

All are exact shares from 0 to 1.

Source:
    ITIL 4, practice "Service level management", on the watermelon effect: what is measured is green, what is
    felt is red.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction

from attrs import define, field, frozen

from itsmkit.errors import DefinitionError
from itsmkit.practices.experience.survey import Survey
from itsmkit.reporting.incident_report import Attainment, is_counted
from itsmkit.sla import ClockReading, Verdict
from itsmkit.tickets import (
    DONE_CATEGORIES,
    Commented,
    PromiseMoved,
    PublicMessage,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketId,
)

__all__ = ["ExperienceWeights", "ServiceExperience", "service_experience", "watermelons"]


@frozen(kw_only=True)
class ExperienceWeights:
    """
    What counts how much for the score of a service.

    Args:
        satisfaction: What people answered.
        ease: How little they had to do.
        promises: How often they got what they were told.

    Raises:
        DefinitionError: If one is negative, or all are zero.
    """

    satisfaction: Fraction = field(default=Fraction(1, 2), converter=Fraction)
    ease: Fraction = field(default=Fraction(1, 4), converter=Fraction)
    promises: Fraction = field(default=Fraction(1, 4), converter=Fraction)

    def __attrs_post_init__(self) -> None:
        weights = (self.satisfaction, self.ease, self.promises)
        if min(weights) < 0 or not any(weights):
            told = ", ".join(map(str, weights))
            problem = f"weights must be zero or more, and one of them more than zero, not {told}"
            raise DefinitionError(problem)


@frozen
class ServiceExperience:
    """
    How a service is felt; see the table of this module.

    Args:
        service: The service; ``None`` for tickets of none.
        tickets: How many tickets there are.
        answers: How many surveys were answered.
        satisfaction: What people answered; ``None`` if nobody did.
        ease: How little they had to do; ``None`` without tickets.
        kept: How often they got what they were told; ``None`` if nobody was told anything yet.
        score: All of it; ``None`` if there is nothing to tell it from.
        attainment: What the agreements say.
    """

    service: str | None
    tickets: int
    answers: int
    satisfaction: Fraction | None
    ease: Fraction | None
    kept: Fraction | None
    score: Fraction | None
    attainment: Attainment


@define
class _Life:
    """What the events tell of how one ticket was felt."""

    contacts: int = 0
    told: datetime | None = None
    done_at: datetime | None = None


@define
class _Service:
    tickets: int = 0
    shares: list[Fraction] = field(factory=list)
    eases: list[Fraction] = field(factory=list)
    kept: list[bool] = field(factory=list)
    verdicts: Counter[Verdict] = field(factory=Counter)


def service_experience(
    tickets: Iterable[tuple[Ticket, Mapping[str, ClockReading]]],
    events: Iterable[TicketEvent],
    surveys: Iterable[Survey],
    now: datetime,
    weights: ExperienceWeights = ExperienceWeights(),
) -> tuple[ServiceExperience, ...]:
    """
    Return how each service is felt, by the code points of their names; tickets of none come first.

    Args:
        tickets: Each with what its clocks show.
        events: All of their events, in order; those of others are left out.
        surveys: The surveys about them; those that are not answered are left out.
        now: The present instant, aware.
        weights: What counts how much.
    """
    given = [*tickets]
    of = {ticket.id: ticket for ticket, _ in given}
    lives = _lives(of, events)
    services: defaultdict[str | None, _Service] = defaultdict(_Service)
    for ticket, readings in given:
        service, life = services[ticket.service], lives[ticket.id]
        service.tickets += 1
        on_top = life.contacts + ticket.reassignments + ticket.reopens
        service.eases.append(Fraction(1, 1 + on_top))
        if life.told is not None and (life.done_at is not None or now > life.told):
            service.kept.append(life.done_at is not None and life.done_at <= life.told)
        service.verdicts.update(each.verdict for each in readings.values() if is_counted(each))
    for survey in surveys:
        if survey.score is not None and survey.ticket_id in of:
            services[of[survey.ticket_id].service].shares.append(survey.measure.share(survey.score))
    ordered = sorted(services, key=lambda name: (name is not None, name or ""))
    return tuple(_figures(name, services[name], weights) for name in ordered)


def _lives(of: Mapping[TicketId, Ticket], events: Iterable[TicketEvent]) -> Mapping[TicketId, _Life]:
    lives: defaultdict[TicketId, _Life] = defaultdict(_Life)
    for event in events:
        ticket = of.get(event.ticket_id)
        if ticket is None:
            continue
        life, fact = lives[event.ticket_id], event.fact
        is_said = isinstance(fact, PublicMessage) or (isinstance(fact, Commented) and fact.public)
        if is_said and event.actor.id in (ticket.requester, ticket.affected_person):
            life.contacts += 1
        elif isinstance(fact, PromiseMoved):
            life.told = life.told or fact.after
        elif isinstance(fact, StateChanged | StateCorrected):
            is_done = fact.category in DONE_CATEGORIES
            # When it was done for good: what came back was not.
            life.done_at = (life.done_at or event.effective_at) if is_done else None
    return lives


def _figures(name: str | None, service: _Service, weights: ExperienceWeights) -> ServiceExperience:
    satisfaction, ease = _mean(service.shares), _mean(service.eases)
    kept = _mean([Fraction(each) for each in service.kept])
    parts = [
        (weight, share)
        for weight, share in (
            (weights.satisfaction, satisfaction),
            (weights.ease, ease),
            (weights.promises, kept),
        )
        if share is not None
    ]
    whole = sum(weight for weight, _ in parts)
    score = sum((weight * share for weight, share in parts), Fraction(0)) / whole if whole else None
    attainment = Attainment.of(service.verdicts)
    return ServiceExperience(
        name, service.tickets, len(service.shares), satisfaction, ease, kept, score, attainment
    )


def _mean(shares: list[Fraction]) -> Fraction | None:
    return sum(shares, Fraction(0)) / len(shares) if shares else None


def watermelons(
    services: Iterable[ServiceExperience],
    *,
    green: Fraction = Fraction(95, 100),
    red: Fraction = Fraction(60, 100),
) -> Iterator[ServiceExperience]:
    """
    Go through the services that keep their agreements, and are felt to be bad: green outside, red inside.

    Args:
        services: The services.
        green: The share of kept promises from which on agreements are green.
        red: The score below which a service is felt to be bad.
    """
    for each in services:
        decided = each.attainment.met + each.attainment.breached
        if not decided or each.score is None:
            continue
        if Fraction(each.attainment.met, decided) >= green and each.score < red:
            yield each

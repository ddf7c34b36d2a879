"""Who is asked how it was, when, and what follows from a low score."""

from datetime import timedelta
from enum import StrEnum

from attrs import field, frozen

from itsmkit._checks import member_of, named
from itsmkit._problems import instance_problems, name_problems, shown
from itsmkit.conditions import ALWAYS, Condition, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.languages import msgid
from itsmkit.languages.placeholders import placeholder_problems, placeholders_of
from itsmkit.practices.experience.measure import Measure
from itsmkit.tickets import Ticket
from itsmkit.workflow import StateCategory

__all__ = ["Respondent", "SurveyPolicy", "SurveyWords"]


class Respondent(StrEnum):
    """Who is asked."""

    REQUESTER = "requester"
    AFFECTED_PERSON = "affected_person"
    """Who had the need; who asked for the work, if that is the same."""

    def of(self, ticket: Ticket) -> str | None:
        """Return who that is of a ticket; ``None`` if nobody is known."""
        return (self is Respondent.AFFECTED_PERSON and ticket.affected_person) or ticket.requester


def _measure(given: Measure | str) -> Measure:
    return member_of(Measure, given, "a measure")


def _category(given: StateCategory | str) -> StateCategory:
    return member_of(StateCategory, given, "a category of states")


def _respondent(given: Respondent | str) -> Respondent:
    return member_of(Respondent, given, "who is asked")


@frozen(kw_only=True)
class SurveyWords:
    """
    The words in which somebody is asked.

    Where they have ``{number}``, ``{title}``, ``{lowest}``, ``{highest}``, ``{until}`` and ``{token}``, these
    are put there. They are said in the language of who is asked; words of a desk's own are said as they
    stand, unless the desk has translations of them, too: see `itsmkit.languages.Languages`.

    Args:
        subject: One line.
        body: Plain text, with the token or a link that has it.
        instant: How the instant until which it can be answered is written, as `datetime.strftime` has it; by
            default, as the language does.

    Raises:
        DefinitionError: If a place is unknown, or the token is nowhere in the body.
    """

    subject: str = msgid("{number}: how was it?")
    body: str = msgid(
        "{title}\n\nHow content are you with what we did, from {lowest} to {highest}?\n"
        "You can answer until {until}, with this token: {token}"
    )
    instant: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [
            *placeholder_problems("subject", self.subject, _PLACES),
            *placeholder_problems("body", self.body, _PLACES),
        ]
        if not problems and "token" not in placeholders_of(self.body):
            problems.append("body: has no {token}, without which nobody can answer")
        if problems:
            raise DefinitionError(*problems)


_PLACES = ("number", "title", "lowest", "highest", "until", "token")


@frozen(kw_only=True)
class SurveyPolicy:
    """
    A survey that is sent again and again.

    Args:
        name: What it is called; its surveys say by which policy they are.
        measure: What is asked for.
        on: The category of states in which a ticket has to arrive for it.
        when: Which tickets it is about.
        ask: Who is asked.
        cooldown: How long nobody is asked again, by whatever policy, once they were asked by this one.
        valid_for: How long it can be answered, from when it was sent.
        low: The highest score that is a low one, after which somebody looks into it; ``None`` for none.
        follow_up: The kind of work that this is then.
        group: The support group that does it.
        words: In which words.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> SurveyPolicy(name="after resolution", low=2).follow_up
    'complaint'
    """

    name: str = field(validator=named)
    measure: Measure = field(default=Measure.CSAT, converter=_measure)
    on: StateCategory = field(default=StateCategory.RESOLVED, converter=_category)
    when: Condition = ALWAYS
    ask: Respondent = field(default=Respondent.REQUESTER, converter=_respondent)
    cooldown: timedelta = timedelta(days=30)
    valid_for: timedelta = timedelta(days=14)
    low: int | None = None
    follow_up: str = field(default="complaint", validator=named)
    group: str | None = None
    words: SurveyWords = SurveyWords()

    def __attrs_post_init__(self) -> None:
        problems = [
            *instance_problems("when", self.when, Condition),
            *instance_problems("words", self.words, SurveyWords),
        ]
        for name, least in (("cooldown", timedelta(0)), ("valid_for", timedelta(minutes=1))):
            span = getattr(self, name)
            if not isinstance(span, timedelta) or span < least:
                problems.append(f"{name}: must be {least} or more, not {shown(span)}")
        if self.group is not None:
            problems += name_problems("group", self.group)
        if self.low is not None:
            try:
                self.measure.check(self.low, "low")
            except DefinitionError as error:
                problems += error.problems
        if problems:
            raise DefinitionError(*problems)

    def is_about(self, ticket: Ticket) -> bool:
        """Tell whether a ticket is one that it is about, in whatever state."""
        return compile_condition(self.when)(ticket.facts())

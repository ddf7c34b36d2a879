"""Examples to learn from: the words of a ticket, and what people have decided about it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from hashlib import sha256

from attrs import field, frozen

from itsmkit._checks import in_utc_if_any, named
from itsmkit._problems import instance_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.classification.prediction import text_of
from itsmkit.tickets import (
    Actor,
    Assigned,
    DetailsChanged,
    Prioritised,
    StateChanged,
    TicketEvent,
    TicketLogged,
)

__all__ = ["Decided", "Example", "decided_of", "example_of", "stratified_split", "time_split"]


@frozen
class Example:
    """
    A text, and what it was classified as.

    Args:
        text: The words.
        label: What it was classified as.
        at: When the words were written, kept in UTC; ``None`` if nobody knows.
    """

    text: str
    label: str = field(validator=named)
    at: datetime | None = field(default=None, converter=in_utc_if_any)

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("Example.text", self.text, str)]
        if problems:
            raise DefinitionError(*problems)

    @property
    def digest(self) -> str:
        """What it is told apart by: the same for the same words and label, whatever the order of examples."""
        return sha256(json.dumps([self.text, self.label]).encode()).hexdigest()


@frozen
class Decided:
    """
    What stands in a field at the end of a history, and who put it there.

    Args:
        value: What stands there.
        actor: Who put it there last.
        at: When.
        is_default: Whether it stands there because nobody said otherwise: the least grave level of a new
            ticket, for all that the history tells.
    """

    value: str
    actor: Actor
    at: datetime
    is_default: bool = False

    @property
    def is_by_people(self) -> bool:
        """Tell whether a person has decided it, and not a program, nor nobody."""
        return not (self.actor.automated or self.is_default)


_LEVELS = frozenset({"impact", "urgency"})


def decided_of(
    history: Iterable[TicketEvent], name: str, least: Mapping[str, str] | None = None
) -> Decided | None:
    """
    Return what stands in a field of a ticket at the end of its history; ``None`` if nothing does.

    Args:
        history: The events of the ticket, in order; only the first ones, for an earlier moment.
        name: One of `FIELDS`.
        least: The least grave levels by the names of their fields, which new tickets get by themselves.
    """
    found: Decided | None = None
    for event in history:
        fact = event.fact
        told: object
        if isinstance(fact, TicketLogged):
            told = fact.details.get(name)
        elif isinstance(fact, StateChanged | DetailsChanged):
            details = fact.details if isinstance(fact, StateChanged) else fact.changes
            if name not in details:
                continue
            told = details[name]
        elif isinstance(fact, Assigned) and name == "support_group":
            told = fact.support_group
        elif isinstance(fact, Prioritised) and name in _LEVELS:
            told = getattr(fact, name)
        else:
            continue
        if not isinstance(told, str) or not told.strip():
            found = None
        elif found is None or found.value != told or isinstance(fact, Prioritised):
            is_default = isinstance(fact, TicketLogged) and (least or {}).get(name) == told
            found = Decided(told.strip(), event.actor, event.effective_at, is_default)
    return found


def example_of(
    history: Sequence[TicketEvent], name: str, least: Mapping[str, str] | None = None
) -> Example | None:
    """
    Return what can be learned from a ticket: its words as they came in, and what people decided in the end.

    What a program has decided teaches nothing: a model would only learn what it said itself. Neither do
    tickets that are still open, in which people may yet change their minds; leaving them out is for the
    caller.

    Args:
        history: All events of the ticket, in order.
        name: One of `FIELDS`.
        least: As `decided_of`.
    """
    logged = history[0].fact if history else None
    if not isinstance(logged, TicketLogged):
        return None
    decided, text = decided_of(history, name, least), text_of(logged.details)
    if decided is None or not decided.is_by_people or not text.strip():
        return None
    return Example(text, decided.value, history[0].effective_at)


def stratified_split(
    examples: Iterable[Example], share: Fraction = Fraction(1, 5), seed: int = 0
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """
    Return examples to learn from, and a hold-out in which each label has its share.

    The same examples are split the same way in whichever order they come, here and elsewhere. What has the
    same words and label stays on one side.

    Args:
        examples: The examples.
        share: How much is held out of each label, more than 0 and less than 1; rounded to whole examples.
        seed: Another one gives another split.

    Raises:
        DefinitionError: If *share* is out of bounds.
    """
    _check_share(share)
    by_label: dict[str, list[tuple[str, Example]]] = {}
    for each in examples:
        key = sha256(f"{seed}:{each.digest}".encode()).hexdigest()
        by_label.setdefault(each.label, []).append((key, each))
    kept: list[Example] = []
    held_out: list[Example] = []
    for label in sorted(by_label):
        keyed = sorted(by_label[label], key=lambda pair: (pair[0], pair[1].at is not None, pair[1].at))
        cut = round(share * len(keyed))
        while 0 < cut < len(keyed) and keyed[cut][0] == keyed[cut - 1][0]:
            cut += 1
        held_out += (each for _, each in keyed[:cut])
        kept += (each for _, each in keyed[cut:])
    return tuple(kept), tuple(held_out)


def time_split(
    examples: Iterable[Example], share: Fraction = Fraction(1, 5)
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """
    Return the earlier examples, to learn from, and the later ones, as a model would have met them.

    It is the honest split of a real history: words and ways of a desk drift, and near copies of one mail come
    on one day. Examples of one instant stay on one side, the earlier one.

    Args:
        examples: The examples, each with its instant.
        share: How much is held out, more than 0 and less than 1; rounded to whole examples.

    Raises:
        DefinitionError: If *share* is out of bounds, or an example has no instant.
    """
    _check_share(share)
    timed = [*_timed(examples)]
    timed.sort(key=lambda pair: (pair[0], pair[1].digest))
    cut = len(timed) - round(share * len(timed))
    while 0 < cut < len(timed) and timed[cut][0] == timed[cut - 1][0]:
        cut += 1
    return tuple(each for _, each in timed[:cut]), tuple(each for _, each in timed[cut:])


def _timed(examples: Iterable[Example]) -> Iterator[tuple[datetime, Example]]:
    for place, each in enumerate(examples):
        if each.at is None:
            problem = f"examples[{place}]: it has no instant; split by `stratified_split`, or give it one"
            raise DefinitionError(problem)
        yield each.at, each


def _check_share(share: Fraction) -> None:
    if not 0 < share < 1:
        problem = f"share must be more than 0 and less than 1, not {shown(share)}"
        raise DefinitionError(problem)


def label_counts(examples: Iterable[Example]) -> Counter[str]:
    """Return how many examples there are of each label."""
    return Counter(each.label for each in examples)

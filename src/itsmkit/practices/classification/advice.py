"""What is done with predictions: by a policy that is data, each decision with its reason."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit._problems import distinct_problems, instance_problems, shown
from itsmkit.conditions import NEVER, Condition, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.classification.prediction import Prediction, field_problems, is_share
from itsmkit.tickets import Ticket

__all__ = ["Advice", "AdviceAction", "ClassificationMode", "ClassificationPolicy", "advise"]


class ClassificationMode(StrEnum):
    """What classification may do on a desk."""

    OFF = "off"
    """Nothing: no model is asked."""
    SHADOW = "shadow"
    """It is recorded what would have been done, and nothing is."""
    SUGGEST = "suggest"
    """What reaches its gate is noted for who works on the ticket."""
    APPLY = "apply"
    """What reaches its gate is filled in where nobody has decided yet, and is labelled as automatic."""


class AdviceAction(StrEnum):
    """What is done with a prediction."""

    APPLY = "apply"
    """It is filled in."""
    SUGGEST = "suggest"
    """It is noted for who works on the ticket."""
    RECORD = "record"
    """It reaches its gate, and is recorded alone, to be compared with what people do."""
    DROP = "drop"
    """It does not reach its gate, or is nothing that the desk knows; that is recorded, too."""


@frozen(kw_only=True)
class ClassificationPolicy:
    """
    What is predicted of tickets, and from which confidence on something is done with it.

    Args:
        mode: What classification may do.
        gates: The confidence from which on a prediction counts, by the field: those of `FIELDS` that stand
            here are predicted.
        at_log: Whether tickets are classified while they are logged. Otherwise somebody asks for it.
        kinds: The kinds of work whose tickets are classified while they are logged.
        never_when: The tickets in which nothing is filled in by itself; it is noted.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    mode: ClassificationMode = ClassificationMode.OFF
    gates: Mapping[str, float] = attrs.field(
        default={"category": 0.8, "support_group": 0.8}, converter=frozen_dict
    )
    at_log: bool = False
    kinds: tuple[str, ...] = attrs.field(default=("incident",), converter=as_tuple)
    never_when: Condition = NEVER

    def __attrs_post_init__(self) -> None:
        problems = [
            *instance_problems("mode", self.mode, ClassificationMode),
            *instance_problems("at_log", self.at_log, bool),
            *instance_problems("never_when", self.never_when, Condition),
            *distinct_problems("kinds", self.kinds),
        ]
        for name, gate in self.gates.items():
            problems += field_problems("gates", name)
            if not is_share(gate):
                problems.append(f"gates.{name}: must be a number from 0 to 1, not {shown(gate)}")
        if problems:
            raise DefinitionError(*problems)

    @property
    def is_on(self) -> bool:
        """Tell whether anything is predicted at all."""
        return self.mode is not ClassificationMode.OFF and bool(self.gates)


@frozen
class Advice:
    """
    What is done with what was predicted of a field.

    Args:
        field: The field, one of `FIELDS`.
        value: What was predicted.
        confidence: How sure that is, 0 to 1.
        source: What predicts.
        action: What is done with it.
        reason: Why.
        because: The words that counted. They are the requester's, and are not kept with the ticket.
    """

    field: str
    value: str = attrs.field(validator=named)
    confidence: float
    source: str
    action: AdviceAction
    reason: str
    because: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)

    @property
    def reached_gate(self) -> bool:
        """Tell whether it was sure enough, and something that the desk knows."""
        return self.action is not AdviceAction.DROP

    def explain(self) -> str:
        """Return it as a sentence."""
        told = Prediction(self.field, self.value, self.confidence, self.because, self.source).explain()
        return f"{told}; {self.action.value}: {self.reason}"


def advise(
    ticket: Ticket,
    predictions: Iterable[Prediction],
    policy: ClassificationPolicy,
    *,
    known: Mapping[str, Collection[str]] | None = None,
    decided: Collection[str] = (),
) -> tuple[Advice, ...]:
    """
    Decide what is done with what was predicted of a ticket.

    Of each field, the first source that predicts it is believed, and of its predictions the surest: the
    confidences of several models cannot be compared.

    Args:
        ticket: The ticket.
        predictions: What was predicted, those first whose source comes first.
        policy: What is done from which confidence on.
        known: What a field can be, by its name; a field that is missing can be anything.
        decided: The fields that somebody has filled in already, which stay as they are.

    Returns:
        What is done, a field each, in the order of the policy; nothing of a field that nobody predicts.

    >>> from itsmkit.testing import an_incident_logged
    >>> policy = ClassificationPolicy(mode=ClassificationMode.APPLY, gates={"category": 0.7})
    >>> sure = Prediction("category", "network", 0.9, ["wifi"], "baseline 1a2b3c4d")
    >>> for each in advise(an_incident_logged().ticket, [sure], policy):
    ...     print(each.explain())
    category network by baseline 1a2b3c4d, confidence 0.90, because of: wifi; apply: confidence 0.90 is at \
least 0.7
    """
    if not policy.is_on:
        return ()
    found = tuple(predictions)
    is_never = compile_condition(policy.never_when)(ticket.facts())
    told = []
    for name, gate in policy.gates.items():
        of_it = [each for each in found if each.field == name]
        first = [each for each in of_it if each.source == of_it[0].source]
        if not first:
            continue
        best = max(first, key=lambda each: each.confidence)
        allowed = None if known is None else known.get(name)
        action, reason = _verdict(best, gate, policy, allowed, name in decided)
        if action is AdviceAction.APPLY and is_never:
            action = AdviceAction.SUGGEST
            reason = f"{reason}, but nothing is filled in where {policy.never_when}"
        told.append(Advice(name, best.value, best.confidence, best.source, action, reason, best.because))
    return tuple(told)


def _verdict(
    best: Prediction,
    gate: float,
    policy: ClassificationPolicy,
    allowed: Collection[str] | None,
    is_decided: bool,
) -> tuple[AdviceAction, str]:
    """Return what is done with the best prediction of a field, and why."""
    sure = f"confidence {best.confidence:.2f}"
    if allowed is not None and best.value not in allowed:
        return AdviceAction.DROP, f"the desk has no {best.field} {best.value!r}"
    if best.confidence < gate:
        return AdviceAction.DROP, f"{sure} is less than {gate:g}"
    told = f"{sure} is at least {gate:g}"
    if policy.mode is ClassificationMode.SHADOW:
        return AdviceAction.RECORD, f"{told}, and classification works in the shadow"
    if is_decided:
        return AdviceAction.RECORD, f"{told}, and it is decided already"
    if policy.mode is ClassificationMode.SUGGEST:
        return AdviceAction.SUGGEST, f"{told}, and nothing is filled in by itself"
    return AdviceAction.APPLY, told

"""Guards: conditions that say why, and the algebra that joins them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator

import attrs
from attrs import frozen

from itsmkit._problems import distinct, instance_problems, items_problems, name_problems, shown
from itsmkit.conditions import AllOf, AnyOf, Condition, Facts, holds
from itsmkit.errors import DefinitionError

__all__ = [
    "AllGuards",
    "AnyGuard",
    "Guard",
    "GuardExpression",
    "HELD",
    "NegatedGuard",
    "Verdict",
    "ambiguity_problems",
    "guard_tuple",
    "guards_problems",
    "together",
]


@frozen
class Verdict:
    """
    What came of a guard on the facts at hand.

    Args:
        holds: Whether it holds.
        failed: The names of the guards that stand in the way, in the order of their declaration; a negated
            guard is called ``not <name>``. Empty if it holds.
        reasons: A sentence for each thing that stands in the way. Of alternatives, none of which holds, one
            sentence tells all. Empty if it holds.
    """

    holds: bool
    failed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


HELD = Verdict(holds=True)
"""The verdict on what holds; there is nothing more to tell of it."""


class GuardExpression(ABC):
    """
    A guard, or guards joined by ``&``, ``|`` and ``~``.

    Negating goes inward at once (De Morgan), so that each refusal can be told in the words of single guards.

    >>> from itsmkit.conditions import equals, present
    >>> owned = Guard("owned", present("owner"), "it has no owner")
    >>> frozen = Guard("frozen", equals("freeze", True), "there is no freeze", otherwise="there is a freeze")
    >>> ready = owned & ~frozen
    >>> ready.verdict({"freeze": True}).reasons
    ('it has no owner', 'there is a freeze')
    >>> (owned | ~frozen).verdict({"freeze": True}).reasons
    ('it has no owner, and there is a freeze: one of these must change',)
    >>> ready.verdict({"owner": "kim"})
    Verdict(holds=True, failed=(), reasons=())
    """

    __slots__ = ()

    @property
    @abstractmethod
    def condition(self) -> Condition:
        """The one condition that holds exactly where this does."""

    def verdict(self, facts: Facts) -> Verdict:
        """Return whether it holds for *facts*, and if not, every reason."""
        return self.judged(lambda guard: holds(guard.condition, facts))

    @abstractmethod
    def judged(self, test: Callable[["Guard"], bool]) -> Verdict:
        """Return the verdict where *test* tells which of the single guards hold."""

    @abstractmethod
    def guards(self) -> Iterator["Guard"]:
        """Yield the single guards that it is made of, in order; one that stands twice comes twice."""

    def __and__(self, other: "GuardExpression") -> "AllGuards":
        """Return the guard that holds where this one and *other* both do."""
        if not isinstance(other, GuardExpression):
            return NotImplemented
        return AllGuards((*_parts(self, AllGuards), *_parts(other, AllGuards)))

    def __or__(self, other: "GuardExpression") -> "AnyGuard":
        """Return the guard that holds where this one or *other* does."""
        if not isinstance(other, GuardExpression):
            return NotImplemented
        return AnyGuard((*_parts(self, AnyGuard), *_parts(other, AnyGuard)))

    @abstractmethod
    def __invert__(self) -> "GuardExpression":
        """Return the guard that holds exactly where this one does not."""

    def __bool__(self) -> bool:
        """Refuse: ``a and b`` would silently be ``b``."""
        message = "a guard is neither true nor false without facts; combine by & | ~, ask by verdict()"
        raise TypeError(message)


@frozen
class Guard(GuardExpression):
    """
    A condition that must hold for a transition to happen, and what to say where it does not.

    Args:
        name: What programs call it; means the same throughout a workflow.
        condition: Asked of the facts at hand.
        reason: A sentence for people, shown when the condition does not hold: what is wrong, and
            preferably the way out.
        otherwise: The sentence for where the condition holds and must not, which is what ``~guard`` says.
            Left out, it says that *name* must not hold.

    Raises:
        DefinitionError: With every problem, if one of them is anything else.
    """

    name: str
    condition: Condition
    reason: str
    otherwise: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *instance_problems("condition", self.condition, Condition),
            *name_problems("reason", self.reason, "a sentence"),
        ]
        if self.otherwise is not None:
            problems += name_problems("otherwise", self.otherwise, "a sentence")
        if problems:
            raise DefinitionError(*problems)

    def judged(self, test: "Callable[[Guard], bool]") -> Verdict:
        """Return the verdict: the reason, unless *test* says that the guard holds."""
        return HELD if test(self) else Verdict(holds=False, failed=(self.name,), reasons=(self.reason,))

    def guards(self) -> Iterator["Guard"]:
        """Yield the guard itself."""
        yield self

    def __invert__(self) -> "NegatedGuard":
        return NegatedGuard(self)


@frozen
class NegatedGuard(GuardExpression):
    """
    Holds exactly where *guard* does not.

    Args:
        guard: A single guard.

    Raises:
        DefinitionError: If it is none, or its condition nests too deeply to be negated.
    """

    guard: Guard

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("guard", self.guard, Guard)]
        if problems:
            raise DefinitionError(*problems)
        _ = self.condition  # which refuses what nests too deeply

    @property
    def condition(self) -> Condition:
        """The opposite of the guard's condition."""
        return ~self.guard.condition

    def judged(self, test: Callable[[Guard], bool]) -> Verdict:
        """Return the verdict: what is said otherwise, if *test* says that the guard holds."""
        if not test(self.guard):
            return HELD
        name = self.guard.name
        sentence = self.guard.otherwise or f"{name} must not hold"
        return Verdict(holds=False, failed=(f"not {name}",), reasons=(sentence,))

    def guards(self) -> Iterator[Guard]:
        """Yield the guard."""
        yield self.guard

    def __invert__(self) -> Guard:
        return self.guard


def _tuple(parts: Iterable[GuardExpression]) -> tuple[GuardExpression, ...]:
    return tuple(parts)


@frozen
class _Joined(GuardExpression):
    parts: tuple[GuardExpression, ...] = attrs.field(converter=_tuple)

    def __attrs_post_init__(self) -> None:
        problems: list[str] = []
        if len(self.parts) < 2:
            problems.append(f"at least two guards are joined, not {len(self.parts)}")
        problems += items_problems("parts", self.parts, GuardExpression)
        if problems:
            raise DefinitionError(*problems)
        _ = self.condition  # which refuses what nests too deeply or has too many parts

    def guards(self) -> Iterator[Guard]:
        """Yield the single guards of all parts."""
        for part in self.parts:
            yield from part.guards()


@frozen
class AllGuards(_Joined):
    """
    Holds where all of *parts* do; a refusal lists the reasons of each that does not.

    Raises:
        DefinitionError: If there are fewer than two, one is no guard, or their conditions together are beyond
            `MAX_DEPTH <itsmkit.conditions.MAX_DEPTH>` or `MAX_SIZE <itsmkit.conditions.MAX_SIZE>`.
    """

    @property
    def condition(self) -> Condition:
        """All conditions together."""
        return AllOf(part.condition for part in self.parts)

    def judged(self, test: Callable[[Guard], bool]) -> Verdict:
        """Return the verdict: what stands in the way of each part that does not hold."""
        return together(part.judged(test) for part in self.parts)

    def __invert__(self) -> "AnyGuard":
        return AnyGuard(~part for part in self.parts)


@frozen
class AnyGuard(_Joined):
    """
    Holds where at least one of *parts* does; a refusal is one sentence, which names what each one lacks.

    Raises:
        DefinitionError: As for `AllGuards`.
    """

    @property
    def condition(self) -> Condition:
        """Any of the conditions."""
        return AnyOf(part.condition for part in self.parts)

    def judged(self, test: Callable[[Guard], bool]) -> Verdict:
        """Return the verdict: what all parts lack, unless one of them holds."""
        found = [part.judged(test) for part in self.parts]
        if any(each.holds for each in found):
            return HELD
        lacking = ", and ".join(" and ".join(each.reasons) for each in found)
        return Verdict(
            holds=False,
            failed=distinct(each.failed for each in found),
            reasons=(f"{lacking}: one of these must change",),
        )

    def __invert__(self) -> AllGuards:
        return AllGuards(~part for part in self.parts)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on several things that must all hold; what is said twice is told once."""
    found = [each for each in verdicts if not each.holds]
    if not found:
        return HELD
    return Verdict(
        holds=False,
        failed=distinct(each.failed for each in found),
        reasons=distinct(each.reasons for each in found),
    )


def _parts(guard: GuardExpression, kind: type[_Joined]) -> tuple[GuardExpression, ...]:
    return guard.parts if isinstance(guard, kind) else (guard,)


def guard_tuple(guards: GuardExpression | Iterable[GuardExpression]) -> tuple[GuardExpression, ...]:
    """Return several guards as a tuple; a single one may stand alone. Fit as an attrs converter."""
    return (guards,) if isinstance(guards, GuardExpression) else tuple(guards)


def guards_problems(path: str, guards: Iterable[object]) -> Iterator[str]:
    """List what keeps *guards* from being guards, with one meaning for each name."""
    sound = []
    for index, guard in enumerate(guards):
        if isinstance(guard, GuardExpression):
            sound.append((f"{path}[{index}]", guard))
        else:
            yield f"{path}[{index}]: must be a guard, not {shown(guard)}"
    yield from ambiguity_problems(sound)


def ambiguity_problems(found: Iterable[tuple[str, GuardExpression]]) -> Iterator[str]:
    """List the names that stand for different guards at the paths where they were *found*."""
    first: dict[str, tuple[str, Guard]] = {}
    for path, expression in found:
        for guard in expression.guards():
            place, known = first.setdefault(guard.name, (path, guard))
            if known != guard:
                yield (
                    f"{path}: guard {guard.name!r} is another one than at {place}; "
                    "a name stands for one guard throughout a workflow"
                )

"""Whether the tickets of today are still those that a model was made for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import log
from typing import Any

from attrs import field, frozen

from itsmkit.errors import DefinitionError
from itsmkit.search import words_of
from itsmkit_ml._values import as_tuple
from itsmkit_ml.text_model import TextModel

__all__ = ["Drift", "DriftState", "DriftThresholds", "Shift", "drift", "stability_index"]

_BANDS = 10
_MOST_WORDS = 500
_MOST_NAMED = 5
_REST = "(all other words)"


class DriftState(StrEnum):
    """What a shift means."""

    STABLE = "stable"
    WATCH = "watch"
    """It is worth a look: evaluate the model on tickets that people have classified since."""
    DRIFTED = "drifted"
    """Train the model again."""


@frozen(kw_only=True)
class DriftThresholds:
    """
    From which stability index on a shift means something.

    Args:
        watch: From which on it is worth a look.
        drifted: From which on the model should be trained again.

    Raises:
        DefinitionError: If they are not more than 0, or in the wrong order.

    Source:
        Siddiqi, "Credit Risk Scorecards", 2006: below 0.1 no change that matters, from 0.25 on a major one.
    """

    watch: float = 0.1
    drifted: float = 0.25

    def __attrs_post_init__(self) -> None:
        if not 0 < self.watch <= self.drifted:
            told = f"{self.watch} and {self.drifted}"
            problem = f"thresholds must be more than 0, watch not above drifted; not {told}"
            raise DefinitionError(problem)


@frozen
class Shift:
    """
    How far something has moved.

    Args:
        what: ``"labels"``, ``"confidence"`` or ``"words"``.
        index: The population stability index: 0 for no change at all.
        state: What that means.
        most: What moved most, with its shares before and now.
    """

    what: str
    index: float
    state: DriftState
    most: tuple[tuple[str, float, float], ...] = field(converter=as_tuple)

    def explain(self) -> str:
        """Return it as a sentence."""
        moved = ", ".join(f"{name} {before:.1%} -> {now:.1%}" for name, before, now in self.most)
        return f"{self.what}: {self.state.value}, stability index {self.index:.3f}; most: {moved}"


@frozen
class Drift:
    """
    How far tickets have moved since another time.

    Args:
        before: How many tickets there were then.
        now: How many there are now.
        shifts: Of labels, confidence and words.
    """

    before: int
    now: int
    shifts: tuple[Shift, ...] = field(converter=as_tuple)

    @property
    def state(self) -> DriftState:
        """The gravest state of all shifts."""
        order = [*DriftState]
        return max((each.state for each in self.shifts), key=order.index)

    def explain(self) -> str:
        """Return it as a few lines of text."""
        head = f"{self.state.value}: {self.now} tickets beside {self.before} of before"
        return "\n".join((head, *(each.explain() for each in self.shifts)))


def stability_index(before: Mapping[str, int], now: Mapping[str, int]) -> float:
    """
    Return the population stability index of two counts: 0 if their shares are equal, and more if not.

    Half a case is added to each name, so that what was never there before counts as much, and not as
    infinitely much.

    >>> stability_index({"a": 50, "b": 50}, {"a": 500, "b": 500}) < 0.001
    True
    >>> round(stability_index({"a": 900, "b": 100}, {"a": 500, "b": 500}), 2)
    0.88
    """
    return sum(_parts(before, now).values())


def drift(
    model: TextModel,
    before: Iterable[str],
    now: Iterable[str],
    thresholds: DriftThresholds | None = None,
) -> Drift:
    """
    Return how far texts have moved, as a model sees them.

    Args:
        model: The model.
        before: Texts of the time when the model was good; such that it has not learned from, or its
            confidence in them is better than it ever will be again.
        now: Texts of today.
        thresholds: What means what.

    Raises:
        DefinitionError: If there are no texts on one side.
    """
    told = thresholds or DriftThresholds()
    earlier, later = [*before], [*now]
    lacking = [name for name, texts in (("before", earlier), ("now", later)) if not texts]
    if lacking:
        raise DefinitionError(*(f"{name}: there are no texts" for name in lacking))
    first, second = _profile(model, earlier), _profile(model, later)
    kept = {word for word, _ in first["words"].most_common(_MOST_WORDS)}
    for each in (first, second):
        each["words"] = _grouped(each["words"], kept)
    return Drift(len(earlier), len(later), [_shift(what, first[what], second[what], told) for what in first])


def _profile(model: TextModel, texts: list[str]) -> dict[str, Counter[str]]:
    predicted = model.predict_all(texts, explained=False)
    bands = (min(int(each.confidence * _BANDS), _BANDS - 1) for each in predicted)
    return {
        "labels": Counter(each.value for each in predicted),
        "confidence": Counter(f"{band / _BANDS:.1f} to {(band + 1) / _BANDS:.1f}" for band in bands),
        "words": Counter(word for text in texts for word in words_of(text)),
    }


def _grouped(words: Counter[str], kept: set[str]) -> Counter[str]:
    grouped: Counter[str] = Counter()
    for word, count in words.items():
        grouped[word if word in kept else _REST] += count
    return grouped


def _shift(what: str, before: Counter[str], now: Counter[str], told: DriftThresholds) -> Shift:
    parts = _parts(before, now)
    index = sum(parts.values())
    first = sorted(parts, key=lambda each: (-parts[each], each))[:_MOST_NAMED]
    state = DriftState.STABLE
    if index >= told.watch:
        state = DriftState.DRIFTED if index >= told.drifted else DriftState.WATCH
    all_before, all_now = before.total() or 1, now.total() or 1
    return Shift(
        what, index, state, [(each, before[each] / all_before, now[each] / all_now) for each in first]
    )


def _parts(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, float]:
    names = sorted({*before, *now})
    shares = []
    for counts in (before, now):
        whole = sum(counts.values()) + 0.5 * len(names)
        shares.append({name: (counts.get(name, 0) + 0.5) / whole for name in names})
    first, second = shares
    return {name: (second[name] - first[name]) * log(second[name] / first[name]) for name in names}

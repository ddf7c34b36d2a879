"""
The search for causes in numbers: what may be one, how well it explains the evidence, and which are best.

Every cause is tried by letting it fail in the graph, so that redundancy and cycles count as they do for
impact. Two bounds keep that cheap and lose nothing: a cause explains no more reports than it can reach, and
each one who would have reported and did not only makes it worse, so that a try ends as soon as it is
hopeless.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import heappush, heappushpop
from itertools import chain, compress, filterfalse
from math import fsum, inf, log, log1p
from typing import TYPE_CHECKING, NamedTuple

from itsmkit.cmdb._program import Fixpoint
from itsmkit.cmdb.causes.evidence import Evidence
from itsmkit.cmdb.causes.priors import Priors, log_with_odds
from itsmkit.cmdb.causes.reporting import Reporting
from itsmkit.cmdb.impact import literals_of

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Explanation", "MARGIN", "Search"]

MARGIN = 14.0
"""What is less likely than the best by a factor of e to the 14th, about a million, is left out."""

_ROUNDING = 1e-9
"""Bounds are summed in another order than scores, and must not fall below them."""

_FIRST_OF_TWO = 20
_MOST_TOGETHER = 6


class Explanation(NamedTuple):
    """
    Causes that failed, and what that says of the evidence.

    Args:
        causes: The numbers of the causes, sorted.
        score: The logarithm of the likelihood of the evidence, times the chance of the causes.
        affected: The numbers of what they take to the level that is noticed and known failures alone do
            not, sorted.
    """

    causes: tuple[int, ...]
    score: float
    affected: tuple[int, ...]


class Search:
    """
    One question for the cause.

    What is noticed of known failures alone needs no other cause. Whatever is said of it is left out.

    Args:
        graph: The graph.
        evidence: What is known.
        reporting: How failures become reports.
        priors: The chances of causes.
        noticed: The number of the level from which on a failure is noticed.
        failed: The number of the level that a cause is at.
        known: The level of each item that is known to have failed, in numbers.
        caps: The worst level of each item that was ruled to be no worse, likewise.
    """

    def __init__(
        self,
        graph: "ConfigurationGraph",
        evidence: Evidence,
        reporting: Reporting,
        priors: Priors,
        *,
        noticed: int,
        failed: int,
        known: Mapping[int, int],
        caps: Mapping[int, int],
    ) -> None:
        self._graph = graph
        self._priors = priors
        self._evidence = evidence
        self._program = graph._program
        self._noticed = self._program.literal(0, noticed)
        self._failed = self._program.literal(0, failed)
        self._pinned = self._program.pinned(caps)
        self._rows = self._program.rows(self._pinned)
        fixpoint = Fixpoint(self._program, self._pinned)
        fixpoint.fire(literals_of(self._program, known))
        self._counts = fixpoint.counts
        self._fired = fixpoint.release()
        settled = self._noticed_of(self._fired)
        false = log(reporting.false_reports)
        self.reporters = reporting.reporters(graph)
        self.working = sorted({graph._number(ci) for ci in evidence.working}.difference(settled))
        self._if_affected: dict[int, float] = {}
        self._if_not: dict[int, float] = {}
        for ci, (asked, others) in evidence.weights.items():
            number = graph._number(ci)
            if number in settled:
                continue
            share = reporting.share_of(graph, graph.item(ci).ci_class)
            self._if_affected[number] = asked * log1p(-reporting.false_reports) + others * log(share)
            self._if_not[number] = (asked + others) * false
        self.silence = self._silence(reporting, false)

    def _noticed_of(self, order: Iterable[int]) -> dict[int, None]:
        """Return the numbers of what is noticed, in the order in which it fired."""
        start, end, pinned = self._noticed, self._noticed + self._program.items, self._pinned
        return dict.fromkeys(
            number - start for number in order if start <= number < end and number not in pinned
        )

    @property
    def reported(self) -> Iterable[int]:
        """The numbers of what does not work and known failures do not explain, sorted."""
        return self._if_affected.keys()

    @cached_property
    def none(self) -> float:
        """The score of that nothing failed that the graph knows."""
        return fsum([log(self._priors.none), *self._if_not.values()])

    def _silence(self, reporting: Reporting, false: float) -> list[float]:
        """Return for each item what it counts, 0 or less, that it is affected and nobody says so."""
        graph, items = self._graph, self._graph._sorted
        present = dict.fromkeys(item.ci_class for item in items)
        logs = {name: log1p(-reporting.share_of(graph, name)) for name in present}
        found = [0.0] * len(items)
        for number in compress(range(len(items)), self.reporters):
            found[number] = logs[items[number].ci_class]
        for name in self._evidence.heard & graph._numbers.keys():
            found[graph._numbers[name]] = 0.0  # type: ignore[index]  # what is in it is the id of an item
        for number in self.working:
            found[number] = false
        return found

    # -- what a cause does -------------------------------------------------------------------------

    @cached_property
    def _closed(self) -> bytearray:
        """A flag for each number, up if nothing more that is noticed can follow from it, or it has fired."""
        program = self._program
        end = self._noticed + program.items
        leading = bytearray(len(program.out))
        leading[:end] = b"\1" * end
        needed = list(range(end))
        sources = chain.from_iterable(map(program.into.__getitem__, needed))
        for number in filterfalse(leading.__getitem__, sources):
            leading[number] = 1
            needed.append(number)
        closed = leading.translate(b"\1\0" + bytes(254))
        for number in self._fired:
            closed[number] = 1
        return closed

    @cached_property
    def _costs(self) -> list[float]:
        """For each literal what it counts that it follows from a cause."""
        zeros = [0.0] * self._program.literals
        zeros[self._noticed : self._noticed + self._program.items] = self.silence
        for literal in self._pinned:
            zeros[literal] = 0.0
        return zeros

    def _reach(self, causes: Iterable[int], least: float) -> list[int] | None:
        """Return what *causes* take to the noticed level; ``None`` if silence counts below *least*."""
        program, costs, flags = self._program, self._costs, bytearray(self._closed)
        need, literals, counters_end = program.need, program.literals, program.counters_end
        counts, before = dict[int, int](), self._counts
        order: list[int] = []
        fired, total = order.append, 0.0
        edges = chain.from_iterable(map(self._rows, order))
        sources = [self._failed + cause for cause in causes]
        for number in filterfalse(flags.__getitem__, chain(sources, edges)):
            if number < literals:
                total += costs[number]
                if total < least:
                    return None
            else:
                weight = 1
                if number < counters_end:
                    counter = number
                else:
                    counter, weight = program.votes[number - counters_end]
                    if flags[counter]:
                        continue
                counted = counts.get(counter, before.get(counter, 0)) + weight
                if counted < need[counter]:
                    counts[counter] = counted
                    continue
                number = counter  # noqa: PLW2901  # a vote fires its counter
            flags[number] = 1
            fired(number)
        return list(self._noticed_of(order))

    def explanation(self, causes: Iterable[int], least: float = -inf) -> Explanation | None:
        """Return what *causes* explain; ``None`` if silence counts below *least*."""
        causes = tuple(sorted(causes))
        found = self._reach(causes, least)
        if found is None:
            return None
        affected = set(found)
        terms = [self.prior(cause) for cause in causes]
        terms += [
            explained if number in affected else self._if_not[number]
            for number, explained in self._if_affected.items()
        ]
        silence = self.silence
        terms += [silence[number] for number in found]
        return Explanation(causes, fsum(terms), tuple(sorted(found)))

    def prior(self, number: int) -> float:
        """Return the logarithm of the chance of a cause."""
        item, priors, evidence = self._graph._sorted[number], self._priors, self._evidence
        chance = priors.cis.get(item.id)
        if chance is None:
            chance = priors.chance_of(self._graph, item.ci_class)
        factor = (priors.alert if item.id in evidence.alerts else 1.0) * (
            priors.change if item.id in evidence.changed else 1.0
        )
        return log_with_odds(chance, factor)

    # -- what may be a cause -----------------------------------------------------------------------

    @cached_property
    def _masks(self) -> dict[int, int]:
        """What can reach reports at all, nearest first: for each cause a bit for each report."""
        program, closed = self._program, self._closed
        into = program.into
        reported = {self._noticed + number: 1 << bit for bit, number in enumerate(self._if_affected)}
        masks = {literal: mask for literal, mask in reported.items() if literal not in self._pinned}
        pending, waiting = list(masks), set(masks)
        for number in pending:
            waiting.discard(number)
            mask = masks[number]
            for source in into[number]:
                known = masks.get(source, 0)
                if known | mask != known and not closed[source]:
                    masks[source] = known | mask
                    if source not in waiting:
                        waiting.add(source)
                        pending.append(source)
        start, end, idle = self._failed, self._failed + program.items, self._graph._idle
        return {
            number - start: mask
            for number, mask in masks.items()
            if start <= number < end and number - start not in idle
        }

    @cached_property
    def _gains(self) -> Sequence[float]:
        """How much more likely each report is if its cause is the one in question."""
        return [self._if_affected[number] - self._if_not[number] for number in self._if_affected]

    @cached_property
    def _bounds(self) -> list[tuple[float, int]]:
        """No less than the score of each cause, the greatest first; among equal ones the nearest."""
        base = fsum(self._if_not.values())
        known: dict[int, float] = {}
        found = []
        for number, mask in self._masks.items():
            gain = known.get(mask)
            if gain is None:
                gain = known[mask] = base + fsum(self._gained(mask))
            found.append((self.prior(number) + gain, number))
        return sorted(found, key=lambda each: -each[0])

    def _gained(self, mask: int) -> Iterator[float]:
        return (gain for bit, gain in enumerate(self._gains) if mask >> bit & 1)

    def _explains(self, each: Explanation) -> bool:
        return not self._if_affected.keys().isdisjoint(each.affected)

    # -- which are best ----------------------------------------------------------------------------

    @cached_property
    def ranking(self) -> tuple[Explanation, ...]:
        """What explains a report alone and is within `MARGIN` of the best; the best first, ties by number."""
        best, found = -inf, list[Explanation]()
        for bound, number in self._bounds:
            least = best - MARGIN - bound - _ROUNDING
            if least > 0:
                break
            each = self.explanation((number,), least)
            if each is not None and self._explains(each):
                found.append(each)
                best = max(best, each.score)
        found = [each for each in found if each.score >= best - MARGIN]
        return tuple(sorted(found, key=lambda each: (-each.score, each.causes)))

    @cached_property
    def together(self) -> Explanation | None:
        """The best explanation by any number of causes that could be found; ``None`` without any."""
        if not self.ranking:
            return None
        best = self.ranking[0]
        for first in self._firsts:
            best = self._with_one_more(first, best)
        best = self._without_needless(best)
        while 1 < len(best.causes) < _MOST_TOGETHER:
            more = self._without_needless(self._with_one_more(best, best))
            if (-more.score, more.causes) >= (-best.score, best.causes):
                break
            best = more
        return best

    def _without_needless(self, chosen: Explanation) -> Explanation:
        """Return *chosen* without the causes, the worst first, without which it is no less likely."""
        while True:
            fewer = [
                each
                for cause in (chosen.causes if len(chosen.causes) > 1 else ())
                if (each := self.explanation(set(chosen.causes) - {cause})) is not None
                and each.score >= chosen.score
                and self._explains(each)
            ]
            if not fewer:
                return chosen
            chosen = min(fewer, key=lambda each: (-each.score, each.causes))

    @cached_property
    def _firsts(self) -> list[Explanation]:
        """
        The single causes with the best scores, whatever they leave unexplained; ties by number.

        The best may be much better than each of two that are better still together, so that there is no
        `MARGIN` here.
        """
        found: list[tuple[float, int, Explanation]] = []
        for bound, number in self._bounds:
            least = found[0][0] - bound - _ROUNDING if len(found) == _FIRST_OF_TWO else -inf
            if least > 0:
                break
            each = self.explanation((number,), least)
            if each is not None:
                entry = (each.score, -number, each)
                if len(found) < _FIRST_OF_TWO:
                    heappush(found, entry)
                else:
                    heappushpop(found, entry)
        return [each for _, _, each in sorted(found, reverse=True)]

    def _with_one_more(self, chosen: Explanation, best: Explanation) -> Explanation:
        """Return *chosen* with the one more cause with which it is best, if that is better than *best*."""
        masks = self._masks
        spent = fsum(self.silence[number] for number in chosen.affected)
        prior = fsum(map(self.prior, chosen.causes))
        reached = 0
        for cause in chosen.causes:
            reached |= masks[cause]
        already = fsum(self._gained(reached))
        known: dict[int, float] = {}
        for bound, number in self._bounds:
            # No cause gains more together with others than it does alone.
            if prior + already + spent + bound < best.score - _ROUNDING:
                break
            if number in chosen.causes:
                continue
            rest = masks[number] & ~reached
            gain = known.get(rest)
            if gain is None:
                gain = known[rest] = fsum(self._gained(rest))
            without_silence = prior + already + self.prior(number) + gain + fsum(self._if_not.values())
            least = best.score - without_silence - _ROUNDING
            if least > spent + _ROUNDING:
                continue
            each = self.explanation((*chosen.causes, number), least)
            if each is None or (-each.score, each.causes) >= (-best.score, best.causes):
                continue
            if self._explains(each):
                best = each
        return best

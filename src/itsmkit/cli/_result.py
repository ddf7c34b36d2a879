"""What came of a run, in figures: the one value that tables, JSON and page are made of."""

from collections import Counter
from collections.abc import Mapping

from attrs import field, frozen

from itsmkit._frozen import frozen_dict
from itsmkit.cli._wording import count
from itsmkit.interchange import FindingKind
from itsmkit.reporting import Attainment, IncidentReport

__all__ = ["ReplayResult", "combined", "leading"]


@frozen(kw_only=True)
class ReplayResult:
    """
    A history as the desk relived it.

    Args:
        title: The name of the desk.
        source: Where the history comes from.
        note: What a reader should know beforehand; a sentence, or nothing.
        report: What happened.
        events_read: The rows of the log.
        events_applied: Those that the desk relived.
        findings: How often each thing was wrong.
        elapsed_seconds: How long the run took by the wall clock.

    Raises:
        RuntimeError: If a row is unaccounted for. That is a defect, whatever the log.
    """

    title: str
    source: str
    note: str = ""
    report: IncidentReport
    events_read: int
    events_applied: int
    findings: Mapping[FindingKind, int] = field(converter=frozen_dict)
    elapsed_seconds: float

    def __attrs_post_init__(self) -> None:
        if self.events_read != self.events_applied + sum(self.dropped.values()):
            problem = f"rows are unaccounted for: {self.balance}"
            raise RuntimeError(problem)

    @property
    def dropped(self) -> dict[FindingKind, int]:
        """How many rows were dropped, by reason."""
        return {kind: n for kind, n in self.findings.items() if kind.drops_row}

    @property
    def balance(self) -> str:
        """The sentence that accounts for every row."""
        reasons = ", ".join(f"{kind}: {count(n)}" for kind, n in self.dropped.items())
        dropped = f"{count(sum(self.dropped.values()))} dropped" + (f" ({reasons})" if reasons else "")
        return f"{count(self.events_read)} events read = {count(self.events_applied)} applied + {dropped}"

    @property
    def events_per_second(self) -> float:
        """The speed of the run; 0 if it took no time that the clock could tell."""
        return self.events_applied / self.elapsed_seconds if self.elapsed_seconds else 0.0

    def to_plain(self) -> dict[str, object]:
        """Return the figures as JSON takes them."""
        return {
            **self.report.to_plain(),
            "events_read": self.events_read,
            "events_applied": self.events_applied,
            "findings": {str(kind): n for kind, n in self.findings.items()},
            "elapsed_seconds": round(self.elapsed_seconds, 3),
            "events_per_second": round(self.events_per_second, 1),
        }


def combined(kept: Mapping[str, Attainment]) -> Attainment:
    """
    Return how often a promise was kept over all priorities.

    >>> combined({"P1": Attainment(met=1, breached=1), "P2": Attainment(met=2, open=3)})
    Attainment(met=3, breached=1, open=3)
    """
    total: Counter[str] = Counter()
    for each in kept.values():
        total.update(each.to_plain())
    return Attainment(**total)


def leading(counts: Mapping[str, int], *, most: int) -> tuple[list[tuple[str, int]], list[int]]:
    """
    Return the greatest *most* of *counts* by name, and what is left: nothing, or at least two.

    >>> leading({"phone": 5, "walk-in": 1, "chat": 2}, most=1)
    ([('phone', 5)], [2, 1])
    >>> leading({"phone": 5, "walk-in": 1, "chat": 2}, most=2)
    ([('phone', 5), ('chat', 2), ('walk-in', 1)], [])
    """
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = most if len(ranked) > most + 1 else len(ranked)
    return ranked[:shown], [n for _, n in ranked[shown:]]

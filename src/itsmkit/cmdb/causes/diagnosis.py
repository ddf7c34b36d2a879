"""What may be the cause of reports, how sure that is, and what to ask next."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import compress
from math import exp, fsum, log2
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from itsmkit._figures import percent, plural
from itsmkit._frozen import FrozenDict
from itsmkit._problems import close_to
from itsmkit.cmdb.causes._search import Explanation, Search
from itsmkit.cmdb.causes.evidence import Evidence, OpenChange, Symptom, ids_from, symptoms_from
from itsmkit.cmdb.causes.priors import Priors
from itsmkit.cmdb.causes.reporting import Reporting
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.cmdb.impact import Impact, caps_of, worst_of
from itsmkit.cmdb.proof import Proof
from itsmkit.cmdb.seed import Override, Seed, holding, seeds_from
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Cause", "CauseClass", "Diagnosis", "Findings", "JointCause", "Question", "likely_causes"]

_LEAST_GAIN = 1e-9
_MOST_TOLD = 5


@frozen
class Findings:
    """
    How a cause stands to what is known. Each is sorted, and without what known failures explain already.

    Args:
        explained: What is reported and would not work.
        unexplained: What is reported and would work all the same.
        silent: Who would be affected and report now and then, but was not heard of.
        contradicting: What would not work, but is known to.
    """

    explained: tuple[CIId, ...]
    unexplained: tuple[CIId, ...]
    silent: tuple[CIId, ...]
    contradicting: tuple[CIId, ...]

    def __str__(self) -> str:
        told = [f"explains {_told(self.explained)}"]
        if self.unexplained:
            told.append(f"leaves {_told(self.unexplained)}")
        if self.silent:
            told.append(f"silent: {_told(self.silent)}")
        if self.contradicting:
            told.append(f"contradicted by {_told(self.contradicting)}")
        return "; ".join(told)


@frozen
class Cause:
    """
    A configuration item that may be the cause.

    Args:
        ci: The configuration item.
        posterior: How likely it is the only cause, from 0 to 1.
        score: The natural logarithm of its chance times the likelihood of the evidence.
        reasons: Why it was suspected beforehand: an alert, a change.
    """

    ci: CIId
    posterior: float
    score: float
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.ci} ({', '.join((percent(self.posterior), *self.reasons))})"


@frozen
class CauseClass:
    """
    Causes that nothing known, and nobody's silence, can tell apart.

    Args:
        members: The causes, the most likely first, ties by id; at least one.
        findings: How each of them stands to what is known.
    """

    members: tuple[Cause, ...]
    findings: Findings

    @property
    def posterior(self) -> float:
        """Return how likely one of them is the only cause, from 0 to 1."""
        return fsum(each.posterior for each in self.members)

    @property
    def cis(self) -> tuple[CIId, ...]:
        """Return the configuration items, the most likely first."""
        return tuple(each.ci for each in self.members)

    def __str__(self) -> str:
        return f"{percent(self.posterior)} {' or '.join(self.cis)}: {self.findings}"


@frozen
class JointCause:
    """
    Causes that together explain the evidence best.

    Args:
        cis: The configuration items, sorted. None is needless: without any one of them the rest would be less
            likely, or explain no report.
        score: The natural logarithm of their chances times the likelihood of the evidence.
        findings: How they stand together to what is known.
    """

    cis: tuple[CIId, ...]
    score: float
    findings: Findings

    def __str__(self) -> str:
        return f"{' and '.join(self.cis)}: {self.findings}"


@frozen
class Question:
    """
    What to ask next: does it work?

    Args:
        ci: The user to call, or the configuration item to look at.
        gain: How much the answer is expected to tell, in bits; 1 at most.
        chance: How likely it is that it does not work, from 0 to 1.
    """

    ci: CIId
    gain: float
    chance: float

    def __str__(self) -> str:
        return f"does {self.ci} work? (not, with {percent(self.chance)}; tells {self.gain:.2f} bits)"


@frozen(eq=False)
class Diagnosis:
    """
    The likely causes of reports: the answer of `likely_causes`. All of it is worked out when first asked for.

    Args:
        graph: The graph.
        evidence: What was known.
        reporting: How failures become reports.
        priors: The chances of causes.
        noticed: The level at which somebody notices, or worse.
        failed: The level that a cause is at.
        failures: What is known to have failed, and holds at the instant of the question.
        overrides: The rulings that hold then.
    """

    graph: "ConfigurationGraph" = field(repr=False)
    evidence: Evidence
    reporting: Reporting = field(default=Reporting(), kw_only=True)
    priors: Priors = field(default=Priors(), kw_only=True)
    noticed: str = field(kw_only=True)
    failed: str = field(kw_only=True)
    failures: tuple[Seed, ...] = field(default=(), kw_only=True)
    overrides: tuple[Override, ...] = field(default=(), kw_only=True)

    # -- which cause -------------------------------------------------------------------------------

    @cached_property
    def classes(self) -> tuple[CauseClass, ...]:
        """
        The classes of causes that nothing tells apart, the most likely first, ties by their first member.

        There are all that explain a report that known failures do not, and are no less likely than the best
        by a factor of about a million; none, if nothing known explains any.
        """
        groups: dict[tuple[int, ...], list[Explanation]] = {}
        for each in self._search.ranking:
            groups.setdefault(self._seen(each), []).append(each)
        found = [
            CauseClass(tuple(map(self._cause, members)), self._findings(members[0]))
            for members in groups.values()
        ]
        return tuple(sorted(found, key=lambda each: (-each.posterior, each.cis)))

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Return the causes by their own likelihood, the most likely first, ties by id."""
        return tuple(map(self._cause, self._search.ranking))

    @cached_property
    def none_of_these(self) -> float:
        """How likely nothing that the graph knows is the cause, each report having one of its own; 0 to 1."""
        return self._weigh(self._search.none)

    @cached_property
    def joint(self) -> JointCause | None:
        """
        The causes that explain the evidence best together; perhaps only one. ``None`` if there is none.

        Two are the best with any of the twenty most likely single ones; further ones, up to six, are added
        greedily, the one first with which all is most likely, and after each what is needless then is left
        out. What only fails with several of them counts too, as where redundancy is lost.

        Source:
            Where silence does not count and all causes are as likely, this is the greedy set cover, which
            needs at most 1 + ln n times as many causes as n reports need (Chvátal 1979).
        """
        found = self._search.together
        if found is None:
            return None
        return JointCause(self.graph._ids(found.causes), found.score, self._findings(found))

    # -- what to ask -------------------------------------------------------------------------------

    @property
    def next_question(self) -> Question | None:
        """Return the best question about what was not heard of yet; ``None`` if no answer tells anything."""
        return self.question()

    def question(self, among: Iterable[CIId] | None = None) -> Question | None:
        """
        Return the question whose answer is expected to tell most about the cause.

        Args:
            among: What can be asked about, such as the users who can be reached; by default, everything.

        Returns:
            The one with the greatest gain; among equal ones of who reports rather than of other items, then
            by id. ``None`` if no answer would tell anything.

        Raises:
            UnknownItemError: If there is no such item.
            DefinitionError: If *among* is one text.

        Source:
            The mutual information of cause and answer. Answers are as wrong as the share of false reports.
        """
        graph, reporters = self.graph, self._search.reporters
        numbers = None if among is None else set(map(graph._number, ids_from("among", among)))
        chances: dict[int, list[float]] = {}
        for each in self._search.ranking:
            posterior = self._weigh(each.score)
            for number in each.affected:
                chances.setdefault(number, []).append(posterior)
        known = self.evidence.heard | self.evidence.working
        asked = chances.keys() if numbers is None else chances.keys() & numbers
        wrong = self.reporting.false_reports
        found = []
        for number in asked:
            if graph._sorted[number].id not in known:
                chance = min(fsum(chances[number]), 1.0)
                gain = _entropy(chance * (1 - wrong) + (1 - chance) * wrong) - _entropy(wrong)
                found.append((-round(gain, 12), not reporters[number], number, chance))
        if not found:
            return None
        gain, _, number, chance = min(found)
        return Question(graph._sorted[number].id, -gain, chance) if -gain > _LEAST_GAIN else None

    def answered(self, ci: CIId, *, works: bool) -> "Diagnosis":
        """
        Return the diagnosis that takes an answer into account. What was said of *ci* before is left out.

        Raises:
            UnknownItemError: If there is no such item.
        """
        evidence = self.evidence
        symptoms = [each for each in evidence.symptoms if each.ci != ci]
        if not works:
            symptoms.append(Symptom(ci, evidence.asked_at, asked=True))
        working = evidence.working | {ci} if works else evidence.working - {ci}
        self.graph._number(ci)
        fresh = evolve(evidence, symptoms=tuple(symptoms), working=working, at=evidence.asked_at)
        return evolve(self, evidence=fresh)

    # -- why ---------------------------------------------------------------------------------------

    def impact(self, *cis: CIId) -> Impact:
        """
        Return what it would do if these were the causes, beside the known failures and under the overrides.

        So it tells the users and services that this predicts, and why.
        """
        seeds = [*self.failures, *(Seed(ci, self.failed) for ci in cis)]
        return self.graph.impact_of(seeds, overrides=self.overrides, at=self.evidence.asked_at)

    def worsened(self, *cis: CIId) -> Mapping[CIId, str]:
        """Return what these causes would make worse than the known failures alone do, with its levels."""
        before, after = self.impact(), self.impact(*cis)
        return FrozenDict({ci: level for ci, level in after.levels.items() if before.level(ci) != level})

    def why(self, cause: CIId, affected: CIId) -> Proof:
        """Return how a failure of *cause* gets to *affected*; without steps, if it does not."""
        return self.impact(cause).why(affected)

    def explain(self) -> str:
        """Return it as text: the most likely classes with their evidence, and what to ask next."""
        lines = [
            f"{plural(len(self.evidence.weights), 'thing')} reported, {len(self.evidence.working)} working"
        ]
        if self.failures:
            lines.append(f"known to have failed: {_told(tuple(sorted({each.ci for each in self.failures})))}")
        for each in self.classes[:_MOST_TOLD]:
            impact, worse = self.impact(each.cis[0]), self.worsened(each.cis[0])
            names = ", ".join(map(str, each.members))
            lines.append(f"- {percent(each.posterior)} {names}")
            lines.append(f"  {each.findings}")
            predicted = (
                plural(len(impact.users.keys() & worse), "user"),
                plural(len(impact.services.keys() & worse), "service"),
            )
            lines.append(f"  predicts {' and '.join(predicted)} affected")
            lines.append(f"  {' -> '.join(impact.why(each.findings.explained[0]).cis)}")
        if len(self.classes) > _MOST_TOLD:
            rest = self.classes[_MOST_TOLD:]
            likely = percent(fsum(each.posterior for each in rest))
            lines.append(f"- {likely} {plural(len(rest), 'other class')}".replace("classs", "classes"))
        lines.append(f"- {percent(self.none_of_these)} none of these")
        question = self.next_question
        lines.append("nothing to ask" if question is None else f"ask: {question}")
        return "\n".join(lines)

    # -- how it is found ---------------------------------------------------------------------------

    @cached_property
    def _search(self) -> Search:
        level = self.graph.levels.number
        return Search(
            self.graph,
            self.evidence,
            self.reporting,
            self.priors,
            noticed=level(self.noticed),
            failed=level(self.failed),
            known=worst_of(self.graph, self.failures),
            caps=caps_of(self.graph, self.overrides),
        )

    @cached_property
    def _total(self) -> tuple[float, float]:
        """The greatest score, and the sum of all likelihoods by that of the greatest."""
        scores = [each.score for each in self._search.ranking] + [self._search.none]
        best = max(scores)
        return best, fsum(exp(score - best) for score in scores)

    def _weigh(self, score: float) -> float:
        best, total = self._total
        return exp(score - best) / total

    def _cause(self, each: Explanation) -> Cause:
        ci = self.graph._sorted[each.causes[0]].id
        reasons = ["alert"] if ci in self.evidence.alerts else []
        if ci in self.evidence.changed:
            reasons.append(f"changed at {self.evidence.changed[ci].isoformat(sep=' ', timespec='minutes')}")
        return Cause(ci, self._weigh(each.score), each.score, tuple(reasons))

    @cached_property
    def _observable(self) -> bytes:
        """A flag for each item, up if somebody would say that it does not work, or has said how it stands."""
        found = bytearray(self._search.reporters)
        for number in (*self._search.reported, *self._search.working):
            found[number] = 1
        return bytes(found)

    def _seen(self, each: Explanation) -> tuple[int, ...]:
        """Return what there is to see of a cause: causes of which it is the same are alike."""
        observable = self._observable
        return tuple(compress(each.affected, map(observable.__getitem__, each.affected)))

    def _findings(self, each: Explanation) -> Findings:
        search, affected = self._search, set(each.affected)
        ids, reported = self.graph._ids, sorted(search.reported)
        working = set(search.working)
        return Findings(
            ids(number for number in reported if number in affected),
            ids(number for number in reported if number not in affected),
            ids(number for number in each.affected if search.silence[number] and number not in working),
            ids(number for number in each.affected if number in working),
        )


def likely_causes(
    graph: "ConfigurationGraph",
    affected: Iterable[Symptom | CIId],
    *,
    working: Iterable[CIId] = (),
    changes: Iterable[OpenChange] = (),
    alerts: Iterable[CIId] = (),
    at: datetime | None = None,
    reporting: Reporting | None = None,
    priors: Priors | None = None,
    noticed: str | None = None,
    failed: str | None = None,
    failures: Iterable[Seed | CIId] | Mapping[CIId, str] = (),
    overrides: Iterable[Override] = (),
) -> Diagnosis:
    """
    Return what may be the cause of reports, the most likely first.

    Each configuration item is supposed to have failed alone, with all that follows, redundancy included. It
    is the more likely, the more reports that explains, the fewer it leaves, the fewer people would have been
    affected without saying so, and the more it was suspected beforehand. Nothing depends on any order.

    Args:
        graph: The graph.
        affected: What does not work: symptoms, or ids of users and other configuration items. Whoever
            reports several times counts once.
        working: What is known to work.
        changes: Changes; one that began within the 24 hours before *at*, both ends included, makes its item
            more suspect.
        alerts: What monitoring has an alert on, which makes it more suspect.
        at: The instant of the question, aware; by default, that of the latest symptom.
        reporting: Who reports, and how often.
        priors: How likely items are to fail.
        noticed: The level at which a failure is noticed, or worse; by default, the worst.
        failed: The level that a cause is supposed to be at; by default, the worst.
        failures: What is known to have failed already, as for `ConfigurationGraph.impact_of`. What it
            explains is left out of the evidence, and a cause is judged by what it adds: where one of a pair
            is known to be down, by what the other does.
        overrides: Rulings that an item is no worse than some level.

    Raises:
        UnknownItemError: If one thing is named that is not in the graph, and nothing else is wrong.
        DefinitionError: With everything that is wrong and where it stands: what is not in the graph, unknown
            levels and classes, what works and does not, changes, failures and overrides that hold for a time
            without an instant to compare them with.

    Source:
        The score is the natural logarithm of a prior, times the likelihood of the reports, of each silence
        and of each contradiction, taken as independent.

    Example:
        >>> from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation
        >>> users = [ConfigurationItem(CIId(f"user-{n}"), "user", f"User {n}") for n in range(6)]
        >>> switches = [ConfigurationItem(CIId(f"switch-{n}"), "switch", f"Switch {n}") for n in range(2)]
        >>> wires = [Relation(user.id, "depends_on", switches[n % 2].id) for n, user in enumerate(users)]
        >>> diagnosis = likely_causes(ConfigurationGraph([*users, *switches], wires), ["user-0", "user-4"])
        >>> diagnosis.causes[0].ci
        'switch-0'
    """
    reporting = Reporting() if reporting is None else reporting
    priors = Priors() if priors is None else priors
    symptoms, changes, overrides = symptoms_from(affected), tuple(changes), tuple(overrides)
    working, alerts = ids_from("working", working), ids_from("alerts", alerts)
    seeds = seeds_from(failures)
    named = {
        "affected": {each.ci for each in symptoms},
        "working": working,
        "changes": {each.ci for each in changes},
        "alerts": alerts,
        "failures": {each.ci for each in seeds},
        "overrides": {each.ci for each in overrides},
    }
    levels: dict[str, set[str | None]] = {
        "noticed": {noticed},
        "failed": {failed},
        "failures": {each.level for each in seeds},
        "overrides": {each.level for each in overrides},
    }
    problems = list(_level_problems(graph, levels))
    problems += (f"reporting.{problem}" for problem in reporting.problems(graph))
    problems += (f"priors.{problem}" for problem in priors.problems(graph))
    evidence = None
    try:
        evidence = Evidence(symptoms, working, changes, alerts, at)
        seeds, overrides = holding(seeds, overrides, evidence.asked_at)
    except DefinitionError as error:
        problems += error.problems
    unknown = [
        (what, UnknownItemError(ci, graph._closest(ci)))
        for what, cis in named.items()
        for ci in sorted(cis)
        if ci not in graph
    ]
    if len(unknown) == 1 and not problems:
        raise unknown[0][1]
    if unknown or problems or evidence is None:
        raise DefinitionError(*(f"{what}: {error}" for what, error in unknown), *problems)
    return Diagnosis(
        graph,
        evidence,
        reporting=reporting,
        priors=priors,
        noticed=graph.levels.down if noticed is None else noticed,
        failed=graph.levels.down if failed is None else failed,
        failures=seeds,
        overrides=overrides,
    )


def _level_problems(graph: "ConfigurationGraph", levels: Mapping[str, set[str | None]]) -> Iterator[str]:
    known = graph.levels.names
    for what, named in levels.items():
        for level in sorted(each for each in named if each is not None and each not in known):
            yield f"{what}: no level {level!r}; {close_to(level, known)}"


def _entropy(chance: float) -> float:
    """Return the entropy of a truth of this chance, in bits."""
    return -fsum(each * log2(each) for each in (chance, 1 - chance) if each > 0)


def _told(cis: tuple[CIId, ...]) -> str:
    if len(cis) <= _MOST_TOLD:
        return ", ".join(cis) or "nothing"
    return f"{', '.join(cis[: _MOST_TOLD - 1])} and {len(cis) - _MOST_TOLD + 1} more"

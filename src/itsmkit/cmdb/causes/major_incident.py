"""Whether the reports of many people have one cause: the evidence for a major incident."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import exp, fsum, isfinite, lgamma, log
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit._checks import aware, is_a
from itsmkit._figures import plural
from itsmkit._frozen import FrozenDict
from itsmkit._problems import shown
from itsmkit.cmdb.causes.diagnosis import CauseClass, Diagnosis, likely_causes
from itsmkit.cmdb.causes.evidence import OpenChange, Symptom, ids_from
from itsmkit.cmdb.causes.priors import Priors
from itsmkit.cmdb.causes.reporting import Reporting, share_problem
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.seed import Override, Seed
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["MajorIncidentEvidence", "MajorIncidentRule", "common_cause", "common_providers"]


@frozen
class MajorIncidentRule:
    """
    When the reports of several people are taken for one incident.

    Args:
        reporters: So many different people must report something that one cause explains; at least 2.
        window: Within so long before the question; exact, more than 0.
        expected_per_hour: How many people report something in an hour when nothing common has failed; more
            than 0.
        chance: So many reports must be at most this likely to come together without a common cause; between
            0 and 1.

    Raises:
        DefinitionError: With everything that is wrong.

    Source:
        The numbers are our choice; a desk knows its own.
    """

    reporters: int = 5
    window: timedelta = timedelta(minutes=30)
    expected_per_hour: float = 1.0
    chance: float = 0.01

    def __attrs_post_init__(self) -> None:
        problems = []
        if type(self.reporters) is not int or self.reporters < 2:
            problems.append(f"reporters: must be a whole number of 2 or more, not {shown(self.reporters)}")
        if not is_a(self.window, timedelta) or self.window <= timedelta(0):
            problems.append(f"window: must be a time of more than 0, not {shown(self.window)}")
        rate = self.expected_per_hour
        if not is_a(rate, int, float) or is_a(rate, bool) or not rate > 0 or not isfinite(rate):
            problems.append(f"expected_per_hour: must be a number of more than 0, not {shown(rate)}")
        problem = share_problem("chance", self.chance)
        if problems or problem is not None:
            raise DefinitionError(*problems, *([] if problem is None else [problem]))


@frozen(eq=False)
class MajorIncidentEvidence:
    """
    Why the reports of several people are taken for one incident. It is a proposal, and changes nothing.

    Args:
        diagnosis: What may be the cause, from the reports within the window.
        cause: The most likely cause, or causes that nothing tells apart.
        reporters: The people whose reports it explains, sorted; each once, however often they reported.
        first: When the first of these reports came in, in UTC; ``None`` if nobody timed any.
        last: When the last of them did, likewise.
        nearest: The nearest items that everything depends on that these reports are about, sorted: the
            textbook's nearest common providers, redundancy left aside. Empty if there are none.
        services: The services that the first member of the cause makes worse than known failures do, with
            their levels.
        users: The users that it affects, likewise.
        expected: How many people would have reported something within the window by chance.
        chance: How likely as many as did, or more, are to report something within the window by chance.
    """

    diagnosis: Diagnosis
    cause: CauseClass
    reporters: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    nearest: tuple[CIId, ...]
    services: Mapping[CIId, str]
    users: Mapping[CIId, str]
    expected: float
    chance: float

    @property
    def observed(self) -> int:
        """Return how many people reported what the cause explains."""
        return len(self.reporters)

    def explain(self) -> str:
        """Return it as text."""
        when = "" if self.first is None or self.last is None else f", {self.first} to {self.last}"
        services = ", ".join(f"{ci} {level}" for ci, level in self.services.items()) or "none"
        return "\n".join(
            [
                f"{plural(self.observed, 'person').replace('persons', 'people')} reported{when}",
                f"cause: {self.cause}",
                f"nearest common provider: {', '.join(self.nearest) or 'none'}",
                f"services affected: {services}; {plural(len(self.users), 'user')}",
                f"expected by chance: {self.expected:.2f}, as many or more with {self.chance:.2g}",
            ]
        )


def common_cause(
    graph: "ConfigurationGraph",
    symptoms: Iterable[Symptom],
    *,
    at: datetime,
    rule: MajorIncidentRule | None = None,
    working: Iterable[CIId] = (),
    changes: Iterable[OpenChange] = (),
    alerts: Iterable[CIId] = (),
    reporting: Reporting | None = None,
    priors: Priors | None = None,
    noticed: str | None = None,
    failures: Iterable[Seed | CIId] | Mapping[CIId, str] = (),
    overrides: Iterable[Override] = (),
) -> MajorIncidentEvidence | None:
    """
    Return why reports are taken for one incident, or ``None`` if they are not.

    The reports are those that came in after *at* less the window, and at *at* at the latest; one without a
    time counts as one of them. It takes as many different people as the rule says whose reports the most
    likely class of causes explains, and that so many report something is unlikely enough without it. The
    order of the reports does not matter, and neither does how often one person reports.

    Args:
        graph: The graph.
        symptoms: The reports. What a person who names nothing says is a symptom of that user.
        at: The instant of the question, aware.
        rule: When several reports are one incident.
        working: What is known to work; other options as for `likely_causes`.
        changes: Changes.
        alerts: What monitoring has an alert on.
        reporting: Who reports, and how often.
        priors: How likely items are to fail.
        noticed: The level at which a failure is noticed, or worse; by default, the worst.
        failures: What is known to have failed already: reports that it explains are no evidence of another
            incident; see `likely_causes`.
        overrides: Rulings that an item is no worse than some level.

    Raises:
        UnknownItemError: If something is named that is not in the graph.
        DefinitionError: As for `likely_causes`, and if *at* is naive.

    Source:
        The chance is the upper tail of a Poisson distribution; that people report independently of each
        other, when nothing is wrong, is an assumption. The rate is that of everybody who reports, of whom
        only those count whom the cause explains: so the chance is rather too great than too small.
    """
    rule = MajorIncidentRule() if rule is None else rule
    since = aware(at, "at") - rule.window
    recent = [each for each in symptoms if each.at is None or since < each.at <= at]
    if len({each.speaker for each in recent}) < rule.reporters:
        return None
    diagnosis = likely_causes(
        graph,
        recent,
        working=ids_from("working", working),
        changes=changes,
        alerts=alerts,
        at=at,
        reporting=reporting,
        priors=priors,
        noticed=noticed,
        failures=failures,
        overrides=overrides,
    )
    if not diagnosis.classes:
        return None
    cause = diagnosis.classes[0]
    explained = [each for each in recent if each.ci in cause.findings.explained]
    reporters = tuple(sorted({each.speaker for each in explained}))
    expected = rule.expected_per_hour * (rule.window / timedelta(hours=1))
    chance = poisson_tail(len(reporters), expected)
    if len(reporters) < rule.reporters or chance > rule.chance:
        return None
    times = [each.at for each in explained if each.at is not None]
    impact, worse = diagnosis.impact(cause.cis[0]), diagnosis.worsened(cause.cis[0])
    return MajorIncidentEvidence(
        diagnosis,
        cause,
        reporters,
        min(times, default=None),
        max(times, default=None),
        nearest=common_providers(graph, cause.findings.explained),
        services=FrozenDict({ci: level for ci, level in impact.services.items() if ci in worse}),
        users=FrozenDict({ci: level for ci, level in impact.users.items() if ci in worse}),
        expected=expected,
        chance=chance,
    )


def common_providers(graph: "ConfigurationGraph", cis: Iterable[CIId]) -> tuple[CIId, ...]:
    """
    Return the nearest configuration items that all of *cis* depend on, or are.

    Every provider counts as indispensable. Near is what all together are the fewest relations away from.

    Returns:
        Those that are equally near, sorted; empty if they have nothing in common.

    Raises:
        UnknownItemError: If one of *cis* is not in the graph.
    """
    asked = sorted(set(map(graph._number, ids_from("cis", cis))))
    reaching, apart = Counter[int](), Counter[int]()
    for start in asked:
        distances = {start: 0}
        pending = [start]
        for number in pending:
            for provider in graph._providers[number]:
                if provider not in distances:
                    distances[provider] = distances[number] + 1
                    pending.append(provider)
        reaching.update(distances.keys())
        apart.update(distances)
    common = [number for number, reached in reaching.items() if reached == len(asked)]
    least = min((apart[number] for number in common), default=0)
    return graph._ids(sorted(number for number in common if apart[number] == least))


def poisson_tail(observed: int, expected: float) -> float:
    """
    Return how likely *observed* events or more are, if *expected*, more than 0, come on average.

    Source:
        The sum of the Poisson probabilities from *observed* on, or 1 less the sum of those before, whichever
        has no terms that cancel.
    """
    if observed <= expected:
        return 1 - fsum(exp(_log_poisson(number, expected)) for number in range(observed))
    terms = [exp(_log_poisson(observed, expected))]
    number = observed
    while terms[-1] > terms[0] * 1e-17:
        number += 1
        terms.append(terms[-1] * expected / number)
    return fsum(terms)


def _log_poisson(number: int, expected: float) -> float:
    return number * log(expected) - expected - lgamma(number + 1)

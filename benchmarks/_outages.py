"""
Outages with a known cause: a layered configuration, one failure, and who reports it and who does not.

Half of the items are users at the leaves. Each depends on an access switch, on some of the services of a
team and on some of his own. Uplinks and power come in redundant pairs; virtual machines in pairs, clusters
of which two are needed, or alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, RedundancySet, Relation
from itsmkit.cmdb.causes import Diagnosis, Reporting, likely_causes

__all__ = ["Outage", "accuracy", "by_likelihood", "by_nearest_provider", "make_outages", "outage_graph"]

SHARE = 0.3


class Outage(NamedTuple):
    """
    What a desk knows of one failure.

    Args:
        fault: What has failed.
        affected: The users who report something, in the order in which they do.
        working: Users who are known to have no trouble.
    """

    fault: CIId
    affected: tuple[CIId, ...]
    working: tuple[CIId, ...]


def outage_graph(seed: int, cis: int = 10_000) -> ConfigurationGraph:
    """Return a layered configuration of about as many items as asked for, at least 200."""
    return _Maker(Random(seed), cis).graph()


class _Maker:
    """A layered configuration while it is made."""

    def __init__(self, random: Random, cis: int) -> None:
        self._random = random
        self._cis = cis
        self._items: list[ConfigurationItem] = []
        self._relations: list[Relation] = []
        self._redundancy: list[RedundancySet] = []

    def graph(self) -> ConfigurationGraph:
        self._rooms()
        self._computers()
        self._people()
        return ConfigurationGraph(self._items, self._relations, self._redundancy)

    def _rooms(self) -> None:
        choice, sample = self._random.choice, self._random.sample
        power = self._layer("power", 0.002)
        core = self._layer("core router", 0.0005)
        distribution = self._layer("distribution switch", 0.005)
        self._racks = self._layer("rack", 0.01)
        self._storage = self._layer("storage", 0.003)
        self._access = self._layer("access switch", 0.025)
        for each in core:
            self._needs(each, choice(power))
        for each in distribution:
            self._any_of(each, sample(core, 2))
        for each in (*self._storage, *self._racks):
            self._any_of(each, sample(power, 2))
        for each in (*self._access, *self._racks):
            self._any_of(each, sample(distribution, 2), name="uplinks")

    def _computers(self) -> None:
        choice, sample, randint = self._random.choice, self._random.sample, self._random.randint
        hosts = self._layer("host", 0.04)
        machines = self._layer("virtual machine", 0.2)
        databases = self._layer("database", 0.04)
        applications = self._layer("application", 0.1)
        self._services = self._layer("service", 0.03)
        for each in hosts:
            self._needs(each, choice(self._racks))
        for each in machines:
            self._needs(each, choice(hosts))
            self._needs(each, choice(self._storage))
        for each in databases:
            self._some(each, sample(machines, 2), single=0.5)
        for each in applications:
            self._some(each, sample(machines, randint(2, 3)), single=0.3)
            self._needs(each, choice(databases))
        for each in self._services:
            for application in sample(applications, randint(1, 4)):
                self._needs(each, application)

    def _people(self) -> None:
        choice, sample, randint = self._random.choice, self._random.sample, self._random.randint
        teams = [sample(self._services, 4) for _ in range(max(2, self._cis // 200))]
        for each in self._layer("user", 0.54):
            self._needs(each, choice(self._access))
            of_team = sample(choice(teams), randint(1, 3))
            own = sample(self._services, randint(0, 2))
            for service in sorted({*of_team, *own}):
                self._needs(each, service)

    def _layer(self, ci_class: str, share: float) -> list[CIId]:
        count = max(4, round(self._cis * share))
        ids = [CIId(f"{ci_class}-{number:04}") for number in range(count)]
        self._items += [ConfigurationItem(each, ci_class, each) for each in ids]
        return ids

    def _needs(self, dependent: CIId, provider: CIId) -> None:
        self._relations.append(Relation(dependent, "depends_on", provider))

    def _any_of(self, dependent: CIId, providers: Sequence[CIId], name: str = "pair") -> None:
        for provider in providers:
            self._needs(dependent, provider)
        rule = "any" if len(providers) < 3 else "at least 2"
        self._redundancy.append(RedundancySet(dependent, name, providers, rule))

    def _some(self, dependent: CIId, providers: Sequence[CIId], *, single: float) -> None:
        if self._random.random() < single:
            self._needs(dependent, providers[0])
        else:
            self._any_of(dependent, providers)


def make_outages(
    seed: int,
    cis: int = 10_000,
    *,
    count: int = 200,
    share: float = SHARE,
    false_reports: int = 2,
    known_working: int = 5,
    least_reports: int = 2,
) -> tuple[ConfigurationGraph, tuple[Outage, ...]]:
    """
    Return a configuration, and outages of it that are worth asking about.

    Args:
        seed: Of all that is random; the same seed makes the same outages.
        cis: About how many configuration items there are.
        count: How many outages.
        share: The share of affected users who report.
        false_reports: Up to so many users who are not affected report something all the same.
        known_working: Up to so many users who are not affected are known not to be.
        least_reports: At least so many of the affected users report: a failure that nobody reports, as one
            of a redundant pair, makes no outage.
    """
    graph = outage_graph(seed, cis)
    random = Random(f"outages {seed}")
    users = [item.id for item in graph.items if item.ci_class == "user"]
    suspects = [item.id for item in graph.items if item.ci_class != "user"]
    outages: list[Outage] = []
    while len(outages) < count:
        fault = random.choice(suspects)
        suffering = graph.impact_of([fault]).at_level("down")
        down = sorted(ci for ci in suffering if ci.startswith("user-"))
        reports = [user for user in down if random.random() < share]
        if len(reports) < least_reports:
            continue
        others = sorted(set(users) - set(down))
        noise = random.sample(others, min(len(others), false_reports + known_working))
        reports += noise[: random.randint(0, false_reports)]
        random.shuffle(reports)
        working = noise[false_reports:][: random.randint(0, known_working)]
        outages.append(Outage(fault, tuple(reports), tuple(working)))
    return graph, tuple(outages)


Ranker = Callable[[ConfigurationGraph, Outage], Iterator[Sequence[CIId]]]
"""Gives classes of causes, the most likely first."""


def diagnosis_of(graph: ConfigurationGraph, outage: Outage, *, share: float = SHARE) -> Diagnosis:
    """Return our diagnosis of an outage."""
    return likely_causes(graph, outage.affected, working=outage.working, reporting=Reporting(share))


def by_likelihood(graph: ConfigurationGraph, outage: Outage) -> Iterator[Sequence[CIId]]:
    """Rank causes by `likely_causes`."""
    return (each.cis for each in diagnosis_of(graph, outage).classes)


def by_nearest_provider(graph: ConfigurationGraph, outage: Outage) -> Iterator[Sequence[CIId]]:
    """Rank causes by how many reports they can reach, then by how near they are to these in all."""
    reached, apart = Counter[CIId](), Counter[CIId]()
    for user in outage.affected:
        distance, ring = {user: 0}, [user]
        for ci in ring:
            for provider in graph.predecessors(ci):
                if provider not in distance:
                    distance[provider] = distance[ci] + 1
                    ring.append(provider)
        reached.update(distance.keys())
        apart.update(distance)
    return ((ci,) for ci in sorted(reached, key=lambda ci: (-reached[ci], apart[ci], ci)))


def accuracy(
    graph: ConfigurationGraph, outages: Sequence[Outage], ranker: Ranker = by_likelihood
) -> tuple[float, float, float, float]:
    """
    Return how often *ranker* is right.

    Returns:
        Four shares of all outages. With one class of causes, and with three: how often one of them takes
        down just the users that the fault does; nobody can tell such from the fault by who reports. Then
        the same, but only the first of each class counts, and it must be the fault itself.
    """
    users_of: dict[CIId, frozenset[CIId]] = {}

    def users(ci: CIId) -> frozenset[CIId]:
        if ci not in users_of:
            down = graph.impact_of([ci]).at_level("down")
            users_of[ci] = frozenset(each for each in down if each.startswith("user-"))
        return users_of[ci]

    hits = [0, 0, 0, 0]
    for outage in outages:
        first = [each for each, _ in zip(ranker(graph, outage), range(3), strict=False)]
        alike = [users(each[0]) == users(outage.fault) for each in first]
        same = [each[0] == outage.fault for each in first]
        for place, hit in enumerate((any(alike[:1]), any(alike), any(same[:1]), any(same))):
            hits[place] += hit
    first_alike, three_alike, first_same, three_same = (hit / len(outages) for hit in hits)
    return first_alike, three_alike, first_same, three_same

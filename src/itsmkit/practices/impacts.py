"""
The impact of a ticket, derived from what its item takes down: the business comes first, not the device.

A policy says which impact follows from which services, by how much the business depends on them and by how
many people use them. What a failure reaches is told by the impact analysis of `itsmkit.cmdb`, so that what is
redundant shields what stands on it. A person may judge otherwise, and says why.

Source:
    ITIL 4, practice "incident management": incidents are prioritised by their impact on the business. The
    thresholds are the desk's own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, items_problems, names, names_problems
from itsmkit.cmdb import CIId, Impact, LevelChain, Seed
from itsmkit.cmdb.history import ConfigurationView
from itsmkit.errors import DefinitionError
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import ImpactDerived

__all__ = ["CriticalityOf", "ImpactPolicy", "ImpactRule", "derive_impact", "impact_policy_problems"]

CriticalityOf = Callable[[str], str | None]
"""Tells how critical a service is, by its id; ``None`` if nobody knows it."""


@frozen(kw_only=True)
class ImpactRule:
    """
    Which impact follows from what is affected: a service that is critical enough, or enough people.

    Args:
        impact: The level of the desk's matrix.
        criticality: How critical a service is, one of these.
        users: So many people, or more, are affected.
        levels: The levels at which a service has to be for it; by default, any but the best.

    Raises:
        DefinitionError: With every problem: there is neither *criticality* nor *users*, or *users* is not at
            least 1.
    """

    impact: str = field(validator=named)
    criticality: tuple[str, ...] = field(default=(), converter=names)
    users: int | None = None
    levels: tuple[str, ...] = field(default=(), converter=names)

    def __attrs_post_init__(self) -> None:
        problems = [
            *names_problems("criticality", self.criticality),
            *names_problems("levels", self.levels),
        ]
        if not self.criticality and self.users is None:
            problems.append("criticality: is missing, and so is users; a rule needs one of them")
        if self.users is not None and (type(self.users) is not int or self.users < 1):
            problems.append(f"users: must be a whole number, at least 1, not {self.users!r}")
        if problems:
            raise DefinitionError(*problems)


@frozen(kw_only=True)
class ImpactPolicy:
    """
    How the impact of a ticket follows from the configuration.

    Args:
        rules: The first that fits decides; the gravest impact comes first. If none does, the impact is the
            least of the matrix.
        kinds: The kinds of work for which it is derived.
        criticality: The attribute of configuration items that says how critical they are. A service without
            it is as critical as the directory says.
        users: The attribute that says how many people use a service, or belong to a group.
        failed: The level that the ticket's item is taken to be at; by default, the worst.

    Raises:
        DefinitionError: With every problem: there are no rules or no kinds, or a name is none.
    """

    rules: tuple[ImpactRule, ...] = field(converter=as_tuple)
    kinds: tuple[str, ...] = field(default=("incident",), converter=names)
    criticality: str = field(default="criticality", validator=named)
    users: str = field(default="users", validator=named)
    failed: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("rules", self.rules, ImpactRule)]
        problems += names_problems("kinds", self.kinds)
        problems += (f"{name}: there are none" for name in ("rules", "kinds") if not getattr(self, name))
        if problems:
            raise DefinitionError(*problems)


def impact_policy_problems(
    policy: ImpactPolicy, kinds: Mapping[str, KindOfWork[Any]], levels: LevelChain
) -> Iterator[str]:
    """
    List what *policy* names that is not there: kinds of work, their levels of impact, levels of items.

    Args:
        policy: The policy.
        kinds: The kinds of work of the desk, by name.
        levels: The levels that configuration items can be at.
    """
    for place, name in enumerate(policy.kinds):
        kind = kinds.get(name)
        if kind is None:
            yield f"kinds[{place}]: unknown kind of work {name!r}; {close_to(name, kinds)}"
            continue
        known = kind.priorities.impacts
        for number, rule in enumerate(policy.rules):
            if rule.impact not in known:
                of_kind = f"is no impact of {name}; known: {', '.join(known)}"
                yield f"rules[{number}].impact: {rule.impact!r} {of_kind}"
    worse = levels.names[1:]
    named_levels = [("failed", policy.failed)] if policy.failed is not None else []
    named_levels += [
        (f"rules[{number}].levels[{place}]", level)
        for number, rule in enumerate(policy.rules)
        for place, level in enumerate(rule.levels)
    ]
    for path, level in named_levels:
        if level not in worse:
            yield f"{path}: {level!r} is no level below the best; known: {', '.join(worse)}"


def derive_impact(
    policy: ImpactPolicy,
    details: Mapping[str, object],
    view: ConfigurationView,
    criticality_of: CriticalityOf,
    *,
    least: str,
) -> ImpactDerived | None:
    """
    Return which impact follows for a ticket, and why.

    How many people are affected is a lower bound, so that nobody is counted twice: the greater of the most
    that use one affected service, and the sum over affected persons and groups, each of which counts as 1
    unless it says otherwise.

    Args:
        policy: The policy of the desk.
        details: What is said of the ticket: its ``configuration_item`` and its ``service`` count, the first
            that the configuration knows. A service that it does not know is taken to have failed
            by itself.
        view: The configuration, as of the instant of the question.
        criticality_of: Tells how critical a service is of which the configuration does not say so. It is
            asked about affected services alone.
        least: The impact that follows if no rule fits.

    Returns:
        ``None`` if the ticket names nothing that anybody knows.
    """
    named_items = [details.get(name) for name in ("configuration_item", "service")]
    item = next((each for each in named_items if isinstance(each, str) and each in view), None)
    if item is not None:
        found = _Affected.by(policy, view.impact_of([Seed(CIId(item), policy.failed)]), criticality_of)
        return found.judged(policy, item, least)
    service = details.get("service")
    if isinstance(service, str) and (criticality := criticality_of(service)) is not None:
        level = policy.failed or view.graph.levels.down
        return _Affected({service: _Reached(criticality, level)}).judged(policy, service, least)
    return None


@frozen
class _Reached:
    """
    What is known of something affected.

    Args:
        criticality: How critical it is.
        level: At which level it is.
        users: How many people use it.
    """

    criticality: str | None
    level: str
    users: int = 0


@frozen
class _Affected:
    """
    What a failure takes down.

    Args:
        services: The affected services, and what else is said to be critical, nearest first.
        people: The affected persons and groups, nearest first.
        impact: The impact analysis, which knows the ways.
    """

    services: Mapping[str, _Reached]
    people: Mapping[str, _Reached] = field(factory=dict)
    impact: Impact | None = None

    @classmethod
    def by(cls, policy: ImpactPolicy, impact: Impact, criticality_of: CriticalityOf) -> "_Affected":
        def reached(ci: CIId, level: str, otherwise: int) -> _Reached:
            attributes = impact.graph.item(ci).attributes
            critical, users = attributes.get(policy.criticality), attributes.get(policy.users)
            if not isinstance(critical, str):
                critical = criticality_of(ci) if ci in impact.services else None
            return _Reached(critical, level, users if type(users) is int and users >= 0 else otherwise)

        services: dict[str, _Reached] = {}
        people: dict[str, _Reached] = {}
        for ci, level in impact.levels.items():
            if ci in impact.users:
                people[ci] = reached(ci, level, 1)
            elif ci in impact.services or policy.criticality in impact.graph.item(ci).attributes:
                services[ci] = reached(ci, level, 0)
        return cls(services, people, impact)

    def judged(self, policy: ImpactPolicy, item: str, least: str) -> ImpactDerived:
        """Return what the first rule says that fits."""
        for rule in policy.rules:
            decided = self._by(rule)
            if decided is not None:
                name, reached, users = decided
                return ImpactDerived(
                    rule.impact, item, name, reached.level, reached.criticality, users, self._path(name)
                )
        return ImpactDerived(least, item)

    def _by(self, rule: ImpactRule) -> tuple[str, _Reached, int | None] | None:
        """Return what fits *rule*, and how many people are affected, if that decides."""

        def counts(reached: _Reached) -> bool:
            return not rule.levels or reached.level in rule.levels

        services = {name: reached for name, reached in self.services.items() if counts(reached)}
        for name, reached in services.items():
            if reached.criticality in rule.criticality:
                return name, reached, None
        if rule.users is None:
            return None
        people = {name: reached for name, reached in self.people.items() if counts(reached)}
        together = sum(each.users for each in people.values())
        most = max(services, key=lambda name: services[name].users, default=None)
        if most is not None and services[most].users >= max(rule.users, together):
            return most, services[most], services[most].users
        if together >= rule.users:
            name = next(iter(people))
            return name, people[name], together
        return None

    def _path(self, name: str) -> tuple[str, ...]:
        return (name,) if self.impact is None else self.impact.why(CIId(name)).cis

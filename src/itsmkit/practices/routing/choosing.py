"""Which group a ticket goes to, and who in it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from attrs import evolve, frozen

from itsmkit.practices.routing.advice import RoutingAdvice, WeighedAdvice
from itsmkit.practices.routing.decision import (
    Candidate,
    Fallback,
    Obstacle,
    Routed,
    RoutingDecision,
    Unassignable,
)
from itsmkit.practices.routing.need import SkillNeed, language_need
from itsmkit.practices.routing.policy import RoutingPolicy, needs_of
from itsmkit.practices.routing.rule import FallbackStep, RoutingRule, Strategy
from itsmkit.practices.routing.situation import Situation, Team
from itsmkit.tickets import Ticket
from itsmkit.tickets.structure import Person

__all__ = ["groups_in_question", "route"]


def route(
    policy: RoutingPolicy,
    ticket: Ticket,
    situation: Situation,
    *,
    within: str | None = None,
    advice: tuple[str, RoutingAdvice] | None = None,
) -> RoutingDecision:
    """
    Return where a ticket goes, and why.

    The first rule that holds chooses the group. Of its people, those can have the ticket who are of the
    house, work at the instant, may see it, meet what has to be met, and have room for it. Of these, one who
    knows the matter comes first, then those who meet more of what should be met, then those whom the strategy
    prefers, then whose turn it is.

    Cost: that of the rules up to the one that holds, and of a look at each person of the group.

    Args:
        policy: The rules.
        ticket: The ticket.
        situation: What is known: of all groups in `groups_in_question`.
        within: The group that has the ticket already, and keeps it; ``None`` to let the rules choose. Where
            no rule holds that leads to it, its last one says how somebody is chosen, but not what they need.
        advice: The plugin that is the surest, and what it advises.

    Returns:
        `Routed`, or `Unassignable` with what stands in the way of each, and what is done about it. A group
        that nobody knows has no people.
    """
    tried, rule, why = _chosen(policy, ticket, within)
    group = rule.group if within is None else within
    weighed = None
    if advice is not None:
        weighed = _weighed(policy, advice, situation, within)
        if weighed.is_followed and advice[1].group != group:
            group = advice[1].group
            tried, rule, _ = _chosen(policy, ticket, group)
            why = f"{group} was advised"
    course = _Course(policy, ticket, situation, tried, rule, group, why, weighed)
    if rule.strategy is Strategy.QUEUE:
        return course.queued()
    return course.given(advice[1].person if weighed is not None and weighed.is_followed and advice else None)


def groups_in_question(
    policy: RoutingPolicy,
    ticket: Ticket,
    *,
    within: str | None = None,
    advice: tuple[str, RoutingAdvice] | None = None,
) -> tuple[str, ...]:
    """Return the ids of the groups that have to be known to route a ticket: see `route`."""
    _, rule, _ = _chosen(policy, ticket, within)
    found = [rule.group if within is None else within]
    if advice is not None:
        found.append(advice[1].group)
    return tuple(dict.fromkeys(found))


def _chosen(
    policy: RoutingPolicy, ticket: Ticket, within: str | None
) -> tuple[tuple[RoutingRule, ...], RoutingRule, str]:
    """Return the rules that do not decide, the one that does, and why it does."""
    facts = ticket.facts()
    tried: list[RoutingRule] = []
    for rule in policy.rules:
        if (within is None or rule.group == within) and rule.applies(facts):
            return tuple(tried), rule, f"holds, and leads to {rule.group}"
        tried.append(rule)
    # Only where the group is given can none hold: the last one holds for every ticket.
    assert within is not None  # noqa: S101
    own = next((rule for rule in reversed(policy.rules) if rule.group == within), None)
    if own is not None:
        # What it needs, it needs for tickets that this one is none of.
        why = f"{within} has the ticket; chosen as by this rule, but for the skills that it asks for"
        return tuple(tried), evolve(own, skills=()), why
    waiting = RoutingRule(name=f"queue of {within}", group=within, strategy=Strategy.QUEUE)
    return tuple(tried), waiting, f"no rule leads to {within}, which has the ticket"


def _weighed(
    policy: RoutingPolicy,
    given: tuple[str, RoutingAdvice],
    situation: Situation,
    within: str | None,
) -> WeighedAdvice:
    """Return whether what a plugin advises is followed, and why."""
    source, advice = given
    least = policy.advice.follow_from
    if least is None:
        return WeighedAdvice(source, advice, False, "advice is recorded only")
    if advice.confidence < least:
        return WeighedAdvice(source, advice, False, f"its confidence is less than {least:g}")
    if within is not None and advice.group != within:
        return WeighedAdvice(source, advice, False, f"{within} has the ticket")
    if advice.group not in situation.teams:
        return WeighedAdvice(source, advice, False, "there is no such support group")
    return WeighedAdvice(source, advice, True, f"its confidence is at least {least:g}")


_OBSTACLES = tuple(
    tuple(each for bit, each in enumerate(Obstacle) if mask >> bit & 1) for mask in range(1 << len(Obstacle))
)
"""The obstacles of each mask: one for each of its bits, in their order."""

_LEFT, _AWAY, _UNSKILLED, _FULL, _BARRED = (1 << bit for bit in range(len(Obstacle)))


@frozen
class _Course:
    """The course of a ticket whose rule is known."""

    policy: RoutingPolicy
    ticket: Ticket
    situation: Situation
    tried: tuple[RoutingRule, ...]
    rule: RoutingRule
    group: str
    why: str
    advice: WeighedAdvice | None

    def queued(self) -> Routed:
        """Return that it waits in the queue of its group, as the rule has it."""
        return Routed(
            ticket=self.ticket,
            at=self.situation.at,
            tried=self.tried,
            rule=self.rule,
            group=self.group,
            because=(self.why, "nobody is chosen, the group takes from its queue"),
            advice=self.advice,
            person=None,
        )

    def given(self, advised: str | None) -> RoutingDecision:
        """Return who gets it, or that nobody can."""
        team = self.situation.teams.get(self.group) or Team(self.group)
        needs = self._needs()
        candidates = self._candidates(team.members, needs)
        found = [each for each in candidates if not each.obstacles]
        if not found:
            return self._unassignable(team, needs, candidates)
        person, reason = self._pick(found, advised)
        return Routed(
            ticket=self.ticket,
            at=self.situation.at,
            tried=self.tried,
            rule=self.rule,
            group=self.group,
            because=(self.why, reason),
            needs=needs,
            candidates=candidates,
            advice=self.advice,
            person=person,
        )

    def _needs(self) -> tuple[SkillNeed, ...]:
        needs = needs_of(self.policy, self.rule, self.ticket)
        if self.rule.language is None or self.situation.language is None:
            return needs
        return (*needs, language_need(self.situation.language, self.rule.language))

    def _candidates(self, members: Sequence[Person], needs: Sequence[SkillNeed]) -> tuple[Candidate, ...]:
        situation, policy = self.situation, self.policy
        at, is_there, loads, barred = situation.at, situation.is_there, situation.loads, situation.barred
        turns = situation.state_of(self.group).turns
        points = policy.load.points_of(self.ticket)
        limits = policy.capacities or policy.capacity is not None
        has_it = self.ticket.assignee
        measures = [(need, need.level, need.is_hard, need.measure(at)) for need in needs]
        found = []
        for person in members:
            name = person.id
            mask = 0 if is_there(name) else _AWAY
            if not person.is_active_at(at):
                mask |= _LEFT
            unmet, wanting, skill = _met(person, measures) if measures else _NOTHING_NEEDED
            if unmet:
                mask |= _UNSKILLED
            if name in barred:
                mask |= _BARRED
            load = loads.get(name, 0)
            if limits:
                limit = policy.capacity_of(name)
                # What somebody has already weighs on them already.
                if limit is not None and load + (0 if name == has_it else points) > limit:
                    mask |= _FULL
            found.append(Candidate(name, _OBSTACLES[mask], unmet, wanting, load, turns.get(name, 0), skill))
        return tuple(found)

    def _pick(self, found: Sequence[Candidate], advised: str | None) -> tuple[str, str]:
        """Return who of those who can have it gets it, and why."""
        if len(found) == 1:
            return found[0].person, f"{found[0].person} is the only one who can have it"
        names = {each.person for each in found}
        if advised in names:
            assert advised is not None  # noqa: S101  # it is one of them
            return advised, f"{advised} was advised"
        for familiar in self.rule.familiar:
            known = self.situation.handlers.get(familiar)
            if known in names:
                assert known is not None  # noqa: S101  # it is one of them
                return known, f"{known} knows the matter: {_KNOWS[familiar.value]}"
        weight, preferred = _PREFERENCES[self.rule.strategy]
        keys = [(len(each.wanting), weight(each)) for each in found]
        least = min(keys)
        equals = [each for each, key in zip(found, keys, strict=True) if key == least]
        # The first of those whose turn it is: `min` keeps the order of the group.
        best = min(equals, key=attrgetter("turn")).person
        if len(equals) == len(found):
            return best, f"it is the turn of {best}"
        # Where none who meets as much was passed over, that alone decided.
        is_preferred = any(key[0] == least[0] and key != least for key in keys)
        why = preferred if is_preferred else _MEETS_MORE
        if len(equals) == 1:
            return best, f"{best} {why}"
        return best, f"of {len(equals)}, each of whom {why}, it is the turn of {best}"

    def _unassignable(
        self, team: Team, needs: tuple[SkillNeed, ...], candidates: tuple[Candidate, ...]
    ) -> Unassignable:
        retry_at = self._retry_at(candidates)
        return Unassignable(
            ticket=self.ticket,
            at=self.situation.at,
            tried=self.tried,
            rule=self.rule,
            group=self.group,
            because=(self.why, _nobody(candidates)),
            needs=needs,
            candidates=candidates,
            advice=self.advice,
            fallback=self._fallback(team, candidates),
            retry_at=retry_at,
        )

    def _retry_at(self, candidates: Sequence[Candidate]) -> datetime | None:
        """Return when somebody who can do it may come, or have room."""
        situation = self.situation
        instants: list[datetime] = []
        for each in candidates:
            if _can_later(each):
                back = situation.back_at(each.person) if Obstacle.AWAY in each.obstacles else None
                if back is not None:
                    instants.append(back)
                elif Obstacle.FULL in each.obstacles:
                    instants.append(situation.at + self.policy.retry_after)
        return min(instants, default=None)

    def _fallback(self, team: Team, candidates: Sequence[Candidate]) -> Fallback:
        """Return the first step that helps."""
        passed: list[str] = []
        for step in self.rule.fallback:
            found, said = self._step(step, team, candidates)
            if found is not None:
                return Fallback(step, *found, "; ".join([*passed, said]))
            passed.append(said)
        passed.append(f"it waits in the queue of {self.group} nevertheless, so that it is not lost")
        return Fallback(FallbackStep.QUEUE, self.group, None, "; ".join(passed))

    def _step(
        self, step: FallbackStep, team: Team, candidates: Sequence[Candidate]
    ) -> tuple[tuple[str, str | None] | None, str]:
        """Return who has the ticket after a step, if it helps, and what there is to say of it."""
        if step is FallbackStep.QUEUE:
            later = [each.person for each in candidates if _can_later(each)]
            if later:
                return (self.group, None), f"{', '.join(later)} can have it later"
            return None, "nobody of the group can have it later either"
        if step is FallbackStep.LEAD:
            return self._by_lead(team.lead)
        other = self.rule.fallback_group
        if other is None:
            return None, "no fallback group is named"
        return (other, None), f"{other} is the fallback group"

    def _by_lead(self, lead: Person | None) -> tuple[tuple[str, str | None] | None, str]:
        if lead is None:
            return None, "the group has no lead"
        (found,) = self._candidates([lead], ())
        if found.obstacles:
            return None, f"the lead {lead.id} {found.sentence()}"
        return (self.group, lead.id), f"{lead.id} leads the group"


_NOTHING_NEEDED: tuple[tuple[SkillNeed, ...], tuple[SkillNeed, ...], int] = ((), (), 0)


_Measure = tuple[SkillNeed, int, bool, Callable[[Person], int]]
"""A need, its level, whether it has to be met, and what tells how well somebody does."""


def _met(
    person: Person, measures: Sequence[_Measure]
) -> tuple[tuple[SkillNeed, ...], tuple[SkillNeed, ...], int]:
    """Return what somebody does not meet that they have to, and that they should; and all levels together."""
    unmet: tuple[SkillNeed, ...] = ()
    wanting: tuple[SkillNeed, ...] = ()
    levels = 0
    for need, needed, is_hard, measure in measures:
        level = measure(person)
        levels += level
        if level < needed:
            if is_hard:
                unmet += (need,)
            else:
                wanting += (need,)
    return unmet, wanting, levels


_FOR_GOOD = frozenset({Obstacle.LEFT, Obstacle.UNSKILLED, Obstacle.BARRED})
"""What does not pass by itself."""


def _can_later(candidate: Candidate) -> bool:
    return _FOR_GOOD.isdisjoint(candidate.obstacles)


def _nobody(candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return "the group has no people"
    return (
        f"none of its {len(candidates)} people can have it"
        if len(candidates) > 1
        else "its one member cannot have it"
    )


_MEETS_MORE = "meets more of what should be met than the others"

_PREFERENCES: Mapping[Strategy, tuple[Callable[[Candidate], int], str]] = {
    Strategy.ROUND_ROBIN: (lambda _each: 0, _MEETS_MORE),
    Strategy.LEAST_LOADED: (lambda each: each.load, "has the least work of those who can have it"),
    Strategy.BEST_SKILLED: (lambda each: -each.skill, "can do it best of those who can have it"),
    Strategy.CLOSEST_SKILLED: (lambda each: each.skill, "is good enough for it, at the lowest levels"),
}
"""What each strategy prefers, the least first, and how that is told."""

_KNOWS: Mapping[str, str] = {
    "reopened": "they had it before it was reopened",
    "requester": "they had the last ticket of its requester",
    "configuration_item": "they had the last ticket of its configuration item",
}

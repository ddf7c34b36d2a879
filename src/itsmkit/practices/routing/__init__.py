"""
Routing: which group, and who in it, a ticket goes to, and why.

Rules in order choose the group; a strategy chooses the person among those of the group who are there, can do
it and have room. All of it is one pure function, `route`, of a policy, a ticket and a `Situation`; what it
decides tells each rule that was tried, and of each candidate why not.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.routing.advice import AdvicePolicy, RoutingAdvice, WeighedAdvice
    from itsmkit.practices.routing.choosing import groups_in_question, route
    from itsmkit.practices.routing.decision import (
        Candidate,
        Fallback,
        Obstacle,
        Routed,
        RoutingDecision,
        Unassignable,
    )
    from itsmkit.practices.routing.need import CategoryNeed, SkillNeed, Strength, language_need
    from itsmkit.practices.routing.policy import LoadWeights, RoutingPolicy, needs_of, routing_policy_problems
    from itsmkit.practices.routing.recording import given_by_routing
    from itsmkit.practices.routing.rule import FallbackStep, Familiarity, RoutingRule, Strategy
    from itsmkit.practices.routing.situation import Situation, Team
    from itsmkit.practices.routing.state import RoutingState
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.routing.advice": ("AdvicePolicy", "RoutingAdvice", "WeighedAdvice"),
            "itsmkit.practices.routing.choosing": ("groups_in_question", "route"),
            "itsmkit.practices.routing.decision": (
                "Candidate",
                "Fallback",
                "Obstacle",
                "Routed",
                "RoutingDecision",
                "Unassignable",
            ),
            "itsmkit.practices.routing.need": ("CategoryNeed", "SkillNeed", "Strength", "language_need"),
            "itsmkit.practices.routing.policy": (
                "LoadWeights",
                "RoutingPolicy",
                "needs_of",
                "routing_policy_problems",
            ),
            "itsmkit.practices.routing.recording": ("given_by_routing",),
            "itsmkit.practices.routing.rule": ("FallbackStep", "Familiarity", "RoutingRule", "Strategy"),
            "itsmkit.practices.routing.situation": ("Situation", "Team"),
            "itsmkit.practices.routing.state": ("RoutingState",),
        },
    )

__all__ = [
    "AdvicePolicy",
    "Candidate",
    "CategoryNeed",
    "Fallback",
    "FallbackStep",
    "Familiarity",
    "LoadWeights",
    "Obstacle",
    "Routed",
    "RoutingAdvice",
    "RoutingDecision",
    "RoutingPolicy",
    "RoutingRule",
    "RoutingState",
    "Situation",
    "SkillNeed",
    "Strategy",
    "Strength",
    "Team",
    "Unassignable",
    "WeighedAdvice",
    "given_by_routing",
    "groups_in_question",
    "language_need",
    "needs_of",
    "route",
    "routing_policy_problems",
]

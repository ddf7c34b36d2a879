"""
Access management: who may see and do what, as one predicate and one policy.

Everything here is a pure function of the rules, the viewer and the ticket. A desk with `AccessRules` asks
them in front of every read and every command.

>>> from itsmkit.practices.access import AccessRules, Permit, Relation, Role, Scope, Viewer, visibility
>>> rules = AccessRules(
...     [
...         Role("agent", sees=[Scope()], permits=["tickets.*", "incidents.*"]),
...         Role(
...             "requester",
...             sees=[Scope(relations=[Relation.REQUESTER])],
...             permits=[Permit("tickets.comment", relations=[Relation.REQUESTER])],
...             hides=["internal_notes"],
...         ),
...     ],
...     default=["requester"],
... )
>>> print(visibility(rules, Viewer("bob")))
requester = "bob" and restricted_to is missing
>>> print(visibility(rules, Viewer("ann", ["agent"])))
restricted_to is missing

Source:
    ITIL 4, practices "service desk" and "information security management".
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.access.audience import audience_problems, is_among
    from itsmkit.practices.access.duties import DutyConflict, conflicts_of, kept_apart
    from itsmkit.practices.access.errors import AccessDeniedError
    from itsmkit.practices.access.grants import (
        ACCESS_GRANT,
        HELD_STATES,
        Grant,
        access_grant_kind,
        duty_conflicts,
        grant_of,
        grant_problems,
        roles_at,
    )
    from itsmkit.practices.access.policy import Policy, Verdict, decide, visibility
    from itsmkit.practices.access.redaction import redacted, shown_history, shown_ticket
    from itsmkit.practices.access.restricting import restrict, restriction_of
    from itsmkit.practices.access.rules import (
        INTERNAL_NOTES,
        AccessRules,
        ConflictingDuties,
        Permit,
        Relation,
        Restriction,
        Role,
        Scope,
    )
    from itsmkit.practices.access.viewer import (
        GroupFacts,
        HeldRole,
        PeopleFacts,
        PersonFacts,
        Viewer,
        viewer_of,
    )
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.access.duties": ("DutyConflict", "conflicts_of", "kept_apart"),
            "itsmkit.practices.access.audience": ("audience_problems", "is_among"),
            "itsmkit.practices.access.errors": ("AccessDeniedError",),
            "itsmkit.practices.access.grants": (
                "ACCESS_GRANT",
                "Grant",
                "HELD_STATES",
                "access_grant_kind",
                "duty_conflicts",
                "grant_of",
                "grant_problems",
                "roles_at",
            ),
            "itsmkit.practices.access.policy": ("Policy", "Verdict", "decide", "visibility"),
            "itsmkit.practices.access.redaction": ("redacted", "shown_history", "shown_ticket"),
            "itsmkit.practices.access.restricting": ("restrict", "restriction_of"),
            "itsmkit.practices.access.rules": (
                "INTERNAL_NOTES",
                "AccessRules",
                "ConflictingDuties",
                "Permit",
                "Relation",
                "Restriction",
                "Role",
                "Scope",
            ),
            "itsmkit.practices.access.viewer": (
                "GroupFacts",
                "HeldRole",
                "PeopleFacts",
                "PersonFacts",
                "Viewer",
                "viewer_of",
            ),
        },
    )

__all__ = [
    "ACCESS_GRANT",
    "AccessDeniedError",
    "AccessRules",
    "ConflictingDuties",
    "DutyConflict",
    "Grant",
    "GroupFacts",
    "HELD_STATES",
    "HeldRole",
    "INTERNAL_NOTES",
    "PeopleFacts",
    "Permit",
    "PersonFacts",
    "Policy",
    "Relation",
    "Restriction",
    "Role",
    "Scope",
    "Verdict",
    "Viewer",
    "access_grant_kind",
    "audience_problems",
    "conflicts_of",
    "decide",
    "duty_conflicts",
    "grant_of",
    "grant_problems",
    "is_among",
    "kept_apart",
    "redacted",
    "restrict",
    "restriction_of",
    "roles_at",
    "shown_history",
    "shown_ticket",
    "viewer_of",
    "visibility",
]

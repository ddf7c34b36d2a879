"""
Links between tickets: their types as data, what moves along them, merging and splitting.

Source:
    That nothing moves along a link unless its type declares it is our choice: a link that only informs must
    not close what is merely related.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.links.cascade import Cascade, CascadeAction
    from itsmkit.practices.links.cascading import (
        Course,
        Milestone,
        answer,
        cascade_onto,
        courses_of,
        is_still_so,
        was_reached,
    )
    from itsmkit.practices.links.families import (
        TicketOf,
        family_of,
        goes_on_in,
        leads_to,
        linked_to,
        standing,
    )
    from itsmkit.practices.links.link_type import (
        FULFILLED_BY,
        SPLIT_FROM,
        STANDARD_LINK_TYPES,
        LinkEnd,
        LinkType,
        end_called,
        link_types_problems,
        unknown_moves,
    )
    from itsmkit.practices.links.linking import link, unlink
    from itsmkit.practices.links.merging import merge, split, unmerge
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.links.cascade": ("Cascade", "CascadeAction"),
            "itsmkit.practices.links.cascading": (
                "Course",
                "Milestone",
                "answer",
                "cascade_onto",
                "courses_of",
                "is_still_so",
                "was_reached",
            ),
            "itsmkit.practices.links.families": (
                "TicketOf",
                "family_of",
                "goes_on_in",
                "leads_to",
                "linked_to",
                "standing",
            ),
            "itsmkit.practices.links.link_type": (
                "FULFILLED_BY",
                "LinkEnd",
                "LinkType",
                "SPLIT_FROM",
                "STANDARD_LINK_TYPES",
                "end_called",
                "link_types_problems",
                "unknown_moves",
            ),
            "itsmkit.practices.links.linking": ("link", "unlink"),
            "itsmkit.practices.links.merging": ("merge", "split", "unmerge"),
        },
    )

__all__ = [
    "Cascade",
    "CascadeAction",
    "Course",
    "FULFILLED_BY",
    "LinkEnd",
    "LinkType",
    "Milestone",
    "SPLIT_FROM",
    "STANDARD_LINK_TYPES",
    "TicketOf",
    "answer",
    "cascade_onto",
    "courses_of",
    "end_called",
    "family_of",
    "goes_on_in",
    "is_still_so",
    "leads_to",
    "link",
    "link_types_problems",
    "linked_to",
    "merge",
    "split",
    "standing",
    "unknown_moves",
    "unlink",
    "unmerge",
    "was_reached",
]

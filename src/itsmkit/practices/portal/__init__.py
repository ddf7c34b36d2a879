"""
What the people whom a desk works for see of it: a projection in which nothing is internal.

A portal knows tickets by their numbers, states by a handful of public ones, and who works for the desk as the
desk. What it shows of a ticket is made of `PublicTicket` alone, so that no note can get into it.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.portal.offers import (
        PortalApproval,
        PortalArticle,
        PortalOffer,
        PortalOrder,
    )
    from itsmkit.practices.portal.rules import (
        PortalRules,
    )
    from itsmkit.practices.portal.tickets import (
        Outage,
        PortalRating,
        PortalTicket,
        PublicStatus,
        is_own,
        of_organisation,
        outage_of,
        own,
        portal_ticket,
        public_status,
    )
else:
    # The rules of every desk say what its portal offers; few desks have one.
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.portal.offers": (
                "PortalApproval",
                "PortalArticle",
                "PortalOffer",
                "PortalOrder",
            ),
            "itsmkit.practices.portal.rules": ("PortalRules",),
            "itsmkit.practices.portal.tickets": (
                "Outage",
                "PortalRating",
                "PortalTicket",
                "PublicStatus",
                "is_own",
                "of_organisation",
                "outage_of",
                "own",
                "portal_ticket",
                "public_status",
            ),
        },
    )

__all__ = [
    "Outage",
    "PortalApproval",
    "PortalArticle",
    "PortalOffer",
    "PortalOrder",
    "PortalRating",
    "PortalRules",
    "PortalTicket",
    "PublicStatus",
    "is_own",
    "of_organisation",
    "outage_of",
    "own",
    "portal_ticket",
    "public_status",
]

"""Planning changes: what one does beyond what is so already, and which are in each other's way."""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.change.change_calendar import ChangeCalendar
    from itsmkit.cmdb.change.collision import (
        ALL_KINDS,
        BLOCKING_KINDS,
        STANDARD_KINDS,
        WARNING_KINDS,
        Collision,
        CollisionKind,
    )
    from itsmkit.cmdb.change.detection import collisions, collisions_of
    from itsmkit.cmdb.change.errors import UnknownInChangesError
    from itsmkit.cmdb.change.free_slot import NoFreeSlot, next_free_slot
    from itsmkit.cmdb.change.planned_change import ChangeId, PlannedChange
    from itsmkit.cmdb.change.radius import BlastRadius, SlackLoss, Worsening, blast_radius
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.change.radius": ("BlastRadius", "SlackLoss", "Worsening", "blast_radius"),
            "itsmkit.cmdb.change.change_calendar": ("ChangeCalendar",),
            "itsmkit.cmdb.change.collision": (
                "ALL_KINDS",
                "BLOCKING_KINDS",
                "STANDARD_KINDS",
                "WARNING_KINDS",
                "Collision",
                "CollisionKind",
            ),
            "itsmkit.cmdb.change.detection": ("collisions", "collisions_of"),
            "itsmkit.cmdb.change.errors": ("UnknownInChangesError",),
            "itsmkit.cmdb.change.free_slot": ("NoFreeSlot", "next_free_slot"),
            "itsmkit.cmdb.change.planned_change": ("ChangeId", "PlannedChange"),
        },
    )

__all__ = [
    "ALL_KINDS",
    "BLOCKING_KINDS",
    "BlastRadius",
    "ChangeCalendar",
    "ChangeId",
    "Collision",
    "CollisionKind",
    "NoFreeSlot",
    "PlannedChange",
    "STANDARD_KINDS",
    "SlackLoss",
    "UnknownInChangesError",
    "WARNING_KINDS",
    "Worsening",
    "blast_radius",
    "collisions",
    "collisions_of",
    "next_free_slot",
]

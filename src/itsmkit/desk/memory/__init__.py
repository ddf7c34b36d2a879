"""
The in-memory adapters: the reference that every store, directory and notifier is measured against.

Nothing survives the process. Fit for tests, simulations, replays and a first look.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.desk.memory.directory import InMemoryDirectory
    from itsmkit.desk.memory.notifier import InMemoryNotifier
    from itsmkit.desk.memory.search_index import InMemorySearchIndex
    from itsmkit.desk.memory.shifts import CalendarShifts, RotaShifts
    from itsmkit.desk.memory.store import InMemoryStore
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.desk.memory.directory": ("InMemoryDirectory",),
            "itsmkit.desk.memory.notifier": ("InMemoryNotifier",),
            "itsmkit.desk.memory.search_index": ("InMemorySearchIndex",),
            "itsmkit.desk.memory.shifts": ("CalendarShifts", "RotaShifts"),
            "itsmkit.desk.memory.store": ("InMemoryStore",),
        },
    )

__all__ = [
    "CalendarShifts",
    "InMemoryDirectory",
    "InMemoryNotifier",
    "InMemorySearchIndex",
    "InMemoryStore",
    "RotaShifts",
]

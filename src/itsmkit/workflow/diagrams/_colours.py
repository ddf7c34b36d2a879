"""The colours of the categories of states: where a light page has no style sheet of its own, these."""

from collections.abc import Mapping

from itsmkit.workflow.state import StateCategory

__all__ = ["COLOURS"]

_INK = "#1b242c"

COLOURS: Mapping[StateCategory, tuple[str, str, str]] = {
    StateCategory.NEW: ("#dbe7f6", "#3c6fa8", _INK),
    StateCategory.ACTIVE: ("#cfe8ea", "#0a6a73", _INK),
    StateCategory.PENDING: ("#f9e6c4", "#a0620a", _INK),
    StateCategory.RESOLVED: ("#d9edd8", "#3a7d3e", _INK),
    StateCategory.CLOSED: ("#e3e8eb", "#56626d", _INK),
    StateCategory.CANCELLED: ("#f7dfda", "#b0452f", _INK),
}
"""The filling, the line around it and the text upon it."""

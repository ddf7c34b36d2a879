"""What category a state probably has: by the words of its name, or else by its place in the log."""

import re
from collections.abc import Mapping

from itsmkit.workflow.conformance.directly_follows import DirectlyFollows
from itsmkit.workflow.state import StateCategory

__all__ = ["guessed_category"]

_WORDS: Mapping[StateCategory, str] = {
    # In this order: what is "closed - cancelled" is cancelled, "pending closure" is pending.
    StateCategory.CANCELLED: "abandoned|canceled|cancelled|discarded|rejected|withdrawn",
    StateCategory.PENDING: "awaiting|hold|paused|pending|suspended|waiting",
    StateCategory.ACTIVE: "reopened",
    StateCategory.CLOSED: "archived|closed",
    StateCategory.RESOLVED: "completed|done|fixed|fulfilled|resolved|solved",
    StateCategory.NEW: "created|logged|new|registered|submitted",
}
_PATTERNS = {
    category: re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE | re.ASCII)
    for category, words in _WORDS.items()
}


def guessed_category(state: str, log: DirectlyFollows, initial: str) -> tuple[StateCategory, str]:
    """
    Return the category that *state* probably has, and why.

    A word of its name decides, if it is one of a few English ones. Otherwise the initial state is new, a
    state that no ticket left is closed, and any other is active: nothing in a log tells waiting from work.

    Args:
        state: The name of a state of *log*.
        log: What the log shows.
        initial: The state that tickets begin in.
    """
    for category, pattern in _PATTERNS.items():
        word = pattern.search(state)
        if word is not None:
            return category, f"its name has the word {word[0]!r}"
    if state == initial:
        return StateCategory.NEW, "tickets begin in it"
    if all(source != state for source, _ in log.moves):
        return StateCategory.CLOSED, "no ticket left it"
    return StateCategory.ACTIVE, "tickets enter and leave it, and its name says no more"

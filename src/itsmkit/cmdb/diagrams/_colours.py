"""The colours of levels where a light page has no style sheet of its own: as in `style.css`."""

__all__ = ["PLAIN", "TONES"]

_INK = "#1b242c"

PLAIN = ("#f6f8f9", "#aab4bb", _INK)
"""The filling, the line around it and the text upon it, where nothing is wrong."""

TONES = (
    PLAIN,
    ("#fdf6d8", "#8f7a08", _INK),
    ("#fdecc8", "#a0620a", _INK),
    ("#fbdcc6", "#b14d0b", _INK),
    ("#f9d7d3", "#b3261e", _INK),
)
"""The same for how bad a level is, from 0 to 4."""

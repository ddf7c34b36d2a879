"""How much room text takes, where no font can be asked: as much as in the widest of the usual ones."""

from unicodedata import category, east_asian_width

__all__ = ["text_width", "wrapped"]

# Shares of the size of the font, a little more than in DejaVu Sans Bold.
_THIN = dict.fromkeys("iIjJl|.,:;' /\\", 0.41)
_NARROW = dict.fromkeys('frt()[]!"`_*-', 0.53)
_BROAD = dict.fromkeys("mwMW@%—…", 1.12)
_SHARES = _THIN | _NARROW | _BROAD
_SMALL, _CAPITAL, _WIDE = 0.74, 0.9, 1.1
_REGULAR = 0.93  # what letters take that are not bold


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """
    Return how wide *text* is at most, as a rule: fonts differ, and this one goes by the wide ones.

    Args:
        text: On one line.
        size: Of the font, in pixels.
        bold: Whether it is written in bold.

    Returns:
        Pixels.

    >>> text_width("illi", 10) < text_width("MMMM", 10) < text_width("MMMM", 10, bold=True)
    True
    """
    return size * sum(map(_share, text)) * (1 if bold else _REGULAR)


def _share(letter: str) -> float:
    """Return the width of a bold letter as a share of the size of its font."""
    known = _SHARES.get(letter)
    if known is not None:
        return known
    if category(letter) in {"Mn", "Me", "Cf"}:  # it stands upon, or joins, another
        return 0.0
    if east_asian_width(letter) in {"W", "F"}:
        return _WIDE
    return _SMALL if letter.isalnum() and not letter.isupper() else _CAPITAL


def wrapped(text: str, size: float, most: float, *, bold: bool = False) -> tuple[str, ...]:
    """
    Return *text* in lines of at most *most* pixels, broken at spaces, and within words that are longer.

    >>> wrapped("Waiting for the supplier", 10, 100)
    ('Waiting for the', 'supplier')
    """
    lines: list[str] = []
    for word in text.split(" "):
        together = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(together, size, bold=bold) <= most:
            lines[-1] = together
        else:
            lines.extend(_parts(word, size, most, bold=bold))
    return tuple(lines)


def _parts(word: str, size: float, most: float, *, bold: bool) -> list[str]:
    """Return *word*, in parts that fit if it is too long: each holds one letter at least."""
    parts = [""]
    for letter in word:
        if parts[-1] and text_width(parts[-1] + letter, size, bold=bold) > most:
            parts.append("")
        parts[-1] += letter
    return parts

"""Any text as both databases hold it: texts stay different, and in the order of their code points."""

import re

__all__ = ["escaped", "unescaped"]

# PostgreSQL holds no NUL, and UTF-8 no half of a surrogate pair. Each is kept as two signs, and so is the
# sign that begins these: U+0001, and U+D7FF, after which the halves come.
_HALVES = range(0xD800, 0xE000)
_ESCAPES = {
    0: "\x01\x01",
    1: "\x01\x02",
    0xD7FF: "\ud7ff\x01",
    **{half: f"\ud7ff{chr(number)}" for number, half in enumerate(_HALVES, 2)},
}
_ORIGINALS = {escape: chr(code) for code, escape in _ESCAPES.items()}
_ESCAPE = re.compile("\x01[\x01\x02]|\ud7ff.", re.DOTALL)
_HAS_NONE = re.compile("[\x02-\ud7fe\ue000-\U0010ffff]*").fullmatch


def escaped(text: str) -> str:
    """Return *text* as a database holds it: of two texts, the lesser is the lesser there, too."""
    if text.isascii():  # as most are: these are looked through in no time
        return text.translate(_ESCAPES) if "\0" in text or "\1" in text else text
    return text if _HAS_NONE(text) else text.translate(_ESCAPES)


def unescaped(held: str) -> str:
    """Return the text that `escaped` has made into *held*."""
    if held.isascii() and "\1" not in held:
        return held
    return held if _HAS_NONE(held) else _ESCAPE.sub(lambda found: _ORIGINALS[found[0]], held)

"""What stands in a catalogue, and in the source that a catalogue is for: one message each."""

from attrs import field, frozen

from itsmkit._frozen import as_tuple

__all__ = ["Entry", "PoFile"]


@frozen
class Entry:
    """
    One message, with or without a translation.

    Args:
        text: The words in English.
        texts: The translations, one for each form that the language has for numbers, or a single one; empty
            texts where there is none yet.
        kind: What the words name, if they are a name: see `Term`.
        many: The words in English for another number than one, if they count.
        is_fuzzy: Whether somebody has marked the translation as uncertain.
        places: The files in which it stands.
    """

    text: str
    texts: tuple[str, ...] = field(default=(), converter=as_tuple)
    kind: str | None = field(default=None, kw_only=True)
    many: str | None = field(default=None, kw_only=True)
    is_fuzzy: bool = field(default=False, kw_only=True)
    places: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    @property
    def key(self) -> tuple[str | None, str]:
        """What it is looked up by: of what kind, and the words."""
        return self.kind, self.text


@frozen
class PoFile:
    """
    What a catalogue of gettext says.

    Args:
        entries: The messages, in order.
        plural: Which form is for which number, as gettext writes it: an expression of C in ``n``.
        forms: How many forms there are.
        obsolete: The words that it keeps though nothing says them any more.
    """

    entries: tuple[Entry, ...] = field(converter=as_tuple)
    plural: str = field(kw_only=True)
    forms: int = field(kw_only=True)
    obsolete: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

"""Names of plugins and distributions: how they are compared, and what a misspelt one may have meant."""

from collections.abc import Iterable

__all__ = ["canonical", "did_you_mean"]


def canonical(name: str) -> str:
    """
    Return the form in which names are compared.

    Example:
        >>> canonical("Itsmkit_SQL")
        'itsmkit-sql'

    Source:
        PyPA specification "Names and normalization" (PEP 503).
    """
    words = name.lower().replace("_", "-").replace(".", "-").split("-")
    return "-".join(word for word in words if word)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that says what *name* may have meant, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only on the way to an error

    close = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""

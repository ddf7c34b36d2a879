"""``itsmkit packs list`` and ``show``: what packs there are, and their files as text."""

from itsmkit import packs
from itsmkit.cli._config_texts import print_text

__all__ = ["print_packs", "show_pack"]


def print_packs() -> None:
    """Print the names of the packs, each with its title."""
    names = packs.names()
    wide = max(map(len, names))
    print_text("\n".join(f"{name:{wide}}  {packs.pack(name).title}" for name in names))


def show_pack(name: str, *, records: bool) -> None:
    """
    Print a file of a pack.

    Raises:
        UnknownPackError: If there is no such pack.
        NotFoundError: If it has no records, and these are asked for.
    """
    print_text(packs.text(name, records=records))

"""The commands on packs and their options: ``itsmkit packs …``."""

from cyclopts import App

__all__ = ["packs"]

packs = App(name="packs", help="Look at the packs that a desk can begin with.")


@packs.command(name="list")
def list_packs() -> None:
    """Print the names of the packs, each with its title."""
    from itsmkit.cli._packs_texts import print_packs  # noqa: PLC0415  each command loads its own rooms

    print_packs()


@packs.command
def show(name: str, /, *, records: bool = False) -> None:
    """
    Print a pack as TOML, to make it your own.

    Args:
        name: One of those that `itsmkit packs list` tells.
        records: Print what is kept on the desk, in place of the configuration.
    """
    from itsmkit.cli._packs_texts import show_pack  # noqa: PLC0415  as above

    show_pack(name, records=records)

"""The commands on what a desk keeps and their options: ``itsmkit store …``."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

__all__ = ["store"]

Several = Annotated[tuple[Path, ...], Parameter(show_default=False)]

_DEFAULT_TENANT = "default"  # that of itsmkit.plugin, which would load its room only to show help

store = App(
    name="store",
    help=(
        "Verify, seal, move, upgrade and back up what a desk keeps.\n\n"
        "URL names a store, such as sqlite:///desk.db or postgresql+psycopg://user@host/desk. The plugin "
        "that stands for its scheme must be installed."
    ),
)


@store.command
def verify(
    store: str,
    /,
    *,
    anchor: Several = (),
    tenant: str = _DEFAULT_TENANT,
    all_tenants: bool = False,
    config: Path | None = None,
    json: bool = False,
) -> int:
    """
    Find out whether what a store keeps is whole, and as it was written.

    The exit status is 1 if something is wrong. Others may go on working meanwhile.

    Args:
        store: The URL of a store, or a file that export has written.
        anchor: A file that checkpoint has written, to hold the store to; may be given again.
        tenant: Whose data.
        all_tenants: The data of all tenants.
        config: The TOML file of the desk: it says what its numbers begin with.
        json: Print JSON in place of lines.
    """
    from itsmkit.cli._store_verify import verify_store  # noqa: PLC0415  each command loads its own rooms

    return verify_store(
        store, anchors=anchor, tenant=None if all_tenants else tenant, config=config, as_json=json
    )


@store.command
def checkpoint(
    url: str, /, *, to: Path | None = None, tenant: str = _DEFAULT_TENANT, json: bool = False
) -> None:
    """
    Seal all that has happened until now, so that a later change of it shows.

    Keep the file where who can change the store cannot change it, too.

    Args:
        url: The store.
        to: Where to write the seal, as JSON.
        tenant: Whose data.
        json: Print the seal as JSON.
    """
    from itsmkit.cli._store_checkpoint import make_checkpoint  # noqa: PLC0415  as above

    make_checkpoint(url, to=to, tenant=tenant, as_json=json)


@store.command
def export(url: str, file: Path, /, *, tenant: str = _DEFAULT_TENANT, all_tenants: bool = False) -> None:
    """
    Write all that a store keeps to a file, from which any other store can take it.

    Others may go on working meanwhile: the file holds one moment.

    Args:
        url: The store.
        file: The file: JSON Lines, compressed by gzip if its name ends in .gz.
        tenant: Whose data.
        all_tenants: The data of all tenants.
    """
    from itsmkit.cli._store_transfer import export_store  # noqa: PLC0415  as above

    export_store(url, file, tenant=None if all_tenants else tenant)


@store.command(name="import")
def import_(file: Path, url: str, /, *, tenant: str | None = None, into: str | None = None) -> None:
    """
    Load a file that export has written into a store.

    Each tenant must have nothing there yet. Of each, all is loaded or nothing.

    Args:
        file: The file.
        url: The store.
        tenant: Load the data of this tenant only; all of them, if left out.
        into: Under which name to keep them; that of the file, if left out.
    """
    from itsmkit.cli._store_transfer import import_store  # noqa: PLC0415  as above

    import_store(file, url, tenant=tenant, into=into)


@store.command
def upgrade(url: str, /, *, to: str | None = None, dry_run: bool = False) -> None:
    """
    Bring the layout of a store to the version that the installed plugin works with, with all data.

    Back it up first. Nothing may work with the store meanwhile.

    Args:
        url: The store.
        to: Another version, which may be an earlier one.
        dry_run: Only tell what would be done.
    """
    from itsmkit.cli._store_maintenance import upgrade_store  # noqa: PLC0415  as above

    upgrade_store(url, to=to, dry_run=dry_run)


@store.command
def backup(url: str, file: Path, /) -> None:
    """
    Write all data of a store, of all tenants, to a file of its own kind.

    Others may go on working meanwhile: the file holds one moment.

    Args:
        url: The store.
        file: The file.
    """
    from itsmkit.cli._store_maintenance import backup_store  # noqa: PLC0415  as above

    backup_store(url, file)


@store.command
def restore(file: Path, url: str, /, *, replace: bool = False) -> None:
    """
    Put a backup in the place of a store: all of it, or nothing is changed.

    Args:
        file: The file that backup has written.
        url: The store.
        replace: Drop what the store keeps now.
    """
    from itsmkit.cli._store_maintenance import restore_store  # noqa: PLC0415  as above

    restore_store(file, url, replace=replace)

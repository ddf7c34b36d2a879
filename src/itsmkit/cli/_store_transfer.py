"""``itsmkit store export`` and ``import``: from one store to any other, by way of a file."""

from pathlib import Path

from itsmkit.cli._consoles import error_console, output_console, tame
from itsmkit.cli._outputs import check_outputs, print_written
from itsmkit.cli._store_progress import StoreProgress
from itsmkit.cli._store_source import opened, shown_url, tenants_of
from itsmkit.cli._wording import plural
from itsmkit.cli.errors import UsageError
from itsmkit.errors import DefinitionError, ItsmkitError
from itsmkit.plugin import StoreNotEmptyError
from itsmkit.plugin.dump_file import DumpPart, parts_of, rows_of, write_dump

__all__ = ["export_store", "import_store"]


def export_store(url: str, path: Path, *, tenant: str | None) -> None:
    """
    Write the dump of one tenant, or of all, to a file.

    Raises:
        ItsmkitError: If the store cannot be read, keeps nothing of the tenant, or the file cannot be written.
    """
    check_outputs({"FILE": path})
    with opened(url) as store, StoreProgress(error_console(), "Exporting") as progress:
        dumps = [(each, store.of_tenant(each).dump()) for each in tenants_of(store, url, tenant)]
        parts = write_dump(path, dumps, progress=progress.rows("Exporting"))
    _tell(parts)
    print_written(output_console(), (path,))


def import_store(path: Path, url: str, *, tenant: str | None, into: str | None) -> None:
    """
    Load a file into a store.

    The whole file is read before anything is loaded.

    Raises:
        ItsmkitError: If the file is no dump or is damaged, a tenant of the store has something already, or a
            row is refused. Of the tenant in question, nothing is loaded.
    """
    with StoreProgress(error_console(), "Importing") as progress:
        parts = [
            part
            for part in parts_of(path, progress=progress.rows("Reading"))
            if tenant is None or part.tenant == tenant
        ]
        if not parts:
            problem = f"{path} holds nothing of tenant {tenant!r}"
            raise UsageError(problem)
        if into is not None and len(parts) > 1:
            tenants = ", ".join(part.tenant for part in parts)
            problem = f"--into {into} is one name, and {path} holds {tenants}; say which with --tenant"
            raise UsageError(problem)
        names = {part.tenant: part.tenant if into is None else into for part in parts}
        with opened(url, new=True) as store:
            there = set(store.tenants())
            taken = [name for name in names.values() if name in there]
            if taken:
                raise StoreNotEmptyError(taken[0])
            loaded: list[str] = []
            for part in parts:
                told = progress.rows(f"Importing tenant {part.tenant}", part.rows)
                try:
                    store.of_tenant(names[part.tenant]).load(rows_of(path, part.tenant, progress=told))
                except ItsmkitError as error:
                    raise DefinitionError(*_refused(part, loaded, url, error)) from error
                loaded.append(names[part.tenant])
    _tell(parts)


def _refused(part: DumpPart, loaded: list[str], url: str, error: ItsmkitError) -> list[str]:
    problems = error.problems if isinstance(error, DefinitionError) else (str(error),)
    told = [f"tenant {part.tenant}: {problem}" for problem in problems]
    if loaded:
        told.append(f"{shown_url(url)} has taken {', '.join(loaded)} before; import the others with --tenant")
    return told


def _tell(parts: "list[DumpPart] | tuple[DumpPart, ...]") -> None:
    for part in parts:
        output_console().print(tame(f"tenant {part.tenant}: {plural(part.rows, 'row')}"), soft_wrap=True)

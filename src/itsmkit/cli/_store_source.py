"""What the commands on stores work on: the store that a URL names."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from itsmkit.cli._plainly import plainly
from itsmkit.cli.errors import UsageError
from itsmkit.errors import PluginError
from itsmkit.plugin import Plugins, Store, StoreMaintenance

__all__ = ["maintenance_of", "opened", "shown_url", "tenants_of"]


@contextmanager
def opened(url: str, *, new: bool = False) -> Iterator[Store]:
    """
    Open the store that *url* names, and close it afterwards.

    Args:
        url: The URL.
        new: Whether it may be made if it is not there yet.

    Raises:
        UsageError: If it is not there, as far as whoever tends such stores can tell.
        ItsmkitError: If it cannot be opened, as whoever makes the store says.
    """
    plugins = _plugins()
    with plainly():
        if not new and _is_missing(url, plugins):
            problem = f"there is nothing at {shown_url(url)}; give the URL of a store that a desk works on"
            raise UsageError(problem)
        store = plugins.make_store(url)
    try:
        yield store
    finally:
        store.close()


def maintenance_of(url: str) -> StoreMaintenance:
    """
    Return what tends the place that *url* names.

    Raises:
        ItsmkitError: If nothing does, as whoever stands for the URL says.
    """
    with plainly():
        return _plugins().maintain_store(url)


def tenants_of(store: Store, url: str, tenant: str | None) -> Sequence[str]:
    """
    Return the tenants that are asked for.

    Args:
        store: The store.
        url: Its URL.
        tenant: One of them, or ``None`` for all.

    Raises:
        UsageError: If they have nothing in the store: more likely than not, it is not the one that was meant.
    """
    there = store.tenants()
    if not there:
        problem = f"{shown_url(url)} keeps nothing; give the URL of a store that a desk works on"
        raise UsageError(problem)
    if tenant is not None and tenant not in there:
        problem = f"{shown_url(url)} keeps nothing of tenant {tenant!r}; it has {', '.join(there)}"
        raise UsageError(problem)
    return there if tenant is None else (tenant,)


def shown_url(url: str) -> str:
    """
    Return *url* as it may be shown: without what may hold a password.

    >>> shown_url("postgresql+psycopg://ada:secret@db.example/desk?password=secret")
    'postgresql+psycopg://db.example/desk'
    >>> shown_url("sqlite:///desk.db")
    'sqlite:///desk.db'
    >>> shown_url("postgresql+psycopg://ada:sec/ret@db.example/desk")  # which sign is part of what?
    'postgresql+psycopg://…'
    """
    scheme, sign, rest = url.partition("://")
    plain, _, options = rest.partition("?")
    place, slash, path = plain.partition("/")
    # A password that is not encoded as it must be may hold any of the signs that end it.
    if place and "@" in path + options:
        return f"{scheme}{sign}…"
    return f"{scheme}{sign}{place.rpartition('@')[2]}{slash}{path}"


def _is_missing(url: str, plugins: Plugins) -> bool:
    # To open a file that is not there would make one, and a typing error in its name would look like a desk
    # that has lost everything.
    try:
        upkeep = plugins.maintain_store(url)
    except PluginError as error:
        if error.__cause__ is not None:
            raise
        return False  # nobody tends such stores, so that nobody can tell
    return upkeep.versions().present is None


def _plugins() -> Plugins:
    # Only what the scheme of a URL asks for is loaded; the environment may keep it out.
    return Plugins(environ=os.environ)

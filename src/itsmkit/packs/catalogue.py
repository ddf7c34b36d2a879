"""What packs there are."""

from importlib.resources import as_file, files

from itsmkit.desk import DeskConfig
from itsmkit.packs.errors import UnknownPackError

__all__ = ["load", "names"]

_SUFFIX = ".toml"


def names() -> tuple[str, ...]:
    """Return the names of all packs, sorted."""
    found = (resource.name for resource in files("itsmkit.packs").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def load(name: str) -> DeskConfig:
    """
    Return the rules that the pack *name* describes.

    Raises:
        UnknownPackError: If there is no such pack; it says which there are.
    """
    known = names()
    if name not in known:
        raise UnknownPackError(name, known)
    with as_file(files("itsmkit.packs") / f"{name}{_SUFFIX}") as path:
        return DeskConfig.load(path)

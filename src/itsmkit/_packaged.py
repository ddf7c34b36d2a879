"""Files that come with the package, read without what `importlib.resources` loads for other ways to read."""

from pkgutil import get_data

__all__ = ["packaged"]


def packaged(package: str, name: str) -> bytes:
    """
    Return the bytes of a file that stands in a package, be it installed as files or in an archive.

    Args:
        package: The name of the package.
        name: The name of the file, with ``/`` between folders.
    """
    found = get_data(package, name)
    assert found is not None  # noqa: S101  # only a loader that reads no files returns none
    return found

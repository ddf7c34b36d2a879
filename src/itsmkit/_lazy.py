"""
Packages whose names load on first use (PEP 562), so that who wants a part does not pay for the whole.

Making the classes of a room costs more than reading its files: attrs writes and compiles their methods.
"""

import sys

TYPE_CHECKING = False  # the one in `typing` would load typing, which costs more than all the rest
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["lazily"]


def lazily(
    package: str, homes: "Mapping[str, tuple[str, ...]]"
) -> "tuple[Callable[[str], object], Callable[[], list[str]]]":
    """
    Return the ``__getattr__`` and the ``__dir__`` of a package.

    Args:
        package: The name of the package.
        homes: The modules that hold what it offers, each with the names that are found there. No name may
            be that of a module of the package: Python puts modules there too, and the last one to come wins.
    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> object:
        if name not in home_of:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import import_module  # noqa: PLC0415  # only who asks for a name pays for it

        value = getattr(import_module(home_of[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home_of})

    return load, names

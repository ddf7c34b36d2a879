"""Whether the libraries of the extra ``languages`` are there."""

from functools import cache
from importlib.util import find_spec

from itsmkit.languages.tag import LanguageTag

__all__ = ["are_languages_installed", "how_to_install", "needed_for"]

_LIBRARIES = ("babel", "persiantools")


@cache
def are_languages_installed() -> bool:
    """Tell whether other languages than plain English can be spoken."""
    return all(find_spec(name) is not None for name in _LIBRARIES)


def how_to_install(what: str) -> str:
    """Return what to say where *what* needs the extra."""
    return f"{what} needs Babel and persiantools: python -m pip install 'itsmkit[languages]'"


def needed_for(tag: LanguageTag) -> None:
    """
    See to it that the extra is there.

    Raises:
        ModuleNotFoundError: If it is not, with the way out.
    """
    if not are_languages_installed():
        raise ModuleNotFoundError(how_to_install(f"the language {tag}"), name="babel")

"""Ready-made configurations to begin with: commented TOML files, each for another way to run a desk."""

from typing import Final

from itsmkit._packaged import packaged
from itsmkit._problems import close_to
from itsmkit.errors import DefinitionError

__all__ = ["PROFILES", "profile_text"]

PROFILES: Final = ("helpdesk", "service_desk", "dispatch")
"""The names of the profiles, the smallest first."""


def profile_text(name: str) -> str:
    """
    Return the TOML file of a profile, to be made one's own.

    Raises:
        DefinitionError: If there is no profile of this name.

    >>> profile_text("helpdesk").splitlines()[0]
    '# A help desk: one place to call, one line of support, one promise.'
    """
    if name not in PROFILES:
        problem = f"unknown profile {name!r}; {close_to(name, PROFILES)}"
        raise DefinitionError(problem)
    return packaged(__name__, f"{name}.toml").decode()

"""
Whom something is for, such as an article or an offer of the catalogue: a condition on who looks.

It asks for facts of the viewer alone (see `Viewer.facts`), so that it can be answered before anything is
looked up. What a viewer is not among the audience of, is not there for them.
"""

from collections.abc import Iterator

from itsmkit._problems import close_to, shown
from itsmkit.conditions import ALWAYS, Condition, fields_of, holds
from itsmkit.practices.access.viewer import Viewer

__all__ = ["audience_problems", "is_among"]

_FACTS = ("viewer.person", "viewer.automated", "viewer.organisation")
_PREFIXES = ("viewer.role.", "viewer.group.")


def audience_problems(path: str, audience: object) -> Iterator[str]:
    """
    Yield what is wrong with a condition on who looks.

    >>> from itsmkit.conditions import parse_condition
    >>> [*audience_problems("audience", parse_condition('viewer.organisation = "acme"'))]
    []
    >>> for problem in audience_problems("audience", parse_condition("viewer.groups.hr = true")):
    ...     print(problem)
    audience: asks for 'viewer.groups.hr', which is no fact of a viewer; did you mean 'viewer.group.…'?
    """
    if not isinstance(audience, Condition):
        yield f"{path}: must be a condition, not {shown(audience)}; see itsmkit.conditions"
        return
    for name in fields_of(audience):
        if name not in _FACTS and not any(name.startswith(each) and name != each for each in _PREFIXES):
            known = (*_FACTS, *(f"{each}…" for each in _PREFIXES))
            yield f"{path}: asks for {name!r}, which is no fact of a viewer; {close_to(name, known)}"


def is_among(audience: Condition, viewer: Viewer | None) -> bool:
    """
    Tell whether *viewer* is among an audience.

    Args:
        audience: The condition on who looks.
        viewer: Who looks; ``None`` for somebody who has left, and is among none.

    >>> from itsmkit.conditions import equals
    >>> is_among(equals("viewer.organisation", "acme"), Viewer("ann", organisation="acme"))
    True
    """
    if viewer is None:
        return False
    return audience is ALWAYS or holds(audience, viewer.facts())

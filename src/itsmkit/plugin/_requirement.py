"""Whether a version lies in the range that a distribution declares: the part of PEP 440 that plugins need."""

import operator
import re
from collections.abc import Iterable
from itertools import zip_longest

from itsmkit.plugin._names import canonical

__all__ = ["unmet"]

_REQUIREMENT = re.compile(r"\s*([\w.-]+)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?\s*(;.*)?")
_CLAUSE = re.compile(r"\s*(~=|==|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+)*)(\.\*)?\s*")
_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")
_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


def unmet(requirements: Iterable[str], distribution: str, version: str) -> str | None:
    """
    Return the first of *requirements* on *distribution* that *version* does not meet, or ``None``.

    Releases are compared: a version that is a pre-release counts as the release it leads to. What is more
    than that is left to the installer and counts as met: a requirement with an environment marker or a
    direct reference, a bound that is a pre-release or has an epoch, and ``===``.

    Args:
        requirements: The ``Requires-Dist`` of some distribution.
        distribution: The name to look for.
        version: Its version.

    Example:
        >>> unmet(["attrs>=24", "itsmkit>=1.2,<2"], "itsmkit", "1.4.0")
        >>> unmet(["attrs>=24", "itsmkit>=1.2,<2"], "itsmkit", "2.0.0")
        'itsmkit>=1.2,<2'

    Source:
        PyPA specifications "Dependency specifiers" (PEP 508) and "Version specifiers" (PEP 440).
    """
    wanted = canonical(distribution)
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement)
        if match is None or match[3] or canonical(match[1]) != wanted:
            continue
        if not all(_meets(version, clause) for clause in match[2].split(",")):
            return requirement
    return None


def _meets(version: str, clause: str) -> bool:
    release, bound = _RELEASE.match(version), _CLAUSE.fullmatch(clause)
    if release is None or bound is None:
        return True
    precise = bound[2].count(".") + 1
    pairs = zip_longest(_numbers(release[1]), _numbers(bound[2]), fillvalue=0)
    ours, theirs = zip(*pairs, strict=True)
    if bound[1] == "~=":
        return ours >= theirs and ours[: precise - 1] == theirs[: precise - 1]
    if bound[3]:
        ours, theirs = ours[:precise], theirs[:precise]
    return bool(_COMPARE[bound[1]](ours, theirs))


def _numbers(release: str) -> Iterable[int]:
    return map(int, release.split("."))

"""Where plugins come from: objects that the caller hands over, and entry points of what is installed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from attrs import field, frozen

from itsmkit.plugin._names import canonical

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

__all__ = ["COMMANDS", "Candidate", "GROUP", "STORAGE", "given", "installed"]

GROUP = "itsmkit"
"""The group of entry points that name plugins."""

STORAGE = "itsmkit.storage"
"""The group of entry points that name makers of stores: the name of each is the scheme of its URLs."""


COMMANDS = "itsmkit.commands"
"""The group of entry points that name commands of the command line: the name of each is its first word."""


@frozen
class Candidate:
    """
    A plugin that is not loaded yet.

    Args:
        name: The name under which it would be registered.
        load: Returns the plugin; imports it if it is an installed one.
        aliases: The names, in canonical form, by which lists may mean it.
        distribution: The installed distribution that brings it, or ``None`` if the caller does.
        version: The version of that distribution.
        requires: What that distribution requires.
    """

    name: str
    load: Callable[[], object] = field(eq=False)
    aliases: frozenset[str]
    distribution: str | None = None
    version: str | None = None
    requires: tuple[str, ...] = ()


def given(plugin: object) -> Candidate:
    """Return *plugin* as a candidate, under its ``__name__`` (modules, classes) or that of its class."""
    own = getattr(plugin, "__name__", None)
    name = own if isinstance(own, str) else type(plugin).__name__
    return Candidate(name, lambda: plugin, frozenset({canonical(name)}))


def installed(group: str) -> tuple[Candidate, ...]:
    """
    Return what is installed in *group* of the entry points, by name and distribution; imports none of it.

    Candidates of `GROUP` bear the name of their entry point, those of other groups the group before it:
    ``itsmkit.storage:sqlite``. About a millisecond for each twenty installed distributions.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and only needed to look

    found = [_candidate(entry) for entry in entry_points(group=group)]
    return tuple(sorted(found, key=lambda each: (each.name, each.distribution or "")))


def _candidate(entry: "EntryPoint") -> Candidate:
    name = entry.name if entry.group == GROUP else f"{entry.group}:{entry.name}"
    origin = cast("Distribution", entry.dist)  # `entry_points` always says where it found one
    return Candidate(
        name,
        entry.load,
        frozenset({canonical(entry.name), canonical(origin.name)}),
        distribution=origin.name,
        version=origin.version,
        requires=tuple(origin.requires or ()),
    )

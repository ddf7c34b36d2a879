"""What became of each plugin of a desk."""

from enum import Enum

from attrs import field, frozen

__all__ = ["PluginState", "PluginStatus"]


class PluginState(Enum):
    """Where a plugin ended when the desk was built."""

    LOADED = "loaded"
    """Its hooks are called."""
    BLOCKED = "blocked"
    """A list or the environment keeps it out; it was not imported."""
    INCOMPATIBLE = "incompatible"
    """It asks for another version of itsmkit; it was not imported."""
    FAILED = "failed"
    """It could not be imported, or its hooks are not right."""
    SHADOWED = "shadowed"
    """Another plugin of its name is used."""


@frozen
class PluginStatus:
    """
    One plugin and where it ended.

    Args:
        name: The name under which it is, or would be, registered.
        state: Where it ended.
        distribution: The installed distribution that brought it, or ``None`` if the caller did.
        version: The version of that distribution.
        hooks: The hooks that it implements, sorted; empty unless it is loaded.
        problem: Why it is not loaded, in a sentence.
        traceback: The traceback of the error that its import raised, as text.
    """

    name: str
    state: PluginState
    distribution: str | None = None
    version: str | None = None
    hooks: tuple[str, ...] = ()
    problem: str | None = None
    traceback: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        origin = "" if self.distribution is None else f" ({self.distribution} {self.version})"
        reason = "" if self.problem is None else f": {self.problem}"
        return f"plugin {self.name!r}{origin} is {self.state.value}{reason}"

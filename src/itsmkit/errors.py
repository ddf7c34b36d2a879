"""
The errors of itsmkit: one root, so that a host can catch all of them with one clause.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError(ValueError)   a calendar, workflow, agreement or graph that cannot be right
    ├── RefusedError                  a rule said no and nothing changed
    │   └── IdempotencyError          another request was done under the same idempotency key
    ├── NotFoundError(LookupError)    no such ticket, configuration item, service
    ├── ConflictError                 someone saved first; load again and retry
    └── PluginError                   names the plugin and the hook; the cause is chained

The rooms refine these in an ``errors`` module of their own. An error carries its facts as attributes,
hands them to ``super().__init__`` so that it can be pickled, and makes its sentence in ``__str__``.
"""

TYPE_CHECKING = False  # the one in `typing` would load typing: these are what everybody imports
if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "ConflictError",
    "DefinitionError",
    "IdempotencyError",
    "ItsmkitError",
    "NotFoundError",
    "PluginError",
    "RefusedError",
]


class ItsmkitError(Exception):
    """The root of every error that itsmkit raises on purpose."""


class DefinitionError(ItsmkitError, ValueError):
    """
    Something that was declared cannot be right.

    Args:
        *problems: Every problem found, each a sentence that names the value, where it stands and the
            way out. There is at least one.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return self.problems[0]
        return "\n".join([f"{len(self.problems)} problems:", *(f"- {p}" for p in self.problems)])


class RefusedError(ItsmkitError):
    """
    A rule said no, and nothing changed.

    Args:
        *reasons: Every reason, not only the first, each a sentence.
    """

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "; ".join(self.reasons)


class IdempotencyError(RefusedError):
    """
    An idempotency key was used again, for something else.

    Args:
        key: The key.
        at: When the other thing was done.
    """

    def __init__(self, key: str, at: "datetime") -> None:
        super().__init__(
            f"idempotency key {key!r} stands for another request, which was done at {at.isoformat()}; "
            "a repeated call must be the same in all it asks for, and a new one needs a key of its own"
        )
        self.args = (key, at)  # what it is pickled by
        self.key = key
        self.at = at


class NotFoundError(ItsmkitError, LookupError):
    """
    Nothing of that name is there, or nothing that may be seen.

    Args:
        kind: What was looked for, such as ``"ticket"``.
        key: The value it was looked for by.
    """

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(kind, key)
        self.kind = kind
        self.key = key

    def __str__(self) -> str:
        return f"no {self.kind} {self.key!r}"


class ConflictError(ItsmkitError):
    """
    Somebody else saved the record first; load it again and retry.

    Args:
        kind: The kind of record.
        key: Its identifier.
        expected: The version that the caller had read.
        found: The version that is stored now, or ``None`` if the record is absent.
    """

    def __init__(self, kind: str, key: str, expected: int, found: int | None) -> None:
        super().__init__(kind, key, expected, found)
        self.kind = kind
        self.key = key
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        stored = "is not stored" if self.found is None else f"is stored at version {self.found}"
        return (
            f"cannot save {self.kind} {self.key} at version {self.expected}: it {stored}; "
            "load it again and retry"
        )


class PluginError(ItsmkitError):
    """
    A plugin failed; the cause is chained.

    Args:
        plugin: The name under which the plugin is registered.
        hook: The hook that was called, or ``"load"`` while the plugin was being loaded.
        problem: What went wrong, in a sentence.
    """

    def __init__(self, plugin: str, hook: str, problem: str) -> None:
        super().__init__(plugin, hook, problem)
        self.plugin = plugin
        self.hook = hook
        self.problem = problem

    def __str__(self) -> str:
        return f"plugin {self.plugin!r} failed in {self.hook}: {self.problem}"

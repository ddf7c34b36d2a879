"""
How plugins are called: one implementation at a time.

Every call of a plugin passes through `attempt`, the one place where errors are caught broadly. They go on as
`PluginError`, which names the plugin and the hook. What is no `Exception` (``KeyboardInterrupt``,
``SystemExit``) passes through untouched.
"""

from collections.abc import Callable, Iterable, Mapping
from types import CoroutineType
from typing import Any, TypeVar

from itsmkit.errors import PluginError
from itsmkit.plugin._pluggy import Implementation

__all__ = ["answers", "ask", "attempt", "first_answer", "formatted", "pass_gate"]

T = TypeVar("T")


def attempt(plugin: str, hook: str, call: Callable[..., T], *arguments: object) -> T:
    """Return what *call* returns; raise what it raises as a `PluginError`."""
    try:
        return call(*arguments)
    except Exception as error:
        raise PluginError(plugin, hook, _said(error)) from error


def ask(implementation: Implementation, arguments: Mapping[str, object]) -> Any:
    """Return what *implementation* answers. Raises `PluginError` if it fails."""
    result = attempt(implementation.plugin, implementation.hook, implementation, arguments)
    if isinstance(result, CoroutineType):
        result.close()
        problem = "it returned a coroutine, which nobody awaits; the hook is called without await"
        raise PluginError(implementation.plugin, implementation.hook, problem)
    return result


def pass_gate(gate: Implementation, arguments: Mapping[str, object]) -> None:
    """Return if *gate* does not object. Raises `PluginError` if it does, or fails."""
    result = ask(gate, arguments)
    if result is not None:
        problem = (
            f"it returned {type(result).__name__}; a gate raises RefusedError to veto, and returns None "
            "to let pass"
        )
        raise PluginError(gate.plugin, gate.hook, problem)


def first_answer(
    implementations: Iterable[Implementation],
    arguments: Mapping[str, object],
    flaw: Callable[[object], str | None],
) -> Any:
    """Return the first result that is not ``None``, if there is one; its *flaw* is the plugin's failure."""
    for implementation in implementations:
        result = ask(implementation, arguments)
        if result is not None:
            problem = flaw(result)
            if problem is not None:
                raise PluginError(implementation.plugin, implementation.hook, problem)
            return result
    return None


def answers(
    implementations: Iterable[Implementation],
    arguments: Mapping[str, object],
    read: Callable[[str, Any], T],
) -> tuple[list[T], tuple[PluginError, ...]]:
    """
    Ask all of *implementations*. One that fails takes nothing from the others.

    Args:
        implementations: Whom to ask, in this order.
        arguments: What to ask.
        read: Makes of the name of a plugin and its answer what is asked for. What it raises is the failure
            of that plugin.

    Returns:
        What was read of those that answered, and the failures of the others, each in the order of asking.
    """
    told: list[T] = []
    failures: list[PluginError] = []
    for each in implementations:
        try:
            told.append(attempt(each.plugin, each.hook, read, each.plugin, ask(each, arguments)))
        except PluginError as error:
            failures.append(error)
    return told, tuple(failures)


def _said(error: Exception) -> str:
    # Unlike `str`, this holds when the error's own `__str__` fails.
    from traceback import format_exception_only  # noqa: PLC0415 - only on the way to an error

    return "".join(format_exception_only(error)).strip()


def formatted(error: BaseException) -> str:
    """Return *error* with its traceback as text."""
    from traceback import format_exception  # noqa: PLC0415 - only on the way to an error

    return "".join(format_exception(error))

"""
The one door to pluggy: the markers, and the hooks of one desk with those that implement them.

pluggy's own call loop stops at the first implementation that raises, which is right for no kind of hook here.
So pluggy finds and orders the implementations, this module checks them, and `itsmkit.plugin.manager` calls
them one by one.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    GetSetDescriptorType,
    MethodDescriptorType,
    ModuleType,
    NoneType,
    WrapperDescriptorType,
)
from typing import Any
from weakref import WeakKeyDictionary

from attrs import frozen
from pluggy import HookimplMarker, HookspecMarker, PluginManager

from itsmkit.plugin._names import did_you_mean

__all__ = ["Hooks", "Implementation", "hookimpl", "hookspec"]

_PROJECT = "itsmkit"
_NEVER_MARKED = (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    GetSetDescriptorType,
    MethodDescriptorType,
    NoneType,
    WrapperDescriptorType,
    str,
    tuple,
)

hookspec = HookspecMarker(_PROJECT)
"""Marks a function as the specification of a hook."""

hookimpl = HookimplMarker(_PROJECT)
"""
Marks a function of a plugin as the implementation of the hook of its name.

``tryfirst`` and ``trylast`` move it within the order; ``optionalhook`` lets a plugin implement a hook that
this version may lack; ``specname`` names the hook where the function is called otherwise.
"""


@frozen(eq=False)
class Implementation:
    """
    One function of one plugin, ready to be called.

    Args:
        plugin: The name under which the plugin is registered.
        hook: The hook that it implements.
        function: The function, bound to its plugin.
        takes: The arguments of the hook that it names.
    """

    plugin: str
    hook: str
    function: Callable[..., Any]
    takes: tuple[str, ...]

    def __call__(self, arguments: Mapping[str, object]) -> Any:
        """Call the function with those of *arguments* that it takes, by name."""
        return self.function(**{name: arguments[name] for name in self.takes})


class _Manager(PluginManager):
    """pluggy's own, which looks long and more than once at every attribute; most tell at a glance."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        """Return what an attribute of *plugin* is marked with, or ``None``."""
        if name not in getattr(plugin, "__dict__", ()):
            found = next(
                (each.__dict__[name] for each in type(plugin).__mro__ if name in each.__dict__), self
            )
            if type(found) is FunctionType:
                return getattr(found, f"{_PROJECT}_impl", None)
            if isinstance(found, _NEVER_MARKED):
                return None
        return super().parse_hookimpl_opts(plugin, name)

    def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
        """Return what a function of a module of specifications is marked with, or ``None``."""
        return getattr(vars(module_or_class).get(name), f"{_PROJECT}_spec", None)


@cache
def _arguments(specs: ModuleType) -> Mapping[str, tuple[str, ...]]:
    """Return the arguments of every hook that a module specifies."""
    manager = _Manager(_PROJECT)
    return {
        name: tuple(inspect.signature(getattr(specs, name)).parameters)
        for name in dir(specs)
        if manager.parse_hookspec_opts(specs, name) is not None
    }


_signatures: WeakKeyDictionary[object, dict[bool, inspect.Signature]] = WeakKeyDictionary()


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of a function, or of a method without what it is bound to: looked at once."""
    # A method is made anew whenever it is asked for; what it is made of is not.
    written = getattr(function, "__func__", function)
    known = _signatures.setdefault(written, {})
    is_bound = written is not function
    if is_bound not in known:
        known[is_bound] = inspect.signature(function)
    return known[is_bound]


class Hooks:
    """
    The hooks of one desk, and the plugins that implement them.

    Args:
        specs: The module that holds the specifications.
    """

    def __init__(self, specs: ModuleType) -> None:
        self._manager = _Manager(_PROJECT)
        self._manager.add_hookspecs(specs)
        self._arguments = _arguments(specs)
        self._known: dict[str, tuple[Implementation, ...]] = {}

    def name_of(self, plugin: object) -> str | None:
        """Return the name under which *plugin*, or one equal to it, is registered, or ``None``."""
        return self._manager.get_name(plugin)

    def problems(self, plugin: object) -> tuple[str, ...]:
        """Return every reason why *plugin* cannot be registered, each a sentence; empty if it can."""
        marked = [(attribute, dict(options)) for attribute, options in self._marked(plugin)]
        if not marked:
            return ("it implements no hook; mark its functions with @itsmkit.plugin.hookimpl",)
        found = (self._problem(plugin, attribute, options) for attribute, options in marked)
        return tuple(problem for problem in found if problem is not None)

    def register(self, plugin: object, name: str) -> tuple[str, ...]:
        """Register *plugin*, of which `problems` found none; return the hooks that it implements, sorted."""
        self._manager.register(plugin, name)
        self._known.clear()
        implemented = {each.name for each in self._manager.get_hookcallers(plugin) or ()}
        return tuple(sorted(implemented & self._arguments.keys()))

    def __getitem__(self, hook: str) -> tuple[Implementation, ...]:
        """
        Return what implements a hook, in the order in which it is asked.

        That order is pluggy's: the plugin registered last comes first, before all others those marked
        ``tryfirst``, after all others those marked ``trylast``.
        """
        found = self._known.get(hook)
        if found is None:
            found = self._known[hook] = tuple(
                Implementation(each.plugin_name, hook, each.function, self._taken(hook, each.function))
                for each in reversed(getattr(self._manager.hook, hook).get_hookimpls())
            )
        return found

    def _marked(self, plugin: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for attribute in dir(plugin):
            options = self._manager.parse_hookimpl_opts(plugin, attribute)
            if options is not None:
                yield attribute, options

    def _taken(self, hook: str, function: Callable[..., Any]) -> tuple[str, ...]:
        named = _signature(function).parameters
        return tuple(argument for argument in self._arguments[hook] if argument in named)

    def _problem(self, plugin: object, attribute: str, options: Mapping[str, Any]) -> str | None:
        hook = options.get("specname") or attribute
        if hook not in self._arguments:
            if options.get("optionalhook"):
                return None
            return f"{hook} is no hook{did_you_mean(hook, self._arguments)}"
        if options.get("wrapper") or options.get("hookwrapper"):
            return f"{hook} is a wrapper; hooks are called one by one and cannot be wrapped"
        function = getattr(plugin, attribute)
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            return f"{hook} is declared with async def, and the hook is called without await; use def"
        if inspect.isgeneratorfunction(function):
            return f"{hook} is a generator function, whose body would never run; return instead of yield"
        return self._misfit(hook, function)

    def _misfit(self, hook: str, function: Callable[..., Any]) -> str | None:
        # As it will be called: this finds an argument that the hook lacks, a class in place of its
        # instance, and arguments that cannot be passed by name.
        signature = _signature(function)
        try:
            signature.bind(**dict.fromkeys(self._taken(hook, function)))
        except TypeError as error:
            has = ", ".join(self._arguments[hook])
            return f"{hook}{signature} cannot be called with the arguments of the hook ({has}): {error}"
        return None

"""Errors that values hold, as what they tell."""

from typing import Any

from itsmkit._problems import one, shown
from itsmkit.errors import PluginError
from itsmkit.plain._codec import Codec, Schema
from itsmkit.plain.errors import ReportedError
from itsmkit.plugin.documents._faults import Fault

__all__ = ["error_codec"]

_PLUGIN = PluginError.__name__
_KEYS = {_PLUGIN: ("plugin", "hook", "problem")}
_OTHERS = ("sentence",)


def error_codec(kind: type[BaseException]) -> Codec:
    """
    Return the codec of errors that are *kind*.

    An error has no identity that JSON could keep: it is written as the name of its class and what it tells.
    A `PluginError` is read as one, any other as a `ReportedError`, which tells the same.
    """

    def write(value: object) -> dict[str, str]:
        if not isinstance(value, kind):
            raise Fault.at("", f"must be {one(kind.__name__)}, not {shown(value)}")
        if type(value) is PluginError:
            return {"error": _PLUGIN, "plugin": value.plugin, "hook": value.hook, "problem": value.problem}
        name = value.name if isinstance(value, ReportedError) else type(value).__name__
        return {"error": name, "sentence": str(value)}

    def read(plain: Any) -> BaseException:
        if not isinstance(plain, dict):
            raise Fault.at("", f"must be an object, not {shown(plain)}")
        keys = ("error", *_KEYS.get(str(plain.get("error")), _OTHERS))
        faults = [(key, "is missing") for key in keys if key not in plain]
        faults += [
            (key, f"must be text, not {shown(plain[key])}")
            for key in keys
            if key in plain and type(plain[key]) is not str
        ]
        faults += [(str(key), "is not known here") for key in plain if key not in keys]
        if faults:
            raise Fault(faults)
        name, *rest = (plain[key] for key in keys)
        error = PluginError(*rest) if name == _PLUGIN else ReportedError(name, *rest)
        if not isinstance(error, kind):
            raise Fault.at("error", f"must be {one(kind.__name__)}, not {name}")
        return error

    return Codec(write, read, lambda: _schema(kind))


def _schema(kind: type[BaseException]) -> Schema:
    of_plugins = _texts({"error": {"const": _PLUGIN}}, *_KEYS[_PLUGIN])
    if issubclass(kind, PluginError):
        return of_plugins
    return {"anyOf": [of_plugins, _texts({"error": {"type": "string"}}, *_OTHERS)]}


def _texts(first: Schema, *keys: str) -> Schema:
    properties = {**first, **{key: {"type": "string"} for key in keys}}
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }

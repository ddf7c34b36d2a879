"""Classes whose values are made of what their fields are, and of nothing else: no checks, no changes."""

from types import CodeType

import attrs

from itsmkit._checks import in_utc, in_utc_if_any
from itsmkit._frozen import as_tuple, frozen_dict

__all__ = ["is_made_of_its_fields"]

_FURTHER_STEPS = ("__attrs_init__", "__attrs_pre_init__", "__attrs_post_init__")
_NO_CHANGES = (None, as_tuple, frozen_dict, in_utc, in_utc_if_any)
"""The converters that give back tuples, read-only mappings and instants in UTC as they are."""


def is_made_of_its_fields(kind: type) -> bool:
    """
    Tell whether the ``__dict__`` of a value holds just what its class was told to make it of.

    That holds of what is read from a document: tuples, read-only mappings and instants in UTC.
    """
    made_by = _first_with("__init__", kind)
    return (
        _keeps_fields_in_dict(kind)
        # A class below may add methods, and then no fields.
        and made_by is _first_with("__attrs_attrs__", kind)
        and not any("__new__" in vars(base) for base in kind.__mro__[:-1])
        and not any(hasattr(kind, name) for name in _FURTHER_STEPS)
        and not _keeps_its_hash(vars(made_by)["__init__"].__code__)
        and all(
            each.init and each.validator is None and each.converter in _NO_CHANGES
            for each in attrs.fields(kind)
        )
    )


def _first_with(name: str, kind: type) -> type:
    return next(base for base in kind.__mro__ if name in vars(base))


def _keeps_fields_in_dict(kind: type) -> bool:
    return not any(vars(base).get("__slots__") for base in kind.__mro__) and kind.__dictoffset__ != 0


def _keeps_its_hash(init: CodeType) -> bool:
    return "_attrs_cached_hash" in (*init.co_consts, *init.co_names)

"""What a field may hold that is declared to hold anything: what a desk keeps among details, and values."""

from collections.abc import Callable
from typing import Any

from itsmkit._frozen import FrozenDict
from itsmkit._problems import shown
from itsmkit.plugin.documents._faults import Fault
from itsmkit.plugin.documents._plain_values import PlainValues
from itsmkit.plugin.documents._scalars import SCALARS

__all__ = ["Anything"]

_VALUE = "$value"
_SCALARS = frozenset({str, bool, int, *(form.kind for form in SCALARS)})


class Anything(PlainValues):
    """
    Writes and reads the values of fields that are not declared to be of some class.

    Args:
        write_value: Writes a value of a type of its own, as an object that carries its type; returns ``None``
            if it is of none.
        read_value: Reads such an object.
    """

    def __init__(
        self, write_value: Callable[[object], dict[str, Any] | None], read_value: Callable[[object], Any]
    ) -> None:
        super().__init__()
        self._write_value = write_value
        self._read_value = read_value

    @staticmethod
    def knows(kind: type) -> bool:
        """Tell whether values of *kind* are scalars, which are written alike wherever they stand."""
        return kind in _SCALARS

    def write(self, value: Any) -> Any:
        """Return the plain form of *value*; raises a `Fault`."""
        kind = type(value)
        if kind in _SCALARS or value is None or kind in (tuple, FrozenDict, dict, list, set, frozenset):
            return super().write(value)
        document = self._write_value(value)
        return super().write(value) if document is None else {_VALUE: document}

    def read(self, plain: Any) -> Any:
        """Return the value that *plain* stands for; raises a `Fault`."""
        if isinstance(plain, dict) and plain.keys() == {_VALUE}:
            content = plain[_VALUE]
            if not isinstance(content, dict):
                raise Fault.at(_VALUE, f"must be an object, not {shown(content)}")
            try:
                return self._read_value(content)
            except Fault as fault:
                raise Fault(fault.below(_VALUE)) from fault.__cause__
        return super().read(plain)

"""
Columns of polars, pandas and pyarrow as numpy arrays, and back.

None of these libraries is imported here by name: who hands a column over has loaded its library already. A
column without nulls is read without copying it where its library allows that.
"""

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from itsmkit.errors import DefinitionError

__all__ = ["Array", "Columns", "Integers", "NAT", "columns_of"]

Array: TypeAlias = NDArray[Any]
Integers: TypeAlias = NDArray[np.int64]

NAT = np.iinfo(np.int64).min
"""What stands for null in instants and durations: numpy's "not a time"."""


class Columns(ABC):
    """What is asked of a library of data frames. Null is null on the way in and on the way out."""

    name: ClassVar[str]
    """Of the module that a user imports."""

    to_convert: ClassVar[str]
    """How its users give a column a zone."""

    @property
    def library(self) -> ModuleType:
        """The library itself."""
        return sys.modules[self.name]

    @abstractmethod
    def instants(self, column: Any, what: str) -> Array:
        """
        Return *column* as ``datetime64`` in UTC and in its own unit.

        Raises:
            DefinitionError: If it holds no instants, or their column has no zone.
        """

    @abstractmethod
    def durations(self, column: Any, what: str) -> Array:
        """
        Return *column* as ``timedelta64`` in its own unit.

        Raises:
            DefinitionError: If it holds no durations.
        """

    @abstractmethod
    def zone(self, column: Any) -> object:
        """Return the zone of a column of instants, as its library has it."""

    @abstractmethod
    def instants_like(self, values: Array, like: Any, zone: object) -> Any:
        """Return a column of ``datetime64`` *values* in UTC, shown in *zone*, in the place of *like*."""

    @abstractmethod
    def durations_like(self, values: Array, like: Any) -> Any:
        """Return a column of ``timedelta64`` *values* in the place of *like*."""

    @abstractmethod
    def truths_like(self, values: Array, missing: Array, like: Any) -> Any:
        """Return a column of truth values, null where *missing*, in the place of *like*."""

    @abstractmethod
    def table(self, columns: Mapping[str, Any]) -> Any:
        """Return *columns*, made by this, as a data frame."""

    @abstractmethod
    def integers(self, values: Array) -> Any:
        """Return a column of int64."""

    @abstractmethod
    def words(self, numbers: Array, values: Sequence[str]) -> Any:
        """Return a column of text: for each of *numbers* one of *values*."""

    @abstractmethod
    def column(self, frame: Any, name: str) -> Any:
        """Return a column of a data frame, which has it."""

    @abstractmethod
    def names(self, frame: Any) -> Sequence[str]:
        """Return the names of the columns of a data frame."""

    @abstractmethod
    def taken(self, column: Any, rows: Array) -> Any:
        """Return the *rows* of *column*."""

    @abstractmethod
    def nulls(self, column: Any) -> Array:
        """Tell for each row of *column* whether it is null."""

    @abstractmethod
    def keys(self, column: Any) -> Integers:
        """Return for each row of *column* the number of its value, by first appearance; none is null."""

    @abstractmethod
    def codes(self, column: Any) -> tuple[Integers, list[object]]:
        """
        Return *column* as numbers of its distinct values, and those as Python has them.

        Null is a value like any other, ``None``. It has few values: this makes an object of each.
        """

    def check_alike(self, one: Any, other: Any) -> None:
        """
        Check that the rows of two columns belong together.

        Raises:
            DefinitionError: If their lengths differ.
        """
        if len(one) != len(other):
            problem = f"the columns have {len(one)} and {len(other)} rows; give two of one length"
            raise DefinitionError(problem)

    def refuse(self, column: Any, what: str, wanted: str) -> NoReturn:
        """
        Refuse *column* for its type.

        Raises:
            DefinitionError: Always.
        """
        problem = f"{what} must be a column of {wanted}, not {self.type_of(column)}"
        raise DefinitionError(problem)

    def refuse_naive(self, column: Any, what: str) -> NoReturn:
        """
        Refuse *column*, as its instants have no zone.

        Raises:
            DefinitionError: Always.
        """
        problem = (
            f"{what} has no time zone: {self.type_of(column)}; attach one, for example {self.to_convert}"
        )
        raise DefinitionError(problem)

    def type_of(self, column: Any) -> object:
        """Return the type of the values of *column*, for a sentence."""
        return column.dtype


class _Polars(Columns):
    name = "polars"
    to_convert = ".dt.replace_time_zone('UTC')"

    def instants(self, column: Any, what: str) -> Array:
        if not isinstance(column.dtype, self.library.Datetime):
            self.refuse(column, what, "instants (Datetime)")
        if column.dtype.time_zone is None:
            self.refuse_naive(column, what)
        return self._integers(column).view(f"M8[{column.dtype.time_unit}]")

    def durations(self, column: Any, what: str) -> Array:
        if not isinstance(column.dtype, self.library.Duration):
            self.refuse(column, what, "durations (Duration)")
        return self._integers(column).view(f"m8[{column.dtype.time_unit}]")

    def zone(self, column: Any) -> object:
        return column.dtype.time_zone

    def instants_like(self, values: Array, like: Any, zone: object) -> Any:
        return self._series(values, like.name).cast(self.library.Datetime(_unit(values), zone))

    def durations_like(self, values: Array, like: Any) -> Any:
        return self._series(values, like.name).cast(self.library.Duration(_unit(values)))

    def truths_like(self, values: Array, missing: Array, like: Any) -> Any:
        found = self.library.Series(like.name, values)
        return found.set(self.library.Series(missing), None) if missing.any() else found

    def table(self, columns: Mapping[str, Any]) -> Any:
        return self.library.DataFrame(dict(columns))

    def integers(self, values: Array) -> Any:
        return self.library.Series(values)

    def words(self, numbers: Array, values: Sequence[str]) -> Any:
        return self.library.Series(values, dtype=self.library.String).gather(numbers)

    def column(self, frame: Any, name: str) -> Any:
        return frame.get_column(name)

    def names(self, frame: Any) -> Sequence[str]:
        return list(frame.columns)

    def taken(self, column: Any, rows: Array) -> Any:
        return column.gather(rows)

    def nulls(self, column: Any) -> Array:
        found: Array = column.is_null().to_numpy()
        return found

    def keys(self, column: Any) -> Integers:
        # The rows of one history mostly stand together, and numbering runs costs next to nothing.
        runs: Integers = column.rle_id().to_numpy().astype(np.int64)
        begun = np.flatnonzero(np.diff(runs, prepend=-1))
        return runs if column.gather(begun).n_unique() == len(begun) else self.codes(column)[0]

    def codes(self, column: Any) -> tuple[Integers, list[object]]:
        values = column.unique(maintain_order=True)
        numbers = column.replace_strict(values, np.arange(len(values)), return_dtype=self.library.Int64)
        # Of nothing polars makes a column of no type.
        return np.asarray(numbers.to_numpy(), np.int64), values.to_list()

    def _integers(self, column: Any) -> Array:
        numbers = column.to_physical()
        found: Array = (numbers.fill_null(NAT) if numbers.null_count() else numbers).to_numpy()
        return found

    def _series(self, values: Array, name: str) -> Any:
        integers = values.view(np.int64)
        found = self.library.Series(name, integers)
        # The smallest number is null only if there is a null at all; mostly there is none.
        return found.set(found == NAT, None) if len(integers) and integers.min() == NAT else found


class _Pandas(Columns):
    name = "pandas"
    to_convert = ".dt.tz_localize('UTC')"

    def instants(self, column: Any, what: str) -> Array:
        if self._is_arrow(column):
            return self._arrow().instants(self._arrow_of(column), what)
        if isinstance(column.dtype, np.dtype) and column.dtype.kind == "M":
            self.refuse_naive(column, what)
        if not isinstance(column.dtype, self.library.DatetimeTZDtype):
            self.refuse(column, what, "instants (datetime64 with a time zone)")
        return np.asarray(column.dt.tz_convert(None).to_numpy())

    def durations(self, column: Any, what: str) -> Array:
        if self._is_arrow(column):
            return self._arrow().durations(self._arrow_of(column), what)
        if not isinstance(column.dtype, np.dtype) or column.dtype.kind != "m":
            self.refuse(column, what, "durations (timedelta64)")
        return np.asarray(column.to_numpy())

    def zone(self, column: Any) -> object:
        return self._arrow().zone(self._arrow_of(column)) if self._is_arrow(column) else column.dtype.tz

    def instants_like(self, values: Array, like: Any, zone: object) -> Any:
        if self._is_arrow(like):
            return self._from_arrow(self._arrow().instants_like(values, None, zone), like)
        shown = self.library.DatetimeIndex(values, copy=False).tz_localize("UTC").tz_convert(zone)
        return self._series(shown, like)

    def durations_like(self, values: Array, like: Any) -> Any:
        if self._is_arrow(like):
            return self._from_arrow(self._arrow().durations_like(values, None), like)
        return self._series(values, like)

    def truths_like(self, values: Array, missing: Array, like: Any) -> Any:
        # Without a null it is numpy's own type; only the masked one has a place for nulls.
        found = self.library.arrays.BooleanArray(values, missing) if missing.any() else values
        return self._series(found, like)

    def table(self, columns: Mapping[str, Any]) -> Any:
        return self.library.DataFrame(dict(columns), copy=False)

    def integers(self, values: Array) -> Any:
        return self.library.Series(values, copy=False)

    def words(self, numbers: Array, values: Sequence[str]) -> Any:
        return self.library.Series(self.library.Categorical.from_codes(numbers, list(values)))

    def column(self, frame: Any, name: str) -> Any:
        return frame[name]

    def names(self, frame: Any) -> Sequence[str]:
        return list(frame.columns)

    def taken(self, column: Any, rows: Array) -> Any:
        return column.take(rows).reset_index(drop=True)

    def nulls(self, column: Any) -> Array:
        found: Array = column.isna().to_numpy()
        return found

    def keys(self, column: Any) -> Integers:
        return np.asarray(self.library.factorize(column)[0], np.int64)

    def codes(self, column: Any) -> tuple[Integers, list[object]]:
        numbers, values = self.library.factorize(column)
        return _with_null(np.asarray(numbers, np.int64), values.tolist())

    def check_alike(self, one: Any, other: Any) -> None:
        super().check_alike(one, other)
        if not one.index.equals(other.index):
            problem = "the columns have different indexes; align them first: one, other = one.align(other)"
            raise DefinitionError(problem)

    def _series(self, values: Any, like: Any) -> Any:
        return self.library.Series(values, index=like.index, name=like.name, copy=False)

    def _is_arrow(self, column: Any) -> bool:
        return isinstance(column.dtype, self.library.ArrowDtype)

    def _arrow(self) -> Columns:
        return _LIBRARIES["pyarrow"]

    def _arrow_of(self, column: Any) -> Any:
        return column.array.__arrow_array__()

    def _from_arrow(self, column: Any, like: Any) -> Any:
        return self._series(self.library.arrays.ArrowExtensionArray(column), like)


class _Arrow(Columns):
    name = "pyarrow"
    to_convert = "pyarrow.compute.assume_timezone(column, 'UTC')"

    def instants(self, column: Any, what: str) -> Array:
        if not self.library.types.is_timestamp(column.type):
            self.refuse(column, what, "instants (timestamp)")
        if column.type.tz is None:
            self.refuse_naive(column, what)
        return self._integers(column).view(f"M8[{column.type.unit}]")

    def durations(self, column: Any, what: str) -> Array:
        if not self.library.types.is_duration(column.type):
            self.refuse(column, what, "durations (duration)")
        return self._integers(column).view(f"m8[{column.type.unit}]")

    def zone(self, column: Any) -> object:
        return column.type.tz

    def instants_like(self, values: Array, like: Any, zone: object) -> Any:
        return self._array(values, self.library.timestamp(_unit(values), zone), like)

    def durations_like(self, values: Array, like: Any) -> Any:
        return self._array(values, self.library.duration(_unit(values)), like)

    def truths_like(self, values: Array, missing: Array, like: Any) -> Any:
        found = self.library.array(values, mask=missing if missing.any() else None)
        return self._like(found, like)

    def table(self, columns: Mapping[str, Any]) -> Any:
        return self.library.table(dict(columns))

    def integers(self, values: Array) -> Any:
        return self.library.array(values)

    def words(self, numbers: Array, values: Sequence[str]) -> Any:
        words = self.library.array(values, self.library.string())
        return self.library.DictionaryArray.from_arrays(self.library.array(numbers.astype(np.int32)), words)

    def column(self, frame: Any, name: str) -> Any:
        return frame.column(name)

    def names(self, frame: Any) -> Sequence[str]:
        return list(frame.column_names)

    def taken(self, column: Any, rows: Array) -> Any:
        return column.take(self.library.array(rows))

    def nulls(self, column: Any) -> Array:
        found: Array = self._whole(column).is_null().to_numpy(zero_copy_only=False)
        return found

    def keys(self, column: Any) -> Integers:
        coded = self._whole(self._whole(column).dictionary_encode())
        numbers: Integers = coded.indices.cast("int64").to_numpy()
        return numbers

    def codes(self, column: Any) -> tuple[Integers, list[object]]:
        coded = self._whole(self._whole(column).dictionary_encode())
        numbers = coded.indices.cast("int64").fill_null(-1).to_numpy()
        return _with_null(numbers, coded.dictionary.to_pylist())

    def type_of(self, column: Any) -> object:
        return column.type

    def _whole(self, column: Any) -> Any:
        if not isinstance(column, self.library.ChunkedArray):
            return column
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    def _integers(self, column: Any) -> Array:
        numbers = self._whole(column).view(self.library.int64())
        found: Array = (numbers.fill_null(NAT) if numbers.null_count else numbers).to_numpy()
        return found

    def _array(self, values: Array, kind: Any, like: Any) -> Any:
        integers = values.view(np.int64)
        missing = integers == NAT if len(integers) and integers.min() == NAT else None
        return self._like(self.library.array(integers, mask=missing).view(kind), like)

    def _like(self, found: Any, like: Any) -> Any:
        chunked = isinstance(like, self.library.ChunkedArray)
        return self.library.chunked_array([found]) if chunked else found


_LIBRARIES: Mapping[str, Columns] = {kind.name: kind() for kind in (_Polars, _Pandas, _Arrow)}


def columns_of(*given: object, kinds: Sequence[str]) -> Columns:
    """
    Return the library that all of *given* come from.

    Args:
        given: Columns, or data frames.
        kinds: The names of the types that are meant.

    Raises:
        DefinitionError: If one of them is something else, or they come from different libraries.
    """
    found = []
    for one in given:
        libraries = [_LIBRARIES.get(base.__module__.partition(".")[0]) for base in type(one).__mro__]
        library = next(filter(None, libraries), None)
        if library is None or not any(base.__name__ in kinds for base in type(one).__mro__):
            problem = (
                f"a {type(one).__module__}.{type(one).__name__} is no {' or '.join(kinds)} of polars, "
                "pandas or pyarrow; for numpy arrays ask the calendar, as in calendar.elapsed_many; instead "
                "of an expression give the column itself, as in frame['opened']"
            )
            raise DefinitionError(problem)
        found.append(library)
    names = sorted({library.name for library in found})
    if len(names) > 1:
        problem = f"the columns come from {' and '.join(names)}; give both from one of them"
        raise DefinitionError(problem)
    return found[0]


def _unit(values: Array) -> str:
    return np.datetime_data(values.dtype)[0]


def _with_null(numbers: Integers, values: list[object]) -> tuple[Integers, list[object]]:
    """Return *numbers* and *values* with null, so far -1, as the last value."""
    missing = numbers < 0
    if not missing.any():
        return numbers, values
    return np.where(missing, len(values), numbers), [*values, None]

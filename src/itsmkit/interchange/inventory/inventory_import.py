"""The reading of one inventory: an iterator of records, and the report that fills while it goes on."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from types import TracebackType
from typing import Literal, Required, Self, TypedDict

from attrs import evolve, frozen

from itsmkit._checks import is_a, utc
from itsmkit._frozen import EMPTY
from itsmkit._problems import close_to, name_problems, shown
from itsmkit.cmdb.source_record import LookUp, SourceRecord, SourceRelation
from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory._source_file import InventorySource, SourceFile, source_name
from itsmkit.interchange.inventory.errors import InventoryError, InventoryFileError
from itsmkit.interchange.inventory.findings import ImportFinding, ImportPosition, ImportReport, ImportSeverity
from itsmkit.interchange.inventory.limits import ImportLimits

__all__ = ["ImportOptions", "ImportProgress", "InventoryImport", "Reading"]

_RECORDS_PER_CALL = 1000


@frozen
class ImportProgress:
    """
    How far the reading of an inventory is.

    Args:
        done: The bytes of the file that were read.
        total: The bytes of the file.
        records: The records that were made.
        left_out: The records that were left out.
    """

    done: int
    total: int
    records: int
    left_out: int


class ImportOptions(TypedDict, total=False):
    """What every reader of inventories takes, by keyword."""

    seen_at: Required[datetime]
    """When the source saw what it tells, aware, where it does not say so itself."""
    name: str
    """The name of the source in the records; by default, that of the format."""
    limits: ImportLimits
    """What is too much."""
    on_error: Literal["collect", "raise"]
    """Whether a record that cannot be right is left out and reported, or nothing is handed out then."""
    progress: Callable[[ImportProgress], object] | None
    """Called every thousand records and at the end. What it raises stops the reading."""
    resume_after: ImportPosition | None
    """Where an earlier reading of the same file was: what it handed out is passed over."""


class Reading:
    """What the reader of a format has at hand, and where it notes what it cannot take."""

    def __init__(self, format_name: str, file: SourceFile, name: str, options: ImportOptions) -> None:
        self.format = format_name
        self.file = file
        self.name = name
        self.seen_at = options["seen_at"]
        self.limits = options.get("limits") or ImportLimits()
        self.left_out = 0
        self.is_complete = False
        self._records: list[ImportFinding] = []
        self._grouped: dict[tuple[object, ...], tuple[ImportFinding, int]] = {}
        self._keys: set[str] = set()

    def record(
        self,
        position: str,
        key: str,
        ci_class: str,
        *,
        name: str | None = None,
        attributes: Mapping[str, object] = EMPTY,
        lookups: tuple[LookUp, ...] = (),
        relations: tuple[SourceRelation, ...] = (),
        seen_at: datetime | None = None,
    ) -> Iterator[SourceRecord]:
        """
        Yield the record of these values; if there can be none, note why and yield nothing.

        Of several records of one key, the first is made. What is ``None`` among the attributes is left out.
        """
        if key in self._keys:
            way_out = "give each record a key of its own, or join these"
            self.leave_out(position, key, "another record of the same key stands further up", way_out)
            return
        try:
            made = SourceRecord(
                self.name,
                key,
                ci_class,
                name,
                {each: value for each, value in attributes.items() if value is not None},
                seen_at=seen_at or self.seen_at,
                lookups=lookups,
                relations=relations,
            )
        except DefinitionError as error:
            self.leave_out(position, key, "; ".join(error.problems), "correct it in the source")
            return
        self._keys.add(key)
        yield made

    def has(self, key: str) -> bool:
        """Tell whether a record of this key was made."""
        return key in self._keys

    def leave_out(self, position: str, record: str, problem: str, way_out: str) -> None:
        """Note that a record cannot be made."""
        self.left_out += 1
        if len(self._records) < self.limits.findings:
            severity = ImportSeverity.RECORD
            finding = ImportFinding(severity, self.file.name, position, record, "", problem, way_out)
            self._records.append(finding)
            return
        way_out = "correct those that are told first, or raise the limit findings"
        problem = "more records are left out"
        self._note(
            ImportFinding(ImportSeverity.RECORD, self.file.name, position, record, "", problem, way_out)
        )

    def drop(self, position: str, record: str, field: str, problem: str, way_out: str) -> None:
        """Note that a record is made without a value that it has in the source."""
        severity = ImportSeverity.VALUE
        self._note(ImportFinding(severity, self.file.name, position, record, field, problem, way_out))

    def pass_over(self, position: str, record: str, field: str, problem: str = "", way_out: str = "") -> None:
        """Note a field that nothing is made of."""
        problem = problem or "nothing is made of this field"
        way_out = way_out or "nothing to do, unless you need it"
        severity = ImportSeverity.FIELD
        self._note(ImportFinding(severity, self.file.name, position, record, field, problem, way_out))

    def findings(self) -> tuple[ImportFinding, ...]:
        """Return what was noted, the worst first."""
        grouped = [evolve(first, count=count) for first, count in self._grouped.values()]
        return tuple(
            each
            for severity in ImportSeverity
            for each in (*self._records, *grouped)
            if each.severity is severity
        )

    def _note(self, found: ImportFinding) -> None:
        # One value of many is told of a field, so that a report does not grow with the file.
        group = (found.severity, found.field, found.way_out)
        first, count = self._grouped.get(group, (found, 0))
        self._grouped[group] = first, count + 1


class InventoryImport(Iterator[SourceRecord]):
    """
    The records of one inventory, made as they are asked for.

    What is wrong with the file itself ends the iteration with an error; the records before it are whole.
    What is wrong with one record is in the report, and the others go on; or else, if all or nothing is asked
    for, no record is handed out before the whole file was read and found right.

    Args:
        format_name: The format.
        source: The file.
        read: Makes the records of a `Reading`, the same each time.
        **options: As `ImportOptions` says.

    Raises:
        DefinitionError: With every option that is wrong.

    The iteration raises an `InventoryFileError` if the file cannot be read, or stops being what it should, or
    is not the one that *resume_after* is a position of; and an `InventoryError` if *on_error* is ``"raise"``
    and a record has to be left out.
    """

    def __init__(
        self,
        format_name: str,
        source: InventorySource,
        read: Callable[[Reading], Iterator[SourceRecord]],
        options: ImportOptions,
    ) -> None:
        self._name = options.get("name", format_name)
        self._file_name = source_name(source)
        _check(format_name, self._name, options)
        self._format = format_name
        self._source = source
        self._read = read
        self._options = options
        self._reading: Reading | None = None
        self._records = 0
        self._iterator = self._whole() if options.get("on_error") == "raise" else self._stream()

    @property
    def report(self) -> ImportReport:
        """What came of it so far."""
        reading = self._reading
        if reading is None:
            return ImportReport(self._format, self._name, self._file_name, 0, 0, (), False, None)
        position = ImportPosition(self._format, self._name, reading.file.digest, self._records)
        return ImportReport(
            self._format,
            self._name,
            self._file_name,
            self._records,
            reading.left_out,
            reading.findings(),
            reading.is_complete,
            position,
        )

    def complete(self) -> tuple[SourceRecord, ...]:
        """
        Return all records that were not handed out yet.

        Raises:
            InventoryError: If any record of the file had to be left out: with each of them, and why.
            InventoryFileError: If the file cannot be read to its end.
        """
        records = tuple(self)
        self._refuse_if_left_out()
        return records

    def close(self) -> None:
        """Close the file; there are no more records then. At the end of the file, that is done already."""
        self._iterator.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> SourceRecord:
        record = next(self._iterator)
        self._records += 1
        return record

    def _stream(self) -> Generator[SourceRecord, None, None]:
        options = self._options
        resume_after = options.get("resume_after")
        passed_over = resume_after.records if resume_after else 0
        progress = options.get("progress")
        file = SourceFile(self._source, options.get("limits") or ImportLimits())
        with closing(file):
            if resume_after and resume_after.digest != file.digest:
                problem = "is not the file that resume_after is a position of; read it from its start"
                raise InventoryFileError(file.name, "", problem)
            reading = self._reading = Reading(self._format, file, self._name, options)
            self._records = passed_over
            made = 0
            for record in self._read(reading):
                made += 1
                if progress and not made % _RECORDS_PER_CALL:
                    progress(ImportProgress(file.done, file.size, made, reading.left_out))
                if made > passed_over:
                    yield record
            if made < passed_over:
                problem = (
                    f"has {made} records, and resume_after is behind {passed_over}; read it from its start"
                )
                raise InventoryFileError(file.name, "", problem)
            reading.is_complete = True
            if progress:
                progress(ImportProgress(file.size, file.size, made, reading.left_out))

    def _whole(self) -> Generator[SourceRecord, None, None]:
        records = list(self._stream())
        self._refuse_if_left_out()
        yield from records

    def _refuse_if_left_out(self) -> None:
        left_out = self.report.of(ImportSeverity.RECORD)
        if left_out:
            raise InventoryError(*left_out)


def _check(format_name: str, name: object, options: ImportOptions) -> None:
    problems = list(name_problems("name", name))
    known = ImportOptions.__annotations__
    problems += [f"{each}: no such option; {close_to(each, known)}" for each in options if each not in known]
    try:
        utc(options.get("seen_at"), "seen_at")
    except DefinitionError as error:
        problems += error.problems
    if not is_a(options.get("limits"), ImportLimits, type(None)):
        problems.append(f"limits: must be ImportLimits, not {shown(options.get('limits'))}")
    if options.get("on_error", "collect") not in ("collect", "raise"):
        problems.append(f"on_error: must be 'collect' or 'raise', not {shown(options.get('on_error'))}")
    resume_after = options.get("resume_after")
    if not is_a(resume_after, ImportPosition, type(None)):
        problems.append(f"resume_after: must be an ImportPosition, not {shown(resume_after)}")
    elif resume_after and (resume_after.format, resume_after.source) != (format_name, name):
        problems.append(
            f"resume_after: is of {resume_after.source!r} as {resume_after.format}, not of {name!r} as "
            f"{format_name}; read from the start"
        )
    if problems:
        raise DefinitionError(*problems)

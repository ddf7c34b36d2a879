"""
A staging area as JSON Lines: one object for each record, load, lock and identity, in this order, sorted.

.. code-block:: json

    {"record": {"source": "netbox", "key": "17", "class": "host", "seen_at": "2026-03-02T09:00:00Z"}}
    {"load": {"source": "netbox", "class": "*", "at": "2026-03-02T09:00:00Z"}}
    {"lock": {"ci": "web-1", "attribute": "ram_gb", "value": 64, "author": "ann"}}
    {"identity": {"source": "netbox", "key": "17", "ci": "web-1"}}

The values of attributes have the plain form that they have in a configuration: see
`itsmkit.cmdb.mapping_form`. Where records contradict each other, all of them are written.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import frozen

from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit._problems import shown
from itsmkit.cmdb._plain_forms import (
    attribute_from,
    attribute_to_plain,
    instant_to_plain,
    read,
    read_with_class,
)
from itsmkit.cmdb.class_model import ANY_CLASS
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.reconciliation.staging import AttributeLock, Origin, StagingArea
from itsmkit.cmdb.source_record import LookUp, SourceRecord, SourceRelation
from itsmkit.errors import DefinitionError

__all__ = ["load_staging", "save_staging", "staging_from", "staging_lines"]


def staging_lines(staging: StagingArea) -> Iterator[str]:
    """
    Go through the lines of a staging area, without their ends; equal areas have the same.

    Raises:
        DefinitionError: With each value of an attribute that has no plain form, before the first line.

    >>> print(*staging_lines(StagingArea().with_identities({("netbox", "17"): CIId("web-1")})))
    {"identity": {"source": "netbox", "key": "17", "ci": "web-1"}}
    """
    problems: list[str] = []
    rows: list[dict[str, object]] = []
    for origin in sorted(staging.records):
        records = (staging.records[origin], *staging.contradictions.get(origin, ()))
        rows += [{"record": _record_to_plain(record, problems)} for record in records]
    rows += [
        {"load": {"source": source, "class": ci_class, "at": instant_to_plain(at)}}
        for (source, ci_class), at in sorted(staging.loads.items())
    ]
    rows += [{"lock": _lock_to_plain(staging.locks[key], problems)} for key in sorted(staging.locks)]
    rows += [
        {"identity": {"source": source, "key": key, "ci": ci}}
        for (source, key), ci in sorted(staging.identities.items())
    ]
    if problems:
        raise DefinitionError(*problems)
    return (json.dumps(row, ensure_ascii=False) for row in rows)


def save_staging(staging: StagingArea, path: str | Path) -> None:
    """
    Write a staging area to a file, such as ``staging.jsonl``, in UTF-8.

    Raises:
        DefinitionError: As `staging_lines`; nothing is written then.
    """
    text = "".join(f"{line}\n" for line in staging_lines(staging))
    Path(path).write_text(text, "utf-8")


def staging_from(lines: Iterable[str], *, where: str = "") -> StagingArea:
    """
    Return the staging area that was written as *lines*: the inverse of `staging_lines`.

    Lines may come in any order, and from several files; empty ones are passed over.

    Args:
        lines: The lines, with or without their ends.
        where: The name of what they were taken from, for the sentences of problems.

    Raises:
        DefinitionError: With every problem and the number of its line.

    >>> staging_from(['{"record": {"source": "netbox", "key": "17"}}', "[]"])
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 3 problems:
    - line 1: record.class: is missing
    - line 1: record.seen_at: is missing
    - line 2: must be an object with one key of record, load, lock, identity, not list []
    """
    reader = _Reader()
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            found: list[str] = []
            reader.read(line, found)
            problems += [
                f"{where}: line {number}: {each}" if where else f"line {number}: {each}" for each in found
            ]
    if problems:
        raise DefinitionError(*problems)
    return reader.staging()


def load_staging(path: str | Path) -> StagingArea:
    """
    Return the staging area that a file holds.

    Args:
        path: A file in UTF-8, with or without a byte-order mark, that `save_staging` has written.

    Raises:
        DefinitionError: If the file cannot be read; with every problem and the number of its line.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        problem = f"{path}: cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = f"{path}: line {line} is not UTF-8; save the file in that encoding"
    else:
        return staging_from(text.split("\n"), where=Path(path).name)
    raise DefinitionError(problem)


# -- reading -------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class _LookUpTable:
    kind: str
    attributes: Mapping[str, Any] = EMPTY


@frozen(kw_only=True)
class _RelationTable:
    type: str
    other: str
    from_other: bool = False
    qualifier: str = ""
    attributes: Mapping[str, Any] = EMPTY


@frozen(kw_only=True)
class _RecordTable:
    source: str
    key: str
    ci_class: str
    name: str | None = None
    attributes: Mapping[str, Any] = EMPTY
    seen_at: datetime
    lookups: tuple[_LookUpTable, ...] = ()
    relations: tuple[_RelationTable, ...] = ()


@frozen(kw_only=True)
class _LoadTable:
    source: str
    ci_class: str = ANY_CLASS
    at: datetime


@frozen(kw_only=True)
class _LockTable:
    ci: str
    attribute: str
    value: Any
    author: str
    reason: str = ""
    expires: datetime | None = None


@frozen(kw_only=True)
class _IdentityTable:
    source: str
    key: str
    ci: str


class _Reader:
    """One reading of lines, and what was found so far."""

    def __init__(self) -> None:
        self._records: list[SourceRecord] = []
        self._locks: list[AttributeLock] = []
        self._loads: list[_LoadTable] = []
        self._identities: dict[Origin, CIId] = {}
        self._kinds: Mapping[str, Callable[[object, list[str]], None]] = {
            "record": self._record,
            "load": self._load,
            "lock": self._lock,
            "identity": self._identity,
        }

    def read(self, line: str, problems: list[str]) -> None:
        try:
            plain = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(f"is not valid JSON: {error}")
            return
        if not isinstance(plain, dict) or len(plain) != 1 or not plain.keys() <= self._kinds.keys():
            kinds = ", ".join(self._kinds)
            problems.append(f"must be an object with one key of {kinds}, not {shown(plain)}")
            return
        ((kind, row),) = plain.items()
        try:
            self._kinds[kind](row, problems)
        except DefinitionError as error:
            problems += [f"{kind}: {problem}" for problem in error.problems]

    def staging(self) -> StagingArea:
        found = StagingArea().with_records(self._records).with_lock(*self._locks)
        for each in self._loads:
            found = found.with_full_load(
                each.source, each.at, () if each.ci_class == ANY_CLASS else each.ci_class
            )
        return found.with_identities(self._identities)

    def _record(self, plain: object, problems: list[str]) -> None:
        table = read_with_class(_RecordTable, plain, "record", problems)
        if table is None:
            return
        before = len(problems)
        attributes = _attributes(table.attributes, "record", problems)
        lookups = [
            (each.kind, _attributes(each.attributes, f"record.lookups[{number}]", problems))
            for number, each in enumerate(table.lookups)
        ]
        relations = [
            (each, _attributes(each.attributes, f"record.relations[{number}]", problems))
            for number, each in enumerate(table.relations)
        ]
        if len(problems) > before:
            return
        self._records.append(
            SourceRecord(
                table.source,
                table.key,
                table.ci_class,
                table.name,
                attributes,
                seen_at=table.seen_at,
                lookups=[LookUp(kind, found) for kind, found in lookups],
                relations=[
                    SourceRelation(
                        each.type,
                        each.other,
                        from_other=each.from_other,
                        qualifier=each.qualifier,
                        attributes=found,
                    )
                    for each, found in relations
                ],
            )
        )

    def _load(self, plain: object, problems: list[str]) -> None:
        table = read_with_class(_LoadTable, plain, "load", problems)
        if table is not None:
            StagingArea().with_full_load(table.source, table.at, table.ci_class)  # what is wrong, stands here
            self._loads.append(table)

    def _lock(self, plain: object, problems: list[str]) -> None:
        table = read(_LockTable, plain, "lock", problems)
        if table is not None:
            value = None if table.value is None else attribute_from(table.value)
            self._locks.append(
                AttributeLock(
                    CIId(table.ci), table.attribute, value, table.author, table.reason, table.expires
                )
            )

    def _identity(self, plain: object, problems: list[str]) -> None:
        table = read(_IdentityTable, plain, "identity", problems)
        if table is not None:
            told = {(table.source, table.key): CIId(table.ci)}
            StagingArea().with_identities(told)  # what is wrong, stands here
            self._identities.update(told)


def _attributes(plain: Mapping[str, Any], path: str, problems: list[str]) -> FrozenDict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in plain.items():
        try:
            found[name] = None if value is None else attribute_from(value)
        except DefinitionError as error:
            problems += [f"{path}.attributes.{name}: {problem}" for problem in error.problems]
    return FrozenDict(found)


# -- writing -------------------------------------------------------------------------------------------


def _record_to_plain(record: SourceRecord, problems: list[str]) -> dict[str, object]:
    where = str(record)
    plain: dict[str, object] = {"source": record.source, "key": record.key, "class": record.ci_class}
    if record.name is not None:
        plain["name"] = record.name
    plain |= {"seen_at": instant_to_plain(record.seen_at)}
    plain |= _attributes_to_plain(record.attributes, where, problems)
    if record.lookups:
        plain["lookups"] = [
            {"kind": each.kind, **_attributes_to_plain(each.attributes, f"{where}: {each.kind}", problems)}
            for each in record.lookups
        ]
    if record.relations:
        plain["relations"] = [_relation_to_plain(each, where, problems) for each in record.relations]
    return plain


def _relation_to_plain(relation: SourceRelation, where: str, problems: list[str]) -> dict[str, object]:
    plain: dict[str, object] = {"type": relation.type, "other": relation.other}
    if relation.from_other:
        plain["from_other"] = True
    if relation.qualifier:
        plain["qualifier"] = relation.qualifier
    return plain | _attributes_to_plain(relation.attributes, f"{where}: {relation.type}", problems)


def _lock_to_plain(lock: AttributeLock, problems: list[str]) -> dict[str, object]:
    plain: dict[str, object] = {"ci": lock.ci, "attribute": lock.attribute}
    found = _attributes_to_plain({"value": lock.value}, f"lock of {lock.ci}", problems)
    plain |= {"value": found.get("attributes", {}).get("value"), "author": lock.author}
    if lock.reason:
        plain["reason"] = lock.reason
    if lock.expires is not None:
        plain["expires"] = instant_to_plain(lock.expires)
    return plain


def _attributes_to_plain(
    attributes: Mapping[str, object], where: str, problems: list[str]
) -> dict[str, dict[str, object]]:
    plain: dict[str, object] = {}
    for name, value in sorted(attributes.items()):
        try:
            plain[name] = None if value is None else attribute_to_plain(value)
        except DefinitionError as error:
            problems += [f"{where}: attribute {name!r}: {problem}" for problem in error.problems]
    return {"attributes": plain} if plain else {}

"""What a desk is given of sources: checked before anything is done with it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from itsmkit._checks import is_a, utc
from itsmkit._figures import plural
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, names_problems, shown
from itsmkit.cmdb import SourceRecord
from itsmkit.desk._own_word import OWN_SOURCE, own_source_problem
from itsmkit.errors import DefinitionError

__all__ = ["loads_of", "records_of"]


def records_of(records: Iterable[SourceRecord]) -> tuple[SourceRecord, ...]:
    """Return the records that a command was given. Raises `DefinitionError` if one is none, or of people."""
    if is_a(records, SourceRecord, str) or not is_a(records, Iterable):
        problem = f"receive takes several records: receive([record]), not {shown(records)}"
        raise DefinitionError(problem)
    given = as_tuple(records)
    problems = [
        problem
        for number, each in enumerate(given)
        for problem in _record_problems(f"records[{number}]", each)
    ]
    if problems:
        raise DefinitionError(*problems)
    return given


def _record_problems(where: str, record: object) -> Iterator[str]:
    if not isinstance(record, SourceRecord):
        yield from instance_problems(where, record, SourceRecord)
    elif record.source == OWN_SOURCE:
        yield f"{where}: {own_source_problem()}"


def loads_of(
    full_loads: Mapping[str, datetime] | Iterable[str], records: Iterable[SourceRecord]
) -> dict[str, datetime]:
    """Return when each full load began. Raises `DefinitionError` if one is none, or nobody knows when."""
    if not is_a(full_loads, Iterable):
        problem = f'full_loads must be names of sources, such as ["netbox"], not {shown(full_loads)}'
        raise DefinitionError(problem)
    names = as_tuple(full_loads)
    problems = list(names_problems("full_loads", names))
    if OWN_SOURCE in names:
        problems.append(f"full_loads: {own_source_problem()}")
    began: dict[str, datetime] = {}
    if isinstance(full_loads, Mapping):
        for name, at in full_loads.items():
            try:
                began[name] = utc(at, f"full_loads: the instant of {name!r}")
            except DefinitionError as error:
                problems += error.problems
    else:
        for each in records:
            began[each.source] = min(each.seen_at, began.get(each.source, each.seen_at))
        known = plural(len(began), "source")
        problems += [
            f"full_loads: {name!r} tells of nothing here (records are of {known}); say when its load began: "
            f"{{{name!r}: instant}}"
            for name in names
            if name not in began
        ]
    if problems:
        raise DefinitionError(*problems)
    return {name: began[name] for name in names}

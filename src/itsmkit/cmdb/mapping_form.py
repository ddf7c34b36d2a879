"""
Configurations as plain mappings, for TOML and JSON.

.. code-block:: toml

    model = "standard"             # or a table, see `class_model_form`; left out, any class will do
    levels = ["up", "degraded", "down"]      # from the best to the worst; these, if left out

    relations = ["shop depends_on web-1", "shop depends_on web-2"]

    [[items]]
    id = "web-1"
    class = "virtual machine"
    name = "web 1"                 # the id, if left out
    attributes = { ram_gb = 64, warranty_until = 2027-01-01T00:00:00Z }

    [[items]]
    id = "web-2"
    class = "virtual machine"
    since = 2026-01-01T00:00:00Z   # when it holds: from then on, up to and not including until
    sources = ["discovery"]        # who says so
    last_seen = 2026-03-29T09:00:00Z

    [[items]]
    id = "shop"
    class = "business service"

    [[redundancy]]
    dependent = "shop"
    name = "web servers"
    members = ["web-1", "web-2"]
    rule = "at least 1"

    [[seeds]]                      # what is known, planned or assumed to be at a level
    ci = "web-1"
    level = "down"                 # the worst, if left out
    provenance = "planned"         # observed, if left out; or manual, assumed

    [[overrides]]                  # who rules that an item is no worse
    ci = "shop"
    level = "degraded"
    author = "duty manager"
    expires = 2026-03-30T00:00:00Z

A relation may be a table too, among the sentences or, in place of them, as ``[[relations]]``: ``{ source,
type, target, qualifier, effect, attributes, since, until, sources, last_seen }``, where ``effect`` is
``"same"``, ``"none"``, ``"at most degraded"`` or a map of levels.
A rule is ``"all"``, ``"any"``, ``"at least 2"``, ``"50 %"`` or ``"influence 30 %"``; a table of weights such
as ``{ need = 2, weights = { a = 2 } }``; or one of clauses such as
``{ clauses = [{ members_at = "down", weight = 2, then = "down" }] }``. Fractions are text: ``"1/3"``.

An instant may be text too, as in JSON. Attributes of other kinds are tables that say so:
``{ instant = "2027-01-01T00:00:00Z" }``, ``{ duration = "8h" }``, ``{ decimal = "1.50" }``; text will do
where the class declares the attribute to be an instant or a duration. What is text all the same there, and so
of the wrong kind, is ``{ text = "soon" }``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from attrs import frozen

from itsmkit._documents import load_document
from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit._problems import names_problems
from itsmkit.cmdb._plain_forms import (
    attribute_from,
    attribute_to_plain,
    effect_to_plain,
    instant_to_plain,
    read,
    read_with_class,
    rule_to_plain,
    sentence_table,
    short_form,
)
from itsmkit.cmdb.class_model import OPEN_MODEL, ClassModel
from itsmkit.cmdb.class_model_form import STANDARD, class_model_from, class_model_to_mapping
from itsmkit.cmdb.configuration_document import (
    ConfigurationDocument,
    KnownIds,
    overlaps,
    record_problems,
    state_problems,
)
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.history.records import ConfigurationRecord
from itsmkit.cmdb.levels import STANDARD_LEVELS, Effect, LevelChain
from itsmkit.cmdb.redundancy import RedundancyRule, RedundancySet
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.seed import Override, Provenance, Seed
from itsmkit.conditions import FactKind
from itsmkit.errors import DefinitionError

__all__ = ["configuration_from", "load_configuration", "to_mapping"]

State = TypeVar("State", Seed, Override)


@frozen(kw_only=True)
class _Timed:
    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    last_seen: datetime | None = None

    def record(self, value: ConfigurationItem | Relation | RedundancySet) -> ConfigurationRecord:
        problems = list(names_problems("sources", self.sources))
        if problems:
            raise DefinitionError(*problems)
        return ConfigurationRecord.of(
            value, self.since, self.until, sources=self.sources, last_seen=self.last_seen
        )


@frozen(kw_only=True)
class _ItemTable(_Timed):
    id: str
    ci_class: str
    name: str | None = None
    attributes: Mapping[str, Any] = EMPTY


@frozen(kw_only=True)
class _RelationTable(_Timed):
    source: str
    type: str
    target: str
    qualifier: str = ""
    effect: Effect | None = None
    attributes: Mapping[str, Any] = EMPTY


@frozen(kw_only=True)
class _RedundancyTable(_Timed):
    dependent: str
    name: str
    members: tuple[str, ...]
    rule: RedundancyRule
    relation_type: str | None = None


@frozen(kw_only=True)
class _SeedTable:
    ci: str
    level: str | None = None
    provenance: Provenance = Provenance.OBSERVED
    since: datetime | None = None
    until: datetime | None = None


@frozen(kw_only=True)
class _OverrideTable:
    ci: str
    level: str
    author: str
    expires: datetime
    reason: str = ""


@frozen(kw_only=True)
class _DocumentTable:
    """The keys of a document. What stands in its lists is read one by one."""

    model: Any = None
    levels: tuple[str, ...] | None = None
    items: tuple[Any, ...] = ()
    relations: tuple[Any, ...] = ()
    redundancy: tuple[Any, ...] = ()
    seeds: tuple[Any, ...] = ()
    overrides: tuple[Any, ...] = ()


def configuration_from(
    document: object, *, where: str = "", model: ClassModel | None = None
) -> ConfigurationDocument:
    """
    Return the configuration that *document* describes: the inverse of `to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The path of *document* in what it was taken from, which then starts every problem's path.
        model: The class model to use where the document names none; by default, the standard relation types
            and any class.

    Raises:
        DefinitionError: With every problem and its path.

    >>> configuration_from(
    ...     {
    ...         "items": [{"id": "web-1", "class": "host"}, {"id": "shop"}],
    ...         "relations": [{"source": "shop", "type": "uses", "target": "web-1", "effect": "at worst"}],
    ...         "redundancy": [{"dependent": "shop", "name": "web", "members": ["web-1"], "rule": "two"}],
    ...     }
    ... )
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 3 problems:
    - items[1].class: is missing
    - relations[0].effect: must be same, none, at most LEVEL, or a map of levels, not str 'at worst'
    - redundancy[0].rule: must be all, any, at least 2, 50 %, influence 30 %, or a table of weights and ...
    """
    reader = _Reader(where, model)
    found = reader.document(document)
    if reader.problems or found is None:
        raise DefinitionError(*reader.problems)
    return found


def load_configuration(path: str | Path, *, model: ClassModel | None = None) -> ConfigurationDocument:
    """
    Return the configuration that a file describes.

    Args:
        path: A JSON file if its name ends in ``.json``, otherwise a TOML file; in UTF-8.
        model: As for `configuration_from`.

    Raises:
        DefinitionError: If the file cannot be read, or is not what its name says; with every problem, each
            with the name of the file and its path, if it is no configuration.
    """
    document = load_document(path)
    try:
        return configuration_from(document, model=model)
    except DefinitionError as error:
        raise DefinitionError(*(f"{Path(path).name}: {problem}" for problem in error.problems)) from None


class _Reader:
    """One reading of a document, and what was found wrong so far."""

    def __init__(self, where: str, model: ClassModel | None) -> None:
        self._where = where
        self._default = OPEN_MODEL if model is None else model
        self._model: ClassModel | None = None
        self._levels: LevelChain | None = None
        self._types: frozenset[str] = frozenset()
        self.problems: list[str] = []

    def document(self, plain: object) -> ConfigurationDocument | None:
        table = read(_DocumentTable, plain, self._where, self.problems)
        if table is None:
            table = self._lists_of(plain)
        self._model = self._named_model(table.model)
        self._levels = self._named_levels(table.levels)
        if self._model is not None and self._levels is not None:
            where = self._path("model")
            self.problems += [f"{where}: {each}" for each in self._model.level_problems(self._levels)]
        if self._model is not None:
            self._types = frozenset(each.name for each in self._model.relation_types)
        records = [
            *self._records("items", table.items, self._item),
            *self._records("relations", table.relations, self._relation),
            *self._records("redundancy", table.redundancy, self._redundancy),
        ]
        self._note_overlaps(records)
        known = KnownIds(
            record.value.id for _, record in records if isinstance(record.value, ConfigurationItem)
        )
        seeds = self._states("seeds", table.seeds, self._seed, known)
        overrides = self._states("overrides", table.overrides, self._override, known)
        if self.problems or self._model is None or self._levels is None:
            return None
        return ConfigurationDocument(
            [record for _, record in records],
            model=self._model,
            levels=self._levels,
            seeds=seeds,
            overrides=overrides,
        )

    def _lists_of(self, plain: object) -> _DocumentTable:
        """Return what can be read of a document of which something cannot, so that all of it is told."""
        given = plain if isinstance(plain, Mapping) else {}
        lists = {
            key: tuple(value)
            for key in ("items", "relations", "redundancy", "seeds", "overrides")
            if isinstance(value := given.get(key), list | tuple)
        }
        levels = given.get("levels")
        readable = isinstance(levels, list | tuple) and all(isinstance(each, str) for each in levels)
        return _DocumentTable(
            model=given.get("model"), levels=tuple(levels) if readable and levels else None, **lists
        )

    def _named_model(self, plain: object) -> ClassModel | None:
        if plain is None:
            return self._default
        with _Noting(self.problems):
            return class_model_from(plain, where=self._path("model"))
        return None

    def _named_levels(self, names: tuple[str, ...] | None) -> LevelChain | None:
        if names is None:
            return STANDARD_LEVELS
        with _Noting(self.problems, self._path("levels"), "names"):
            return LevelChain(names)
        return None

    def _records(
        self, key: str, rows: tuple[Any, ...], one: Callable[[object, str], ConfigurationRecord | None]
    ) -> Iterator[tuple[str, ConfigurationRecord]]:
        model, levels = self._model, self._levels
        for number, row in enumerate(rows):
            path = f"{self._path(key)}[{number}]"
            record = None
            with _Noting(self.problems, path):
                record = one(row, path)
            if record is None:
                continue
            if model is not None and levels is not None:
                for name, problem in record_problems(record, model, levels):
                    self.problems.append(f"{path}.{name}: {problem}")
            yield path, record

    def _item(self, plain: object, path: str) -> ConfigurationRecord | None:
        table = read_with_class(_ItemTable, plain, path, self.problems)
        if table is None:
            return None
        kinds = {} if self._model is None else _kinds(self._model, table.ci_class, table.attributes)
        attributes = self._attributes(table.attributes, path, kinds)
        name = table.id if table.name is None else table.name
        return table.record(ConfigurationItem(CIId(table.id), table.ci_class, name, attributes))

    def _relation(self, plain: object, path: str) -> ConfigurationRecord | None:
        table = read(_RelationTable, sentence_table(plain, self._types), path, self.problems)
        if table is None:
            return None
        return table.record(
            Relation(
                CIId(table.source),
                table.type,
                CIId(table.target),
                qualifier=table.qualifier,
                effect=table.effect,
                attributes=self._attributes(table.attributes, path, {}),
            )
        )

    def _redundancy(self, plain: object, path: str) -> ConfigurationRecord | None:
        table = read(_RedundancyTable, plain, path, self.problems)
        if table is None:
            return None
        return table.record(
            RedundancySet(
                CIId(table.dependent),
                table.name,
                [CIId(member) for member in table.members],
                table.rule,
                table.relation_type,
            )
        )

    def _attributes(
        self, plain: Mapping[str, Any], path: str, kinds: Mapping[str, Any]
    ) -> FrozenDict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in plain.items():
            with _Noting(self.problems, f"{path}.attributes.{name}"):
                found[name] = attribute_from(value, kinds.get(name))
        return FrozenDict(found)

    def _states(
        self,
        key: str,
        rows: tuple[Any, ...],
        one: Callable[[object, str], State | None],
        known: KnownIds,
    ) -> list[State]:
        found: list[State] = []
        for number, row in enumerate(rows):
            path = f"{self._path(key)}[{number}]"
            with _Noting(self.problems, path):
                state = one(row, path)
                if state is None:
                    continue
                found.append(state)
                if self._levels is not None:
                    for name, problem in state_problems(state, known, self._levels):
                        self.problems.append(f"{path}.{name}: {problem}")
        return found

    def _seed(self, plain: object, path: str) -> Seed | None:
        table = read(_SeedTable, {"ci": plain} if isinstance(plain, str) else plain, path, self.problems)
        if table is None:
            return None
        return Seed(
            CIId(table.ci),
            table.level,
            table.provenance,
            since=table.since,
            until=table.until,
        )

    def _override(self, plain: object, path: str) -> Override | None:
        table = read(_OverrideTable, plain, path, self.problems)
        if table is None:
            return None
        return Override(CIId(table.ci), table.level, table.author, table.expires, table.reason)

    def _note_overlaps(self, records: list[tuple[str, ConfigurationRecord]]) -> None:
        paths = {id(record): path for path, record in records}
        for record, problem in overlaps(tuple(record for _, record in records)):
            self.problems.append(f"{paths[id(record)]}: {record.key}: {problem}")

    def _path(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key


def _kinds(model: ClassModel, ci_class: str, attributes: Iterable[str]) -> dict[str, FactKind]:
    """Return of which kind those of *attributes* are declared to be of which a class says so."""
    types = model.attributes_of(ci_class).types
    return {name: types[name].kind for name in attributes if name in types}


class _Noting:
    """Adds to a list what is wrong with what is done under it, and goes on after it."""

    def __init__(self, problems: list[str], path: str = "", field_name: str = "") -> None:
        self._problems = problems
        self._path = f"{path}: " if path else ""
        self._field = field_name

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, DefinitionError):
            return False
        self._problems += [
            f"{self._path}{problem.removeprefix(f'{self._field}: ')}" for problem in error.problems
        ]
        return True


# -- and back ------------------------------------------------------------------------------------------


def to_mapping(document: ConfigurationDocument) -> dict[str, Any]:
    """
    Return *document* as plain data that TOML and JSON can hold: the inverse of `configuration_from`.

    Records are written by kind: items, relations, redundancy sets. Relations of which there is no more to say
    than source, type and target become sentences.

    Raises:
        DefinitionError: With every attribute whose value has no plain form.

    >>> to_mapping(configuration_from({"relations": ["web runs_on host"]}))
    {'relations': ['web runs_on host']}
    """
    problems: list[str] = []
    types = frozenset(each.name for each in document.model.relation_types)
    records = document.records
    rows: dict[str, list[object]] = {
        "items": [
            _item_to_plain(item, document.model, problems) | _timed_to_plain(record)
            for record in records
            if isinstance(item := record.value, ConfigurationItem)
        ],
        "relations": [
            short_form(_relation_to_plain(relation, problems) | _timed_to_plain(record), types)
            for record in records
            if isinstance(relation := record.value, Relation)
        ],
        "redundancy": [
            _redundancy_to_plain(redundancy) | _timed_to_plain(record)
            for record in records
            if isinstance(redundancy := record.value, RedundancySet)
        ],
    }
    if problems:
        raise DefinitionError(*problems)
    model = class_model_to_mapping(document.model)
    plain_document: dict[str, Any] = {
        "model": STANDARD if model == {"extends": STANDARD} else model,
        "levels": [] if document.levels == STANDARD_LEVELS else list(document.levels.names),
        **rows,
        "seeds": [_seed_to_plain(seed) for seed in document.seeds],
        "overrides": [_override_to_plain(override) for override in document.overrides],
    }
    return {key: value for key, value in plain_document.items() if value}


def _item_to_plain(item: ConfigurationItem, model: ClassModel, problems: list[str]) -> dict[str, object]:
    name = {} if item.name == item.id else {"name": item.name}
    kinds = _kinds(model, item.ci_class, item.attributes)
    attributes = _attributes_to_plain(item.attributes, f"configuration item {item}", problems, kinds)
    return {"id": item.id, "class": item.ci_class, **name, **attributes}


def _relation_to_plain(relation: Relation, problems: list[str]) -> dict[str, object]:
    plain: dict[str, object] = {"source": relation.source, "type": relation.type, "target": relation.target}
    if relation.qualifier:
        plain["qualifier"] = relation.qualifier
    if relation.effect is not None:
        plain["effect"] = effect_to_plain(relation.effect)
    return plain | _attributes_to_plain(relation.attributes, f"relation {relation}", problems)


def _redundancy_to_plain(redundancy: RedundancySet) -> dict[str, object]:
    plain: dict[str, object] = {
        "dependent": redundancy.dependent,
        "name": redundancy.name,
        "members": list(redundancy.members),
        "rule": rule_to_plain(redundancy.rule),
    }
    return plain if redundancy.relation_type is None else plain | {"relation_type": redundancy.relation_type}


def _attributes_to_plain(
    attributes: Mapping[str, object], where: str, problems: list[str], kinds: Mapping[str, FactKind] = EMPTY
) -> dict[str, object]:
    plain: dict[str, object] = {}
    for name, value in attributes.items():
        with _Noting(problems, f"{where}: attribute {name!r}"):
            plain[name] = attribute_to_plain(value, kinds.get(name))
    return {"attributes": plain} if plain else {}


def _timed_to_plain(record: ConfigurationRecord) -> dict[str, object]:
    plain: dict[str, object] = _instants(since=record.since, until=record.until)
    if record.sources:
        plain["sources"] = list(record.sources)
    return plain | _instants(last_seen=record.last_seen)


def _seed_to_plain(seed: Seed) -> dict[str, object]:
    plain: dict[str, object] = {"ci": seed.ci}
    if seed.level is not None:
        plain["level"] = seed.level
    if seed.provenance is not Provenance.OBSERVED:
        plain["provenance"] = seed.provenance.value
    return plain | _instants(since=seed.since, until=seed.until)


def _override_to_plain(override: Override) -> dict[str, object]:
    plain: dict[str, object] = {"ci": override.ci, "level": override.level, "author": override.author}
    return (
        plain | _instants(expires=override.expires) | ({"reason": override.reason} if override.reason else {})
    )


def _instants(**instants: datetime | None) -> dict[str, object]:
    return {name: instant_to_plain(instant) for name, instant in instants.items() if instant is not None}

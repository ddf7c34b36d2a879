"""Several packs as one, for a desk that serves several departments."""

from collections.abc import Iterable, Mapping, Sequence

from itsmkit.errors import DefinitionError
from itsmkit.packs._pack import Pack

__all__ = ["combined"]

_BY_NAME = frozenset({"desk", "kinds", "calendars", "effects"})
"""The tables whose parts may come from several packs, by their names."""

_BY_NAME_WITHIN = frozenset({"categories", "translations"})
"""The tables whose tables may."""

_ESCALATION = "escalation"
"""The table that may be a list instead: then it says nothing but the steps at checkpoints."""

_NAMES = ("id", "name")
"""The keys by which the tables of a list are told apart."""


def combined(*packs: Pack, title: str | None = None) -> Pack:
    """
    Return one pack with all that *packs* have: a desk with it serves all of their departments.

    What several packs say alike is there once. Lists follow each other in the order of the packs; of two
    agreements that are equally specific, that of the first pack holds.

    Args:
        packs: At least one.
        title: What people call the desk; by default, the titles of the packs.

    Raises:
        DefinitionError: With everything in which the packs contradict each other, such as a calendar of one
            name with other hours; or if there is no pack.

    >>> from itsmkit.packs import pack
    >>> both = combined(pack("it"), pack("hr"))
    >>> both.name, both.title
    ('it+hr', 'IT service desk, Human resources')
    >>> {"incident", "hr_case"} <= both.config.kinds.keys()
    True
    """
    if not packs:
        problem = "packs: there is none to combine; name at least one"
        raise DefinitionError(problem)
    name = "+".join(each.name for each in packs)
    title = title or ", ".join(each.title for each in packs)
    merger = _Merger(title)
    for each in packs:
        merger.add(each)
    problems = [*merger.problems]
    items, aids = (each.items for each in packs), (each.aids for each in packs)
    articles = (each.articles for each in packs)
    if problems:
        raise DefinitionError(*(f"cannot combine {name}: {problem}" for problem in problems))
    return Pack(name, title, merger.tables, _flat(items), _flat(aids), _flat(articles))


def _flat(groups: Iterable[Sequence[object]]) -> tuple[object, ...]:
    return tuple(each for group in groups for each in group)


class _Merger:
    """
    The tables of some packs, and in what the packs contradict each other.

    Args:
        title: The name of the desk.
    """

    def __init__(self, title: str) -> None:
        self.tables: dict[str, object] = {}
        self.problems: list[str] = []
        self._title = title
        self._from: dict[str, str] = {}
        self._source = ""

    def add(self, pack: Pack) -> None:
        """Add the tables of *pack*."""
        self._source = pack.name
        for name, plain in pack.configuration.items():
            if name == "desk" and isinstance(plain, Mapping):
                plain = {**plain, "name": self._title}  # noqa: PLW2901  # each pack has its own, and none holds
            if name == _ESCALATION:
                plain = self._escalation(plain)  # noqa: PLW2901  # as tables, if one of the packs needs one
            by_name = name in _BY_NAME or (name == _ESCALATION and isinstance(plain, Mapping))
            depth = 1 if by_name else 2 if name in _BY_NAME_WITHIN else 0
            self._put(self.tables, name, plain, name, depth)

    def _escalation(self, plain: object) -> object:
        """Return the escalation of a pack in the form in which that of the others stands, or is put now."""
        there = self.tables.get(_ESCALATION)
        if isinstance(plain, tuple) and isinstance(there, dict):
            return {"steps": plain}
        if isinstance(plain, Mapping) and isinstance(there, tuple):
            self.tables[_ESCALATION] = {"steps": there}
            self._from[f"{_ESCALATION}.steps"] = self._from[_ESCALATION]
        return plain

    def _put(self, into: dict[str, object], key: str, plain: object, path: str, depth: int) -> None:
        """Put *plain* at *key*, together with what is there already."""
        there = into.get(key)
        self._from.setdefault(path, self._source)
        if depth and isinstance(plain, Mapping) and isinstance(there, dict | None):
            below = into.setdefault(key, {})
            for name, each in plain.items():
                self._put(below, name, each, f"{path}.{name}", depth - 1)  # type: ignore[arg-type]  # as made here
        elif isinstance(plain, tuple) and isinstance(there, tuple | None) and _is_list(path):
            into[key] = self._joined(there or (), plain, path)
        elif key not in into:
            into[key] = plain
        elif there != plain:
            self._contradicts(path)

    def _joined(self, there: tuple[object, ...], more: tuple[object, ...], path: str) -> tuple[object, ...]:
        """Return the elements of two lists; those of one name must be alike."""
        named = {name: each for each in there if (name := _name_of(each)) is not None}
        added: list[object] = []
        for each in more:
            name = _name_of(each)
            if each in there:
                continue
            if name is not None and name in named:
                self._contradicts(f"{path}[{name!r}]")
                continue
            added.append(each)
            if name is not None:
                self._from[f"{path}[{name!r}]"] = self._source
        return (*there, *added)

    def _contradicts(self, path: str) -> None:
        self.problems.append(
            f"{path}: pack {self._source!r} says otherwise than pack {self._from[path]!r}; "
            "rename one of them, or make them alike"
        )


def _is_list(path: str) -> bool:
    """Tell whether lists at *path* follow each other, rather than that they must be alike."""
    return "." not in path or path.startswith(f"{_ESCALATION}.")


def _name_of(each: object) -> str | None:
    """Return by what a table of a list is told apart, if by anything."""
    if not isinstance(each, Mapping):
        return None
    return next((name for key in _NAMES if isinstance(name := each.get(key), str)), None)

"""What packs there are, and how their files are read."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from tomllib import loads
from typing import Any

from attrs import frozen

from itsmkit._documents import Form, structure
from itsmkit.conditions import Condition, condition_from, to_mapping
from itsmkit.desk import DeskConfig
from itsmkit.desk.aids import WorkAid
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.packs._article import PackArticle
from itsmkit.packs._pack import Pack
from itsmkit.packs.errors import UnknownPackError
from itsmkit.practices.catalogue import CatalogueItem, catalogue_item_from
from itsmkit.practices.work_aids import CannedReply, ChecklistTemplate, Macro, TicketTemplate

__all__ = ["load", "names", "pack", "text"]

_SUFFIX = ".toml"
_FORMS = (Form(Condition, condition_from, to_mapping),)


@frozen
class _Records:
    # Items are read by themselves, so that one that is wrong does not hide the others.
    items: tuple[Any, ...] = ()
    ticket_templates: tuple[TicketTemplate, ...] = ()
    canned_replies: tuple[CannedReply, ...] = ()
    checklists: tuple[ChecklistTemplate, ...] = ()
    macros: tuple[Macro, ...] = ()
    articles: tuple[PackArticle, ...] = ()

    @property
    def aids(self) -> Iterator[WorkAid]:
        for sort in (self.ticket_templates, self.canned_replies, self.checklists, self.macros):
            yield from sort


def names() -> tuple[str, ...]:
    """Return the names of all packs, sorted."""
    found = (resource.name for resource in files("itsmkit.packs").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def load(name: str) -> DeskConfig:
    """
    Return the rules that the pack *name* describes.

    Raises:
        UnknownPackError: If there is no such pack; it says which there are.
    """
    return pack(name).config


def pack(name: str) -> Pack:
    """
    Return the pack *name*.

    Its files are read anew each time: ``<name>.toml``, and ``records/<name>.toml`` if there is one.

    Raises:
        UnknownPackError: If there is no such pack; it says which there are.

    >>> [item.title for item in pack("it").items][:2]
    ['New laptop', 'Software']
    """
    tables = loads(text(name))
    title = DeskConfig.load(tables).name
    if not _file(name, records=True).is_file():
        return Pack(name, title, tables)
    return _with_records(name, title, tables, loads(text(name, records=True)))


def text(name: str, *, records: bool = False) -> str:
    """
    Return a file of the pack *name*, to be made one's own.

    Args:
        name: The pack.
        records: Whether it is that of its records, in place of that of the configuration.

    Raises:
        UnknownPackError: If there is no such pack; it says which there are.
        NotFoundError: If it has no records, and these are asked for.

    >>> text("hr").splitlines()[0].partition(":")[0]
    '# A personnel office to begin with'
    """
    known = names()
    if name not in known:
        raise UnknownPackError(name, known)
    file = _file(name, records=records)
    if not file.is_file():
        raise NotFoundError("file of records of the pack", name)
    return file.read_text("utf-8")


def _file(name: str, *, records: bool) -> Traversable:
    room = files("itsmkit.packs")
    return (room / "records" if records else room) / f"{name}{_SUFFIX}"


def _with_records(name: str, title: str, tables: Mapping[str, object], plain: Mapping[str, object]) -> Pack:
    where = f"records/{name}{_SUFFIX}"
    records = structure(_Records, plain, where=where, forms=_FORMS)
    items: list[CatalogueItem] = []
    problems: list[str] = []
    for place, each in enumerate(records.items):
        try:
            items.append(catalogue_item_from(each, where=where, at=f"items[{place}]"))
        except DefinitionError as error:
            problems += error.problems
    if problems:
        raise DefinitionError(*problems)
    return Pack(name, title, tables, items, records.aids, records.articles)

"""A pack: the tables of a configuration, and the records that go with them."""

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple, deeply_frozen
from itsmkit._problems import distinct_problems
from itsmkit.desk import DeskConfig
from itsmkit.desk.aids import WorkAid
from itsmkit.errors import DefinitionError
from itsmkit.packs._article import PackArticle
from itsmkit.practices.catalogue import CatalogueItem

__all__ = ["Pack"]


@frozen(slots=False)
class Pack:
    """
    What a desk of some trade begins with.

    Args:
        name: What it is called by programs.
        title: What people call a desk of it.
        configuration: The tables of a configuration, as `DeskConfig.load` reads them.
        items: What can be ordered, each of a key of its own.
        aids: Templates of tickets, canned replies, checklists and macros, each of an id of its own among
            those of its sort.
        articles: What is to be known, each of a key of its own.

    Raises:
        DefinitionError: If two items or articles have one key, or two aids of a sort one id.
    """

    name: str = field(validator=named)
    title: str = field(validator=named)
    configuration: Mapping[str, object] = field(converter=deeply_frozen)
    items: tuple[CatalogueItem, ...] = field(default=(), converter=as_tuple)
    aids: tuple[WorkAid, ...] = field(default=(), converter=as_tuple)
    articles: tuple[PackArticle, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [*distinct_problems("items", (item.key for item in self.items))]
        problems += distinct_problems("articles", (article.key for article in self.articles))
        for sort in dict.fromkeys(map(type, self.aids)):
            ids = (aid.id for aid in self.aids if type(aid) is sort)
            problems += distinct_problems(f"aids: {sort.__name__}", ids)
        if problems:
            raise DefinitionError(*(f"pack {self.name!r}: {problem}" for problem in problems))

    @cached_property
    def config(self) -> DeskConfig:
        """
        The rules of a desk that has this pack alone.

        Raises:
            DefinitionError: With every fault of the configuration, each with its path.
        """
        return DeskConfig.load(self.configuration)

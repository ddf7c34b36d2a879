"""How the records of a pack come to a desk, once, and without harm to what people made of them."""

from contextlib import nullcontext

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.desk import Desk
from itsmkit.desk.aids import AIDS, WorkAid
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.packs._article import PackArticle
from itsmkit.packs._pack import Pack
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.tickets import Actor

__all__ = ["InstallReport", "PackRecord", "install"]

_ITEM = "catalogue item"
_ARTICLE = "article"
_SORTS = {kind.value: name for name, kind in AIDS.items()}


@frozen(order=True)
class PackRecord:
    """
    A record that a pack gives.

    Args:
        sort: ``"catalogue item"``, ``"article"``, or what `itsmkit.desk.AidCommands` call the sort of an aid.
        id: Its key.
    """

    sort: str
    id: str

    def __str__(self) -> str:
        return f"{self.sort} {self.id!r}"


@frozen
class InstallReport:
    """
    What `install` has done, each in the order of the pack.

    Args:
        pack: The name of the pack.
        added: What was not there, and is now.
        same: What was there as the pack has it.
        left: What was there otherwise, and was left as it is: people have changed or retired it, or had
            something of this key themselves, or the pack has changed since.
    """

    pack: str
    added: tuple[PackRecord, ...] = field(converter=as_tuple)
    same: tuple[PackRecord, ...] = field(converter=as_tuple)
    left: tuple[PackRecord, ...] = field(converter=as_tuple)

    def explain(self) -> str:
        """Say it in lines."""
        added, same, left = len(self.added), len(self.same), len(self.left)
        head = f"pack {self.pack!r}: {added} added, {same} there already, {left} left"
        told = (f"- left as it is: {each}, which differs from that of the pack" for each in self.left)
        return "\n".join((head, *told))


def install(desk: Desk, pack: Pack, *, reason: str) -> InstallReport:
    """
    Keep the records of *pack* on a desk: its items are published, its aids kept, its articles submitted.

    An article waits for somebody of the desk to read it: who publishes one, answers for it.

    What is there under the key of a record, or ever was, is never touched, whoever made it: it is compared
    with what the pack says, and the report tells whether it differs. So asked twice, it does nothing the
    second time, and what people have changed stays. All is done in one transaction, or nothing.

    Args:
        desk: A desk whose configuration has what the pack needs, such as that of `Pack.config`.
        pack: The pack.
        reason: What for; recorded with all that is done, as `Desk.privileged` records it.

    Returns:
        What was added, what was there, and what was left.

    Raises:
        DefinitionError: With everything that the desk has not got and a record needs.
        ConflictError: If others have kept one of them at the same time; ask again.

    >>> from itsmkit.packs import pack
    >>> hr = pack("hr")
    >>> desk = Desk(hr.config)
    >>> first = install(desk, hr, reason="a new desk")
    >>> first.added[0], first.same, first.left
    (PackRecord(sort='catalogue item', id='parental-leave'), (), ())
    >>> install(desk, hr, reason="a new desk").added
    ()
    """
    program = desk.privileged(reason).acting_as(Actor(f"pack {pack.name}", automated=True))
    is_within = program.is_batch or program.store.is_joined
    with nullcontext(program) if is_within else program.batch() as at_once:
        return _Installing(at_once, pack).report()


class _Installing:
    """One installation of *pack* on a desk that saves all of it at once."""

    def __init__(self, desk: Desk, pack: Pack) -> None:
        self._desk = desk
        self._pack = pack

    def report(self) -> InstallReport:
        problems: list[str] = []
        found: dict[str, list[PackRecord]] = {"added": [], "same": [], "left": []}
        for given in (*self._pack.items, *self._pack.aids, *self._pack.articles):
            try:
                record, became = self._given(given)
            except DefinitionError as error:
                problems += error.problems
                continue
            found[became].append(record)
        if problems:
            raise DefinitionError(*(f"pack {self._pack.name!r}: {problem}" for problem in problems))
        return InstallReport(self._pack.name, **found)

    def _given(self, given: CatalogueItem | WorkAid | PackArticle) -> tuple[PackRecord, str]:
        if isinstance(given, CatalogueItem):
            return self._item(given)
        return self._article(given) if isinstance(given, PackArticle) else self._aid(given)

    def _article(self, article: PackArticle) -> tuple[PackRecord, str]:
        record, knowledge = PackRecord(_ARTICLE, article.key), self._desk.knowledge
        try:
            there = knowledge.get(article.key)
        except NotFoundError:
            knowledge.draft(
                article.key,
                article.language,
                article.title,
                article.body,
                keywords=article.keywords,
                categories=article.categories,
            )
            knowledge.submit(article.key, article.language)
            return record, "added"
        return record, "same" if article.is_said_by(there) else "left"

    def _item(self, item: CatalogueItem) -> tuple[PackRecord, str]:
        record, catalogue = PackRecord(_ITEM, item.key), self._desk.catalogue
        try:
            entry = catalogue.entry(item.key)
        except NotFoundError:
            catalogue.draft(item)
            catalogue.publish(item.key)
            return record, "added"
        if entry.published is None or entry.draft is not None:
            return record, "left"
        offered = catalogue.versions(item.key)[entry.published - 1]
        return record, "same" if evolve(item, version=offered.version) == offered else "left"

    def _aid(self, aid: WorkAid) -> tuple[PackRecord, str]:
        sort = _SORTS[type(aid)]
        steps = self._desk.aids.history(sort, aid.id)
        if not steps:
            self._desk.aids.keep(aid)
        became = "added" if not steps else "same" if steps[-1].value == aid else "left"
        return PackRecord(sort, aid.id), became

"""An article that a pack brings."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit._problems import names_problems
from itsmkit.errors import DefinitionError
from itsmkit.practices.knowledge import ArticleText
from itsmkit.practices.knowledge.article import Article

__all__ = ["PackArticle"]


@frozen(kw_only=True)
class PackArticle:
    """
    An article that a pack brings, to be read by people before it is published.

    Args:
        key: Its key.
        title: What it is about, in a line.
        body: What is to be known.
        language: The tag of the language that it is written in.
        keywords: Further words by which it is to be found.
        categories: What tickets are classified as that it helps with.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    key: str = field(validator=named)
    title: str
    body: str
    language: str = "en"
    keywords: tuple[str, ...] = field(default=(), converter=as_tuple)
    categories: tuple[str, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("categories", self.categories)]
        try:
            text = self.text
        except DefinitionError as error:
            problems += error.problems
        else:
            if not text.body.strip():
                problems.append("body: there is none")
        if problems:
            raise DefinitionError(*(f"article {self.key!r}: {each}" for each in problems))

    @property
    def text(self) -> ArticleText:
        """What it says."""
        return ArticleText(self.title, self.body, self.keywords)

    def is_said_by(self, article: Article) -> bool:
        """Tell whether *article* says the same in its language: published, or as it is about to be."""
        for each in article.variants:
            if each.language == self.language:
                text = each.draft if each.published is None else each.published.text
                return text == self.text and article.categories == self.categories
        return False

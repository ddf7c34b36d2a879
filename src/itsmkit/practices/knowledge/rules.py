"""What a desk declares of its knowledge."""

from collections.abc import Iterable

from attrs import field, frozen

from itsmkit._problems import close_to, distinct_problems, names, shown
from itsmkit.errors import DefinitionError
from itsmkit.languages import is_language_tag

__all__ = ["KnowledgeRules"]


@frozen
class KnowledgeRules:
    """
    In which languages a desk writes its articles.

    Args:
        languages: The languages, as tags of BCP 47; empty for any.
        fallback: What readers get whose own language there is not, the best first.

    Raises:
        DefinitionError: With each that is no language, stands twice, or is fallen back to and not written.
    """

    languages: tuple[str, ...] = field(default=(), converter=names)
    fallback: tuple[str, ...] = field(default=(), converter=names)

    def __attrs_post_init__(self) -> None:
        problems = [
            *_language_problems("languages", self.languages),
            *_language_problems("fallback", self.fallback),
            *(
                f"fallback: articles are not written in {each!r}; {close_to(each, self.languages)}"
                for each in self.fallback
                if self.languages and each not in self.languages
            ),
        ]
        if problems:
            raise DefinitionError(*problems)


def _language_problems(path: str, given: Iterable[object]) -> list[str]:
    given = tuple(given)
    problems = [
        f"{path}[{place}]: must be a language such as 'sv' or 'pt-BR', not {shown(each)}"
        for place, each in enumerate(given)
        if not is_language_tag(each)
    ]
    return [*problems, *distinct_problems(path, given)]

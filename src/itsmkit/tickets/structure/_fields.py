"""What the fields of the structure have in common: names, references, zones, languages."""

from typing import TYPE_CHECKING, Any

from attrs import Factory, field
from attrs.validators import optional

from itsmkit._checks import named
from itsmkit._problems import names_problems, shown
from itsmkit.calendars._zones import zone
from itsmkit.errors import DefinitionError
from itsmkit.languages import is_language_tag

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["are_names", "language", "name_like_id", "reference", "time_zone"]


def _is_zone(instance: object, attribute: "Attribute[str]", value: object) -> None:
    if not isinstance(value, str):
        problem = f"{_called(instance, attribute)} must be the name of a time zone, not {shown(value)}"
        raise DefinitionError(problem)
    try:
        zone(value)
    except DefinitionError as error:
        raise DefinitionError(f"{_called(instance, attribute)}: {error}") from None


def _is_language(instance: object, attribute: "Attribute[str]", value: object) -> None:
    if not is_language_tag(value):
        problem = (
            f"{_called(instance, attribute)} must be a language such as 'de' or 'pt-BR', not {shown(value)}"
        )
        raise DefinitionError(problem)


def are_names(instance: object, attribute: "Attribute[Any]", value: Any) -> None:
    """Validate a field that holds several ids or names, each once."""
    problems = [*names_problems(_called(instance, attribute), value)]
    if problems:
        raise DefinitionError(*problems)


def _called(instance: object, attribute: "Attribute[Any]") -> str:
    return f"{type(instance).__name__}.{attribute.name}"


def name_like_id() -> Any:
    """Return a field for what people call it: by default, its id."""
    return field(default=Factory(lambda self: self.id, takes_self=True), validator=named)


def reference() -> Any:
    """Return a field that may hold the id of something else."""
    return field(default=None, kw_only=True, validator=optional(named))


def time_zone() -> Any:
    """Return a field that may hold the name of a zone of the IANA database."""
    return field(default=None, kw_only=True, validator=optional(_is_zone))


def language() -> Any:
    """
    Return a field that may hold the tag of a language.

    Source:
        RFC 5646, section 2.1: see `itsmkit.languages.is_language_tag`.
    """
    return field(default=None, kw_only=True, validator=optional(_is_language))

"""The sections of an inventory, and which of their fields nothing was made of."""

from collections.abc import Iterator
from typing import Any

from itsmkit.interchange.inventory._values import is_nothing, text_of
from itsmkit.interchange.inventory.inventory_import import Reading

__all__ = ["Inventory", "Section", "lowered", "real"]

_NOTHING = frozenset(
    {
        "0",
        "123456789",
        "asset-1234567890",
        "chassis serial number",
        "default",
        "default string",
        "empty",
        "invalid",
        "n/a",
        "na",
        "no asset information",
        "no asset tag",
        "none",
        "not applicable",
        "not available",
        "not specified",
        "null",
        "o.e.m.",
        "oem",
        "release-keys",
        "system manufacturer",
        "system product name",
        "system serial number",
        "to be filled by o.e.m.",
        "unknow",
        "unknown",
    }
)
"""What firmware says where it should say something else."""


def lowered(value: Any) -> Any:
    """Return *value* with the names of all members in small letters; of two that are the same, the first."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for name, each in value.items():
            found.setdefault(name.lower(), lowered(each))
        return found
    return [lowered(each) for each in value] if isinstance(value, list) else value


def real(value: Any) -> Any:
    """Return *value* unless it only stands in for one, as in ``"To be filled by O.E.M."``."""
    if isinstance(value, str):
        text = value.strip()
        return None if text.lower() in _NOTHING or not text.strip("0-. ") else text
    return value


class Section(dict[str, Any]):
    """The fields of one table, which knows those that were asked for."""

    def __init__(self, name: str, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        self.name = name
        self.used: set[str] = set()

    def take(self, *names: str) -> Any:
        """Return the first of these fields that says something; they all count as asked for."""
        self.used.update(names)
        return next((self[name] for name in names if not is_nothing(self.get(name))), None)

    def text(self, *names: str) -> str:
        """Return the text of the first of these fields that has a real one, or an empty one."""
        self.used.update(names)
        for name in names:
            value = real(self.get(name))
            if not is_nothing(value) and not isinstance(value, list | dict):
                try:
                    return text_of(value)
                except ValueError:  # control characters: one of the others may do
                    continue
        return ""


class Inventory:
    """
    One inventory.

    Args:
        reading: Where what cannot be taken is noted.
        place: Where it stands in the file.
        head: What stands around its content, its names in small letters.
        content: Its sections.
        number: Which of several in one content it is; ``None`` if it is the only one.
    """

    def __init__(
        self, reading: Reading, place: str, head: dict[str, Any], content: dict[str, Any], number: int | None
    ) -> None:
        self.reading = reading
        self.place = place
        self.head = Section("", head)
        self.number = number
        self._content = content
        self._sections: dict[str, list[Section]] = {}

    def section(self, name: str) -> Section:
        """Return a section that stands once; an empty one if it is missing."""
        return next(iter(self.sections(name)), Section(name, {}))

    def sections(self, *names: str) -> list[Section]:
        """Return the tables of a section that has several, under the first of its *names* that is there."""
        name = next((each for each in names if not is_nothing(self._content.get(each))), names[0])
        if name not in self._sections:
            given = self._content.get(name)
            tables = given if isinstance(given, list) else [given]
            self._sections[name] = [Section(name, each) for each in tables if isinstance(each, dict)]
            strays = [each for each in tables if not isinstance(each, dict) and not is_nothing(each)]
            for _ in strays:
                problem = "it is no table"
                self.reading.drop(self.place, "", name, problem, "correct it in the source")
        return self._sections[name]

    def enumerated(self, *names: str) -> Iterator[tuple[str, Section]]:
        """Yield the place of each table of a section, and the table."""
        for number, each in enumerate(self.sections(*names)):
            yield f"{self.place}, {each.name}[{number}]", each

    def report_the_rest(self) -> None:
        """Note the sections and fields that nobody asked for."""
        for name, value in self._content.items():
            if name not in self._sections and not is_nothing(value):
                self.reading.pass_over(self.place, "", name)
        for sections in self._sections.values():
            for each in sections:
                for field, value in each.items():
                    if field not in each.used and not is_nothing(value):
                        self.reading.pass_over(self.place, "", f"{each.name}.{field}")

"""``itsmkit config check``: what is wrong with the configuration of a desk before it opens."""

import re
from collections.abc import Mapping, Sequence
from json import dumps
from pathlib import Path

from attrs import asdict, frozen
from rich.text import Text

from itsmkit._documents import load_toml
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import count, plural
from itsmkit.desk import DeskConfig
from itsmkit.errors import DefinitionError

__all__ = ["check_config"]

_PATH = re.compile(r"""[\w-]+(?:\.[\w-]+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*""")


@frozen
class _Problem:
    """
    One thing that is wrong.

    Args:
        path: Where it stands in the file; ``None`` for the file as a whole.
        problem: The sentence.
    """

    path: str | None
    problem: str


def check_config(path: Path, *, as_json: bool) -> int:
    """
    Print what is wrong with the configuration of a desk, each with its path.

    Args:
        path: The TOML file.
        as_json: Print JSON in place of lines.

    Returns:
        0 if nothing is wrong, otherwise 1.

    Raises:
        DefinitionError: If the file cannot be read at all.
    """
    load_toml(path)  # a file that is no TOML is refused as by every command
    problems: list[_Problem] = []
    counts: dict[str, int] = {}
    try:
        counts = _counts(DeskConfig.load(path))
    except DefinitionError as error:
        problems = [_fault(told.removeprefix(f"{path.name}: ")) for told in error.problems]
    if as_json:
        answer = {"file": str(path), **counts, "problems": [asdict(problem) for problem in problems]}
        output_console().print(dumps(answer, ensure_ascii=False, indent=2), soft_wrap=True)
    else:
        _print(problems, counts, tame(path.name))
    return 1 if problems else 0


def _fault(told: str) -> _Problem:
    """Return a fault that was told with its path as the words before the first colon, if they are one."""
    found = _PATH.match(told)
    if found is None or not told.startswith(": ", found.end()):
        return _Problem(None, told)
    return _Problem(found[0], told[found.end() + 2 :])


def _counts(config: DeskConfig) -> dict[str, int]:
    structure = config.structure
    return {
        "kinds": len(config.kinds),
        "calendars": len(config.calendars),
        "agreements": len(config.agreements),
        "people": len(structure.people),
        "groups": len(structure.groups),
        "organisations": len(structure.organisations),
        "sites": len(structure.sites),
        "services": len(structure.services),
        "roles": 0 if config.access is None else len(config.access.roles),
        "restrictions": 0 if config.access is None else len(config.access.restrictions),
    }


def _print(problems: Sequence[_Problem], counts: Mapping[str, int], name: str) -> None:
    console = output_console()
    for each in problems:
        where = f"{name}: " if each.path is None else f"{name}: {tame(each.path)}: "
        # Never wrapped, so that each stays one line to search for.
        console.print(Text.assemble(where, tame(each.problem)), soft_wrap=True)
    if problems:
        told = Text.assemble(f"{name}: ", (f"{count(len(problems))} wrong", "red"))
    else:
        parts = [_counted(number, what) for what, number in counts.items() if number]
        told = Text.assemble(f"{name}: ", ("nothing is wrong", "green"), f"; {', '.join(parts)}")
    console.print(told, soft_wrap=True)


def _counted(number: int, what: str) -> str:
    if what == "people":
        return "1 person" if number == 1 else f"{count(number)} people"
    return plural(number, what[:-1])

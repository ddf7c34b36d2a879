"""``itsmkit sla check``: what is wrong with calendars and agreements before anybody relies on them."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json import dumps
from pathlib import Path

from attrs import asdict, frozen
from rich.text import Text

from itsmkit._documents import load_toml
from itsmkit.calendars import TimeSpan, calendar_from
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import count, plural
from itsmkit.cli.errors import UsageError
from itsmkit.desk._config_document import TABLES_BESIDE_AGREEMENTS
from itsmkit.errors import DefinitionError
from itsmkit.sla import AgreementBook, agreements_from, check_agreements

__all__ = ["check_file"]

_FIRST_YEAR, _LAST_YEAR = 1970, 2199

_UNREADABLE = "unreadable"


_PATH = re.compile(r'(?:[\w-]+|"[^"]*")(?:\.(?:[\w-]+|"[^"]*")|\[[^\]]*\])*')


@frozen
class _Problem:
    """
    One thing that is wrong.

    Args:
        kind: What sort of thing: ``"unreadable"``, or the kind of a finding.
        path: Where it stands in the file; ``None`` for the file as a whole.
        problem: The sentence.
    """

    kind: str
    path: str | None
    problem: str

    def __str__(self) -> str:
        return self.problem if self.path is None else f"{self.path}: {self.problem}"


def check_file(path: Path, *, priorities: Sequence[str], year: int | None, as_json: bool) -> int:
    """
    Print what is wrong with a file of calendars and agreements: every fault, each with its path.

    Only what can be read as a whole is checked further: whether its promises make sense together.

    Args:
        path: A TOML file. The other tables of a desk are not looked at; a file may also be one calendar.
        priorities: The priorities that work can have, each of which must be covered.
        year: The year in which work begins that is looked at; the present one unless given.
        as_json: Print JSON in place of lines.

    Returns:
        0 if nothing is wrong, otherwise 1.

    Raises:
        DefinitionError: If the file cannot be read at all, or *year* is none that calendars know.
        OutOfRangeError: If a calendar does not know that year.
    """
    looked_at = datetime.now(UTC).year if year is None else year
    if not _FIRST_YEAR <= looked_at <= _LAST_YEAR:
        problem = f"--year must be one of {_FIRST_YEAR} to {_LAST_YEAR}, not {looked_at}"
        raise UsageError(problem)
    plain = load_toml(path)
    book = AgreementBook()
    try:
        book = _book(plain, path.name)
    except DefinitionError as error:
        problems = [_fault(told.removeprefix(f"{path.name}: ")) for told in error.problems]
    else:
        problems = _findings(book, priorities, looked_at)
    if as_json:
        answer = {
            "file": str(path),
            "year": looked_at,
            **_counts(book),
            "problems": [asdict(problem) for problem in problems],
        }
        output_console().print(dumps(answer, ensure_ascii=False, indent=2), soft_wrap=True)
    else:
        _print(book, problems, path, looked_at)
    return 1 if problems else 0


def _book(plain: Mapping[str, object], where: str) -> AgreementBook:
    if "hours" in plain:
        return AgreementBook({"": calendar_from(plain, where=where)})
    return agreements_from(plain, where=where, ignoring=TABLES_BESIDE_AGREEMENTS)


def _fault(told: str) -> _Problem:
    """Return a fault that was told with its path as the words before the first colon, if they are one."""
    path, _, problem = told.partition(": ")
    return (
        _Problem(_UNREADABLE, path, problem) if _PATH.fullmatch(path) else _Problem(_UNREADABLE, None, told)
    )


def _findings(book: AgreementBook, priorities: Sequence[str], year: int) -> list[_Problem]:
    over = TimeSpan(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    found = check_agreements(book.agreements, over=over, priorities=priorities, chains=book.chains)
    return [
        _Problem(finding.kind.value, _in_a_file(finding.path), _in_a_file(finding.problem))
        for finding in found
    ]


def _in_a_file(text: str) -> str:
    """Return a path, or what mentions one: a file has targets where an agreement has promises."""
    return text.replace("promises[", "targets[")


def _counts(book: AgreementBook) -> dict[str, int]:
    return {
        "calendars": len(book.calendars),
        "agreements": len(book.agreements),
        "targets": sum(len(agreement.promises) for agreement in book.agreements),
        "legs": len(book.legs),
        "chains": len(book.chains),
    }


def _print(book: AgreementBook, problems: Sequence[_Problem], path: Path, year: int) -> None:
    console = output_console()
    for problem in problems:
        # Never wrapped, so that each stays one line to search for.
        console.print(tame(f"{path.name}: {problem}"), soft_wrap=True)
    if any(problem.kind == _UNREADABLE for problem in problems):
        counted = "what promises mean together is looked at once these are mended"
    else:
        parts = [plural(n, what[:-1]) for what, n in _counts(book).items() if n]
        counted = f"{', '.join(parts) or 'nothing'}, for work that begins in {year}"
    summary = f"{count(len(problems))} wrong" if problems else "nothing is wrong"
    style = "red" if problems else "green"
    console.print(Text.assemble(f"{tame(path.name)}: ", (summary, style), f"; {counted}"), soft_wrap=True)

"""What a script finds, and how it is told."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable

from attrs import define, field, frozen

from bench.reliability._places import BACKENDS

__all__ = ["Options", "Report", "main"]


@frozen
class Options:
    """
    How a script is asked to run.

    Args:
        short: Whether a small part of the work is enough.
        places: Where: names of back ends, of which the script makes databases for itself, or URLs of empty
            databases.
        seed: What its random choices begin with.
    """

    short: bool
    places: tuple[str, ...]
    seed: int


@define
class Report:
    """
    What was found in one place.

    Args:
        title: What was run, and where.
        figures: What was counted and measured: what it is, and how much.
        violations: Each thing that is not as it must be.
    """

    title: str
    figures: list[tuple[str, str]] = field(factory=list)
    violations: list[str] = field(factory=list)

    def figure(self, name: str, value: float | str, unit: str = "") -> None:
        """Note a figure."""
        if not isinstance(value, str):
            value = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
        self.figures.append((name, f"{value} {unit}".strip()))

    def must(self, name: str, found: Iterable[str]) -> None:
        """Note how much of what must not be was found."""
        listed = list(found)
        self.figures.append((name, str(len(listed))))
        self.violations += [f"{name}: {each}" for each in listed]

    def tell(self) -> None:
        """Print it as a Markdown table, and the first violations below."""
        print(f"## {self.title}\n\n| what | measured |\n| --- | ---: |")
        for name, value in self.figures:
            print(f"| {name} | {value} |")
        print()
        for violation in self.violations[:20]:
            print(f"VIOLATION {violation[:2000]}")
        sys.stdout.flush()


def main(script: Callable[[Options], Iterable[Report]], places: Iterable[str] = BACKENDS) -> None:
    """Run *script* as the command line asks, and end with 1 if it has found a violation."""
    parser = ArgumentParser(description=sys.modules[script.__module__].__doc__)
    parser.add_argument(
        "--short", action="store_true", help="a small part of the work, for between two commits"
    )
    parser.add_argument(
        "--url",
        action="append",
        help=f"where to run: {', '.join(places)}, or the URL of an empty database; may be repeated",
    )
    parser.add_argument("--seed", type=int, default=1, help="what random choices begin with")
    given = parser.parse_args()
    failed = False
    for report in script(Options(given.short, tuple(given.url or places), given.seed)):
        report.tell()
        failed = failed or bool(report.violations)
    sys.exit(1 if failed else 0)

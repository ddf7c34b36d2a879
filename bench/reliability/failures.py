"""
Failures: every call of every use case fails once, before it has happened and after.

Each time all of it has happened, or nothing; and whoever asks again comes to one effect. The calls are those
of the store and its units of work, the readings of the clock, and the hooks of plugins. They fail by an
error, by the end of the program, and by a conflict, which the desk is to survive by itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count

from bench.reliability._places import BACKENDS, place
from bench.reliability._report import Options, Report, main
from itsmkit.desk import InMemoryStore
from itsmkit.errors import ConflictError
from itsmkit.plugin import Store
from itsmkit.testing.failure_loop import try_failures
from itsmkit.testing.faults import InjectedError, Moment
from itsmkit.testing.use_cases import USE_CASES
from itsmkit_sql import SQLStore

__all__ = ["script"]


def _conflict(message: str) -> ConflictError:
    return ConflictError(message, "as a whole", 0, None)


KINDS: tuple[tuple[str, Callable[[str], BaseException], tuple[Moment, ...]], ...] = (
    ("an error", InjectedError, tuple(Moment)),
    ("the end of the program", KeyboardInterrupt, tuple(Moment)),
    ("a conflict", _conflict, (Moment.BEFORE,)),
)


def script(options: Options) -> Iterator[Report]:
    """Run it in each place."""
    kinds = KINDS[:1] if options.short else KINDS
    for asked in options.places:
        with ExitStack() as stack:
            yield _run(asked, _maker(asked, stack), kinds)


def _maker(asked: str, stack: ExitStack) -> Callable[[], Store]:
    """Return what makes an empty store: each is that of a tenant of its own."""
    if asked == "memory":
        return InMemoryStore
    store = stack.enter_context(closing(SQLStore.open(stack.enter_context(place(asked)))))
    numbers = count(1)
    return lambda: store.of_tenant(f"run {next(numbers)}")


def _run(
    asked: str,
    make: Callable[[], Store],
    kinds: tuple[tuple[str, Callable[[str], BaseException], tuple[Moment, ...]], ...],
) -> Report:
    report = Report(f"Failures on {asked}: call 1, 2, 3 … of {len(USE_CASES)} use cases")
    problems: list[str] = []
    places: Counter[str] = Counter()
    repeats = 0
    for name, error, moments in kinds:
        points = 0
        for use_case in USE_CASES:
            tried = try_failures(use_case, make, moments=moments, error=error)
            points += tried.points
            repeats += tried.repeats
            problems += tried.problems
            places.update(tried.calls)
        report.figure(f"calls that failed by {name}", points)
    report.figure("different calls among them", len(places))
    report.figure("asked again after it, with one effect in the end", repeats)
    report.must("left a part behind, or had another effect", problems)
    return report


if __name__ == "__main__":
    main(script, ("memory", *BACKENDS))

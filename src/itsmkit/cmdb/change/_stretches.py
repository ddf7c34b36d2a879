"""Stretches of time in which nothing begins or ends."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from itsmkit.calendars import TimeSpan
from itsmkit.cmdb.seed import Override, Seed

__all__ = ["cut", "steady"]


def cut(span: TimeSpan, instants: Iterable[datetime]) -> Iterator[TimeSpan]:
    """Go through the parts into which those of *instants* that lie within it cut a span, in order."""
    inner = {instant for instant in instants if span.start < instant < span.end}
    for start, end in pairwise(sorted({span.start, span.end, *inner})):
        yield TimeSpan(start, end)


def steady(span: TimeSpan, seeds: Iterable[Seed], overrides: Iterable[Override]) -> Iterator[TimeSpan]:
    """Go through the parts of a span in which the same seeds and overrides hold throughout, in order."""
    instants = [instant for seed in seeds for instant in (seed.since, seed.until) if instant is not None]
    return cut(span, [*instants, *(override.expires for override in overrides)])

"""What the commands on configurations read: the file, the instant, and what is said to have failed."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from itsmkit.cli._instants import read_instant
from itsmkit.cli.errors import UsageError
from itsmkit.cmdb import CIId, ConfigurationGraph, Impact, Provenance, Seed
from itsmkit.cmdb.configuration_document import ConfigurationDocument
from itsmkit.cmdb.mapping_form import load_configuration

__all__ = ["Source", "failures_from", "instant_from", "source_of"]


@frozen(slots=False)
class Source:
    """
    A configuration as it was read.

    Args:
        path: The file.
        document: What it says.
        at: The instant that is asked about, or ``None``.
    """

    path: Path
    document: ConfigurationDocument
    at: datetime | None

    @cached_property
    def graph(self) -> ConfigurationGraph:
        """What holds at the instant."""
        return self.document.graph(self.at)

    def impact(self, failures: Iterable[Seed]) -> Impact:
        """
        Return the impact of *failures*, and of what the file itself says to have failed.

        Raises:
            UnknownItemError: If one is not in the graph.
            DefinitionError: If there is no such level.
        """
        seeds = (*self.document.seeds, *failures)
        return self.graph.impact_of(seeds, overrides=self.document.overrides, at=self.at)


def source_of(path: Path, at: str | None, *, option: str = "--at") -> Source:
    """
    Return a configuration.

    Args:
        path: The file.
        at: The instant, as it was typed.
        option: The option that says it, for the sentence of an error.

    Raises:
        DefinitionError: If the file cannot be read, or is no configuration.
        UsageError: If *at* is no instant, or is needed and left out.
    """
    document = load_configuration(path)
    instant = None if at is None else instant_from(at, option)
    timed = document.is_timed or bool(document.overrides) or any(seed.is_timed for seed in document.seeds)
    if timed and instant is None:
        problem = f"{path.name}: something in it holds only for a time; say when: {option} 2026-03-27T16:00Z"
        raise UsageError(problem)
    return Source(path, document, instant)


def instant_from(text: str, option: str) -> datetime:
    """Return the instant that *text* names; without an offset, in UTC. Raises `UsageError` if it is none."""
    return read_instant(text, option, ZoneInfo("UTC")).at


def failures_from(typed: Iterable[str], provenance: Provenance) -> tuple[Seed, ...]:
    """
    Return failures as they were typed: ``CI``, or ``CI=LEVEL``.

    The level is what follows the last ``=``, so that an id may hold one if its level is given.

    >>> failures_from(["web-1", "db=degraded"], Provenance.ASSUMED)[1].level
    'degraded'
    """
    return tuple(_failure(each, provenance) for each in typed)


def _failure(typed: str, provenance: Provenance) -> Seed:
    ci, sign, level = typed.rpartition("=")
    if not sign:
        ci = typed
    if not ci or ci != ci.strip() or (sign and not level):
        problem = f"{typed!r} is no failure; write CI or CI=LEVEL, such as web-1=degraded"
        raise UsageError(problem)
    return Seed(CIId(ci), level if sign else None, provenance)

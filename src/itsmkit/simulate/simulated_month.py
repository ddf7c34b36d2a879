"""A month of a desk, as another system would have logged it."""

from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file, files
from itertools import chain, takewhile
from operator import attrgetter

from attrs import field, frozen

from itsmkit._checks import aware_instant
from itsmkit._frozen import as_tuple
from itsmkit.desk import DeskConfig
from itsmkit.errors import DefinitionError
from itsmkit.interchange import LogEntry
from itsmkit.simulate._contacts import daily_contacts, outage_contacts
from itsmkit.simulate._dice import Dice
from itsmkit.simulate._life import life
from itsmkit.simulate.outage import Outage

__all__ = ["SimulatedMonth", "month"]

_DAYS = 31
_MARCH = date(2026, 3, 1)


@frozen
class SimulatedMonth:
    """
    What happened on a desk in a month.

    Args:
        config: The rules of the desk; its ``log`` is the format to write the entries in.
        begins_at: The first instant of the month.
        ends_at: The first instant after it. Work still open then is open in the log.
        entries: What was logged, in the order to replay it. Nothing departs from the workflow.
        outage: What the month will be remembered for.
        outage_tickets: The incidents by which people reported it.
    """

    config: DeskConfig
    begins_at: datetime = field(validator=aware_instant)
    ends_at: datetime = field(validator=aware_instant)
    entries: tuple[LogEntry, ...] = field(converter=as_tuple)
    outage: Outage
    outage_tickets: tuple[str, ...] = field(converter=as_tuple)


def month(seed: int = 2026, *, start: date = _MARCH, incidents: int = 1800) -> SimulatedMonth:
    """
    Return a month of a desk that serves Utrecht, Jakarta and Denver.

    People get in touch in their own local hours, through five channels. Incidents are assigned, handed on,
    paused, resolved, reopened and cancelled; some break their agreement. In March 2026 clocks change
    in two of the sites on different Sundays, and the third has public holidays. One morning a service
    fails a whole site.

    It is a function of its arguments: the same month each time, under every version of Python, for as long
    as the installed data of time zones and public holidays say the same about it.

    Args:
        seed: Another seed, another month.
        start: The first of its 31 days, by the clock of Utrecht, where its reports are read.
        incidents: How many there are, besides the 40 to 60 of the outage.

    Raises:
        DefinitionError: If *incidents* is negative.

    >>> march = month(incidents=200)
    >>> march == month(incidents=200)
    True
    >>> [march.outage.site, march.outage.service, str(march.outage.began_at)]
    ['Utrecht', 'mail', '2026-03-17 09:00:00+00:00']
    """
    if incidents < 0:
        problem = f"incidents must be 0 or more, not {incidents}"
        raise DefinitionError(problem)
    dice = Dice(seed)
    with as_file(files("itsmkit.simulate") / "desk.toml") as path:
        config = DeskConfig.load(path)
    zone = config.reporting_hours.tz
    begins_at = datetime.combine(start, time(), zone).astimezone(UTC)
    ends_at = datetime.combine(start + timedelta(days=_DAYS), time(), zone).astimezone(UTC)
    outage, contacts = outage_contacts(dice, config, start)
    contacts += daily_contacts(dice, config, begins_at, ends_at, count=incidents)
    contacts.sort(key=attrgetter("at"))
    numbered = [
        (f"{config.kinds['incident'].prefix}{n}", contact) for n, contact in enumerate(contacts, start=1)
    ]
    lives = (
        takewhile(lambda entry: entry.at < ends_at, life(dice, config, contact, number))
        for number, contact in numbered
    )
    return SimulatedMonth(
        config=config,
        begins_at=begins_at,
        ends_at=ends_at,
        # Sorting is stable: at one instant, the incident that began first goes first.
        entries=sorted(chain.from_iterable(lives), key=attrgetter("at")),
        outage=outage,
        outage_tickets=[number for number, contact in numbered if contact.outage is not None],
    )

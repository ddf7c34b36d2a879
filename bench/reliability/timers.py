"""
Timers: workers with clocks that are wrong, that jump, and that stop; each checkpoint passes once, none early.

Tickets are promised answers in the business hours of zones with daylight-saving time. Some workers are half a
minute ahead or behind; and clocks jump, forward and back, from a second to ten years. A worker that holds
timers may stop for longer than its lease, so that another takes them over. In the end every clock is right
again, and what has passed must be what passes on a desk in memory with one worker and one right clock: each
checkpoint exactly once, at the same instant. What a worker recorded, it recorded when its own clock said so.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Thread

from attrs import evolve

from bench.reliability._places import place
from bench.reliability._report import Options, Report, main
from bench.reliability._whole import problems_of
from itsmkit.calendars import BusinessCalendar
from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, InMemoryStore
from itsmkit.plugin import Store
from itsmkit.sla import Checkpoint, Promise, ServiceLevelAgreement, Target
from itsmkit.tickets import Actor, CheckpointPassed
from itsmkit_sql import SQLStore

ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca",
    "Pacific/Chatham", "Asia/Jerusalem", "America/Havana", "Europe/Lisbon", "Australia/Sydney",
    "America/Sao_Paulo", "Asia/Beirut", "Europe/Dublin", "America/St_Johns", "Pacific/Auckland",
    "America/Nuuk", "Africa/Cairo", "America/Asuncion", "Europe/Chisinau", "America/Denver",
)  # fmt: skip
ROUNDS = 40
TICKETS = 500
SKEW = (0, 30, -30, 7)
JUMPS = [timedelta(seconds=each) for each in (1, 300, 3600, 86_400, 365 * 86_400, 3652 * 86_400)]
# Clocks are put forward in the north, and back in the south, within the weeks after these; and vice versa.
BEGINS = (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 9, 21, 9, tzinfo=UTC))
OPERATOR = Actor("operator")


class _Clock:
    """A clock that shows something else than the time."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def script(options: Options) -> Iterator[Report]:
    """Run it in each place."""
    tickets, rounds = (60, 12) if options.short else (TICKETS, ROUNDS)
    for asked in options.places:
        report = Report(
            f"Timers on {asked}: {tickets} tickets, {len(ZONES)} zones, {len(SKEW)} workers, clocks that jump"
        )
        seen: Counter[str] = Counter()
        problems: list[str] = []
        for begin in BEGINS:
            with place(asked) as url, closing(SQLStore.open(url)) as store:
                problems += _season(
                    store, begin, tickets=tickets, rounds=rounds, random=Random(options.seed), seen=seen
                )
        for name, number in seen.items():
            report.figure(name, number)
        report.must("missing, repeated, early or other checkpoints", problems)
        yield report


def _rules() -> DeskConfig:
    """Return the standard rules with an agreement for each zone, by the site of the ticket."""
    standard = DeskConfig.standard()
    marks = [Checkpoint.at_share(50), Checkpoint.at_share(75), Checkpoint.at_breach()]
    agreements = [
        ServiceLevelAgreement(
            zone,
            BusinessCalendar("Mon-Sun 00:30-04:30, 08:00-17:00", zone),
            [
                Promise(Target("respond", timedelta(hours=2), checkpoints=marks)),
                Promise(Target("resolve", timedelta(hours=60), checkpoints=marks)),
            ],
            when=equals("site", zone),
        )
        for zone in ZONES
    ]
    return evolve(standard, agreements=agreements)


def _season(
    store: Store, begin: datetime, *, tickets: int, rounds: int, random: Random, seen: Counter[str]
) -> Iterator[str]:
    rules = _rules()
    _log(store, rules, begin, tickets)
    right = InMemoryStore()
    _log(right, rules, begin, tickets)
    end = begin + timedelta(days=30)
    Desk(rules, store=right, clock=_Clock(end)).run_due()

    clocks = [_Clock(begin) for _ in SKEW]
    workers = [Desk(rules, store=store, clock=clock) for clock in clocks]
    now, recorded_until = begin, 0
    for _ in range(rounds):
        now += timedelta(seconds=random.expovariate(1 / timedelta(hours=18).total_seconds()))
        for clock, skew in zip(clocks, SKEW, strict=True):
            clock.now = now + timedelta(seconds=skew)
        if random.random() < 0.7:
            jumping = random.choice(clocks)
            # Ahead by more than an hour, it would pass what is due in a year, as that clock asks for.
            ahead = random.random() < 0.4
            jump = random.choice(JUMPS[:3] if ahead else JUMPS)
            jumping.now += jump if ahead else -jump
            seen[f"jumps {'forward' if ahead else 'back'}"] += 1
        if random.random() < 0.3:
            stopped = random.choice(clocks)
            held = store.claim_due(stopped.now, lease=timedelta(seconds=45), limit=5)
            seen["timers that a stopped worker held beyond its lease"] += len(held)
        latest = max(clock.now for clock in clocks)
        _together(workers)
        page = store.events(after=recorded_until, limit=100_000)
        for each in page:
            fact = each.event.fact
            if isinstance(fact, CheckpointPassed) and not each.event.at <= each.event.recorded_at <= latest:
                yield f"{fact} was due at {each.event.at}, and recorded at {each.event.recorded_at}"
        recorded_until = page[-1].position if page else recorded_until
    for years in (0, 10):  # a suspended machine: all clocks are far ahead, and everything left is due at once
        for clock in clocks:
            clock.now = end + timedelta(days=365 * years)
        _together(workers)
    passed, expected = _passed(store), _passed(right)
    seen["checkpoints passed"] += sum(passed.values())
    yield from (f"{each} passed {times} times" for each, times in passed.items() if times > 1)
    yield from (f"{each} is missing" for each in expected if each not in passed)
    yield from (f"{each} passes on no right clock" for each in passed if each not in expected)
    yield from problems_of(store.dump())
    if store.next_due() is not None:
        yield f"a timer is still set for {store.next_due()}"


def _log(store: Store, rules: DeskConfig, begin: datetime, tickets: int) -> None:
    clock = _Clock(begin)
    desk = Desk(rules, store=store, clock=clock).acting_as(OPERATOR)
    for n in range(tickets):
        clock.now = begin + timedelta(minutes=7 * n)
        desk.incidents.log(f"Ticket {n}", site=ZONES[n % len(ZONES)])


def _together(workers: list[Desk]) -> None:
    """Let all workers run what is due, at the same time."""
    errors: list[BaseException] = []

    def run(worker: Desk) -> None:
        try:
            worker.run_due()
        except BaseException as error:  # noqa: BLE001  # raised below
            errors.append(error)

    threads = [Thread(target=run, args=[worker]) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def _passed(store: Store) -> Counter[tuple[str, str, int, str, datetime]]:
    """Return the checkpoints that have passed, each as often as it did."""
    numbers = {stored.ticket.id: stored.ticket.number for stored in store.tickets()}
    return Counter(
        (numbers[each.event.ticket_id], fact.clock, fact.cycle, fact.checkpoint, each.event.at)
        for each in store.events(after=0, limit=1_000_000)
        if isinstance(fact := each.event.fact, CheckpointPassed)
    )


if __name__ == "__main__":
    main(script)

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.desk import Desk, InMemoryNotifier, InMemoryStore, ManualClock, relive
from itsmkit.errors import DefinitionError
from itsmkit.interchange import read_event_log, write_event_log
from itsmkit.simulate import month


@given(st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_the_same_seed_gives_the_same_month(seed):
    assert month(seed, incidents=40) == month(seed, incidents=40)


def test_another_seed_gives_another_month():
    assert month(1, incidents=40).entries != month(2, incidents=40).entries


def test_the_month_is_the_same_under_every_version_of_python():
    told = "\n".join(
        f"{e.at} {e.opened_at} {e.ticket} {e.order} {e.state} {e.actor} {e.requester} {e.channel} {e.site} "
        f"{e.category} {e.priority} {e.group} {e.assignee} {e.configuration_item} {sorted(e.facts.items())}"
        for e in month(incidents=200).entries
    )
    # A change of the simulation changes this, too; nothing else may.
    assert sha256(told.encode()).hexdigest() == (
        "10e08f0ac287e25369112ab837ecbbb446bde4914a9db594c3ebccb029623d8e"
    )


@pytest.mark.parametrize("incidents", [0, 1, 250])
def test_the_month_has_as_many_incidents_as_asked_besides_the_outage(incidents):
    simulated = month(incidents=incidents)
    tickets = {entry.ticket for entry in simulated.entries}
    assert len(tickets) == incidents + len(simulated.outage_tickets)
    assert tickets == {f"INC-{number}" for number in range(1, len(tickets) + 1)}


def test_there_cannot_be_fewer_than_no_incidents():
    with pytest.raises(DefinitionError, match="incidents must be 0 or more, not -1"):
        month(incidents=-1)


def test_numbers_are_given_in_the_order_of_logging(march):
    logged = [int(entry.ticket.removeprefix("INC-")) for entry in march.entries if entry.order == 0]
    assert logged == sorted(logged)


def test_entries_lie_in_the_month_and_in_the_order_of_replay(march):
    assert march.begins_at <= march.entries[0].at
    assert march.entries[-1].at < march.ends_at
    assert all(before.effective_at <= after.effective_at for before, after in pairwise(march.entries))


def test_the_month_begins_and_ends_at_midnight_of_its_reports(march):
    amsterdam = ZoneInfo("Europe/Amsterdam")
    assert march.config.reporting_hours.tz == amsterdam
    assert march.begins_at == datetime(2026, 3, 1, tzinfo=amsterdam).astimezone(UTC)
    assert march.ends_at == datetime(2026, 4, 1, tzinfo=amsterdam).astimezone(UTC)
    assert march.ends_at - march.begins_at == timedelta(days=31, hours=-1)  # clocks go forward


@pytest.mark.parametrize("start", [date(2024, 2, 1), date(2025, 12, 15), date(2026, 10, 5)], ids=str)
def test_any_month_can_be_simulated(start):
    simulated = month(start=start, incidents=30)
    began = simulated.outage.began_at.date()
    assert start < began < start + timedelta(days=31)


@given(st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_a_month_that_is_written_is_read_back_the_same(tmp_path_factory, seed):
    simulated = month(seed, incidents=40)
    path = tmp_path_factory.mktemp("month") / "month.csv.gz"
    write_event_log(path, simulated.entries, simulated.config.log)
    log = read_event_log(path, simulated.config.log, strict=True)
    assert tuple(evolve(entry, line=0) for entry in log.entries) == simulated.entries


@pytest.fixture(scope="module")
def relived(march):
    clock = ManualClock(march.begins_at)
    notifier = InMemoryNotifier()
    desk = Desk(march.config, store=InMemoryStore(), plugins=[notifier], clock=clock)
    return desk, relive(desk, clock, march.entries), notifier


def test_a_desk_that_relives_it_finds_nothing_irregular(march, relived):
    _, outcome, _ = relived
    assert outcome.findings == ()
    assert outcome.entries == len(march.entries)


def test_some_promises_are_broken_and_most_are_kept(relived):
    desk, _, _ = relived
    for clock, by_priority in desk.report().attainment.items():
        met = sum(kept.met for kept in by_priority.values())
        breached = sum(kept.breached for kept in by_priority.values())
        assert 0.7 < met / (met + breached) < 0.99, clock
        assert all(kept.met for kept in by_priority.values())


def test_everybody_who_should_be_told_is_told(relived):
    _, outcome, notifier = relived
    assert outcome.notifications == len(notifier.delivered)
    assert "service desk manager" in {notification.recipient for notification in notifier.delivered}
    assert outcome.checkpoints > 100


def test_the_desk_counts_as_the_log_does(relived):
    desk, _, _ = relived
    for ticket in desk.tickets:
        assert str(ticket.reassignments) == ticket.details["reassignment_count"]
        assert str(ticket.reopens) == ticket.details["reopen_count"]

from datetime import UTC, datetime, timedelta, timezone

import pytest

from itsmkit.cmdb import Override, Provenance, Seed
from itsmkit.errors import DefinitionError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAIVE = datetime(2026, 3, 2)  # noqa: DTZ001  what is refused


def test_a_seed_holds_from_its_start_up_to_but_not_including_its_end():
    seed = Seed("host", since=NOON, until=NOON + timedelta(hours=1))
    minutes = [-1, 0, 59, 60]
    assert [seed.holds_at(NOON + timedelta(minutes=each)) for each in minutes] == [False, True, True, False]
    assert seed.is_timed
    assert Seed("host").holds_at(NOON)
    assert not Seed("host").is_timed


def test_instants_are_kept_in_utc():
    east = NOON.astimezone(timezone(timedelta(hours=5)))
    assert Seed("host", since=east).since.tzinfo is UTC
    assert Override("host", "up", "ann", east).expires.tzinfo is UTC


def test_a_ruling_ends_when_it_expires():
    ruling = Override("host", "up", "ann", NOON, "a false alarm")
    assert ruling.holds_at(NOON - timedelta(seconds=1))
    assert not ruling.holds_at(NOON)
    assert str(ruling) == "host is at worst up, by ann until 2026-03-02T12:00:00+00:00: a false alarm"


def test_seeds_read_as_text():
    assert str(Seed("host", "degraded", "planned")) == "host degraded (planned)"
    assert str(Seed("host", provenance=Provenance.ASSUMED)) == "host (assumed)"


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(lambda: Seed(""), "must be a name", id="no id"),
        pytest.param(lambda: Seed("host", provenance="rumour"), "provenance must be one of", id="rumour"),
        pytest.param(lambda: Seed("host", since=NAIVE), "no time zone", id="naive"),
        pytest.param(
            lambda: Seed("host", since=NOON, until=NOON), "not after its start", id="no time at all"
        ),
        pytest.param(lambda: Override("host", "up", "", NOON), "must be a name", id="no author"),
        pytest.param(lambda: Override("host", "up", "ann", NAIVE), "no time zone", id="naive end"),
    ],
)
def test_what_cannot_be_is_refused(make, problem):
    with pytest.raises(DefinitionError, match=problem):
        make()

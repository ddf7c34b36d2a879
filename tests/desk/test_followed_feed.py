"""A feed that is followed: where it ends, whatever positions are left out, and that no news is lost."""

from collections.abc import Sequence
from threading import RLock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.desk._followed_feed import FollowedFeed, end_of
from itsmkit.plugin import PositionedEvent
from itsmkit.testing import an_incident_logged
from itsmkit.tickets import TicketEvent


@given(positions=st.sets(st.integers(1, 5000), max_size=30))
def test_it_is_where_the_last_one_stands(positions: set[int]) -> None:
    asked = 0

    def read(*, after: int, limit: int) -> Sequence[int]:
        nonlocal asked
        asked += 1
        return sorted(each for each in positions if each > after)[:limit]

    end = end_of(read)
    assert end == max(positions, default=0)
    assert asked <= 2 + 2 * end.bit_length()


def comments(count: int, after: int = 0) -> list[PositionedEvent[TicketEvent]]:
    """Return events at every third position."""
    (event,) = an_incident_logged().events
    return [PositionedEvent(3 * place, event) for place in range(after + 1, after + count + 1)]


class Feed:
    def __init__(self) -> None:
        self.events = comments(4)

    def read(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        return [each for each in self.events if each.position > after][:limit]


class Failure(Exception):  # noqa: N818  # it stands for any
    """What somebody raises who reads."""


def test_what_happens_while_all_is_read_is_news(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsmkit.desk._followed_feed.MAX_PAGE", 2)
    feed = Feed()
    followed, taken = FollowedFeed(feed.read, RLock), list[int]()

    def begin() -> None:
        feed.events += comments(5, after=4)

    def take(news: Sequence[TicketEvent]) -> None:
        taken.append(len(news))

    followed.follow(begin, take)
    followed.follow(begin, take)
    assert taken == [5]
    feed.events += comments(3, after=9)
    followed.follow(begin, take)
    assert taken == [5, 3]


def test_whoever_fails_is_asked_again() -> None:
    feed, asked = Feed(), list[str]()
    followed = FollowedFeed(feed.read, RLock)
    failing = {"begin", "take"}

    def asks(name: str) -> None:
        asked.append(name)
        if name in failing:
            failing.remove(name)
            raise Failure

    def follow() -> None:
        followed.follow(lambda: asks("begin"), lambda news: asks("take") if len(news) == 2 else asks("more"))

    with pytest.raises(Failure):
        follow()
    follow()
    feed.events += comments(2, after=4)
    with pytest.raises(Failure):
        follow()
    follow()
    follow()
    assert asked == ["begin", "begin", "take", "take"]

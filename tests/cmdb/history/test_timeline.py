import pickle
from datetime import UTC, datetime
from itertools import pairwise
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    CIClass,
    CIId,
    ClassModel,
    Clause,
    Clauses,
    ConfigurationGraph,
    ConfigurationItem,
    LevelChain,
    RedundancySet,
    Relation,
    RelationType,
)
from itsmkit.cmdb.history import (
    ConfigurationEvent,
    ConfigurationRecord,
    ConfigurationTimeline,
    RecordKey,
)
from itsmkit.errors import DefinitionError

HALF_DAYS = [number / 2 for number in range(-1, 13)]
WEB = RecordKey("item", ("web",))


def a_server(name="Web", ci="web"):
    return ConfigurationItem(CIId(ci), "server", name)


def known_at(events, recorded):
    """Return the events that were known, one by one: what is said later is not known sooner."""
    found = []
    for event in events:
        if event.recorded_at > recorded:
            break
        found.append(event)
    return found


def replayed(events, instant):
    """Return what holds at an instant, by replaying every event naively."""
    state = {}
    for event in events:
        record = event.record
        starts = record.since is None or not instant < record.since
        ends = record.until is not None and not instant < record.until
        if starts and not ends:
            state[record.key] = record.value
    return {key: value for key, value in state.items() if value is not None}


def shown(graph):
    return {RecordKey.of(each): each for each in (*graph.items, *graph.relations, *graph.redundancy)}


# Views against replay


@given(data=st.data())
def test_a_view_is_what_a_replay_of_all_events_comes_to(data, histories, day):
    events = data.draw(histories)
    timeline = ConfigurationTimeline(events)
    for instant in map(day, HALF_DAYS):
        view = timeline.as_of(instant)
        expected = replayed(events, instant)
        assert shown(view.graph) == expected
        assert {key: event.record.value for key, event in view.events.items()} == expected
        assert list(view.events) == sorted(expected)


@given(data=st.data())
def test_a_view_of_the_past_knows_nothing_of_what_was_recorded_later(data, histories, day):
    events = data.draw(histories)
    timeline = ConfigurationTimeline(events)
    for recorded in map(day, HALF_DAYS):
        known = known_at(events, recorded)
        before = ConfigurationTimeline(known)
        for instant in map(day, [-0.5, 0, 1.5, 2, 3, 5, 6]):
            view = timeline.as_of(instant, recorded)
            assert shown(view.graph) == replayed(known, instant)
            assert view == before.as_of(instant)
        for key in timeline.keys:
            assert timeline.spans(key, recorded) == before.spans(key)


@given(data=st.data())
def test_what_was_recorded_is_live_now(data, histories, day):
    # Each event is recorded as it happens, and holds until something else is said.
    live, timeline = {}, ConfigurationTimeline()
    for hour, event in enumerate(data.draw(histories)):
        record, now = event.record, day(hour / 24)
        live[record.key] = record.value
        said = ConfigurationRecord(record.key, record.value, now)
        timeline = timeline.after(ConfigurationEvent(said, event.sequence, now, "anna"))
        expected = {key: value for key, value in live.items() if value is not None}
        assert shown(timeline.as_of(now, now).graph) == expected
        assert timeline.as_of(now, now) == timeline.as_of(day(99))
        assert timeline.as_of(now).graph == ConfigurationGraph(
            *([value for key, value in expected.items() if key.kind == kind] for kind in KINDS)
        )


KINDS = ("item", "relation", "redundancy")


@given(data=st.data())
def test_spans_are_disjoint_and_say_what_holds(data, histories, day):
    events = data.draw(histories)
    timeline = ConfigurationTimeline(events)
    for key in timeline.keys:
        spans = timeline.spans(key)
        for one, following in pairwise(spans):
            assert one.until is not None
            assert one.until <= following.since
            assert one.until < following.since or one.event is not following.event
        for instant in map(day, HALF_DAYS):
            holding = [
                each.value
                for each in spans
                if (each.since is None or each.since <= instant)
                and (each.until is None or instant < each.until)
            ]
            expected = replayed(events, instant).get(key)
            assert holding == ([] if expected is None else [expected])
        assert all(each.value == each.event.record.value for each in spans)


@given(data=st.data())
def test_what_is_said_of_other_things_or_other_times_changes_nothing(data, histories, day):
    events = data.draw(histories)
    instant = day(data.draw(st.sampled_from(HALF_DAYS)))
    related = {
        event.record.key
        for event in events
        if (event.record.since is None or event.record.since <= instant)
        and (event.record.until is None or instant < event.record.until)
    }
    fewer = ConfigurationTimeline([event for event in events if event.record.key in related])
    view = ConfigurationTimeline(events).as_of(instant)
    assert view == fewer.as_of(instant)
    assert hash(view) == hash(fewer.as_of(instant))
    for key in related:
        assert fewer.spans(key) == ConfigurationTimeline(events).spans(key)


# Growth


@given(data=st.data())
def test_a_history_grows_as_if_it_had_been_given_at_once(data, histories, day):
    events = data.draw(histories)
    timelines = [ConfigurationTimeline()]
    place = 0
    while place < len(events):
        step = data.draw(st.integers(1, 5))
        timelines.append(timelines[-1].after(*events[place : place + step]))
        place += step
    for timeline in timelines:
        whole = ConfigurationTimeline(events[: len(timeline)])
        assert timeline == whole
        assert hash(timeline) == hash(whole)
        assert timeline.events == tuple(events[: len(timeline)])
        assert timeline.keys == whole.keys == tuple(sorted({event.record.key for event in timeline.events}))
        for instant in map(day, HALF_DAYS):
            assert timeline.as_of(instant) == whole.as_of(instant)
        for key in timeline.keys:
            own = tuple(event for event in timeline.events if event.record.key == key)
            assert timeline.history(key) == own
            assert timeline.next_sequence(key) == len(own) + 1


@given(data=st.data())
def test_one_past_can_have_several_futures(data, histories, day):
    events = data.draw(histories)
    cut = data.draw(st.integers(0, len(events)))
    past = ConfigurationTimeline(events[:cut])
    first = past.after(*events[cut:])
    second = past.after(*events[cut:])
    other = past.after(ConfigurationEvent(ConfigurationRecord.of(a_server()), 1, day(9), "anna"))
    assert first == second == ConfigurationTimeline(events)
    assert len(past) == cut
    assert past == ConfigurationTimeline(events[:cut])
    for instant in map(day, HALF_DAYS):
        assert first.as_of(instant) == second.as_of(instant)
        seen = shown(other.as_of(instant).graph)
        assert seen == {**replayed(events[:cut], instant), WEB: a_server()}
        first_begin, second_begin = (each._log.begin(len(each), instant) for each in (first, second))
        assert first_begin == second_begin


def test_a_later_correction_of_the_past_leaves_what_was_believed(day):
    bought = ConfigurationEvent(ConfigurationRecord.of(a_server("old"), day(1)), 1, day(1), "anna")
    corrected = ConfigurationRecord.of(a_server("new"), day(2), day(3))
    timeline = ConfigurationTimeline([bought, ConfigurationEvent(corrected, 2, day(8), "ben", "stocktaking")])
    assert timeline.as_of(day(2)).item("web").name == "new"
    assert timeline.as_of(day(2), day(7)).item("web").name == "old"
    assert timeline.as_of(day(3)).item("web").name == "old"
    assert [(each.since, each.until, each.value.name) for each in timeline.spans(WEB)] == [
        (day(1), day(2), "old"),
        (day(2), day(3), "new"),
        (day(3), None, "old"),
    ]
    assert timeline.as_of(day(2)).events[WEB].reason == "stocktaking"
    assert timeline.recorded_until == day(8)


def test_an_empty_history_shows_nothing(day):
    timeline = ConfigurationTimeline()
    assert timeline.recorded_until is None
    assert (len(timeline), timeline.events, timeline.keys) == (0, (), ())
    assert timeline.history(WEB) == timeline.spans(WEB) == ()
    assert timeline.next_sequence(WEB) == 1
    assert timeline.as_of(day(1)).graph == ConfigurationGraph(())
    assert timeline.as_of(day(1), day(0)).events == {}


def test_the_first_instant_of_all_is_as_good_as_always():
    first = datetime.min.replace(tzinfo=UTC)
    record = ConfigurationRecord.of(a_server(), first)
    timeline = ConfigurationTimeline([ConfigurationEvent(record, 1, first, "anna")])
    assert [(each.since, each.until) for each in timeline.spans(WEB)] == [(None, None)]
    assert WEB in timeline.as_of(first).events


def test_a_clock_that_is_set_back_does_not_undo_what_was_said(day):
    said = [
        ConfigurationEvent(ConfigurationRecord.of(a_server("late")), 1, day(5), "anna"),
        ConfigurationEvent(ConfigurationRecord.of(a_server("back")), 2, day(4), "anna"),
    ]
    timeline = ConfigurationTimeline(said)
    assert "web" not in timeline.as_of(day(1), day(4))
    assert timeline.as_of(day(1), day(5)).item("web").name == "back"
    assert timeline.recorded_until == day(5)


# Graphs are shared


def said_of(day, *spans):
    return ConfigurationTimeline(
        ConfigurationEvent(
            ConfigurationRecord.of(a_server(str(number)), day(since), day(until)), number, day(number), "anna"
        )
        for number, (since, until) in enumerate(spans, 1)
    )


def test_within_one_interval_and_knowledge_there_is_one_graph(day):
    timeline = said_of(day, (1, 4), (2, 6))
    for same in ([-5, 0.5], [1, 1.5], [2, 2.1, 3.9], [4, 5], [6, 7, 70]):
        assert len({id(timeline.as_of(day(each)).graph) for each in same}) == 1
    for one, other in ((0.5, 1), (1.5, 2), (3.9, 4), (5.9, 6)):
        assert timeline.as_of(day(one)).graph is not timeline.as_of(day(other)).graph


def test_what_was_not_known_yet_does_not_divide_an_interval(day):
    timeline = said_of(day, (1, 4), (2, 6))
    assert timeline.as_of(day(1), day(1)).graph is timeline.as_of(day(3), day(1.5)).graph
    assert timeline.as_of(day(3), day(1)).graph is not timeline.as_of(day(3), day(2)).graph
    assert timeline.as_of(day(3), day(2)).graph is timeline.as_of(day(3)).graph


def test_a_grown_history_keeps_the_graphs_of_what_was_known(day):
    timeline = said_of(day, (1, 4))
    before = timeline.as_of(day(2)).graph
    grown = timeline.after(ConfigurationEvent(ConfigurationRecord.of(a_server(ci="db")), 1, day(9), "ben"))
    assert grown.as_of(day(2), day(8)).graph is before
    assert "db" in grown.as_of(day(2))
    assert "db" not in timeline.as_of(day(2))


def test_only_the_graphs_asked_for_last_are_kept(day):
    timeline = said_of(day, *((number, number + 1) for number in range(1, 20)))
    first = timeline.as_of(day(1)).graph
    for number in range(2, 9):
        timeline.as_of(day(number)).graph  # noqa: B018  # makes it
    assert timeline.as_of(day(1)).graph is first
    second = timeline.as_of(day(3)).graph
    for number in range(9, 16):
        timeline.as_of(day(number)).graph  # noqa: B018
    assert timeline.as_of(day(3)).graph is second
    assert timeline.as_of(day(1)).graph is not first
    assert timeline.as_of(day(1)).graph == first


def test_several_threads_can_read_one_history_and_make_it_grow(day):
    timeline = said_of(day, (1, 4), (2, 6))
    found = []

    def work(number):
        grown = timeline
        for sequence in range(1, 40):
            record = ConfigurationRecord.of(a_server(ci=f"ci-{number}"), day(sequence))
            grown = grown.after(ConfigurationEvent(record, sequence, day(20), "anna"))
            found.append(len(grown.as_of(day(3)).graph.items) == 1 + (sequence >= 1))

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4 * 39
    assert len(timeline) == 2


def test_threads_that_make_one_graph_at_once_end_up_with_the_same(day):
    log = said_of(day, (1, 4))._log
    first, second = ConfigurationGraph(()), ConfigurationGraph(())
    # While the second is being made, another thread is done with the first.
    assert log.graph("key", lambda: log.graph("key", lambda: first) and second) is first


# Values


def test_timelines_compare_by_what_was_recorded(day):
    timeline = said_of(day, (1, 4), (2, 6))
    assert timeline == said_of(day, (1, 4), (2, 6))
    assert timeline != said_of(day, (1, 4))
    assert timeline != said_of(day, (1, 4), (2, 7))
    assert timeline != "a timeline"
    assert ConfigurationTimeline() != ConfigurationTimeline(levels=LevelChain(("up", "down")))
    assert repr(timeline) == "<ConfigurationTimeline of 2 events>"


def test_a_timeline_and_its_views_can_be_pickled(day):
    timeline = said_of(day, (1, 4), (2, 6))
    view = timeline.as_of(day(3))
    assert pickle.loads(pickle.dumps(timeline)) == timeline
    assert pickle.loads(pickle.dumps(view)) == view
    assert pickle.loads(pickle.dumps(view)).valid == view.valid


@pytest.mark.parametrize("asked", ["valid", "recorded"])
def test_instants_without_a_zone_are_refused(day, asked):
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    instants = {"valid": day(1), asked: naive}
    with pytest.raises(DefinitionError, match=f"{asked} has no time zone"):
        ConfigurationTimeline().as_of(**instants)
    with pytest.raises(DefinitionError, match="recorded has no time zone"):
        ConfigurationTimeline().spans(WEB, naive)


# What is wrong


def numbered(day, *sequences):
    return [
        ConfigurationEvent(ConfigurationRecord.of(a_server()), each, day(1), "anna") for each in sequences
    ]


def test_events_that_are_not_numbered_in_order_are_refused_all_at_once(day):
    rule = "give all its events, in the order in which they were recorded"
    with pytest.raises(DefinitionError) as refused:
        ConfigurationTimeline(numbered(day, 2, 3, 3, 4, 7))
    assert refused.value.problems == (
        f"events[0]: configuration item web has the sequence 2 where 1 comes next; {rule}",
        f"events[2]: configuration item web has the sequence 3 where 4 comes next; {rule}",
        f"events[4]: configuration item web has the sequence 7 where 5 comes next; {rule}",
    )
    timeline = ConfigurationTimeline(numbered(day, 1, 2))
    with pytest.raises(DefinitionError, match="has the sequence 2 where 3 comes next"):
        timeline.after(*numbered(day, 2))
    assert len(timeline) == 2


def test_what_is_no_event_is_refused(day):
    with pytest.raises(DefinitionError) as refused:
        ConfigurationTimeline([*numbered(day, 1), a_server(), None])
    assert [problem.partition(",")[0] for problem in refused.value.problems] == [
        "events[1]: must be a ConfigurationEvent",
        "events[2]: must be a ConfigurationEvent",
    ]


def said(day, *values):
    return [ConfigurationEvent(ConfigurationRecord.of(value), 1, day(1), "anna") for value in values]


def test_what_the_model_does_not_know_is_refused_when_it_is_recorded(day):
    model = ClassModel([CIClass("server")], [RelationType("runs_on", "runs", "reverse")])
    values = [
        a_server(),
        ConfigurationItem(CIId("x"), "sever", "X"),
        ConfigurationItem(CIId("y"), "sever", "Y"),
        Relation(CIId("x"), "runs", CIId("y")),
        Relation(CIId("x"), "runs_on", CIId("y"), effect={"dwn": "down"}),
        RedundancySet(CIId("x"), "pair", ["y", "web"], Clauses([Clause("dwn", 1, "down")]), "runs_off"),
        RedundancySet(CIId("x"), "own", ["y", "web"], "any", "runs_on"),
        RedundancySet(CIId("x"), "all", ["y", "web"], "any"),
    ]
    problems = [
        "configuration item x and 1 more: no class 'sever'; did you mean 'server'?",
        "relation x runs y: 'runs' is the inverse of 'runs_on': swap source and target, and say that",
        "relation x runs_on y: effect: no level 'dwn'; did you mean 'down'?",
        "redundancy set 'pair' of x: 'runs_off' is no relation type; did you mean 'runs_on'?",
        "redundancy set 'pair' of x: clauses[0]: no level 'dwn'; did you mean 'down'?",
    ]
    with pytest.raises(DefinitionError) as refused:
        ConfigurationTimeline(said(day, *values), model=model)
    assert list(refused.value.problems) == problems
    with pytest.raises(DefinitionError) as refused:
        ConfigurationTimeline(model=model).after(*said(day, *values))
    assert list(refused.value.problems) == problems


def test_a_model_that_speaks_of_other_levels_is_refused_with_all_else(day):
    model = ClassModel([], [RelationType("runs_on", "runs", "reverse", "at most degraded")])
    with pytest.raises(DefinitionError) as refused:
        ConfigurationTimeline(numbered(day, 2), model=model, levels=LevelChain(("up", "down")))
    assert len(refused.value.problems) == 2
    assert "no level 'degraded'" in refused.value.problems[0]
    assert "has the sequence 2 where 1 comes next" in refused.value.problems[1]


def test_the_id_of_an_item_may_stand_for_its_key(day):
    web = ConfigurationItem(CIId("web"), "server", "Web")
    event = ConfigurationEvent(ConfigurationRecord.of(web), 1, day(1), "anna")
    timeline = ConfigurationTimeline([event])
    assert timeline.history("web") == timeline.history(RecordKey.of(web)) == (event,)
    assert timeline.spans("web") == timeline.spans(RecordKey.of(web)) != ()
    assert (timeline.next_sequence("web"), timeline.next_sequence("shop")) == (2, 1)
    assert timeline.history("shop") == ()
    for ask in (timeline.history, timeline.spans, timeline.next_sequence):
        with pytest.raises(DefinitionError, match=r"a key must be a RecordKey, such as .*, not int 3"):
            ask(3)


def test_a_timeline_needs_a_model_and_levels():
    with pytest.raises(DefinitionError) as refused:
        ConfigurationTimeline(model=None, levels=["up", "down"])
    assert refused.value.problems == (
        "model: must be a ClassModel, not NoneType None",
        "levels: must be a LevelChain, not list ['up', 'down']",
    )


def test_a_tolerant_history_keeps_what_the_model_does_not_know_out_of_the_views(day):
    model = ClassModel(classes=[CIClass("host")], relation_types=[RelationType("runs_on", "runs", "reverse")])
    web = ConfigurationItem(CIId("web"), "application", "web")
    host = ConfigurationItem(CIId("host"), "host", "host")
    said = [
        ConfigurationEvent(ConfigurationRecord.of(web, day(1), day(9)), 1, day(1), "anna"),
        ConfigurationEvent(ConfigurationRecord.of(host, day(1)), 1, day(1), "anna"),
        ConfigurationEvent(ConfigurationRecord(RecordKey.of(web), None, day(5)), 2, day(2), "anna"),
        ConfigurationEvent(ConfigurationRecord.of(host, day(5), day(6)), 2, day(2), "anna"),
    ]
    with pytest.raises(DefinitionError, match="no class 'application'"):
        ConfigurationTimeline(said, model=model)
    begun = ConfigurationTimeline(said[:1], model=model, tolerant=True)
    timeline = begun.after(*said[1:])
    assert (
        timeline
        == pickle.loads(pickle.dumps(timeline))
        == ConfigurationTimeline(said, model=model, tolerant=True)
    )
    assert timeline != ConfigurationTimeline(said[1::2], model=model)
    view = timeline.as_of(day(3))
    assert view.graph.items == (host,)
    assert list(view.events) == [RecordKey.of(host)]
    (left_out,) = timeline.unreadable(day(3))
    assert left_out.event == said[0]
    assert str(left_out) == (
        "configuration item web: left out of the configuration: no class 'application'; known: host; end it, "
        "record it anew as something that is known, or take the name back into the model"
    )
    assert timeline.unreadable(day(5)) == timeline.unreadable(day(3), recorded=day(1))[1:] == ()
    assert [each.value for each in timeline.spans(RecordKey.of(web))] == [web]
    assert timeline.history(RecordKey.of(web)) == tuple(said[::2])
    # Another future of the same past keeps what was left out of it.
    assert begun.after(said[1]).unreadable(day(3)) == (left_out,)
    assert timeline.effective(RecordKey.of(web), day(6)) == said[2]
    assert timeline.effective(RecordKey.of(web), day(0)) is None
    assert list(timeline.newest_first(RecordKey.of(web))) == [said[2], said[0]]
    assert timeline.value_problems(host) == ()
    assert timeline.value_problems(web, host) == (
        "configuration item web: no class 'application'; known: host",
    )

"""What is said of a machine, whatever it is: laws of records over facts of any kind."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.plugin import Discovery
from itsmkit_local_inventory.facts import Adapter, Listener, MachineFacts, Software, Volume
from itsmkit_local_inventory.options import CLASSES
from itsmkit_local_inventory.records import records_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = st.text("abc-./: ", min_size=1).map(str.strip).filter(bool)
FACTS = st.builds(
    MachineFacts,
    hostname=st.sampled_from(["vm", "web-1"]),
    ci_class=st.sampled_from(CLASSES),
    attributes=st.dictionaries(
        st.sampled_from(["dns_name", "ip_addresses"]), st.sampled_from([None, "", (), "x"])
    ),
    adapters=st.lists(st.sampled_from([Adapter("02:00:00:00:00:01"), Adapter("02:00:00:00:00:02")])).map(
        tuple
    ),
    volumes=st.lists(st.builds(Volume, NAMES, st.none() | st.just(1.5)), unique_by=lambda v: v.place).map(
        tuple
    ),
    software=st.lists(
        st.builds(Software, st.sampled_from(["package", "python"]), NAMES, st.none() | st.just("1")),
        unique_by=lambda s: (s.origin, s.name),
    ).map(tuple),
    listeners=st.sets(st.builds(Listener, NAMES, st.integers(1, 9))).map(tuple),
)


@given(facts=FACTS)
@settings(max_examples=60)
def test_every_fact_has_one_record_and_all_but_the_machine_run_on_it(facts: MachineFacts) -> None:
    host, *others = Discovery("here", records_of(facts, "here", NOON)).records
    assert len(others) == len(facts.volumes) + len(facts.software) + len(facts.listeners)
    assert {relation.other for each in others for relation in each.relations} <= {host.key}
    assert all(len(each.relations) == 1 for each in others)
    assert [dict(each.attributes) for each in host.lookups] == [{"mac": each.mac} for each in facts.adapters]


@given(facts=FACTS)
@settings(max_examples=30)
def test_what_is_not_known_is_left_out(facts: MachineFacts) -> None:
    told = [value for each in records_of(facts, "here", NOON) for value in each.attributes.values()]
    assert not {None, "", ()} & set(told)


@given(facts=FACTS, other=FACTS)
@settings(max_examples=30)
def test_machines_of_other_names_share_no_key(facts: MachineFacts, other: MachineFacts) -> None:
    keys, others = ({each.key for each in records_of(x, "here", NOON)} for x in (facts, other))
    assert facts.hostname == other.hostname or not keys & others

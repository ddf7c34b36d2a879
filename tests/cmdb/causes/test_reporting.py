import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIClass, ClassModel, ConfigurationGraph, ConfigurationItem, Facet
from itsmkit.cmdb.causes import Reporting
from itsmkit.errors import DefinitionError

MODEL = ClassModel(
    [CIClass("person", facets=("user",)), CIClass("doctor", "person"), CIClass("host")],
    facets=[Facet("user")],
)


def a_hospital(*classes):
    return ConfigurationGraph(
        [ConfigurationItem(f"{n}", each, each) for n, each in enumerate(classes)], model=MODEL
    )


def test_every_fault_is_told():
    with pytest.raises(DefinitionError) as refusal:
        Reporting(0, shares={"user": True}, false_reports=1.5, classes=("a", "a"))
    for what in (
        "share: must be",
        "shares['user']: must be",
        "false_reports: must be",
        "classes: 'a' stands",
    ):
        assert what in str(refusal.value)
    with pytest.raises(
        DefinitionError, match=r"share: 0\.01 is not more than 0\.02, the share of false reports"
    ):
        Reporting(0.01, false_reports=0.02)


def test_users_report_and_without_any_what_has_no_dependents(a_graph):
    assert list(Reporting().reporters(a_hospital("person", "doctor", "host"))) == [1, 1, 0]
    assert list(Reporting().reporters(a_hospital("host", "host"))) == [1, 1]
    assert list(Reporting().reporters(a_graph(["a depends_on b"]))) == [1, 0]


def test_classes_that_are_named_report():
    assert list(Reporting(classes=["host"]).reporters(a_hospital("person", "host"))) == [0, 1]
    assert list(Reporting(classes=["person"]).reporters(a_hospital("doctor", "host"))) == [1, 0]
    with pytest.raises(DefinitionError, match=r"classes: no class 'hosts'; did you mean 'host'\?"):
        Reporting(classes=["hosts"]).reporters(a_hospital("host"))


def test_classes_that_a_graph_does_not_know_are_told():
    reporting = Reporting(shares={"hosts": 0.1, "person": 0.2}, classes=["persons"])
    assert list(reporting.problems(a_hospital("host"))) == [
        "classes: no class 'persons'; did you mean 'person'?",
        "shares['hosts']: no class 'hosts'; did you mean 'host'?",
    ]
    assert list(reporting.problems(ConfigurationGraph([]))) == []


def test_the_share_of_the_nearest_class_counts():
    graph = a_hospital("doctor")
    assert Reporting(shares={"person": 0.1}).share_of(graph, "doctor") == 0.1
    assert Reporting(shares={"person": 0.1, "doctor": 0.6}).share_of(graph, "doctor") == 0.6
    assert Reporting(0.4, shares={"person": 0.1}).share_of(graph, "host") == 0.4
    assert Reporting(0.4).share_of(graph, "host") == 0.4


@given(st.integers(0, 1000), st.integers(0, 1000), st.floats(0.1, 1000))
def test_what_is_learned_lies_between_belief_and_observation(reported, silent, strength):
    affected = reported + silent
    learned = (
        Reporting(0.3, false_reports=1e-9)
        .learned({"user": (reported, affected)}, strength=strength)
        .shares["user"]
    )
    seen = reported / affected if affected else 0.3
    assert min(seen, 0.3) - 1e-9 <= learned <= max(seen, 0.3) + 1e-9


def test_what_cannot_have_been_counted_is_refused():
    with pytest.raises(DefinitionError) as refusal:
        Reporting().learned({"user": (3, 2), "host": (-1, 2)}, strength=0)
    assert "counts['user']: 3 of 2 cannot have reported" in str(refusal.value)
    assert "counts['host']: -1 of 2" in str(refusal.value)
    assert "strength: must be more than 0" in str(refusal.value)

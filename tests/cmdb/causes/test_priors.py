from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIClass, ClassModel, ConfigurationGraph, ConfigurationItem
from itsmkit.cmdb.causes import Priors
from itsmkit.cmdb.causes.priors import log_with_odds
from itsmkit.errors import DefinitionError


def test_every_fault_is_told():
    with pytest.raises(DefinitionError) as refusal:
        Priors(1.0, classes={"server": 0}, cis={"db": "often"}, change=0.5, alert=float("inf"), none=2)
    for what in ("chance", "classes['server']", "cis['db']", "change", "alert", "none"):
        assert f"{what}: must be a number" in str(refusal.value)
    assert Priors(none=0.5).none == 0.5


def test_the_nearest_class_counts():
    graph = ConfigurationGraph([], model=ClassModel([CIClass("ci"), CIClass("server", "ci")]))
    priors = Priors(classes={"ci": 0.1})
    assert priors.chance_of(graph, "server") == 0.1
    assert Priors(classes={"ci": 0.1, "server": 0.2}).chance_of(graph, "server") == 0.2
    assert Priors(0.5).chance_of(graph, "server") == 0.5


def test_rates_become_chances():
    priors = Priors(classes={"disk": 0.5}, cis={"db": 0.25})
    fresh = priors.from_rates(classes={"server": 365.25}, cis={"db": 1e-6}, within=timedelta(days=1))
    assert fresh.classes["disk"] == 0.5
    assert fresh.classes["server"] == pytest.approx(0.632120559)
    assert fresh.cis["db"] == pytest.approx(1e-6 / 365.25)
    with pytest.raises(DefinitionError) as refusal:
        priors.from_rates(classes={"server": 0}, within=timedelta(0))
    assert refusal.value.problems == (
        "within: must be a time of more than 0, not timedelta datetime.timedelta(0)",
        "classes['server']: must be more than 0 failures a year, not int 0",
    )


@pytest.mark.parametrize("rate", ["x", None, True, -1.0, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused_with_its_place(rate):
    with pytest.raises(DefinitionError) as refusal:
        Priors().from_rates(classes={"server": rate}, cis={"db": rate}, within=3)
    assert [problem.split(": must be")[0] for problem in refusal.value.problems] == [
        "within",
        "classes['server']",
        "cis['db']",
    ]


@given(st.floats(0, exclude_min=True, allow_infinity=False) | st.integers(1))
def test_no_rate_that_is_one_becomes_a_chance_that_is_none(rate):
    try:
        chances = Priors().from_rates(classes={"server": rate})
    except DefinitionError:
        assert rate > 1e308
    else:
        assert 0 < chances.classes["server"] < 1


def test_names_that_a_graph_does_not_know_are_told(a_graph):
    priors = Priors(classes={"ci": 0.1, "sever": 0.2}, cis={"db": 0.1, "db-2": 0.2})
    model = ClassModel([CIClass("ci"), CIClass("server", "ci")])
    graph = ConfigurationGraph([ConfigurationItem("db-1", "server", "db-1")], model=model)
    assert list(priors.problems(graph)) == [
        "classes['sever']: no class 'sever'; did you mean 'server'?",
        "cis['db']: no configuration item 'db'; did you mean 'db-1'?",
        "cis['db-2']: no configuration item 'db-2'; did you mean 'db-1'?",
    ]
    assert list(Priors(classes={"sever": 0.2}).problems(a_graph(items=["db-1"]))) == []


@given(st.floats(1e-6, 0.99), st.floats(1, 1e6))
def test_a_factor_multiplies_the_odds(chance, factor):
    from math import exp

    after = exp(log_with_odds(chance, factor))
    assert (
        after / max(1 - after, 1e-300) == pytest.approx(factor * chance / (1 - chance), rel=1e-3)
        or after > 0.999
    )
    assert 0 < after <= 1

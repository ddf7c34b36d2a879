import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from itsmkit.plugin._requirement import unmet

releases = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
long_releases = releases.filter(lambda release: "." in release)
clauses = st.one_of(
    st.builds("{}{}".format, st.sampled_from(["==", "!=", "<=", ">=", "<", ">"]), releases),
    st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), releases),
    st.builds("~={}".format, long_releases),
)


@given(releases, st.lists(clauses, min_size=1, max_size=3).map(",".join))
def test_a_range_of_releases_is_met_as_the_reference_implementation_says(release, wanted):
    met = unmet([f"itsmkit{wanted}"], "itsmkit", release) is None
    assert met == SpecifierSet(wanted).contains(release)


@pytest.mark.parametrize(
    "requirement",
    [
        pytest.param("itsmkit>=2", id="plain"),
        pytest.param("itsmkit (>=2)", id="in brackets, as old metadata has it"),
        pytest.param("Itsmkit [cli] >= 2", id="with an extra and spaces"),
        pytest.param("itsmkit>=1,<1.4", id="the second clause fails"),
        pytest.param("itsmkit==v1.5", id="with the letter that versions may begin with"),
    ],
)
def test_a_requirement_that_is_not_met_is_returned_as_written(requirement):
    assert unmet(["attrs>=99", requirement], "itsmkit", "1.4") == requirement


@pytest.mark.parametrize(
    "requirement",
    [
        pytest.param("itsmkit", id="any version"),
        pytest.param("itsmkit-sql>=9", id="another distribution"),
        pytest.param('itsmkit>=9; python_version < "3"', id="under a marker"),
        pytest.param("itsmkit @ https://example.org/itsmkit.whl", id="a direct reference"),
        pytest.param("itsmkit===9", id="arbitrary equality"),
        pytest.param("itsmkit>=1!9", id="an epoch"),
        pytest.param("itsmkit!=1.4rc1", id="a pre-release as the bound"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_cannot_be_judged_counts_as_met(requirement):
    assert unmet([requirement], "itsmkit", "1.4") is None


@pytest.mark.parametrize("version", ["1.4.0rc1", "1.4.dev3", "1.4.0+local"])
def test_a_pre_release_counts_as_the_release_it_leads_to(version):
    assert unmet(["itsmkit>=1.4,<1.5"], "itsmkit", version) is None
    assert unmet(["itsmkit<1.4"], "itsmkit", version) == "itsmkit<1.4"


def test_a_version_without_a_release_number_meets_everything():
    assert unmet(["itsmkit>=9"], "itsmkit", "unknown") is None

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from itsmkit.cmdb import AllowedRelation, CIClass, ClassModel, RelationType, standard_class_model
from itsmkit.cmdb.reconciliation import (
    PLACEHOLDERS,
    IdentificationRule,
    IdentifierEntry,
    PrecedenceRule,
    ReconciliationRules,
    SourcePolicy,
    check_rules,
    load_reconciliation_rules,
    reconciliation_rules_from,
    reconciliation_rules_to_mapping,
)
from itsmkit.errors import DefinitionError


def problems_of(make):
    with pytest.raises(DefinitionError) as caught:
        make()
    return list(caught.value.problems)


def test_an_entry_says_all_that_is_wrong_with_it():
    assert problems_of(lambda: IdentifierEntry(["a", "a", ""], lookup_attributes=["mac"], parent=" x")) == [
        "identifier entry: attributes[2]: must be a name without surrounding spaces, not str ''",
        "identifier entry: attributes: 'a' stands there more than once",
        "identifier entry: parent: must be a name without surrounding spaces, not str ' x'",
        "identifier entry: lookup: say of which kind of part the lookup_attributes are",
    ]


def test_an_entry_needs_something_to_go_by():
    assert problems_of(lambda: IdentifierEntry(parent="runs_on")) == [
        "identifier entry: attributes: at least one attribute is needed, or a lookup"
    ]
    assert problems_of(lambda: IdentifierEntry(lookup="disk")) == [
        "identifier entry: lookup_attributes: say what of a 'disk' must be the same"
    ]


@pytest.mark.parametrize(
    ("entry", "lone", "told"),
    [
        (IdentifierEntry(["serial"]), "serial", "serial"),
        (IdentifierEntry(["a", "b"]), None, "a, b"),
        (IdentifierEntry(["name"], parent="runs_on"), None, "name, runs_on"),
        (IdentifierEntry(["name"], "disk", ["serial", "wwn"]), None, "name, disk serial, disk wwn"),
        (IdentifierEntry(lookup="disk", lookup_attributes=["serial"]), None, "disk serial"),
    ],
)
def test_an_entry_reads_as_what_it_asks_for(entry, lone, told):
    assert entry.lone_attribute == lone
    assert str(entry) == told


def test_a_list_stands_for_the_entry_of_its_attributes():
    assert IdentificationRule("host", [["a"], IdentifierEntry(["b"])]).entries == (
        IdentifierEntry(["a"]),
        IdentifierEntry(["b"]),
    )


def test_an_identification_rule_says_all_that_is_wrong_with_it():
    assert problems_of(lambda: IdentificationRule("", ())) == [
        "identification of '': ci_class: must be a name without surrounding spaces, not str ''",
        "identification of '': entries: at least one is needed",
    ]
    assert problems_of(lambda: IdentificationRule("host", [["a"], 1, ["a"]])) == [
        "identification of 'host': entries[1]: must be an IdentifierEntry, not int 1",
        "identification of 'host': entries: 'a' stands there more than once",
    ]


def test_a_precedence_rule_says_all_that_is_wrong_with_it():
    rule = lambda: PrecedenceRule(["*", "a", "a"], " ", ["x", "x"], timedelta())  # noqa: E731  it is refused
    assert problems_of(rule) == [
        "precedence of ' ': sources: 'a' stands there more than once",
        "precedence of ' ': ci_class: must be a name without surrounding spaces, not str ' '",
        "precedence of ' ': attributes: 'x' stands there more than once",
        "precedence of ' ': sources: '*' stands for all others, so it must be the last",
        "precedence of ' ': valid_for: must not be negative or zero, but is 0:00:00",
    ]
    assert problems_of(lambda: PrecedenceRule([], valid_for=7)) == [
        "precedence of '*': sources: at least one is needed",
        "precedence of '*': valid_for: must be a timedelta, not int 7",
    ]


def test_a_source_policy_says_all_that_is_wrong_with_it():
    assert problems_of(lambda: SourcePolicy("*", ["a", "a"], "forget", timedelta(-1))) == [
        "source '*': source: stands for every source; name each of those that are meant",
        "source '*': may_not_create: 'a' stands there more than once",
        "source '*': when_stale: must be one of keep, ignore, retire, delete, not str 'forget'",
        "source '*': retention: must not be negative, but is -1 day, 0:00:00",
    ]
    assert problems_of(lambda: SourcePolicy("", when_stale=["keep"])) == [
        "source '': source: must be a name without surrounding spaces, not str ''",
        "source '': when_stale: must be one of keep, ignore, retire, delete, not list ['keep']",
    ]


def test_two_rules_for_the_same_are_told():
    host = IdentificationRule("host", [["a"]])
    assert problems_of(
        lambda: ReconciliationRules(
            [host, host],
            [PrecedenceRule(["a"], "host", ["x", "y"]), PrecedenceRule(["b"], "host", ["y"])],
            [SourcePolicy("a"), SourcePolicy("a")],
        )
    ) == [
        "identification: 'host' stands there more than once",
        "sources: 'a' stands there more than once",
        "precedence: 'y of host' stands there more than once",
    ]
    rules = [PrecedenceRule(["a"]), PrecedenceRule(["b"])]
    assert problems_of(lambda: ReconciliationRules(precedence=rules)) == [
        "precedence: 'all attributes of *' stands there more than once"
    ]


def test_what_is_no_rule_is_told_before_all_else():
    assert problems_of(lambda: ReconciliationRules(["a"], placeholders=[0])) == [
        "identification[0]: must be an IdentificationRule, not str 'a'",
        "placeholders[0]: must be a str, not int 0",
    ]


def test_policies_are_found_by_their_source():
    rules = ReconciliationRules(sources=[SourcePolicy("a")])
    assert rules.policies == {"a": SourcePolicy("a")}
    assert "N/A" in PLACEHOLDERS
    assert hash(rules) == hash(ReconciliationRules(sources=[SourcePolicy("a")]))


# -- beside a class model ------------------------------------------------------------------------------


MODEL = ClassModel(
    [
        CIClass("host", attributes={"serial": "text"}),
        CIClass("vm", "host", attributes={"uuid": "text"}),
        CIClass("application", attributes={"port": "number"}),
        CIClass("anything"),
    ],
    [RelationType("runs_on", "runs", "reverse"), RelationType("mirrors", "mirrors", "both")],
    allowed=[
        AllowedRelation("application", "runs_on", "host"),
        AllowedRelation("host", "mirrors", "application"),
        AllowedRelation("vm", "runs_on", "vm"),
    ],
)


def test_what_a_model_does_not_know_is_told_with_hints():
    rules = ReconciliationRules(
        [
            IdentificationRule("hots", [["serial"]]),
            IdentificationRule(
                "host", [["name"], ["uuid", "serail"], IdentifierEntry(["name"], parent="run_on")]
            ),
            IdentificationRule("anything", [["whatever"]]),
        ],
        [
            PrecedenceRule(["a"], "appliction"),
            PrecedenceRule(["a"], "host", ["name", "ci_class", "prot"]),
            PrecedenceRule(["a"], attributes=["port", "whatever"]),
        ],
        [SourcePolicy("a", ["*", "vm", "hostt"])],
    )
    assert problems_of(lambda: check_rules(rules, MODEL)) == [
        "identification of 'hots': no class 'hots'; did you mean 'host'?",
        "identification of 'host': no attribute 'serail'; did you mean 'serial'?",
        "identification of 'host': entry 'name, run_on': no relation type 'run_on'; did you mean 'runs_on'?",
        "precedence of appliction: a: no class 'appliction'; did you mean 'application'?",
        "precedence of name, ci_class, prot of host: a: no attribute 'prot'; known: serial, uuid",
        "source 'a': may_not_create: no class 'hostt'; did you mean 'host'?",
    ]


def test_rules_that_need_each_other_are_told():
    rules = ReconciliationRules(
        [
            IdentificationRule("application", [IdentifierEntry(["name"], parent="runs_on")]),
            IdentificationRule(
                "host", [IdentifierEntry(["serial"]), IdentifierEntry(["name"], parent="mirrors")]
            ),
        ]
    )
    assert problems_of(lambda: check_rules(rules, MODEL)) == [
        (
            "identification of 'application', 'host': each needs an item of another as its parent, so that "
            "none can be identified first; take the parent out of the entries of one of them"
        )
    ]


@pytest.mark.parametrize(
    "identification",
    [
        pytest.param(
            [IdentificationRule("vm", [IdentifierEntry(["name"], parent="runs_on")])], id="own class"
        ),
        pytest.param(
            [
                IdentificationRule("application", [IdentifierEntry(["name"], parent="runs_on")]),
                IdentificationRule("anything", [IdentifierEntry(["name"], parent="runs")]),
                IdentificationRule("*", [IdentifierEntry(["name"], parent="runs")]),
            ],
            id="one way",
        ),
    ],
)
def test_rules_of_which_one_comes_first_are_none_of_these(identification):
    check_rules(ReconciliationRules(identification), MODEL)


def test_rules_fit_the_standard_model():
    rules = ReconciliationRules(
        [IdentificationRule("host", [["serial_number"], ["name"]])],
        [PrecedenceRule(["netbox"], "host", ["name", "ci_class"])],
    )
    check_rules(rules, standard_class_model())
    check_rules(rules, ClassModel())


# -- as documents --------------------------------------------------------------------------------------


RULES = ReconciliationRules(
    [
        IdentificationRule(
            "host",
            [
                ["serial"],
                IdentifierEntry(lookup="network adapter", lookup_attributes=["mac"]),
                IdentifierEntry(["name"], parent="runs_on"),
            ],
        ),
        IdentificationRule("*", [["name"]]),
    ],
    [
        PrecedenceRule(["scanner", "*"], "host", ["ram_gb"], timedelta(days=7)),
        PrecedenceRule(["netbox"]),
    ],
    [SourcePolicy("scanner", ["*"], "retire", timedelta(days=30)), SourcePolicy("netbox")],
)


WITHIN = [IdentifierEntry(["name"], within_source=True), IdentifierEntry(["tag"], within_source=False)]


@pytest.mark.parametrize(
    "rules",
    [
        RULES,
        ReconciliationRules(),
        ReconciliationRules(placeholders=["x"]),
        ReconciliationRules([IdentificationRule("host", WITHIN)]),
    ],
)
def test_rules_are_read_as_they_were_written(rules):
    assert reconciliation_rules_from(reconciliation_rules_to_mapping(rules)) == rules


def test_a_document_says_no_more_than_it_must():
    assert reconciliation_rules_to_mapping(RULES) == {
        "identification": [
            {
                "class": "host",
                "entries": [
                    ["serial"],
                    {"lookup": "network adapter", "lookup_attributes": ["mac"]},
                    {"attributes": ["name"], "parent": "runs_on"},
                ],
            },
            {"class": "*", "entries": [["name"]]},
        ],
        "precedence": [
            {"class": "host", "sources": ["scanner", "*"], "attributes": ["ram_gb"], "valid_for": "168h"},
            {"sources": ["netbox"]},
        ],
        "sources": [
            {
                "source": "scanner",
                "may_not_create": ["*"],
                "when_stale": "retire",
                "retention": "720h",
            },
            {"source": "netbox"},
        ],
    }


def test_every_fault_of_a_document_is_told_with_its_path():
    document = {
        "identification": [
            {"class": "host", "entries": [["a", "a"], {"lookup": "disk"}, "b"]},
            {"ci_class": "host"},
            {"class": "host", "entries": []},
        ],
        "precedence": [{"sources": ["*", "a"], "valid_for": "soon"}, {"sources": ["*", "a"]}],
        "sources": [{"source": "a", "when_stale": "forget"}, {"sourc": "a"}],
        "placeholder": [],
    }
    assert problems_of(lambda: reconciliation_rules_from(document, where="rules")) == [
        "rules.placeholder: is not known here; did you mean placeholders?",
        "rules.identification[0].entries[0]: identifier entry: attributes: 'a' stands there more than once",
        (
            "rules.identification[0].entries[1]: identifier entry: lookup_attributes: say what of a 'disk' "
            "must be the same"
        ),
        "rules.identification[0].entries[2]: must be a table, not 'b'",
        "rules.identification[1].entries: is missing",
        "rules.identification[1].ci_class: is not known here; did you mean class?",
        "rules.identification[2]: entries: at least one is needed",
        "rules.precedence[0].valid_for: must be a duration such as '8h', '30min' or '1h30min', not 'soon'",
        "rules.precedence[1]: sources: '*' stands for all others, so it must be the last",
        (
            "rules.sources[0]: source 'a': when_stale: must be one of keep, ignore, retire, delete, not str "
            "'forget'"
        ),
        "rules.sources[1].source: is missing",
        "rules.sources[1].sourc: is not known here; did you mean source?",
    ]


def test_rules_that_do_not_go_together_are_told_with_the_path_of_the_document():
    row = {"class": "host", "entries": [["a"]]}
    document = {"identification": [row, row]}
    assert problems_of(lambda: reconciliation_rules_from(document, where="rules")) == [
        "rules.identification: 'host' stands there more than once"
    ]
    assert problems_of(lambda: reconciliation_rules_from([])) == ["must be a table, not []"]


def test_the_rules_of_the_guide_are_rules():
    page = Path(__file__).parents[3] / "docs/how-to/reconcile-sources.md"
    _, block, *_ = page.read_text("utf-8").split("```toml")
    rules = reconciliation_rules_from(tomllib.loads(block.partition("```")[0]))
    check_rules(rules, standard_class_model())
    assert [str(each) for each in rules.precedence] == [
        "precedence of host: inventory, *",
        "precedence of ram_gb of host: agent, scanner, inventory",
    ]
    assert rules.sources == (SourcePolicy("scanner", ["*"], "retire", timedelta(days=1)),)


def test_a_file_is_read(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[[sources]]\nsource = "scanner"\nretention = "30d"\n', "utf-8")
    assert load_reconciliation_rules(path).sources == (SourcePolicy("scanner", retention=timedelta(days=30)),)
    path.write_text("[[sources]]\n", "utf-8")
    assert problems_of(lambda: load_reconciliation_rules(path)) == [
        "rules.toml: sources[0].source: is missing"
    ]

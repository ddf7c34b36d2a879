"""Strategies of class models and configurations, whole ones with everything that a document can say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from itsmkit.cmdb import (
    OPEN_MODEL,
    STANDARD_LEVELS,
    STANDARD_RELATION_TYPES,
    AllNeeded,
    AllowedRelation,
    AnySuffices,
    AtLeast,
    CIClass,
    ClassModel,
    Clause,
    Clauses,
    ConfigurationItem,
    Effect,
    Facet,
    ImpactRule,
    Influence,
    LevelChain,
    Override,
    PercentUp,
    RedundancySet,
    Relation,
    RelationType,
    Seed,
    WeightedNeed,
    capped,
)
from itsmkit.cmdb.class_model_form import standard_class_model
from itsmkit.cmdb.configuration_document import ConfigurationDocument
from itsmkit.cmdb.history.records import ConfigurationRecord
from itsmkit.cmdb.levels import IGNORED, SAME
from itsmkit.conditions import FactSchema, FactType

IDS = ["web-1", "web-2", "the shop", "runs_on", "a runs_on ü"]
CLASSES = ["host", "virtual machine", "runs_on rack", "shop"]
ATTRIBUTES = ["size", "serial number", "seen", "tags"]
WEIGHTS = st.integers(0, 5) | st.fractions(0, 3, max_denominator=7)
INSTANTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001  # the zone is added
    datetime(2040, 1, 1),  # noqa: DTZ001  # as above
    timezones=st.just(UTC),
)
CHAINS = st.sampled_from(
    [STANDARD_LEVELS, LevelChain(["up", "down"]), LevelChain(["ok", "bad", "worse", "dead"])]
)


def effects(levels):
    names = st.sampled_from(levels.names)
    rising = st.lists(st.integers(0, levels.top), min_size=levels.top, max_size=levels.top).map(
        lambda felt: Effect(
            dict(zip(levels.names[1:], [levels.names[each] for each in sorted(felt)], strict=True))
        )
    )
    return st.sampled_from([SAME, IGNORED]) | names.map(capped) | rising


def rules(members, levels):
    weights = st.dictionaries(st.sampled_from(members), WEIGHTS)
    percentages = st.integers(1, 100) | st.fractions(Fraction(1, 10), 100, max_denominator=30)
    failures = st.sampled_from(levels.names[1:])
    clause = st.builds(Clause, failures, st.just(1) | st.just(Fraction(1, 3)), failures, weights)
    return (
        st.sampled_from([AllNeeded(), AnySuffices(), AtLeast(1)])
        | st.builds(PercentUp, percentages)
        | st.builds(Influence, percentages)
        | st.builds(WeightedNeed, weights, st.just(1) | st.just(Fraction(1, 3)))
        | st.lists(clause, min_size=1, max_size=2).map(Clauses)
    ).filter(lambda rule: not rule.problems(members))


FACT_TYPES = st.builds(
    FactType, st.sampled_from(["text", "number", "instant", "duration", "collection"]), optional=st.booleans()
) | st.builds(FactType, st.just("text"), choices=st.just(("big", "small")))
SCHEMAS = st.dictionaries(st.sampled_from(ATTRIBUTES), FACT_TYPES, max_size=3).map(FactSchema)


@st.composite
def class_models(draw, levels=STANDARD_LEVELS):
    base = draw(st.sampled_from(["standard", "types", "none", "open"]))
    if base == "open":
        return OPEN_MODEL
    types = [] if base == "none" else list(STANDARD_RELATION_TYPES)
    types += draw(
        st.lists(
            st.sampled_from(
                [RelationType("cooled_by", "cools", "reverse"), RelationType("mirrors", "mirrors", "both")]
            ),
            unique=True,
            min_size=int(base == "none"),
        )
    )
    names = [each.name for each in types]
    facets = draw(
        st.lists(st.builds(Facet, st.sampled_from("fg"), SCHEMAS), unique_by=lambda f: f.name, max_size=1)
    )
    classes = []
    for place, name in enumerate(CLASSES):
        attributes = draw(SCHEMAS)
        known = st.sampled_from(sorted([*attributes.types, "name"]))
        own = st.lists(known, unique=True, max_size=2)
        classes.append(
            CIClass(
                name,
                draw(st.none() | st.sampled_from(CLASSES[:place])) if place else None,
                facets=[each.name for each in facets],
                attributes=attributes,
                identifiers=draw(st.lists(st.lists(known, unique=True, min_size=1, max_size=1), max_size=2)),
                required=draw(own),
                recommended=draw(own),
                impact_rules=[
                    ImpactRule(
                        "r", draw(st.sampled_from(names)), draw(rules(IDS, levels)), draw(st.just("*"))
                    )
                ]
                if draw(st.booleans())
                else [],
                stale_after=draw(st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=400))),
                orphan_rule=draw(st.none() | st.lists(st.sampled_from(names), unique=True, max_size=2)),
                operational=draw(st.sampled_from([None, True, False])),
                leaf=draw(st.sampled_from([None, True, False])),
                inherit=draw(st.booleans()),
            )
        )
    ends = st.sampled_from([*CLASSES, "*"])
    most = st.none() | st.integers(2, 3)
    allowed = st.builds(
        AllowedRelation,
        ends,
        st.sampled_from(names),
        ends,
        at_least_targets=st.integers(0, 2),
        at_most_targets=most,
        at_least_sources=st.integers(0, 2),
        at_most_sources=most,
    ) | st.builds(AllowedRelation, ends, st.sampled_from(names), ends)
    lines = draw(st.lists(allowed, unique_by=str, max_size=3))
    if base != "standard":
        return ClassModel(classes, types, facets, lines)
    replaced = draw(st.sampled_from([[], ["printer"]]))
    return standard_class_model().extended(
        classes=[
            *draw(st.sampled_from([[], [CIClass("shop", "site"), CIClass("runs_on rack", "rack")]])),
            *(CIClass(name, "device", leaf=True) for name in replaced),
        ],
        relation_types=types[len(STANDARD_RELATION_TYPES) :],
        facets=facets,
        allowed=draw(st.sampled_from([[], [AllowedRelation("device", "contains", "*", at_most_targets=9)]])),
        replacing=replaced,
    )


VALUES = st.recursive(
    st.text(max_size=3)
    | st.integers()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | INSTANTS
    | st.timedeltas()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(Decimal),
    lambda inner: (
        st.lists(inner, max_size=2).map(tuple) | st.dictionaries(st.sampled_from(["a", "b"]), inner)
    ),
    max_leaves=4,
)


@st.composite
def documents(draw):
    levels = draw(CHAINS)
    model = draw(class_models(levels) if levels == STANDARD_LEVELS else st.just(OPEN_MODEL))
    types = st.sampled_from([each.name for each in model.relation_types])
    classes = st.sampled_from([each.name for each in model.classes] or CLASSES)
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1))
    attributes = st.dictionaries(st.sampled_from(ATTRIBUTES), VALUES, max_size=2).map(texts_as_declared)
    known = st.sampled_from(IDS)
    items = [
        ConfigurationItem(ci, draw(classes), draw(st.just(ci) | st.just("x")), draw(attributes)) for ci in ids
    ]
    relations = draw(
        st.lists(
            st.builds(
                Relation,
                known,
                types,
                known,
                qualifier=st.sampled_from(["", "2"]),
                effect=st.none() | effects(levels),
                attributes=attributes,
            )
            | st.builds(Relation, known, types, known),
            unique_by=lambda each: each.key,
            max_size=4,
        )
    )
    sets = [
        RedundancySet("db", name, IDS, draw(rules(IDS, levels)), draw(st.none() | types))
        for name in draw(st.sets(st.sampled_from(["pair", "the pair"])))
    ]
    records = [record for value in (*items, *relations, *sets) for record in draw(records_of(value))]
    failed = st.sampled_from(ids)
    level = st.sampled_from(levels.names)
    spans = st.lists(st.none() | INSTANTS, min_size=2, max_size=2).filter(is_span)
    seeds = [
        Seed(draw(failed), draw(st.none() | level), draw(PROVENANCES), **span(*draw(spans)))
        for _ in range(draw(st.integers(0, 2)))
    ]
    overrides = st.builds(Override, failed, level, st.just("me"), INSTANTS, st.sampled_from(["", "why"]))
    return ConfigurationDocument(
        records, model=model, levels=levels, seeds=seeds, overrides=draw(st.lists(overrides, max_size=2))
    )


PROVENANCES = st.sampled_from(["observed", "manual", "planned", "assumed"])


def texts_as_declared(attributes):
    """Leave out texts, which are read as instants or durations where a class declares these."""
    return {name: value for name, value in attributes.items() if not isinstance(value, str)}


def span(since, until):
    return {"since": since, "until": until}


def is_span(ends):
    since, until = ends
    return since is None or until is None or since < until


@st.composite
def records_of(draw, value):
    """Make one record that holds for ever, or up to two for times one after the other."""
    sources = st.lists(st.sampled_from(["discovery", "hr"]), unique=True).map(tuple)
    times = sorted(draw(st.sets(INSTANTS, max_size=3)))
    spans = list(pairwise(times)) or [(times[0] if times else None, None)]
    return [
        ConfigurationRecord.of(
            value, since, until, sources=draw(sources), last_seen=draw(st.none() | INSTANTS)
        )
        for since, until in spans
    ]


@pytest.fixture(scope="session")
def models():
    return class_models()


@pytest.fixture(scope="session")
def configurations():
    return documents()

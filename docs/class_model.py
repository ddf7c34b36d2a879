"""
What the reference page of the standard class model shows of it: classes, facets, relation types, governance.

The prose of the page is written by hand. Between the marks stands what is made here; run this file to make
it anew. A test tells when that is due.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from itsmkit._documents import duration_text
from itsmkit.cmdb import AllowedRelation, CIClass, Flow
from itsmkit.cmdb.class_model_form import standard_class_model
from itsmkit.conditions import FactType

PAGE = Path(__file__).parent / "reference" / "class-model.md"
MODEL = standard_class_model()

_PART = re.compile(
    r"(?P<begin><!-- made of (?P<name>\w+) -->\n).*?(?P<end><!-- made until here -->)", re.DOTALL
)
_FLOWS = {
    Flow.IMPACT: "source to target",
    Flow.REVERSE: "target to source",
    Flow.BOTH: "both ways",
    Flow.NONE: "none",
}


def page_text() -> str:
    """Return the page with all that is made."""
    parts = {
        "classes": _classes,
        "facets": _facets,
        "relation_types": _relation_types,
        "allowed": _allowed,
    }

    def made(part: re.Match[str]) -> str:
        content = "\n".join(parts[part["name"]]())
        return f"{part['begin']}\n{content}\n\n{part['end']}"

    return _PART.sub(made, PAGE.read_text("utf-8"))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (heads, ("---",) * len(heads), *rows):
        yield f"| {' | '.join(row)} |"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _classes() -> Iterator[str]:
    heads = (
        "Class",
        "Kind of",
        "Facets",
        "Own attributes",
        "Identified by",
        "Must have",
        "Should have",
        "Further",
    )
    return _table(heads, map(_class_row, MODEL.classes))


def _class_row(each: CIClass) -> tuple[str, ...]:
    return (
        f"`{each.name}`",
        "" if each.parent is None else f"`{each.parent}`",
        _codes(each.facets),
        _codes(each.attributes.types),
        "; ".join(" + ".join(f"`{name}`" for name in names) for names in MODEL.identifiers_of(each.name)),
        _codes(MODEL.required_of(each.name)),
        _codes(MODEL.recommended_of(each.name)),
        "; ".join(_further(each)),
    )


def _further(each: CIClass) -> Iterator[str]:
    if each.operational is False:
        yield "not operational"
    if each.leaf:
        yield "leaf"
    for rule in each.impact_rules:
        yield (
            f"of `{rule.relation_type}` *{rule.rule}* suffices"
            if str(rule.rule) == "any"
            else (f"of `{rule.relation_type}` *{rule.rule}*")
        )
    if each.stale_after is not None:
        yield f"stale after {duration_text(each.stale_after)}"
    if each.orphan_rule:
        yield f"orphan without {' or '.join(f'`{name}`' for name in each.orphan_rule)}"


def _facets() -> Iterator[str]:
    rows = [
        (
            f"`{each.name}`",
            ", ".join(f"`{name}` ({_type(found)})" for name, found in each.attributes.types.items()),
        )
        for each in MODEL.facets
    ]
    return _table(("Facet", "Attributes"), rows)


def _type(found: FactType) -> str:
    return found.kind.value if found.choices is None else " or ".join(f"*{each}*" for each in found.choices)


def _relation_types() -> Iterator[str]:
    rows = [(f"`{each.name}`", f"`{each.inverse}`", _FLOWS[each.flow]) for each in MODEL.relation_types]
    return _table(("Source … target", "Target … source", "Impact goes from"), rows)


def _allowed() -> Iterator[str]:
    """Gather the pairs of one source and type, since most are declared together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for each in MODEL.allowed:
        together.setdefault((each.source, each.relation_type, _bounds(each)), []).append(each.target)
    rows = [
        ("any" if source == "*" else f"`{source}`", f"`{name}`", _codes(targets), bounds)
        for (source, name, bounds), targets in together.items()
    ]
    return _table(("Source", "Relation", "Targets", "Cardinality"), rows)


def _bounds(each: AllowedRelation) -> str:
    ends = (("target", each.bounds("targets")), ("source", each.bounds("sources")))
    told = [f"at least {least} {end}" for end, (least, _) in ends if least]
    told += [f"at most {most} {end}" for end, (_, most) in ends if most is not None]
    return "; ".join(told)


if __name__ == "__main__":
    PAGE.write_text(page_text(), "utf-8")

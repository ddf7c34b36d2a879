"""
Pictures of rules, and of which can lead to which: Mermaid and DOT.

A picture is for people. The form that goes both ways exactly is the document: `rules_to_mapping`.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from attrs import field, frozen

from itsmkit._diagrams.wording import dot_attributes, dot_text_of, identifiers, mermaid_text_of
from itsmkit._frozen import EMPTY, as_tuple
from itsmkit.conditions import ALWAYS
from itsmkit.practices.automation._steps import Moves
from itsmkit.practices.automation.rule import Rule
from itsmkit.practices.automation.termination import Lead, RuleFault, check_rules, leads_of

__all__ = ["dot_text", "mermaid_text"]

_BREAK = "<br/>"
_INK, _LINE, _CALM, _ALARM, _PALE = "#1b242c", "#0a6a73", "#cfe8ea", "#b0452f", "#f7dfda"


@frozen
class _Picture:
    """
    What is drawn.

    Args:
        rules: The rules.
        leads: Which leads to which.
        round: The pairs that lie on rounds.
    """

    rules: tuple[Rule, ...] = field(converter=as_tuple)
    leads: tuple[Lead, ...]
    round: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, rules: Iterable[Rule], moves: Moves) -> "_Picture":
        drawn = sorted(rules, key=lambda rule: (rule.order, rule.id))
        rounds = (
            each.rules for each in check_rules(drawn, moves=moves) if each.fault is RuleFault.GOES_ROUND
        )
        pairs = frozenset(pair for path in rounds for pair in pairwise((*path, path[0])))
        return cls(drawn, leads_of(drawn, moves=moves), pairs)

    @property
    def tangled(self) -> frozenset[str]:
        """The rules that go round."""
        return frozenset(rule_id for pair in self.round for rule_id in pair)

    def lines(self, rule: Rule) -> Iterator[str]:
        """Yield what stands in the box of a rule."""
        yield rule.name if rule.why_idle is None or rule.since is None else f"{rule.name} ({rule.why_idle})"
        yield str(rule.trigger)
        if rule.when != ALWAYS:
            yield f"when {rule.when}"
        yield " → ".join(step.command for step in rule.steps)

    def told(self, lead: Lead) -> str:
        """Return what stands on an arrow."""
        return f"{lead.event} (new ticket)" if lead.is_elsewhere else lead.event


def mermaid_text(rules: Iterable[Rule], *, moves: Moves = EMPTY) -> str:
    """
    Return rules as a flowchart of Mermaid: a box for each, an arrow where one can lead to another.

    What goes round is drawn in another colour. The same rules make the same text.

    Args:
        rules: The rules.
        moves: Where the moves of workflows lead, as far as that is known.

    >>> from itsmkit.practices.automation import EventTrigger
    >>> from itsmkit.practices.work_aids import MacroStep
    >>> step = MacroStep("tag", {"tags": ["new"]})
    >>> print(
    ...     mermaid_text(
    ...         [Rule(id="greet", name="Greet", trigger=EventTrigger(on="TicketLogged"), steps=[step])]
    ...     )
    ... )
    flowchart LR
        greet["Greet<br/>on TicketLogged<br/>tag"]:::rule
        classDef rule fill:#cfe8ea,stroke:#0a6a73,color:#1b242c
        classDef round fill:#f7dfda,stroke:#b0452f,color:#1b242c
    <BLANKLINE>

    Source:
        https://mermaid.js.org/syntax/flowchart.html
    """
    picture = _Picture.of(rules, moves)
    ids = identifiers(rule.id for rule in picture.rules)
    lines = ["flowchart LR"]
    for rule in picture.rules:
        label = _BREAK.join(mermaid_text_of(line) for line in picture.lines(rule))
        style = "round" if rule.id in picture.tangled else "rule"
        lines.append(f'    {ids[rule.id]}["{label}"]:::{style}')
    lines += (
        f'    {ids[lead.rule]} -->|"{mermaid_text_of(picture.told(lead))}"| {ids[lead.to]}'
        for lead in picture.leads
    )
    lines.append(f"    classDef rule fill:{_CALM},stroke:{_LINE},color:{_INK}")
    lines.append(f"    classDef round fill:{_PALE},stroke:{_ALARM},color:{_INK}")
    return "\n".join(lines) + "\n"


def dot_text(rules: Iterable[Rule], *, moves: Moves = EMPTY) -> str:
    """
    Return rules as a directed graph in DOT. It shows what `mermaid_text` shows.

    Args:
        rules: The rules.
        moves: Where the moves of workflows lead, as far as that is known.

    Source:
        https://graphviz.org/doc/info/lang.html
    """
    picture = _Picture.of(rules, moves)
    ids = identifiers(rule.id for rule in picture.rules)
    lines = ["digraph rules {", "    graph [rankdir=LR];", '    node [shape=box, style="rounded,filled"];']
    for rule in picture.rules:
        fill, line = (_PALE, _ALARM) if rule.id in picture.tangled else (_CALM, _LINE)
        label = dot_text_of(*picture.lines(rule))
        lines.append(f'    {ids[rule.id]} [label={label}, fillcolor="{fill}", color="{line}"];')
    for lead in picture.leads:
        told: Mapping[str, str] = {"label": dot_text_of(picture.told(lead))}
        if (lead.rule, lead.to) in picture.round:
            told = {**told, "color": f'"{_ALARM}"', "penwidth": "2"}
        lines.append(f"    {ids[lead.rule]} -> {ids[lead.to]}{dot_attributes(told)};")
    return "\n".join([*lines, "}"]) + "\n"

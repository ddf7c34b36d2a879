"""
Whether catalogues say all that the source says, and what brings them up to date.

``python -m itsmkit.testing.catalogues`` writes each message that is new in the source into the catalogues of
itsmkit, without a translation, and takes out what nothing says any more. `catalogue_problems` then names what
is left to be translated; a test holds the list to be empty.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path

from attrs import evolve

from itsmkit.desk import DeskConfig
from itsmkit.desk.profiles import PROFILES
from itsmkit.errors import DefinitionError
from itsmkit.languages import SHIPPED
from itsmkit.languages._babel import read_po, updated_po
from itsmkit.languages.entry import Entry, PoFile
from itsmkit.languages.placeholders import placeholder_problems, placeholders_of
from itsmkit.practices.portal import PublicStatus
from itsmkit.sla import ClockPhase, Verdict
from itsmkit.tickets import DESCRIPTIVE_FIELDS
from itsmkit.workflow.standard import STANDARD_WORKFLOWS

__all__ = ["catalogue_problems", "main", "messages_in", "standard_names", "update_catalogues"]

_MARKS = frozenset({"counted", "message", "msgid"})
"""The functions in whose calls the words of messages are written out."""


def messages_in(folder: Path) -> tuple[Entry, ...]:
    """
    Return the messages that the Python files below a folder say, each once, in order.

    Raises:
        DefinitionError: With every call of `message`, `counted` or `msgid` whose words are not written out
            there, so that nobody could translate them.
    """
    found: dict[tuple[str | None, str], Entry] = {}
    problems: list[str] = []
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder).as_posix()
        source = path.read_text("utf-8")
        # Most files say nothing; to parse them takes long.
        if not any(mark in source for mark in _MARKS):
            continue
        tree = ast.parse(source)
        marks = {*_marks_of(tree)}
        for node in ast.walk(tree) if marks else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in marks:
                entry = _said(node, node.func.id)
                if entry is None:
                    problems.append(
                        f"{place}:{node.lineno}: write the words out where {node.func.id} is called, or make "
                        "a Message(...) of what a desk says itself"
                    )
                else:
                    known = found.setdefault(entry.key, entry)
                    found[entry.key] = evolve(known, places=dict.fromkeys((*known.places, place)))
    if problems:
        raise DefinitionError(*problems)
    return tuple(found.values())


def _marks_of(tree: ast.Module) -> Iterator[str]:
    """Go through the marks that a file has from the room of languages; others may be called the same."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("itsmkit.languages"):
            yield from (alias.name for alias in node.names if alias.name in _MARKS)


def _said(call: ast.Call, mark: str) -> Entry | None:
    words = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
    needed = 2 if mark == "counted" else 1
    texts = [each for each in words[:needed] if isinstance(each, str)]
    if len(texts) != needed:
        return None
    if mark == "counted":
        return Entry(texts[0], many=texts[1])
    kinds = [
        *words[1:],
        *(each.value.value for each in call.keywords if isinstance(each.value, ast.Constant)),
    ]
    kind = next((each for each in kinds if isinstance(each, str)), None) if mark == "msgid" else None
    return Entry(texts[0], kind=kind)


def standard_names() -> tuple[Entry, ...]:
    """
    Return the names that itsmkit brings, each with what it names.

    They are those of states, of what a portal shows in their place, of clocks and their checkpoints, of
    phases and verdicts, and of the fields of all tickets.
    """
    configs = [DeskConfig.standard(), *map(DeskConfig.profile, PROFILES)]
    targets = [
        promise.target
        for config in configs
        for agreement in config.agreements
        for promise in agreement.promises
    ]
    workflows = [
        *(standard() for standard in STANDARD_WORKFLOWS.values()),
        *(each for config in configs for kind in config.kinds.values() for each in kind.definitions),
    ]
    names = {
        "state": {state.name for workflow in workflows for state in workflow.states},
        "clock": {target.clock for target in targets},
        "checkpoint": {checkpoint.name for target in targets for checkpoint in target.checkpoints},
        "phase": {phase.replace("_", " ") for phase in ClockPhase},
        "verdict": {verdict.value for verdict in Verdict},
        "status": {status.value for status in PublicStatus},
        "field": DESCRIPTIVE_FIELDS,
    }
    return tuple(Entry(name, kind=kind) for kind, found in names.items() for name in sorted(found))


def catalogue_problems(name: str, file: PoFile, found: Iterable[Entry]) -> Iterator[str]:
    """
    List what is wrong with a catalogue.

    Args:
        name: What it is called.
        file: What it says.
        found: What is said in the source.
    """
    said = {entry.key: entry for entry in found}
    there = {entry.key: entry for entry in file.entries}
    yield from (f"{name}: no entry for {key[1]!r}" for key in said if key not in there)
    yield from (f"{name}: nothing says {key[1]!r} any more" for key in there if key not in said)
    yield from (f"{name}: {text!r} is obsolete" for text in file.obsolete)
    for key, entry in there.items():
        if key in said:
            yield from (f"{name}: {problem}" for problem in _entry_problems(said[key], entry, file.forms))


def _entry_problems(said: Entry, entry: Entry, forms: int) -> Iterator[str]:
    needed = 1 if said.many is None else forms
    if entry.is_fuzzy:
        yield f"{said.text!r} is marked as uncertain"
    if entry.many != said.many:
        yield f"{said.text!r} counts otherwise in the source"
    if len(entry.texts) != needed or not all(entry.texts):
        yield f"{said.text!r} has {sum(map(bool, entry.texts))} of {needed} translations"
    names = placeholders_of(said.text) | placeholders_of(said.many or "")
    for place, text in enumerate(filter(None, entry.texts), start=1):
        unfit = [*placeholder_problems(repr(said.text), text, sorted(names))]
        yield from unfit
        # A form for one of something may spell the number out, so the last one is held to have it.
        if not unfit and place == needed and (left_out := names - placeholders_of(text)):
            yield f"{said.text!r}: the translation leaves out {', '.join(sorted(left_out))}"


def update_catalogues(folder: Path, languages: Iterable[str], found: Sequence[Entry]) -> None:
    """
    Bring the catalogues in *folder* up to date, or begin them: see `updated_po`.

    Args:
        folder: Where they are, one file a language: ``nl.po``.
        languages: The tags of the languages.
        found: What is said in the source.
    """
    for tag in languages:
        path = folder / f"{tag}.po"
        before = path.read_bytes() if path.exists() else b""
        path.write_bytes(updated_po(before, tag, found))


def main() -> int:
    """Bring the catalogues of itsmkit up to date, list what is left to be done, and return how much."""
    problems: list[str] = []
    with as_file(files("itsmkit")) as source:
        found = (*messages_in(source), *standard_names())
        folder = source / "languages" / "catalogues"
        others = [tag for tag in SHIPPED if tag != "en"]
        update_catalogues(folder, others, found)
        for tag in others:
            name = f"{tag}.po"
            problems += catalogue_problems(name, read_po((folder / name).read_bytes(), name), found)
    for problem in problems:
        print(problem)  # noqa: T201  it is a command
    return len(problems)


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))

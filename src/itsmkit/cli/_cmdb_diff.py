"""``itsmkit cmdb diff``: what two configurations, or two instants of one, differ in, and what that does."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from itsmkit.cli._cmdb_impact import asked, plain_seed
from itsmkit.cli._cmdb_output import level_text, print_json, table
from itsmkit.cli._cmdb_source import Source, instant_from, source_of
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import count
from itsmkit.cli.errors import UsageError
from itsmkit.cmdb import LevelChain, Seed
from itsmkit.cmdb.history import ConfigurationDiff, ImpactDiff, RecordKey, diff, impact_diff
from itsmkit.cmdb.history.records import Recorded

__all__ = ["show_difference"]

_MOST_ROWS = 40


def show_difference(
    files: Sequence[Path],
    *,
    start: str | None,
    end: str | None,
    failures: Sequence[str] = (),
    as_json: bool = False,
) -> None:
    """
    Print what is added, removed and changed; and where the same failures reach further, or less far.

    Args:
        files: Two configurations; or one, for two instants of it.
        start: The first instant, as it was typed; needed for one file.
        end: The second one.
        failures: What is assumed to fail in both, as it was typed. What the files say to have failed does not
            count.
        as_json: Print JSON in place of lines.

    Raises:
        UsageError: If it is not clear what is to be compared.
        DefinitionError: If a file, an instant or a level cannot be right.
        UnknownItemError: If a failure is in neither configuration.
    """
    before, after = _sources(files, start, end)
    seeds = asked(failures, ())
    found = diff(before.graph, after.graph)
    effect = impact_diff(before.graph, after.graph, seeds) if seeds else None
    if as_json:
        print_json(_plain(before, after, found, effect, seeds))
    else:
        _print(output_console(), found, effect)


def _sources(files: Sequence[Path], start: str | None, end: str | None) -> tuple[Source, Source]:
    if len(files) == 1:
        if start is None or end is None or instant_from(start, "--from") == instant_from(end, "--to"):
            problem = "one file is compared with itself at two instants; say --from and --to, or another file"
            raise UsageError(problem)
        return source_of(files[0], start, option="--from"), source_of(files[0], end, option="--to")
    if len(files) != 2:
        problem = f"two configurations are compared, or one at two instants, not {len(files)}"
        raise UsageError(problem)
    return source_of(files[0], start, option="--from"), source_of(files[1], end, option="--to")


def _print(console: Console, found: ConfigurationDiff, effect: ImpactDiff | None) -> None:
    console.print(Text(tame(str(found)), style="bold"), soft_wrap=True)
    if not found.is_empty:
        for line in found.explain().splitlines():
            console.print(tame(f"  {line}"), soft_wrap=True)
    if effect is None:
        return
    console.print()
    console.print(Text(f"The same failures: {tame(str(effect))}", style="bold"), soft_wrap=True)
    if not effect.changes:
        return
    levels = effect.after.graph.levels
    made = table("Configuration item", "Before", "After")
    for change in effect.changes[:_MOST_ROWS]:
        name = f"{change.ci} (service)" if change.is_service else change.ci
        made.add_row(tame(name), _level(change.before, levels), _level(change.after, levels))
    console.print(made)
    if len(effect.changes) > _MOST_ROWS:
        more = count(len(effect.changes) - _MOST_ROWS)
        console.print(Text(f"and {more} others; --json lists all", style="dim"))


def _level(level: str | None, levels: LevelChain) -> Text:
    return Text("not there", style="dim") if level is None else level_text(level, levels)


def _plain(
    before: Source,
    after: Source,
    found: ConfigurationDiff,
    effect: ImpactDiff | None,
    seeds: Sequence[Seed],
) -> dict[str, object]:
    levels = after.graph.levels
    answer: dict[str, object] = {
        "before": _plain_source(before),
        "after": _plain_source(after),
        "added": [_told(each) for each in found.added],
        "removed": [_told(each) for each in found.removed],
        "changed": [
            {"what": _told(each.after), "fields": [str(change) for change in each.fields]}
            for each in found.changed
        ],
        "settings": [str(each) for each in found.settings],
    }
    if effect is not None:
        answer["failures"] = [plain_seed(seed, levels) for seed in seeds]
        answer["impact"] = [
            {
                "ci": each.ci,
                "before": each.before,
                "after": each.after,
                "is_service": each.is_service,
                "is_worse": each.is_worse,
            }
            for each in effect.changes
        ]
    return answer


def _plain_source(source: Source) -> dict[str, object]:
    return {"file": str(source.path), "at": None if source.at is None else source.at.isoformat()}


def _told(value: Recorded) -> str:
    return str(RecordKey.of(value))

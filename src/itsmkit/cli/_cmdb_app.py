"""The commands on configurations and their options: ``itsmkit cmdb …``."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

__all__ = ["cmdb"]

# Written out, for the values themselves would load the room only to show help.
AnswerFormat = Literal["table", "json", "mermaid", "dot", "svg", "html"]
MapFormat = Literal["mermaid", "dot", "svg", "html"]
InventoryFormatName = Literal["backstage", "csv", "cyclonedx", "glpi", "json", "netbox", "servicenow"]
MapDirection = Literal["up", "down", "left", "right"]
Repeated = Annotated[tuple[str, ...], Parameter(show_default=False)]
Several = Annotated[tuple[str, ...], Parameter(show_default=False, consume_multiple=True)]

cmdb = App(
    name="cmdb",
    help=(
        "Ask a configuration what a failure reaches, why, and what everything rests on.\n\n"
        "FILE is a TOML or JSON file with items, relations and redundancy. A CI is an id in it; CI=LEVEL "
        "says how bad it is, the worst if left out. Instants are ISO 8601; one without an offset is UTC."
    ),
)


@cmdb.command
def check(file: Path, /, *, at: str | None = None, strict: bool = False, json: bool = False) -> int:
    """
    Find what is wrong with a configuration: what cannot be read, leads nowhere, or is not allowed.

    The exit status is 1 if there is an error: something that makes answers about impact wrong. What the class
    model merely does not want is a warning.

    Args:
        file: The configuration.
        at: When; needed if something in it holds only for a time.
        strict: Let warnings count as errors.
        json: Print JSON in place of lines.
    """
    from itsmkit.cli._cmdb_check import check_configuration  # noqa: PLC0415  each command loads its own rooms

    return check_configuration(file, at=at, strict=strict, as_json=json)


@cmdb.command
def health(
    file: Path,
    /,
    *,
    rules: Path | None = None,
    at: str | None = None,
    class_: Annotated[str | None, Parameter(name="--class")] = None,
    failing: str = "5",
    json: bool = False,
) -> int:
    """
    Tell whether the data of a configuration can be relied on, and what is wrong with them.

    The exit status is 1 if something fails that counts: that is, a metric whose weight is not 0.

    Args:
        file: The configuration.
        rules: A TOML or JSON file with desired states, how much sources are believed, and weights.
        at: When; needed if something in the file holds only for a time, and to judge what is stale.
        class_: Only items of this class, and of those below it.
        failing: How many to list of each metric, or all.
        json: Print JSON in place of a table.
    """
    from itsmkit.cli._cmdb_health import show_health  # noqa: PLC0415  as above

    return show_health(file, rules=rules, at=at, ci_class=class_, failing=failing, as_json=json)


@cmdb.command
def impact(
    file: Path,
    /,
    *failures: str,
    planned: Repeated = (),
    at: str | None = None,
    focus: str | None = None,
    format: AnswerFormat | None = None,  # noqa: A002  it is the name of the option
    out: Path | None = None,
    direction: MapDirection = "up",
) -> None:
    """
    Tell what failures do to everything that depends on them.

    What the file itself says to have failed counts as well.

    Args:
        file: The configuration.
        failures: What is assumed to fail: CI or CI=LEVEL.
        planned: What a change takes down, CI or CI=LEVEL; may be given again.
        at: When; needed if something in the file holds only for a time.
        focus: Draw only what this CI depends on, and what depends on it.
        format: Print or draw this; left out, what the ending of --out says, and a table without one.
        out: Where to write (.json, .mmd, .md, .dot, .svg, .html); left out, it is printed.
        direction: Where impact flows in a map.
    """
    from itsmkit.cli._cmdb_impact import show_impact  # noqa: PLC0415  as above

    show_impact(
        file, failures, planned=planned, at=at, focus=focus, form=format, out=out, direction=direction
    )


@cmdb.command
def why(
    file: Path,
    ci: str,
    /,
    *,
    failed: Several = (),
    planned: Repeated = (),
    minimal: bool = False,
    at: str | None = None,
    format: AnswerFormat | None = None,  # noqa: A002  it is the name of the option
    out: Path | None = None,
    direction: MapDirection = "up",
) -> None:
    """
    Tell step by step why a CI is affected; or, if it is not, what would still have to fail.

    Args:
        file: The configuration.
        ci: What to explain.
        failed: What is assumed to fail: CI or CI=LEVEL, one or more; may be given again.
        planned: What a change takes down, CI or CI=LEVEL; may be given again.
        minimal: Rest the reason on failures of which none can be left out.
        at: When; needed if something in the file holds only for a time.
        format: Print or draw this; left out, what the ending of --out says, and a table without one.
        out: Where to write (.json, .mmd, .md, .dot, .svg, .html); left out, it is printed.
        direction: Where impact flows in a map.
    """
    from itsmkit.cli._cmdb_why import show_reason  # noqa: PLC0415  as above

    show_reason(
        file,
        ci,
        failures=failed,
        planned=planned,
        minimal=minimal,
        at=at,
        form=format,
        out=out,
        direction=direction,
    )


@cmdb.command
def spof(
    file: Path,
    /,
    *services: str,
    order: Literal[1, 2] = 1,
    at: str | None = None,
    json: bool = False,
) -> None:
    """
    List what takes a service down alone, and what is redundant only on paper.

    Args:
        file: The configuration.
        services: What to ask about; all services if left out.
        order: 2 also lists pairs that take it down together.
        at: When; needed if something in the file holds only for a time.
        json: Print JSON in place of tables.
    """
    from itsmkit.cli._cmdb_spof import show_single_points  # noqa: PLC0415  as above

    show_single_points(file, services, order=order, at=at, as_json=json)


@cmdb.command
def diff(
    *files: Path,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    failed: Several = (),
    json: bool = False,
) -> None:
    """
    Tell what two configurations differ in, or one at two instants; and what that does to an impact.

    Args:
        files: Two configurations; or one, with --from and --to.
        from_: When, for the first; needed if something in it holds only for a time.
        to: When, for the second.
        failed: What is assumed to fail in both: CI or CI=LEVEL, one or more; may be given again.
        json: Print JSON in place of lines.
    """
    from itsmkit.cli._cmdb_diff import show_difference  # noqa: PLC0415  as above

    show_difference(files, start=from_, end=to, failures=failed, as_json=json)


@cmdb.command
def causes(
    file: Path,
    /,
    *,
    affected: Several = (),
    working: Several = (),
    alerts: Several = (),
    at: str | None = None,
    json: bool = False,
) -> None:
    """
    Rank what may have failed, by who is affected and who is not; and tell whom to ask next.

    Args:
        file: The configuration.
        affected: What does not work: users, services or others, one or more; may be given again.
        working: What is known to work.
        alerts: What monitoring has an alert on.
        at: When; needed if something in the file holds only for a time.
        json: Print JSON in place of a table.
    """
    from itsmkit.cli._cmdb_causes import show_causes  # noqa: PLC0415  as above

    show_causes(file, affected=affected, working=working, alerts=alerts, at=at, as_json=json)


@cmdb.command(name="map")
def map_(
    file: Path,
    /,
    *,
    focus: str | None = None,
    at: str | None = None,
    format: MapFormat | None = None,  # noqa: A002  it is the name of the option
    out: Path | None = None,
    direction: MapDirection = "up",
    most: int = 80,
) -> None:
    """
    Draw a configuration as a service map, with what the file says to have failed.

    Args:
        file: The configuration.
        focus: Draw only what this CI depends on, and what depends on it.
        at: When; needed if something in the file holds only for a time.
        format: Draw this, whatever the ending of --out says.
        out: Where to write (.mmd, .md, .dot, .svg, .html); left out, Mermaid is printed.
        direction: Where impact flows.
        most: How many boxes there are at most.
    """
    from itsmkit.cli._cmdb_map import draw_map  # noqa: PLC0415  as above

    draw_map(file, focus=focus, at=at, form=format, out=out, direction=direction, most=most)


@cmdb.command(name="import")
def import_(
    *files: Path,
    into: Path,
    format: InventoryFormatName | None = None,  # noqa: A002  it is the name of the option
    source: str | None = None,
    map: Path | None = None,  # noqa: A002  the same
    rules: Path | None = None,
    staging: Path | None = None,
    full: bool = False,
    seen_at: str | None = None,
    strict: bool = False,
    dry_run: bool = False,
    json: bool = False,
) -> int:
    """
    Take inventories of other systems into a configuration, beside what other sources say of it.

    What each source says is kept in a staging file, and reconciled anew each time: importing a file twice
    changes nothing. The exit status is 1 if some records were left out.

    Args:
        files: The inventories, plain or gzip.
        into: The configuration (.toml, .json); begun with the standard class model if it is not there.
        format: The format of the files; left out, it is told by their content.
        source: The name of the source in the records; left out, that of the format.
        map: For rows of CSV or JSON: the column map, a file, or FILE#NAME for one of several in it.
        rules: The rules of reconciliation; left out, the identifiers of the class model hold.
        staging: Where what the sources say is kept; left out, CONFIGURATION.staging.jsonl beside it.
        full: These are all records that the source has: what it told of before is stale, unless some record
            is left out.
        seen_at: When the source saw all this, where it does not say so itself; now, if left out.
        strict: Undo the whole import if any record cannot be taken.
        dry_run: Only tell what would change.
        json: Print JSON in place of text.
    """
    from itsmkit.cli._cmdb_import import import_inventories  # noqa: PLC0415  as above

    return import_inventories(
        files,
        into=into,
        staging=staging,
        format_name=format,
        source=source,
        column_map=map,
        rules=rules,
        full=full,
        seen_at=seen_at,
        strict=strict,
        dry_run=dry_run,
        as_json=json,
    )


@cmdb.command
def schema() -> None:
    """Print the JSON Schema of configurations, for an editor that checks them while you write."""
    from itsmkit.cli._cmdb_texts import show_schema  # noqa: PLC0415  as above

    show_schema()

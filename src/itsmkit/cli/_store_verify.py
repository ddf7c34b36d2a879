"""``itsmkit store verify``: whether what a desk keeps is whole, and as it was written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from json import dumps
from pathlib import Path

from rich.text import Text

from itsmkit._documents import load_document
from itsmkit.cli._consoles import error_console, output_console, tame
from itsmkit.cli._store_progress import StoreProgress
from itsmkit.cli._store_source import opened, shown_url, tenants_of
from itsmkit.cli._wording import count, plural
from itsmkit.cli.errors import UsageError
from itsmkit.desk import Audit, DeskConfig, system_clock
from itsmkit.desk.audit import OWN_SEALS
from itsmkit.errors import DefinitionError
from itsmkit.plugin.dump import RowKind
from itsmkit.plugin.dump_file import parts_of, rows_of
from itsmkit.plugin.verification import Anchor, Verification, anchor_from, checkpoints_in, verify

__all__ = ["verify_store"]

_TOLD: Mapping[RowKind, str] = {
    RowKind.TICKET: "ticket",
    RowKind.EVENT: "event",
    RowKind.CONFIGURATION: "configuration record",
    RowKind.RECORD: "record",
    RowKind.RECORD_EVENT: "record event",
    RowKind.STAGED: "staged row",
    RowKind.ATTACHMENT: "attachment",
}


def verify_store(
    source: str, *, anchors: Sequence[Path], tenant: str | None, config: Path | None, as_json: bool
) -> int:
    """
    Print what is wrong with what is kept of one tenant, or of all.

    Args:
        source: The URL of a store, or the path of a dump.
        anchors: Files with anchors.
        tenant: Whose data; ``None`` for all tenants.
        config: The configuration of the desk.
        as_json: Print JSON in place of lines.

    Returns:
        0 if nothing is wrong; otherwise 1.

    Raises:
        ItsmkitError: If the store or a file cannot be read, or an anchor is of another tenant.
    """
    sealed = [_anchor(path) for path in anchors]
    rules = DeskConfig.standard() if config is None else DeskConfig.load(config)
    with StoreProgress(error_console(), "Verifying") as progress:
        if "://" in source:
            found = dict(_of_store(source, tenant, sealed, rules, progress))
        else:
            found = dict(_of_file(Path(source), tenant, sealed, rules, progress))
    name = shown_url(source) if "://" in source else source
    if as_json:
        plain = {"store": name, "tenants": {each: told.to_plain() for each, told in found.items()}}
        output_console().print(dumps(plain, ensure_ascii=False, indent=2), soft_wrap=True)
    else:
        for each, told in found.items():
            _print(each, told)
    return 0 if all(told.is_intact for told in found.values()) else 1


def _anchor(path: Path) -> tuple[Path, Anchor]:
    plain = load_document(path)
    try:
        return path, anchor_from(plain)
    except DefinitionError as error:
        raise DefinitionError(*(f"{path.name}: {problem}" for problem in error.problems)) from error


def _of_store(
    url: str,
    tenant: str | None,
    anchors: Sequence[tuple[Path, Anchor]],
    rules: DeskConfig,
    progress: StoreProgress,
) -> Iterator[tuple[str, Verification]]:
    with opened(url) as store:
        tenants = tenants_of(store, url, tenant)
        _check_anchors(anchors, tenants)
        for each in tenants:
            audit = Audit(store.of_tenant(each), system_clock, rules)
            told = progress.rows(f"Verifying tenant {each}")
            yield each, audit.verify(_anchors_of(each, anchors), progress=told)


def _of_file(
    path: Path,
    tenant: str | None,
    anchors: Sequence[tuple[Path, Anchor]],
    rules: DeskConfig,
    progress: StoreProgress,
) -> Iterator[tuple[str, Verification]]:
    parts = {part.tenant: part.rows for part in parts_of(path, progress=progress.rows("Reading"))}
    if tenant is not None and tenant not in parts:
        problem = f"{path} holds nothing of tenant {tenant!r}; it has {', '.join(parts)}"
        raise UsageError(problem)
    tenants = tuple(parts) if tenant is None else (tenant,)
    _check_anchors(anchors, tenants)
    for each in tenants:
        own = (Anchor(each, checkpoint) for checkpoint in checkpoints_in(rows_of(path, each))[-OWN_SEALS:])
        seals = {anchor.checkpoint: anchor for anchor in (*own, *_anchors_of(each, anchors))}
        rows = rows_of(path, each, progress=progress.rows(f"Verifying tenant {each}", parts[each]))
        yield (
            each,
            verify(rows, seals.values(), prefixes=rules.prefixes),
        )


def _anchors_of(tenant: str, anchors: Iterable[tuple[Path, Anchor]]) -> list[Anchor]:
    return [anchor for _, anchor in anchors if anchor.tenant == tenant]


def _check_anchors(anchors: Iterable[tuple[Path, Anchor]], tenants: Sequence[str]) -> None:
    for path, anchor in anchors:
        if anchor.tenant not in tenants:
            problem = (
                f"{path} seals tenant {anchor.tenant!r}, which is not verified; add --tenant {anchor.tenant}"
            )
            raise UsageError(problem)


def _print(tenant: str, told: Verification) -> None:
    console = output_console()
    name = tame(f"tenant {tenant}")
    for finding in told.findings:
        # Never wrapped, so that each stays one line to search for.
        line = Text.assemble(f"{name}: ", (finding.kind.value, "red"), f": {tame(str(finding))}")
        console.print(line, soft_wrap=True)
    kept = {kind: sum(each.kind is kind for each in told.findings) for kind in told.counts}
    for kind, n in told.counts.items():
        if n > kept[kind]:
            console.print(f"{name}: {kind.value}: {count(n - kept[kind])} more like these", soft_wrap=True)
    wrong = sum(told.counts.values())
    worst = (plural(wrong, "finding"), "red") if wrong else ("nothing is wrong", "green")
    looked_at = ", ".join(plural(told.rows[kind], what) for kind, what in _TOLD.items() if kind in told.rows)
    summary = Text.assemble(f"{name}: ", worst, f"; {looked_at or 'nothing is in it'}")
    console.print(summary, soft_wrap=True)
    if told.erased:
        erased = plural(told.erased, "event")
        console.print(f"{name}: what was personal in {erased} has been erased", soft_wrap=True)
    if not told.is_whole:
        console.print(f"{name}: the rest was not looked at, and held to no checkpoint", soft_wrap=True)
    elif not told.seals:
        console.print(
            f"{name}: no checkpoint seals it, so that a history that was dropped as a whole would not show; "
            "make one with 'itsmkit store checkpoint', and keep it elsewhere",
            soft_wrap=True,
        )
    elif told.sealed_to:
        seals = plural(sum(seal.holds for seal in told.seals), "checkpoint")
        console.print(f"{name}: sealed to position {told.sealed_to} of {told.end} by {seals}", soft_wrap=True)

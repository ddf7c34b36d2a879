"""``itsmkit store checkpoint``: a seal on all that has happened, to be kept somewhere else."""

from json import dumps
from pathlib import Path

from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli._store_source import opened, tenants_of
from itsmkit.cli._wording import plural
from itsmkit.cli.errors import UsageError
from itsmkit.desk import Audit, DeskConfig, system_clock

__all__ = ["make_checkpoint"]


def make_checkpoint(url: str, *, to: Path | None, tenant: str, as_json: bool) -> None:
    """
    Make a checkpoint, and print or write its anchor.

    Raises:
        ItsmkitError: If the store cannot be opened, keeps nothing of the tenant, or the file cannot be
            written.
    """
    if to is not None and to.suffix.lower() != ".json":
        problem = f"--to {to}: a seal is written as JSON; give it a name that ends in .json"
        raise UsageError(problem)
    check_outputs({"--to": to})
    with opened(url) as store:
        [name] = tenants_of(store, url, tenant)
        anchor = Audit(store.of_tenant(name), system_clock, DeskConfig.standard()).checkpoint()
    if to is not None:
        write_outputs({to: dumps(anchor.to_plain(), ensure_ascii=False) + "\n"})
    console = output_console()
    if as_json:
        console.print(dumps(anchor.to_plain(), ensure_ascii=False, indent=2), soft_wrap=True)
        return
    checkpoint = anchor.checkpoint
    records = plural(checkpoint.records, "record")
    told = f"tenant {name}: sealed {records} to position {checkpoint.position}; root {checkpoint.root}"
    console.print(tame(told), soft_wrap=True)
    if to is not None:
        print_written(console, (to,))

"""The command line: the inventory of this machine as JSON."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime

from attrs import asdict

from itsmkit.errors import DefinitionError
from itsmkit.plugin import Discovery
from itsmkit_local_inventory.inventory import LocalInventory
from itsmkit_local_inventory.options import CLASSES, InventoryOptions

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Print what the inventory finds, in the words of `itsmkit.cmdb.SourceRecord`.

    Args:
        arguments: The words of the command line; by default, those that the program was started with.
    """
    parser = ArgumentParser("itsmkit_local_inventory", description="Take stock of this machine; prints JSON.")
    parser.add_argument("--source", help="what the source is called")
    parser.add_argument(
        "--ci-class", choices=CLASSES, help="what the machine is, if it does not look like it"
    )
    parser.add_argument("--no-volumes", action="store_true", help="leave out the volumes")
    parser.add_argument("--packages", action="store_true", help="with packages of the operating system")
    parser.add_argument("--python", action="store_true", help="with what is installed for this Python")
    parser.add_argument(
        "--services", action="store_true", help="with the processes that listen on a TCP port"
    )
    words = parser.parse_args(arguments)
    try:
        options = InventoryOptions(
            source=words.source,
            ci_class=words.ci_class,
            volumes=not words.no_volumes,
            packages=words.packages,
            python_distributions=words.python,
            services=words.services,
        )
    except DefinitionError as error:
        parser.error(str(error))
    discovery = LocalInventory(options).itsmkit_discover(datetime.now(UTC))
    json.dump(_plain(discovery), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _plain(discovery: Discovery) -> dict[str, object]:
    return asdict(
        discovery,
        value_serializer=lambda _instance, _field, value: (
            value.isoformat() if isinstance(value, datetime) else value
        ),
    )

"""``itsmkit cmdb schema``: what a configuration may say, for editors."""

from itsmkit.cli._cmdb_output import print_json
from itsmkit.cmdb.json_schema import configuration_schema

__all__ = ["show_schema"]


def show_schema() -> None:
    """Print the JSON Schema of configurations."""
    print_json(configuration_schema())

"""The definitions as they are kept: one TOML file for each, beside this module."""

import tomllib
from functools import cache

from itsmkit._packaged import packaged
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.mapping_form import definition_from

__all__ = ["standard_definition"]


@cache
def standard_definition(name: str) -> WorkflowDefinition:
    """Return the definition in the file of that *name*, which is read once."""
    text = packaged("itsmkit.workflow.standard", f"{name}.toml").decode()
    return definition_from(tomllib.loads(text), where=f"{name}.toml")

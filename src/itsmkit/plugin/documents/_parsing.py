"""The reader of JSON, which tells what is none as one error."""

import json
from typing import Any

from itsmkit.errors import DefinitionError

__all__ = ["parsed"]


def parsed(text: bytes | str) -> Any:
    """Return the plain data that JSON holds. Raises `DefinitionError` if it is none."""
    try:
        return json.loads(text)
    except RecursionError:
        problem = "the document: is nested too deeply"
    except ValueError as error:
        problem = f"the document: is no JSON: {error}"
    raise DefinitionError(problem)

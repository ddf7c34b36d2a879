"""The checks that the values of an approval share. Each lists every problem that it finds, with its path."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from itsmkit._checks import aware
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = [
    "MAX_DEPTH",
    "depth_problems",
    "instant_problems",
    "member",
    "member_problems",
    "text_problems",
    "truth_problems",
    "whole_problems",
]

MAX_DEPTH = 20
"""How deeply rules, and groups of stages, nest at most. So nothing recurses without limit."""


def member(kind: type[Enum], value: object) -> Any:
    """Return the member of *kind* that *value* names; what names none comes back, for `member_problems`."""
    try:
        return kind(value)
    except ValueError:
        return value


def member_problems(path: str, value: object, kind: type[Enum]) -> Iterator[str]:
    """List what keeps *value* from being a member of *kind*."""
    if not isinstance(value, kind):
        choices = ", ".join(repr(each.value) for each in kind)
        yield f"{path}: must be one of {choices}, not {shown(value)}"


def whole_problems(path: str, value: object, least: int) -> Iterator[str]:
    """List what keeps *value* from being a whole number of at least *least*."""
    if type(value) is not int or value < least:
        yield f"{path}: must be a whole number of at least {least}, not {shown(value)}"


def truth_problems(path: str, value: object) -> Iterator[str]:
    """List what keeps *value* from being true or false."""
    if type(value) is not bool:
        yield f"{path}: must be true or false, not {shown(value)}"


def text_problems(path: str, value: object) -> Iterator[str]:
    """List what keeps *value* from being text, which may be empty."""
    if not isinstance(value, str):
        yield f"{path}: must be text, not {shown(value)}"


def instant_problems(path: str, value: object) -> Iterator[str]:
    """List what keeps *value* from being an instant: a datetime with a zone."""
    try:
        aware(value, path)
    except DefinitionError as error:
        yield from error.problems


def depth_problems(path: str, depth: int) -> Iterator[str]:
    """List whether *depth* is more than `MAX_DEPTH`."""
    if depth > MAX_DEPTH:
        yield f"{path}: nested too deeply; {MAX_DEPTH} is the most"

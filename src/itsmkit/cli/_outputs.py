"""The files that a command writes: all of them whole, or none."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from itsmkit.cli.errors import UsageError

__all__ = ["check_outputs", "print_written", "write_outputs"]


def check_outputs(outputs: Mapping[str, Path | None], *, inputs: Iterable[Path] = ()) -> None:
    """
    Return if each output can be written, as far as one can tell before a long run.

    Args:
        outputs: Paths by the option that named them; ``None`` for an option that was not given.
        inputs: Files that must survive.

    Raises:
        UsageError: With every problem.
    """
    problems = []
    taken = {path.resolve(): "an input" for path in inputs}
    for option, path in outputs.items():
        if path is None:
            continue
        place = path.resolve()
        if place in taken:
            problems.append(f"{option} {path} is {taken[place]} already; name another file")
        elif not place.parent.is_dir():
            problems.append(f"{option} {path}: there is no directory {place.parent}; make it first")
        elif place.exists() and not place.is_file():
            problems.append(f"{option} {path} is no ordinary file; name one")
        taken[place] = f"the file of {option}"
    if problems:
        raise UsageError(*problems)


def write_outputs(texts: Mapping[Path, str]) -> None:
    """
    Write each text to its file, in UTF-8.

    All of them are written beside their places first and moved there last, so that nobody ever sees half a
    file, and a full disk leaves what was there.

    Raises:
        UsageError: If one cannot be written. Then none is, save when the very last step fails.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            place = path.resolve()
            part = place.with_name(f".{place.name}.{os.getpid()}.part")
            staged[part] = place
            # A file name may hold bytes that are no text; they are told as escapes.
            part.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        for part, place in staged.items():
            part.replace(place)
    except OSError as error:
        problem = f"cannot write {error.filename}: {error.strerror}; choose a place that can be written"
        raise UsageError(problem) from error
    finally:
        for part in staged:
            part.unlink(missing_ok=True)


def print_written(console: Console, paths: Iterable[Path]) -> None:
    """Say which files were written; a terminal that can makes links of them."""
    for path in paths:
        place = path.resolve()
        link = Text(str(path), style=f"link {place.as_uri()}")
        console.print(Text.assemble("Written: ", link), soft_wrap=True)

"""Small files of the system, read or noted as unreadable."""

from pathlib import Path

from itsmkit_local_inventory.facts import Problems

__all__ = ["text_of", "text_or_problem"]


def text_of(path: Path) -> str | None:
    """Return the text of a file without surrounding spaces, or ``None`` if there is no such file."""
    try:
        return path.read_text("utf-8", errors="replace").strip("\0 \t\r\n")
    except (FileNotFoundError, NotADirectoryError):
        return None


def text_or_problem(path: Path, subject: str, problems: Problems) -> str | None:
    """Return what `text_of` returns; what keeps it from being read is noted."""
    try:
        return text_of(path)
    except OSError as error:
        problems.note(subject, f"{path} cannot be read: {error.strerror}")
        return None

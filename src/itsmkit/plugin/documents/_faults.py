"""What is wrong with a document, while it is not yet known where in the whole that stands."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from itsmkit.errors import DefinitionError

__all__ = ["Fault", "refused"]


class Fault(Exception):  # noqa: N818  # it never leaves this package: `refused` makes an error of it
    """
    What is wrong with a part of a document.

    Args:
        found: The path in the part and a sentence, for each problem.
    """

    def __init__(self, found: Iterable[tuple[str, str]]) -> None:
        self.found = tuple(found)
        super().__init__(self.found)

    @classmethod
    def at(cls, path: str, sentence: str) -> "Fault":
        """Return the fault of one problem."""
        return cls([(path, sentence)])

    @classmethod
    def of(cls, error: Exception) -> "Fault":
        """Return the fault of a part whose value refused to be made."""
        sentences = error.problems if isinstance(error, DefinitionError) else (str(error),)
        return cls(("", sentence) for sentence in sentences)

    def below(self, key: str | int) -> Iterator[tuple[str, str]]:
        """Yield path and sentence of each problem as they are of a whole that has the part at *key*."""
        for path, sentence in self.found:
            yield _joined(key, path), sentence


def _joined(key: str | int, path: str) -> str:
    part = (
        f"[{key}]" if isinstance(key, int) else key if key.removeprefix("$").isidentifier() else f"[{key!r}]"
    )
    return f"{part}.{path}" if path and not path.startswith("[") else f"{part}{path}"


@contextmanager
def refused(where: str) -> Iterator[None]:
    """Raise what is wrong as one `DefinitionError`, whose sentences begin with *where* and the path."""
    try:
        yield
    except Fault as fault:
        problems = [
            f"{where}: {path}: {sentence}" if path else f"{where}: {sentence}"
            for path, sentence in fault.found
        ]
        cause = fault.__cause__
    except RecursionError:
        problems, cause = [f"{where}: is nested too deeply"], None
    else:
        return
    raise DefinitionError(*problems) from cause

"""Paths of problems: where something stands in a document, such as ``guards[0].when.all[1].equals``."""

__all__ = ["below"]


def below(path: str, key: str) -> str:
    """Return the path of *key* in what stands at *path*, which is empty for a document itself."""
    return f"{path}.{key}" if path else key

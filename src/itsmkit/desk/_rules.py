"""The rules that a desk works by at present: one place for all that are bound to it."""

from itsmkit.desk.config import DeskConfig

__all__ = ["Rules"]


class Rules:
    """
    The rules of a desk, which may be changed while it runs.

    Args:
        config: The rules.
        version: Which version of the kept configuration they are. 0 if none is kept yet, and the desk is to
            go by the first that is; ``None`` if the desk was given them, and is to stay with them.
    """

    __slots__ = ("config", "version")

    def __init__(self, config: DeskConfig, version: int | None) -> None:
        self.config = config
        self.version = version

    def adopt(self, config: DeskConfig, version: int) -> None:
        """Work by other rules from now on; what has begun is finished by those that it began with."""
        self.config, self.version = config, version

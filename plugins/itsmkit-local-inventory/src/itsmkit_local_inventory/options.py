"""What an inventory looks at."""

from attrs import frozen

from itsmkit.errors import DefinitionError

__all__ = ["CLASSES", "InventoryOptions"]

CLASSES = ("container", "host", "physical host", "virtual machine")
"""What a machine can be, in the words of the standard class model; a plain ``"host"`` is one or the other."""


@frozen(kw_only=True)
class InventoryOptions:
    """
    What to look at, and under which name.

    Args:
        source: What the source is called. By default ``"local inventory of <host>"``: each machine is a
            source of its own, so that what one tells in full says nothing of the others.
        ci_class: What the machine is, one of `CLASSES`; by default, what it looks like.
        volumes: Whether to tell of the volumes that are mounted.
        packages: Whether to tell of installed packages of the operating system.
        python_distributions: Whether to tell of what is installed for the Python that runs this.
        services: Whether to tell of the processes that listen on a TCP port below 32768. Without the rights
            of an administrator, only one's own processes have a name; the others are left out.

    Raises:
        DefinitionError: With all that is wrong: *source* is empty or has spaces around it, *ci_class* is none
            of the classes, or something else is no truth value.
    """

    source: str | None = None
    ci_class: str | None = None
    volumes: bool = True
    packages: bool = False
    python_distributions: bool = False
    services: bool = False

    def __attrs_post_init__(self) -> None:
        problems = []
        if self.source is not None and not _is_name(self.source):
            problems.append(f"source: must be a name without surrounding spaces, not {self.source!r}")
        if self.ci_class is not None and self.ci_class not in CLASSES:
            problems.append(f"ci_class: must be one of {', '.join(CLASSES)}, not {self.ci_class!r}")
        problems += [
            f"{name}: must be True or False, not {getattr(self, name)!r}"
            for name in ("volumes", "packages", "python_distributions", "services")
            if not isinstance(getattr(self, name), bool)
        ]
        if problems:
            raise DefinitionError(*problems)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value) and value == value.strip()

"""How Sphinx builds the documentation."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

from itsmkit import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "itsmkit"
author = "The itsmkit developers"
copyright = "The itsmkit developers"  # noqa: A001  # Sphinx wants this name
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"itsmkit {release}"
html_static_path = ["_static"]

# A name in single backticks is a link where it names something of ours, and plain code elsewhere.
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Source", "notes_style")]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["ref.python"]  # a name that two rooms offer is the same thing

_ROOMS = [
    "errors",
    "calendars",
    "conditions",
    "money",
    "sla",
    "workflow",
    "workflow.approvals",
    "workflow.tasks",
    "workflow.diagrams",
    "workflow.conformance",
    "cmdb",
    "cmdb.risk",
    "cmdb.change",
    "cmdb.causes",
    "cmdb.history",
    "cmdb.reconciliation",
    "cmdb.health",
    "cmdb.diagrams",
    "tickets",
    "tickets.structure",
    "practices",
    "practices.assets",
    "reporting",
    "interchange",
    "interchange.inventory",
    "plugin",
    "plugin.documents",
    "desk",
    "packs",
    "simulate",
    "testing",
]
"""The rooms in the order in which they build on each other; a name that two offer belongs to the first."""


def _write_api_pages(_app: object) -> None:
    """Write a page for each room, from what it offers: what is not public has no page."""
    folder = Path(__file__).parent / "reference" / "api"
    folder.mkdir(exist_ok=True)
    told: set[int] = set()
    for room in _ROOMS:
        name = f"itsmkit.{room}"
        module = import_module(name)
        title = f"``{name}``"
        lines = [title, "=" * len(title), "", f".. automodule:: {name}", ""]
        for offered in module.__all__:
            value = getattr(module, offered)
            if id(value) not in told:
                told.add(id(value))
                lines += _directive(module, offered, value)
        for inner in _inner(module):
            if set(_offers(inner)) & set(module.__all__) or not _offers(inner):
                continue
            lines += ["", inner, "-" * len(inner), "", f".. automodule:: {inner}", "   :members:", ""]
        _write(folder / f"{room}.rst", lines)
    pages = [f"   {room}" for room in _ROOMS]
    _write(folder / "index.rst", ["API", "===", "", ".. toctree::", "   :maxdepth: 1", "", *pages])


def _directive(room: ModuleType, offered: str, value: object) -> list[str]:
    name = f"{room.__name__}.{offered}"
    if isinstance(value, type):
        kind = "autoexception" if issubclass(value, BaseException) else "autoclass"
        return [f".. {kind}:: {name}", "   :members:", ""]
    if callable(value) and hasattr(value, "__code__"):
        return [f".. autofunction:: {name}", ""]
    # What is no class and no function is explained only where it is defined.
    home = next((inner for inner in _inner(room) if offered in _offers(inner)), room.__name__)
    return [f".. autodata:: {home}.{offered}", "   :no-value:", ""]


def _inner(room: ModuleType) -> list[str]:
    """Return the names of the public modules of a room."""
    found = (info.name for info in iter_modules(getattr(room, "__path__", [])))
    names = (f"{room.__name__}.{name}" for name in found if not name.startswith("_"))
    return [name for name in names if name.removeprefix("itsmkit.") not in _ROOMS]


def _offers(name: str) -> Sequence[str]:
    offers: Sequence[str] = getattr(import_module(name), "__all__", ())
    return offers


def _write(path: Path, lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    if not path.exists() or path.read_text("utf-8") != text:  # what has not changed is not built again
        path.write_text(text, "utf-8")


def setup(app: "Sphinx") -> None:
    """Join the build."""
    app.add_lexer("mermaid", TextLexer)  # shown as it is: Pygments does not know the language
    app.connect("builder-inited", _write_api_pages)

"""What a package offers, and what importing it costs."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import itsmkit

SOURCE = Path(itsmkit.__file__).parent
PACKAGES = ["itsmkit", *(f"itsmkit.{m.name}" for m in pkgutil.iter_modules(itsmkit.__path__) if m.ispkg)]
MODULES = [
    name
    for name in ("itsmkit", *(m.name for m in pkgutil.walk_packages(itsmkit.__path__, "itsmkit.")))
    if name != "itsmkit.__main__"
]


@pytest.mark.parametrize("name", MODULES)
def test_all_is_sorted_and_there(name: str) -> None:
    module = importlib.import_module(name)
    offered = getattr(module, "__all__", None)
    assert offered is not None, f"{name} does not say what it offers"
    assert list(offered) == sorted(offered)
    assert len(set(offered)) == len(offered)
    missing = [each for each in offered if not hasattr(module, each)]
    assert not missing


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_offers_all_that_it_imports_from_itself(name: str) -> None:
    module = importlib.import_module(name)
    imported = set(_imported_from_below(module))
    assert imported <= set(module.__all__)


def _imported_from_below(module: ModuleType) -> list[str]:
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    return [
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(f"{module.__name__}.")
        and node.module != "itsmkit._lazy"
        for alias in node.names
        if not (alias.asname or alias.name).startswith("_")
    ]


@pytest.mark.parametrize("name", MODULES)
def test_everything_public_has_a_docstring(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    undocumented = [
        each
        for each in module.__all__
        if isinstance(value := getattr(module, each), type | FunctionType) and not value.__doc__
    ]
    assert not undocumented


@pytest.mark.parametrize("name", MODULES)
def test_what_is_loaded_on_first_use_has_no_name_of_a_module_beside_it(name: str) -> None:
    module = importlib.import_module(name)
    if not hasattr(module, "__path__") or "__getattr__" not in vars(module):
        return
    lazy = set(module.__all__) - set(_imported_from_below(module))
    beside = {each.name for each in pkgutil.iter_modules(module.__path__)}
    assert not lazy & beside


def loaded_by(statement: str) -> set[str]:
    """Return the names of the modules that a fresh interpreter has loaded after *statement*."""
    program = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


SLOW = {
    "holidays",
    "transitions",
    "pluggy",
    "dateutil",
    "importlib.metadata",
    "numpy",
    "cattrs",
    "hypothesis",
}


SELDOM = {
    *("holidays", "transitions", "numpy", "rich", "babel", "sqlalchemy", "msgspec", "importlib.metadata"),
    *("itsmkit.rotas", "itsmkit.search", "itsmkit.workforce", "itsmkit.interchange", "itsmkit.reporting"),
    *("itsmkit.workflow.approvals", "itsmkit.workflow.checks", "itsmkit.workflow.tasks"),
    *(f"itsmkit.practices.{each}" for each in ("assets", "automation", "catalogue", "forms", "routing")),
    "itsmkit.practices.conversations.scripted_bot",
    "itsmkit.practices.correspondence",
    "itsmkit.practices.experience.survey",
    "itsmkit.practices.impacts",
    "itsmkit.practices.knowledge.article",
    "itsmkit.practices.work_aids.suggestion",
    *("itsmkit.cmdb.graph", "itsmkit.cmdb.impact", "itsmkit.cmdb.reconciliation.rules_form"),
    *(f"itsmkit.desk.{each}" for each in ("_feeding", "audit", "kinds", "routing", "rules", "tickets")),
    *("itsmkit.desk._rota_forms", "itsmkit.desk.json_schema", "itsmkit.desk.memory.shifts"),
}
"""What only some desks need, and those when they come to it."""


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        pytest.param("import itsmkit", SLOW | {"attrs", "attr", "itsmkit.desk", "itsmkit.sla"}, id="itsmkit"),
        pytest.param(
            "from itsmkit.sla import *", SLOW | {"itsmkit.workflow", "itsmkit.tickets"}, id="all of sla"
        ),
        pytest.param("import itsmkit.sla", SLOW | {"itsmkit.workflow", "itsmkit.tickets"}, id="sla"),
        pytest.param("import itsmkit.workflow", SLOW | {"itsmkit.sla", "itsmkit.tickets"}, id="workflow"),
        pytest.param("import itsmkit.cmdb", SLOW | {"itsmkit.sla", "itsmkit.tickets"}, id="cmdb"),
        pytest.param("import itsmkit.cli", {"rich", "cyclopts", "jinja2", "itsmkit.desk"}, id="cli"),
        pytest.param(
            "import itsmkit.plain; from itsmkit.plain import *",
            {"itsmkit.desk", "itsmkit.reporting", "itsmkit.interchange", "itsmkit.simulate", "hypothesis"},
            id="plain",
        ),
        pytest.param(
            "from itsmkit import Desk",
            {
                *("holidays", "transitions", "numpy", "rich"),
                *("itsmkit.desk.cmdb", "itsmkit.desk.discovery", "itsmkit.desk.replay"),
                *("itsmkit.interchange.event_log", "itsmkit.reporting"),
            },
            id="desk",
        ),
        pytest.param("from itsmkit import Desk; Desk()", SELDOM, id="a desk of standard rules"),
    ],
)
def test_importing_loads_no_more_than_it_must(statement: str, unwanted: set[str]) -> None:
    assert not loaded_by(statement) & unwanted


def test_the_desk_resolves_from_the_top_level() -> None:
    from itsmkit.desk import Desk

    assert itsmkit.Desk is Desk
    assert "Desk" in dir(itsmkit)


def test_an_unknown_name_at_the_top_level_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = itsmkit.nonsense  # type: ignore[attr-defined]  # that is the point


def test_type_information_is_shipped() -> None:
    assert (SOURCE / "py.typed").exists()

import subprocess
import sys

import pytest

import itsmkit.calendars
import itsmkit.sla

UNWANTED = [
    "cattrs",
    "dateutil",
    "fractions",
    "hashlib",
    "holidays",
    "importlib.metadata",
    "itsmkit.tickets",
    "itsmkit.workflow",
    "json",
    "numpy",
    "pluggy",
    "transitions",
]


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Return the names of all modules that a fresh interpreter has loaded after all of the engine."""
    program = "import sys; from itsmkit.sla import *; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", UNWANTED)
def test_the_engine_does_not_load_what_it_does_not_need(loaded: set[str], name: str) -> None:
    assert "itsmkit.sla.clock" in loaded
    assert name not in loaded


@pytest.mark.parametrize("name", sorted(set(itsmkit.sla.__all__) & set(itsmkit.calendars.__all__)))
def test_the_names_of_calendars_are_the_same_here(name: str) -> None:
    assert getattr(itsmkit.sla, name) is getattr(itsmkit.calendars, name)

import subprocess
import sys

import itsmkit.calendars


def test_the_public_names_are_listed_in_order():
    names = itsmkit.calendars.__all__
    assert names == sorted(names)
    assert all(hasattr(itsmkit.calendars, name) for name in names)


def test_slow_libraries_load_on_first_use():
    code = "import sys, itsmkit.calendars; print(*sys.modules)"
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not {"dateutil", "holidays", "json", "numpy"} & set(listed.stdout.split())

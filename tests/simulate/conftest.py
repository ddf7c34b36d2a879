import pytest

from itsmkit.simulate import month


@pytest.fixture(scope="session")
def march():
    """The month that comes without asking."""
    return month()

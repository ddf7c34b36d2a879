from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.cmdb import Override


class _Rulings:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self, ci: str, level: str) -> Override:
        return Override(ci, level, "ada", self.at + timedelta(hours=1))


@pytest.fixture(scope="session")
def a_ruling() -> _Rulings:
    """Make a ruling that holds at the instant ``a_ruling.at``."""
    return _Rulings()

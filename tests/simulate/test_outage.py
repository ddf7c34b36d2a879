from datetime import UTC, datetime

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.simulate import Outage

TEN = datetime(2026, 3, 17, 10, tzinfo=UTC)


@pytest.mark.parametrize("name", ["began_at", "restored_at"])
def test_an_outage_has_instants_with_a_zone(name):
    instants = {"began_at": TEN, "restored_at": TEN} | {name: TEN.replace(tzinfo=None)}
    with pytest.raises(DefinitionError, match=rf"Outage\.{name} has no time zone"):
        Outage("Utrecht", "mail", **instants)

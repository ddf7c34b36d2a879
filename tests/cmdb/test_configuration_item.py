import pytest

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.errors import DefinitionError


def test_it_is_a_value_that_its_maker_cannot_change_afterwards():
    attributes = {"rack": "B4"}
    host = ConfigurationItem(CIId("host-1"), "server", "Host 1", attributes)
    attributes["rack"] = "C1"
    assert host == ConfigurationItem(CIId("host-1"), "server", "Host 1", {"rack": "B4"})
    assert hash(host) == hash(ConfigurationItem(CIId("host-1"), "server", "Host 1", {"rack": "B4"}))
    with pytest.raises(TypeError):
        host.attributes["rack"] = "C1"


def test_as_text_it_is_its_id():
    assert str(ConfigurationItem(CIId("host-1"), "server", "Host 1")) == "host-1"


@pytest.mark.parametrize("field", ["id", "ci_class", "name"])
@pytest.mark.parametrize("text", ["", " x"])
def test_its_names_are_checked(field, text):
    fields = {"id": "host-1", "ci_class": "server", "name": "Host 1"} | {field: text}
    with pytest.raises(DefinitionError, match=rf"ConfigurationItem\.{field} must be a name"):
        ConfigurationItem(**fields)

import itsmkit.cmdb.change


def test_the_public_names_are_listed_in_order():
    names = itsmkit.cmdb.change.__all__
    assert names == sorted(names)
    assert all(hasattr(itsmkit.cmdb.change, name) for name in names)

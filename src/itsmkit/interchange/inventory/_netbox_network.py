"""What the interfaces, addresses, cables and terminations of a NetBox export say of the items."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from itsmkit.interchange.inventory._draft import Draft
from itsmkit.interchange.inventory._drafts import Drafts, clean
from itsmkit.interchange.inventory._netbox_rows import Row, Rows, model_of_type, ref_id
from itsmkit.interchange.inventory._values import is_nothing, mac_of
from itsmkit.interchange.inventory.inventory_import import Reading

__all__ = ["Network"]

_OWNERS = {
    "device": "dcim.device",
    "virtual_machine": "virtualization.virtualmachine",
    "circuit": "circuits.circuit",
}
_PRIMARY = ("primary_ip", "primary_ip4", "primary_ip6")
_INTERFACES = ("dcim.interface", "virtualization.vminterface")
_CONSOLE = frozenset({"dcim.consoleport", "dcim.consoleserverport"})
_POWER = frozenset({"dcim.powerfeed", "dcim.poweroutlet", "dcim.powerport"})


class _End(NamedTuple):
    """One end of a cable: the model of what is plugged in, and the key of the item that has it."""

    model: str
    owner: str


_Plugged = tuple[str, Draft]
"""The model of what is plugged in, and the item that has it."""


class Network:
    """
    What is plugged into what.

    Args:
        rows: All objects of the export.
        drafts: The drafts of the items among them.
        reading: Where what cannot be taken is noted.
    """

    def __init__(self, rows: Rows, drafts: Drafts, reading: Reading) -> None:
        self._rows = rows
        self._drafts = drafts
        self._reading = reading
        self._cables: set[str] = set()

    def relate(self) -> None:
        """Give the drafts what is said of them."""
        for model in ("dcim.device", "virtualization.virtualmachine"):
            for row in self._of(model):
                self._primary(row)
        for model in _INTERFACES:
            for row in self._of(model):
                self._interface(row)
        for row in self._of("dcim.macaddress"):
            self._address(row, mac_of(row.fields.get("mac_address")), is_mac=True)
        for row in self._of("ipam.ipaddress"):
            self._address(row, _ip(row.fields.get("address")), is_mac=False)
        self._terminations()
        self._wire()

    def _of(self, model: str) -> Iterator[Row]:
        yield from self._rows.get(model, {}).values()

    # -- addresses -------------------------------------------------------------------------------

    def _primary(self, row: Row) -> None:
        draft = self._drafts.get(row.key)
        for name in (*_PRIMARY, "oob_ip"):
            told = row.fields.get(name)
            if draft is not None and isinstance(told, dict):
                self._take_ip(draft, _ip(told.get("address")))

    def _interface(self, row: Row) -> None:
        draft = self._drafts.get(_owner_in(row.fields))
        if draft is None:
            self._without_owner(row)
            return
        macs = [row.fields.get("mac_address"), *_several(row.fields.get("mac_addresses"))]
        macs.append(row.fields.get("primary_mac_address"))
        for told in macs:
            self._take_mac(draft, mac_of(told.get("mac_address") if isinstance(told, dict) else told))
        for told in _several(row.fields.get("ip_addresses")):
            self._take_ip(draft, _ip(told.get("address") if isinstance(told, dict) else told))

    def _address(self, row: Row, address: str | None, *, is_mac: bool) -> None:
        fields = row.fields
        draft = self._drafts.get(self._assigned(fields))
        if address is None or draft is None:
            self._without_owner(row)
        elif is_mac:
            self._take_mac(draft, address)
        else:
            self._take_ip(draft, address)
            owner = self._row_of(draft.key)
            if owner is not None and row.id in {ref_id(owner.fields.get(name)) for name in _PRIMARY}:
                draft.put("dns_name", fields.get("dns_name"), "ipam.ipaddress.dns_name")

    def _assigned(self, fields: Mapping[str, Any]) -> str | None:
        """Return the key of the item to whose interface an address is assigned."""
        told = fields.get("assigned_object")
        if isinstance(told, dict) and (owner := _owner_in(told)):
            return owner
        old = fields.get("interface")
        if isinstance(old, dict) and (owner := _owner_in(old)):
            return owner
        model = self._model(fields.get("assigned_object_type")) or ("dcim.interface" if old else None)
        return self._owner_of(model, ref_id(fields.get("assigned_object_id")) or ref_id(told) or ref_id(old))

    def _take_mac(self, draft: Draft, mac: str | None) -> None:
        if mac is not None:
            self._drafts.gather(draft, "mac_addresses", mac)
            draft.look_up("network adapter", mac=mac)

    def _take_ip(self, draft: Draft, address: str | None) -> None:
        if address is None:
            return
        if self._drafts.knows(draft, "ip_addresses"):
            self._drafts.gather(draft, "ip_addresses", address)
        else:
            problem = f"class {draft.ci_class!r} has no attribute 'ip_addresses'"
            self._drafts.pass_over(draft, "ip addresses", problem, "give it a role that names what it is")

    def _without_owner(self, row: Row) -> None:
        problem = "it belongs to no item of this file"
        way_out = "export devices and virtual machines into the same file, or do without it"
        self._reading.pass_over(row.position, row.key, row.model, problem, way_out)

    # -- what has what ---------------------------------------------------------------------------

    def _owner_of(self, model: str | None, key: str | None) -> str | None:
        if model is None or key is None:
            return None
        if model == "dcim.powerfeed":
            return f"{model}:{key}"
        row = self._rows.get(model, {}).get(key)
        return None if row is None else _owner_in(row.fields)

    def _row_of(self, key: str) -> Row | None:
        model, _, number = key.partition(":")
        return self._rows.get(model, {}).get(number)

    def _model(self, told: object) -> str | None:
        return model_of_type(told, self._rows)

    # -- cables ----------------------------------------------------------------------------------

    def _wire(self) -> None:
        ends: dict[str, tuple[list[_End | None], list[_End | None]]] = {}
        for row in self._of("dcim.cabletermination"):
            sides = ends.setdefault(ref_id(row.fields.get("cable")) or "", ([], []))
            model, key = row.fields.get("termination_type"), ref_id(row.fields.get("termination_id"))
            side = sides[clean(row.fields.get("cable_end")) == "B"]
            side.append(self._end(model, key, row.fields.get("termination")))
        for row in self._of("dcim.cable"):
            here, there = ends.get(row.id, ([], []))
            self._cable(row, here or self._side(row.fields, "a"), there or self._side(row.fields, "b"))
        for row in self._of("dcim.interface"):
            self._peers(row)

    def _side(self, fields: Mapping[str, Any], side: str) -> list[_End | None]:
        found = [
            self._end(each.get("object_type"), ref_id(each.get("object_id")), each.get("object"))
            for each in _several(fields.get(f"{side}_terminations"))
            if isinstance(each, dict)
        ]
        old = f"termination_{side}"
        if not is_nothing(fields.get(f"{old}_type")):
            key = ref_id(fields.get(f"{old}_id"))
            found.append(self._end(fields[f"{old}_type"], key, fields.get(old)))
        return found

    def _end(self, told: object, key: str | None, nested: object) -> _End | None:
        model = self._model(told)
        inner = nested if isinstance(nested, dict) else {}
        owner = _owner_in(inner) or self._owner_of(model, key)
        return None if model is None or owner is None else _End(model, owner)

    def _peers(self, row: Row) -> None:
        """Take a cable from what an interface says of it, if it has not been told yet."""
        cable = ref_id(row.fields.get("cable"))
        owner = _owner_in(row.fields)
        told = row.fields.get("link_peers") or row.fields.get("link_peer") or row.fields.get("cable_peer")
        if cable is None or owner is None or cable in self._cables or is_nothing(told):
            return
        model = self._model(row.fields.get("link_peers_type") or row.fields.get("link_peer_type"))
        others = [self._end(model or "dcim.interface", ref_id(each), each) for each in _several(told)]
        self._cable(Row("dcim.cable", cable, {}, row.position), [_End(row.model, owner)], others)

    def _cable(self, row: Row, here: list[_End | None], there: list[_End | None]) -> None:
        self._cables.add(row.id)
        pairs = [(one, other) for one in self._known(here) for other in self._known(there)]
        if not pairs:
            problem, way_out = "it has no two ends at items of this file", "export what it leads to, too"
            self._reading.pass_over(row.position, row.key, "dcim.cable", problem, way_out)
        for one, other in pairs:
            self._connect(row, one, other)

    def _known(self, ends: list[_End | None]) -> Iterator[_Plugged]:
        for end in filter(None, ends):
            if draft := self._drafts.get(end.owner):
                yield end.model, draft

    def _connect(self, row: Row, one: _Plugged, other: _Plugged) -> None:
        models = {one[0], other[0]}
        if one[1] is other[1] or models & _CONSOLE:
            problem = "it is no dependency: it stays within one item, or leads to a console"
            self._reading.pass_over(row.position, row.key, "dcim.cable of one item", problem, "do without it")
        elif models & _POWER:
            consumer, provider = (one, other) if one[0] == "dcim.powerport" else (other, one)
            self._join(row, [(consumer[1], "powered_by", provider[1])])
        else:
            ends = (one[1], other[1])
            self._join(
                row,
                [
                    (source, relation_type, target)
                    for relation_type in ("connects_to", "attached_to")
                    for source, target in (ends, ends[::-1])
                ],
            )

    def _join(self, row: Row, ways: list[tuple[Draft, str, Draft]]) -> None:
        """Relate two items in the first way that the class model allows."""
        for source, relation_type, target in ways:
            if self._drafts.model.allows(source.ci_class, relation_type, target.ci_class):
                self._drafts.relate(source, relation_type, target.key, "dcim.cable", qualifier=row.key)
                return
        first, _, second = ways[0]
        problem = f"the class model has no cable between {first.ci_class!r} and {second.ci_class!r}"
        self._reading.drop(row.position, row.key, "dcim.cable", problem, "allow it there, or leave it")

    # -- circuits --------------------------------------------------------------------------------

    def _terminations(self) -> None:
        """Put each circuit that ends at one site only into that site."""
        sites: dict[str, set[str]] = {}
        for row in self._of("circuits.circuittermination"):
            circuit = ref_id(row.fields.get("circuit"))
            if circuit is not None:
                sites.setdefault(f"circuits.circuit:{circuit}", set()).update(_site_of(row.fields))
        for row in self._of("circuits.circuit"):
            found = sites.setdefault(row.key, set())
            for side in ("termination_a", "termination_z"):
                told = row.fields.get(side)
                found.update(_site_of(told) if isinstance(told, dict) else ())
        for key, found in sites.items():
            draft = self._drafts.get(key)
            if draft is None or not found:
                continue
            if len(found) > 1:
                problem = "it ends at several sites, and stands in none of them"
                self._drafts.pass_over(draft, "circuits.circuittermination.site", problem, "do without it")
                continue
            site = f"dcim.site:{found.pop()}"
            self._drafts.relate(
                draft, "contains", site, "circuittermination.site", from_other=True, other_class="site"
            )


def _owner_in(fields: Mapping[str, Any]) -> str | None:
    """Return the key of the item that has an interface or a port, as far as its fields tell."""
    for name, model in _OWNERS.items():
        if (key := ref_id(fields.get(name))) is not None:
            return f"{model}:{key}"
    return None


def _site_of(fields: Mapping[str, Any]) -> Iterator[str]:
    told = fields.get("site")
    if is_nothing(told) and fields.get("termination_type") == "dcim.site":
        told = fields.get("termination_id")
    if (key := ref_id(told)) is not None:
        yield key


def _ip(value: object) -> str | None:
    """Return an address without the length of its prefix."""
    text = clean(value)
    return None if text is None else text.partition("/")[0]


def _several(value: object) -> list[Any]:
    if is_nothing(value):
        return []
    return value if isinstance(value, list) else [value]

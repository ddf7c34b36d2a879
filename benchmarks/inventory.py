"""Inventories of other systems, beside the floor: what it costs to parse the file at all."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._measure import Row, interleaved, micro, table
from itsmkit.interchange.inventory import read_cyclonedx

__all__ = ["run"]

COMPONENTS = 5_000
_SEEN_AT = datetime(2026, 4, 1, tzinfo=UTC)
_FOLLOWING = (1, 2, 3, 700)


def _ref(number: int) -> str:
    return f"pkg:npm/%40parts/part-{number}@1.{number}.0"


def _bill(components: int) -> dict[str, object]:
    """Return a bill of materials in which each component depends on four others."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "bom-ref": "shop", "name": "shop", "version": "1"}},
        "components": [
            {
                "type": "library",
                "bom-ref": _ref(number),
                "group": "@parts",
                "name": f"part-{number}",
                "version": f"1.{number}.0",
                "purl": _ref(number),
                "licenses": [{"license": {"id": "MIT"}}],
                "hashes": [{"alg": "SHA-256", "content": f"{number:064x}"}],
            }
            for number in range(components)
        ],
        "dependencies": [
            {"ref": "shop", "dependsOn": [_ref(0)]},
            *(
                {"ref": _ref(number), "dependsOn": [_ref(each) for each in _others(number, components)]}
                for number in range(components)
            ),
        ],
    }


def _others(number: int, components: int) -> list[int]:
    return sorted({(number + step) % components for step in _FOLLOWING})


def run(components: int = COMPONENTS) -> str:
    """Return the table of reading a bill of materials, whose records are checked before."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "shop.cdx.json")
        path.write_text(json.dumps(_bill(components), indent=2), "utf-8")

        def read() -> list[object]:
            return list(read_cyclonedx(path, seen_at=_SEEN_AT))

        def parse() -> object:
            return json.loads(path.read_text("utf-8"))

        _check(path, components)
        seconds = interleaved(
            {"ours": partial(micro, read, repeats=1), "floor": partial(micro, parse, repeats=1)}, rounds=5
        )
    rows: list[Row] = [
        (
            f"a bill of {components:,} components and {4 * components + 1:,} dependencies",
            f"{seconds['ours'] * 1e3:,.0f} ms",
            f"json.loads, {seconds['floor'] * 1e3:,.0f} ms",
            f"{seconds['ours'] / seconds['floor']:.0f} ×",
        )
    ]
    return table("Inventories: records of a CycloneDX file", rows)


def _check(path: Path, components: int) -> None:
    """Raise if reading gives another graph than was written."""
    records = {each.key: each for each in read_cyclonedx(path, seen_at=_SEEN_AT)}
    expected = {
        _ref(number): {_ref(each) for each in _others(number, components)} for number in range(components)
    }
    found = {key: {each.other for each in record.relations} for key, record in records.items()}
    if found != {"shop": {_ref(0)}, **expected}:
        message = "the records of the bill are not what was written"
        raise AssertionError(message)


if __name__ == "__main__":
    print(run())

"""
Documents as bytes that are the same for the same content, and the digests of these.

Source:
    RFC 8785, JSON Canonicalization Scheme (JCS).
"""

from typing import Any

from itsmkit.plugin.documents._canonical_json import written
from itsmkit.plugin.documents._faults import refused

__all__ = ["canonical_bytes", "digest"]


def canonical_bytes(document: Any) -> bytes:
    """
    Return *document* as the JSON that RFC 8785 asks for, in UTF-8.

    Args:
        document: Mappings with names of text, lists, text, whole numbers up to 2⁵³ - 1, finite floats,
            booleans and ``None``.

    Raises:
        DefinitionError: With everything in it that this JSON cannot hold, and its path. Text with half a
            surrogate pair, which UTF-8 cannot hold, is among that.

    >>> canonical_bytes({"b": [1.0, 1e21, True, None], "a": "é"}).decode()
    '{"a":"é","b":[1,1e+21,true,null]}'
    """
    with refused("the document"):
        return written(document).encode()


def digest(document: Any) -> str:
    """
    Return the SHA-256 of the `canonical_bytes` of *document*, in hexadecimal digits.

    Raises:
        DefinitionError: As `canonical_bytes`.
    """
    from hashlib import sha256  # noqa: PLC0415  # a slow import that writing alone can do without

    return sha256(canonical_bytes(document)).hexdigest()

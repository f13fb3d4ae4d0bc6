"""What text output has in common."""

from __future__ import annotations


def encodable(text: str, encoding: str) -> bool:
    """Say whether a stream of that encoding can hold the text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True

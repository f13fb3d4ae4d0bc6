"""What text output has in common."""

from __future__ import annotations


def short(text: str) -> str:
    """Return a number's text without the signs and zeros that its exponent does not need: 1e-9, not 1e-09."""
    return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def encodable(text: str, encoding: str) -> bool:
    """Say whether a stream of that encoding can hold the text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True

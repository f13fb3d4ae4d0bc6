"""How a fault is told: one message on standard error, with the place in the text and what to type instead."""

from __future__ import annotations

import sys
import unicodedata

from adcli.errors import EXIT_STATUS, Span, in_line, place

CONTEXT = 60
"""Characters of a long line that are shown around the place."""


def report(kind: str, message: str, hint: str | None, text: str | None = None, span: Span | None = None) -> int:
    """Write one message to standard error, as JSON if that is the format asked for; return the exit status."""
    if wants_json(sys.argv[1:]):
        from adcli.render.json import dumps

        column = None if text is None or span is None else place(text, span[0])[1]
        error = {"kind": kind, "message": in_line(message, text, span), "column": column, "hint": hint}
        sys.stderr.write(dumps({"error": error}) + "\n")
    else:
        lines = [f"error: {message}"]
        if text is not None and span is not None:
            lines += excerpt(text, span)
        lines += [f"  {hint}"] if hint else []
        sys.stderr.write("\n".join(lines) + "\n")
    return EXIT_STATUS[kind]


def wants_json(words: list[str]) -> bool:
    """Say whether the words of the command line ask for JSON; they may be wrong in every other way."""
    words = words[: words.index("--")] if "--" in words else words
    pairs = zip(words, [*words[1:], ""])
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairs


def excerpt(text: str, span: Span) -> list[str]:
    """Return the line of the text where the span begins, or the part of it around the span, and carets under the span."""
    line, column = place(text, span[0])
    start = span[0] - column + 1
    end = text.find("\n", span[0])
    source = text[start : end if end >= 0 else len(text)].rstrip("\r")
    first, last = column - 1, max(min(span[1] - start, len(source)), column)
    left = max(0, first - CONTEXT) if len(source) > 2 * CONTEXT else 0
    last = min(last, first + CONTEXT)
    shown, before, under = "", 0, 0
    for index, char in enumerate(source[left : last + CONTEXT], left):
        char = char if char.isprintable() else "?"
        shown += char
        before += cells(char) * (index < first)
        under += cells(char) * (first <= index < last)
    prefix = "..." if left else ""
    suffix = "..." if last + CONTEXT < len(source) else ""
    if not source.strip():
        return []
    where = [f"  line {line}:"] if "\n" in text.strip() else []
    return [*where, f"  {prefix}{shown}{suffix}", f"  {' ' * (len(prefix) + before)}{'^' * max(under, 1)}"]


def cells(char: str) -> int:
    """Return how many terminal cells a character takes."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1

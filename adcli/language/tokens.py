"""The words and signs of a text, as the person typed them.

One regular expression finds them: ``words(text)`` gives them with the blanks that follow, so that nothing of the text is
lost and every position is one in the text as typed. What is not known beforehand (names, numbers, superscripts, newlines,
comments, and what has no place in an expression at all) goes through ``sort_of``; the driver remembers the names. The
text is never NFKC-normalised: that would turn x² into the name x2.
"""

from __future__ import annotations

import re

from adcli.language.words import CONSTANTS, FUNCTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# The one expression is compiled at every start, so it is kept small: each set of Greek letters costs half a millisecond.
# A numeral that is none is one token, so that 0x10 is not read as 0*x10, nor 1__0 as 1*__0. Subscripts begin no name, but
# that is for sort_of to say, and so is which sign is none.
NUMBER = r"(?:[0-9]+(?:_[0-9]+)*(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
NUMERAL = rf"0(?:[xX][0-9A-Fa-f]|[bBoO][0-9])[0-9A-Za-z_]*|{NUMBER}(?:_[0-9A-Za-z_]*)?"
NAME = "[A-Za-z_0-9Α-Ωα-ορςσυ-ωµ₀-₉]+"
NEWLINES = r"\r?\n(?:[ \t\r\n]+|#[^\n]*)*"
SUPERSCRIPTS = "[⁺⁻⁰¹²³⁴-⁹]+"
_token = re.compile(
    rf"(?:[-+(),/^|]|{NUMERAL}|{NAME}|\*\*?|[<>=!]=|\.\.|{NEWLINES}|#[^\n]*|{SUPERSCRIPTS}|(?s:.)|\Z)[ \t]*"
)
words = _token.findall
"""The words of a text, each with the blanks after it, so that their lengths tell where they are; the last is empty."""

LETTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_αβγδεζηθικλμνξορςσυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩµ"
)
NUMERALS = frozenset("0123456789.")
SUPERSCRIPT_SIGNS = frozenset("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
BRACKETS = (("(", 1), ("[", 1), (")", -1), ("]", -1))
"""Inside these a newline is a space."""

TO_ASCII = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−µ", "01234567890123456789+--μ")

# fmt: off
SYMBOLS = {
    "+": "PLUS",  "-": "MINUS", "−": "MINUS", "*": "STAR", "×": "STAR", "·": "STAR", "/": "SLASH", "÷": "SLASH", "@": "AT",
    "^": "POWER", "**": "POWER", "√": "ROOT", "|": "BAR",  "(": "LPAR", ")": "RPAR", "[": "LSQB",  "]": "RSQB",
    "{": "LBRACE", "}": "RBRACE", ",": "COMMA", ":": "COLON", "..": "DOTS", "=": "EQUALS", ";": "_SEP", "": "$END",
    "π": "SIGN", "τ": "SIGN", "∞": "SIGN",
    **dict.fromkeys(("<", ">", "<=", ">=", "==", "!="), "COMPARE"),
    **{word: word.upper() for word in ("if", "else", "for", "in", "while", "and", "or", "not")},
}
# fmt: on

UNSEEN, FUNCTION, COMMENT, LINE = -1, -2, -3, -4
"""Kinds that are no terminal's number: a word to classify, a function's name, a comment, a newline."""


def kinds(terminals: tuple[str, ...]) -> dict[str, int]:
    """Give the kind of every word that is known beforehand, by the grammar's own numbers."""
    known = {word: terminals.index(name) for word, name in SYMBOLS.items()}
    known.update(dict.fromkeys((name for name in FUNCTIONS if is_name(name)), FUNCTION))
    known.update(dict.fromkeys((name for name in CONSTANTS if is_name(name)), terminals.index("NAME")))
    known.update(dict.fromkeys("0123456789", terminals.index("NUMBER")))
    return known


def beginning(text: str) -> int:
    """Give the place of the first word."""
    return len(text) - len(text.lstrip(" \t"))


def word_at(text: str, place: int) -> str:
    """Give the word at a place."""
    found = _token.match(text, place)
    assert found  # the pattern accepts everything
    return found[0].rstrip(" \t")


def scan(text: str, place: int = 0) -> Iterator[tuple[int, str]]:
    """Give the words with their places, one by one; the last is empty."""
    place = place or beginning(text)
    for mark in _token.finditer(text, place):
        yield mark.start(), mark[0].rstrip(" \t")


def goes_on(text: str, place: int) -> bool:
    """Tell whether a line that begins there goes on with the statement before it: with a block or an else."""
    return text.startswith("{", place) or text.startswith("else", place) and word_at(text, place) == "else"


def is_name(word: str) -> bool:
    """Tell whether a word of the tokenizer's is a name."""
    return word[0] in LETTERS


def is_number(word: str) -> bool:
    """Tell whether a word of the tokenizer's that begins like a number is one."""
    if len(word) == 1:
        return word != "."
    if "_" in word:
        return re.fullmatch(NUMBER, word) is not None
    return word[1] not in "xXbBoO"


def is_superscript(word: str) -> bool:
    """Tell whether a run of superscript signs is a power: a sign, perhaps, and digits."""
    digits = word[1:] if word[0] in "⁺⁻" else word
    return bool(digits) and "⁺" not in digits and "⁻" not in digits


def powered(text: str, start: int) -> re.Match[str] | None:
    """Find the sin^2 of sin^2(x), or its sin²: name, sign of the power, exponent, or else the superscript."""
    pattern = rf"({NAME})[ \t]*(?:(\^|\*\*)[ \t]*([-−]?[ \t]*[0-9]+)|({SUPERSCRIPTS}))[ \t]*(?=\()"
    place = start + len(word_at(text, start))
    rest = text[place : place + 40].lstrip(" \t")
    return (
        re.compile(pattern).match(text, start) if rest and (rest[0] in "^*" or rest[0] in SUPERSCRIPT_SIGNS) else None
    )


def name_of(word: str) -> str:
    """Give the name that a word as typed stands for: subscript digits are digits, the micro sign is a mu."""
    return word if word.isascii() else word.translate(TO_ASCII)


def literal_of(word: str) -> str:
    """Give a number as Python spells it."""
    return word.replace("_", "") if "_" in word else word


def sort_of(text: str, word: str, start: int, kind: dict[str, int]) -> int:
    """Give the kind of a word that is not known beforehand."""
    first = word[0]
    if is_name(word):
        return kind["NAME"]
    if first in NUMERALS and is_number(word):
        return kind["NUMBER"]
    if first == "\n" or word[:2] == "\r\n":
        return LINE
    if first == "#":
        return COMMENT
    if first in SUPERSCRIPT_SIGNS and is_superscript(word):
        return kind["SUPERSCRIPT"]
    from adcli.language.complaints import strange_word

    raise strange_word(text, word, start)


def power_of(text: str, start: int) -> int:
    """Give how many tokens after a function's name are a power before its bracket: 2 in sin^2(x), 1 in sin²(x), or 0."""
    found = powered(text, start)
    if found is None:
        return 0
    exponent = found[3] or found[4]
    if exponent[0] in "-−⁻":
        from adcli.language.complaints import inverse

        raise inverse(found)
    if found[4] and not is_superscript(found[4]):
        return 0
    return 2 if found[2] else 1

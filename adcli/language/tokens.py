"""The words and signs of a text, as the person typed them.

One regular expression finds them: ``words(text)`` gives them with the blanks that follow, so that nothing of the text is
lost and every position is one in the text as typed. A word is looked up in ``KINDS``; what is not there (names, numbers, superscripts, newlines, comments, and what has
no place in an expression at all) goes through ``sort_of``, and names are remembered by the caller. The text is never
NFKC-normalised: that would turn x² into the name x2.
"""

from __future__ import annotations

import re

from adcli.language.words import CONSTANTS, FUNCTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LETTERS = "A-Za-z_Α-Ωα-ορςσυ-ωµ"
NAME = f"[{LETTERS}][{LETTERS}0-9₀-₉]*"
NUMBER = r"(?:[0-9]+(?:_[0-9]+)*(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
# A numeral that is none is one token, so that 0x10 is not read as 0*x10, nor 1__0 as 1*__0.
NUMERAL = rf"0(?:[xX][0-9A-Fa-f]|[bBoO][0-9])[0-9A-Za-z_]*|{NUMBER}(?:_[0-9A-Za-z_]*)?"
NEWLINES = r"\r?\n(?:[ \t\r\n]+|#[^\n]*)*"
SUPERSCRIPTS = "[⁺⁻⁰¹²³⁴-⁹]+"

TOKEN = rf"{NAME}|[-+(),/^|]|\*\*?|[<>=!]=|\.\.|{NUMERAL}|{NEWLINES}|#[^\n]*|{SUPERSCRIPTS}|(?s:.)|\Z"

words = re.compile(rf"(?:{TOKEN})[ \t]*").findall
"""The words of a text, each with the blanks after it, so that their lengths tell where they are; the last is empty."""
token_at = re.compile(TOKEN).match
blanks_at = re.compile(r"[ \t]*").match

is_name = re.compile(NAME).match
is_number = re.compile(NUMBER).fullmatch
is_superscript = re.compile("[⁺⁻]?[⁰¹²³⁴-⁹]+").fullmatch
goes_on = re.compile(rf"else(?![{LETTERS}0-9₀-₉])|\{{").match
"""What may stand at the beginning of a line that goes on with the statement before it."""
powered = re.compile(rf"({NAME})[ \t]*(?:(\^|\*\*)[ \t]*([-−]?[ \t]*[0-9]+)|({SUPERSCRIPTS}))[ \t]*(?=\()").match
"""The sin^2 of sin^2(x), or its sin²: the groups are the name, the sign of the power and the exponent, or else the superscript."""

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

BRACKETS = (("(", 1), ("[", 1), (")", -1), ("]", -1))
"""Inside these a newline is a space."""
NUMERALS = frozenset("0123456789.")
SUPERSCRIPT_SIGNS = frozenset("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def kinds(terminals: tuple[str, ...]) -> dict[str, int]:
    """Give the kind of every word that is known beforehand, by the grammar's own numbers."""
    known = {word: terminals.index(name) for word, name in SYMBOLS.items()}
    known.update(dict.fromkeys((name for name in FUNCTIONS if is_name(name)), FUNCTION))
    known.update(dict.fromkeys((name for name in CONSTANTS if is_name(name)), terminals.index("NAME")))
    known.update(dict.fromkeys("0123456789", terminals.index("NUMBER")))
    return known


def scan(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Give the tokens one by one, as matches; the last is empty."""
    place = blanks_at(text, start).end()  # type: ignore[union-attr]
    while True:
        mark = token_at(text, place)
        assert mark is not None
        yield mark
        if not mark[0]:
            return
        place = blanks_at(text, mark.end()).end()  # type: ignore[union-attr]


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

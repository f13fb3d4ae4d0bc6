"""What is wrong with a text that does not parse, in a student's words.

The driver comes here when no rule goes on with the token it has read, or when what it has read could mean two things.
The text up to there is looked at once more, token by token: what stands before the place, what comes after it, and which
brackets are open, says more than the state of a parser does. The rows are in errors.py.
"""

from __future__ import annotations

import re
import unicodedata

from adcli.errors import Fault, place
from adcli.language.code import BINARY, UNARY, Syntax, beginning
from adcli.language.tokens import SYMBOLS, TO_ASCII, is_name, is_number, scan
from adcli.language.words import FUNCTIONS

LONGEST = 24
"""Pieces of text in a message have at most so many characters."""

CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
LOOKALIKES = {
    "–": "-", "—": "-", "‐": "-", "⁄": "/", "∕": "/", "∗": "*", "⋅": "*", "∙": "*", "•": "*", "≤": "<=", "≥": ">=", "≠": "!=",
    "‘": "", "’": "", "“": "", "”": "", "ˆ": "^", "∣": "|", "≈": "==", "\u00a0": "a plain space", "\u202f": "a plain space",
    "\u2009": "a plain space", "\u3000": "a plain space", "ⁿ": "^n", "Ω": "Ω", "½": "1/2", "¼": "1/4", "¾": "3/4", "¬": "not",
    "∧": "and", "∨": "or", "∛": "cbrt", "²": "^2",
}  # fmt: skip
INVERSES = {
    **{name: "a" + name for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
    **{name: "a" + name for name in ("sinh", "cosh", "tanh", "coth", "sech", "csch")},
    "tg": "atan", "exp": "ln", "ln": "exp", "log": "exp", "log10": "10^", "lg": "10^", "sqrt": "", "logit": "sigmoid",
    "sigmoid": "logit",
}  # fmt: skip
PYTHON = frozenset(("lambda", "import", "def", "return", "class", "print", "eval", "exec", "True", "False", "None"))
FILES = frozenset(
    "py txt md toml cfg ini json csv tsv yaml yml sh c h pdf png jpg tex lock ipynb zip gz html xml log".split()
)
HEADERS = frozenset(("for", "if", "while", "else"))
FOREIGN = {"<>": "!=", "=<": "<=", "=>": ">=", "||": "or"}
OPERATORS = frozenset(
    ("PLUS", "MINUS", "STAR", "SLASH", "AT", "POWER", "COMPARE", "AND", "OR", "NOT", "EQUALS", "ROOT")
)
OPERANDS = frozenset(("NAME", "NUMBER", "SIGN", "SUPERSCRIPT"))


def show(text: str) -> str:
    """Give a piece of text as a message can hold it: short, on one line, every character visible."""
    text = " ".join(text.split())
    short = text if len(text) <= LONGEST else text[: LONGEST - 3].rstrip() + "..."
    return "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in short)


def sort_of(word: str) -> str:
    """Give the sort of a word: a terminal of the grammar, or "LINE"; "" for what is none."""
    if word in SYMBOLS:
        return SYMBOLS[word]
    if is_name(word):
        return "NAME"
    if word[0] in "0123456789.":
        return "NUMBER" if is_number(word) else ""
    if word[0] == "\n" or word[:2] == "\r\n":
        return "LINE"
    return "SUPERSCRIPT" if word[0] in "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹" else ""


class Token:
    """A token before, at or after the place where a text goes wrong."""

    def __init__(self, start: int, word: str) -> None:
        self.word, self.start, self.stop = word, start, start + len(word)
        self.span = self.start, self.stop
        self.sort = sort_of(self.word)

    @property
    def is_operand(self) -> bool:
        """Tell whether an operand ends with this token."""
        return self.sort in OPERANDS or self.word in (")", "]") or self.sort == "CLOSING_BAR"


NOTHING = Token(0, "")


class Scene:
    """The surroundings of a place: the token there, three before it, two after it, and the brackets that are open."""

    def __init__(self, text: str, stop: int) -> None:
        self.text = text
        before = [NOTHING, NOTHING, NOTHING]
        self.open: list[Token] = []
        self.ranges: list[int] = []  # where the last range of each open bracket is
        for start, word in scan(text):
            if word[:1] == "#":
                continue
            token = Token(start, word)
            if start >= stop and (token.sort != "LINE" or start == stop):
                break
            if token.sort == "LINE":
                continue
            self.follow(token, before[-1])
            before = [*before[1:], token]
        self.here = token
        self.third, self.second, self.before = before
        later = (Token(*found) for found in scan(text, start) if found[1][:1] not in ("#", "\n", "\r"))
        self.next = next(later, NOTHING) and next(later, NOTHING) if token.word else NOTHING

    def follow(self, token: Token, before: Token) -> None:
        """Keep the list of open brackets; a bar closes where an operand ends before it and a bar is open."""
        if token.word == "|" and before.is_operand and self.open and self.open[-1].word == "|":
            token.sort = "CLOSING_BAR"
            self.open.pop()
        elif token.word in CLOSING:
            self.open.append(token)
        elif token.word == "..":
            self.ranges.append(token.start)
        elif self.open and token.word and token.word == CLOSING[self.open[-1].word]:
            bracket = self.open.pop()
            while self.ranges and self.ranges[-1] > bracket.start:
                self.ranges.pop()

    def column(self, token: Token) -> str:
        """Say where a token is."""
        line, column = place(self.text, token.start)
        return f"line {line}, column {column}" if "\n" in self.text else f"column {column}"


def complain(text: str, position: int, start: str) -> Fault:
    """Say what is wrong at a token with which the text cannot go on."""
    scene = Scene(text, position)
    for judge in POINT_JUDGES if start == "point" else JUDGES:
        fault = judge(scene)
        if fault is not None:
            return fault
    here = scene.here
    if not here.word:
        return Fault("ends_early", end_span(scene))
    if here.sort == "LINE":
        return Fault("line_ends_early", end_span(scene))
    return Fault("misplaced", here.span, word=show(here.word))


def end_span(scene: Scene) -> tuple[int, int]:
    """Give the place right after the last token."""
    return scene.before.stop, scene.before.stop + 1


# --- The judges: each looks for one kind of mistake, and the first that finds one is believed ---


def nothing_at_all(scene: Scene) -> Fault | None:
    """Find that the text is empty."""
    if not scene.here.word and not scene.before.word:
        return Fault("empty", (0, 0))
    return None


def python_text(scene: Scene) -> Fault | None:
    """Find a word of Python."""
    here, before = scene.here, scene.before
    for token in (here, before):
        if token.word in PYTHON:
            return Fault("python", token.span, word=show(token.word))
    return None


def separators(scene: Scene) -> Fault | None:
    """Find a ";" with nothing before it."""
    here, before = scene.here, scene.before
    if here.word == ";" and before.word in ("", ";", "{", "}"):
        return Fault("empty_statement", here.span)
    return None


def assignment(scene: Scene) -> Fault | None:
    """Find a "=" where none can stand, or a comparison with a blank in it."""
    here, before = scene.here, scene.before
    if here.word == "=" and before.word in ("=", "<", ">", "!", "=="):
        return Fault(
            "spaced_comparison",
            (before.start, here.stop),
            sign=before.word.rstrip("=") + "=" * (1 + (before.word[0] == "=")),
        )
    if here.word in ("==", "=") and before.word == "=":
        return Fault("spaced_comparison", (before.start, here.stop), sign="==")
    if before.word + here.word in FOREIGN and before.stop == here.start:
        return Fault(
            "foreign_word",
            (before.start, here.stop),
            word=before.word + here.word,
            instead=FOREIGN[before.word + here.word],
        )
    if here.word == "=" and (before.is_operand or not before.word or before.word in (";", "}")):
        if before.is_operand and scene.open and scene.open[-1].word != "{":
            return Fault("equals_in_brackets", here.span)
        return Fault("two_equals", here.span) if before.is_operand else Fault("no_name", here.span)
    return None


def closing(scene: Scene) -> Fault | None:
    """Find a bracket that closes nothing, or the wrong one, or around nothing."""
    here, before = scene.here, scene.before
    if here.word not in (")", "]", "}"):
        return None
    opened = [token for token in scene.open if token.word != "|"]
    if not opened:
        return Fault("unopened", here.span, closing=here.word)
    if scene.open[-1].word == "|" and before.is_operand:
        bar = scene.open[-1]
        return Fault("unclosed", bar.span, closing="|", opening="|", place=scene.column(bar))
    wanted = CLOSING[opened[-1].word]
    if wanted != here.word:
        if wanted == "}":
            return Fault("unopened", here.span, closing=here.word)
        return Fault(
            "mismatched",
            here.span,
            closing=here.word,
            opening=opened[-1].word,
            place=scene.column(opened[-1]),
            wanted=wanted,
        )
    if before.word == opened[-1].word and here.word in (")", "]"):
        return Fault("empty_brackets", (before.start, here.stop))
    return None


def roots(scene: Scene) -> Fault | None:
    """Find what a root can be read in two ways with, or takes no root of."""
    here, before, second = scene.here, scene.before, scene.second
    if second.word == "√" and before.sort in OPERANDS:
        if here.sort == "SUPERSCRIPT" or here.word in ("^", "**"):
            power = here.word if here.sort == "SUPERSCRIPT" else here.word + scene.next.word
            shown = show(before.word), show(power)
            return Fault(
                "root_of_power",
                (second.start, here.stop),
                typed=show(f"√{before.word}{power}"),
                base=shown[0],
                power=shown[1],
            )
        if here.sort in OPERANDS or here.word in ("√", "("):
            if before.word in FUNCTIONS and here.word == "(":
                return Fault("root_of_call", (second.start, here.start), name=show(before.word))
            left, right = show(before.word), show(here.word if here.word != "(" else "(...)")
            return Fault("root_of_product", (second.start, here.stop), left=left, right=right)
    if before.sort == "SUPERSCRIPT" and here.sort in ("POWER", "SUPERSCRIPT"):
        power = before.word.translate(TO_ASCII)
        typed = show(before.word), show(scene.next.word), show(power)
        return Fault("raised_twice", (before.start, here.stop), raised=typed[0], power=typed[1], plain=typed[2])
    if before.word == "√":
        return Fault("root_of_what", (before.start, max(here.stop, before.stop)))
    return None


def two_operands(scene: Scene) -> Fault | None:
    """Find an operand right after another: 2 3, x y, sin x, 2|x|."""
    here, before = scene.here, scene.before
    if not before.is_operand or not (
        here.sort in OPERANDS or here.word in ("(", "[", "|", "√") or here.sort == "POWERED"
    ):
        return None
    span = before.start, here.stop
    left, right = show(before.word), show(here.word)
    if (
        here.word == "|"
        and scene.open
        and scene.open[-1].word != "|"
        and any(token.word == "|" for token in scene.open)
    ):
        token = scene.open[-1]
        return Fault("unclosed", token.span, closing=CLOSING[token.word], opening=token.word, place=scene.column(token))
    if here.word == "|" and scene.next.word == "|" and scene.next.start == here.stop:
        return Fault("foreign_word", (here.start, scene.next.stop), word="||", instead="or")
    if here.word == "|" and not (scene.open and scene.open[-1].word == "|") and not scene.text.find("|", here.stop) > 0:
        return Fault("lone_bar", here.span)
    if before.sort == "NUMBER" and here.sort == "NUMBER":
        if "." in before.word and here.word[0] == "." and before.stop == here.start:
            return Fault("two_points", span, number=show(before.word + here.word))
        return Fault("two_numbers", span, left=left, right=right)
    if before.word in FUNCTIONS and before.sort == "NAME" and here.word != "[":
        return Fault("no_brackets", span, name=left, argument=argument(scene))
    if scene.second.word in ("^", "**") and scene.third.word in FUNCTIONS and before.sort == "NUMBER":
        return Fault(
            "no_brackets",
            (scene.third.start, here.stop),
            name=show(scene.third.word + "^" + before.word),
            argument=argument(scene),
        )
    if before.sort not in OPERANDS:
        return Fault("no_operator_there", span, right=piece(scene, here))
    return Fault("no_operator", span, left=left, right=piece(scene, here))


def argument(scene: Scene) -> str:
    """Give what a function without brackets was meant for: all that is written without a space."""
    here = scene.here
    found = re.compile(r"[^\s()\[\]{}|,;=<>+-]*").match(scene.text, here.stop)
    return piece(scene, here) if here.word in CLOSING or found is None else show(here.word + found[0])


def piece(scene: Scene, token: Token) -> str:
    """Give an operand that begins at a token, for a remedy: the token, or what it opens."""
    if token.word in ("(", "|", "["):
        end = scene.text.find(CLOSING[token.word], token.stop)
        inside = scene.text[token.start : end + 1]
        return show(inside) if end > 0 and len(inside) <= LONGEST else f"{token.word}...{CLOSING[token.word]}"
    if token.word == "√":
        return show("√" + scene.next.word)
    return show(token.word)


def dots(scene: Scene) -> Fault | None:
    """Find a range where none can stand, or one without its body."""
    here = scene.here
    if here.word == "..":
        return Fault("range_outside", here.span)
    if here.word == ")" and scene.open and scene.ranges and scene.ranges[-1] >= scene.open[-1].start:
        return Fault("series_without_body", here.span)
    return None


def conditions(scene: Scene) -> Fault | None:
    """Find an else that is one too many, or has nothing after it."""
    here, before = scene.here, scene.before
    if before.word == "else" and here.word != "{" and (not here.word or here.word in (";", ")")):
        return Fault("missing_after", (before.start, before.stop), sign="else")
    if here.word == "else":
        return Fault("else_without_if", here.span)
    return None


def missing_operand(scene: Scene) -> Fault | None:
    """Find an operator, a comma or a bracket where an operand should be."""
    here, before = scene.here, scene.before
    if before.word == "," and here.word == ",":
        return Fault("empty_place", here.span)
    if here.sort in OPERANDS or here.word in ("(", "[", "{", "√"):
        return None
    if before.sort in OPERATORS or before.word in ("..", ":", "in", "for", "if", "while", "and", "or", "not"):
        if before.word in ("*", "/") and here.word == before.word:
            return Fault("doubled", (before.start, here.stop), sign=before.word)
        return Fault("missing_after", before.span, sign=show(before.word))
    if here.word == "," and (before.word in ("(", "[", "|") or not before.word):
        return Fault("empty_place", here.span)
    if here.sort in OPERATORS - {"NOT"} and not before.is_operand and here.word != "=":
        return Fault("missing_before", here.span, sign=show(here.word))
    return None


def unclosed(scene: Scene) -> Fault | None:
    """Find a bracket that is still open at the end, or where a statement ends."""
    here = scene.here
    if scene.open and (not here.word or here.sort == "LINE" or here.word == ";"):
        token = scene.open[-1]
        if here.word and token.word == "{":
            return None
        return Fault("unclosed", token.span, closing=CLOSING[token.word], opening=token.word, place=scene.column(token))
    return None


def if_without_else(scene: Scene) -> Fault | None:
    """Find the "if" of `1 if x`, or a header without its block."""
    here = scene.here
    if here.word == "{" or (
        here.word and here.sort != "LINE" and here.word not in (";", ")", ",", "]", "}") and here.sort != "NAME"
    ):
        return None
    depth = 0
    words: list[Token] = []
    for found in scan(scene.text):
        token = Token(*found)
        if token.start >= here.start:
            break
        if token.sort == "LINE" and not depth or token.word in (";", "{", "}"):
            words = []
        elif token.word[:1] != "#" and token.sort != "LINE":
            depth += (token.word in ("(", "[")) - (token.word in (")", "]"))
            words.append(token)
            words = words if len(words) < 1000 else [words[0], *words[-500:]]
    if words and words[0].word in HEADERS:
        return Fault("no_block", words[0].span, word=words[0].word)
    for token in reversed(words):
        if token.word == "else":
            return None
        if token.word == "if":
            return Fault("if_without_else", token.span)
    return None


def misplaced_word(scene: Scene) -> Fault | None:
    """Find blocks, commas and colons out of place."""
    here, before = scene.here, scene.before
    if here.word == "{" and before.word in ("if", "while"):
        return Fault("no_condition", before.span, word=before.word)
    if here.word == "{" or before.word == "{" and here.word == "}":
        return Fault("misplaced_block", here.span)
    if here.word == "," and not scene.open:
        return Fault("loose_comma", here.span)
    if here.word == ":":
        return Fault("loose_colon", here.span)
    if before.word == "for":
        return Fault("no_index", before.span)
    return None


JUDGES = (
    nothing_at_all, python_text, separators, assignment, closing, roots, two_operands, dots, conditions, missing_operand,
    unclosed, if_without_else, misplaced_word,
)  # fmt: skip


def point(scene: Scene) -> Fault | None:
    """Find what is no `name=value` in the values of a point."""
    here, before = scene.here, scene.before
    begins_another = here.word in (";", "=") or here.sort == "LINE" or here.sort in OPERANDS
    if begins_another and before.is_operand and not scene.open and "=" in scene.text[: before.start]:
        return Fault("point_commas", here.span if here.sort != "LINE" else end_span(scene))
    if scene.second.word in ("", ",") and before.sort == "NAME" or before.word in ("", ",") and here.word:
        return Fault("point_form", (before if before.sort == "NAME" else here).span)
    return None


POINT_JUDGES = (
    nothing_at_all, python_text, closing, unclosed, roots, point, two_operands, dots, conditions, missing_operand,
    misplaced_word,
)  # fmt: skip


# --- What has no place in an expression at all ---


def strange_word(text: str, word: str, start: int) -> Fault:
    """Say why a word of the tokenizer's is none of the language's."""
    span = start, start + len(word)
    first = word[0]
    if first in "0123456789":
        if first == "0" and word[1:2] in tuple("xXbBoO"):
            return Fault("not_decimal", span, word=show(word))
        return Fault("underscores", span, word=show(word))
    if first in "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹":
        return Fault("bad_superscript", span, word=show(word))
    if first == "!":
        return Fault("factorial", span)
    if first == "&":
        return Fault("foreign_word", (start, start + 1 + (text[start + 1 : start + 2] == "&")), word="&", instead="and")
    if first == ".":
        return dotted(text, start)
    if first in "\"'`":
        return Fault("python", span, word=first)
    if first == "$":
        return Fault("shell", span, word="$")
    if first == "%":
        return Fault("percent", span)
    if first == "~":
        return Fault("foreign_word", span, word="~", instead="not")
    if not first.isprintable() and first not in LOOKALIKES:
        return Fault("control_character", span, code=f"U+{ord(first):04X}")
    plain = LOOKALIKES.get(first) or unicodedata.normalize("NFKC", first)
    if plain != first and plain.isascii() and plain.isprintable():
        return Fault("lookalike", span, name=named(first), plain=plain)
    return Fault("strange_character", span, name=named(first))


def named(sign: str) -> str:
    """Give a character with its name."""
    name = unicodedata.name(sign, "").lower() or f"U+{ord(sign):04X}"
    return f"{sign} ({name})" if sign.isprintable() and not unicodedata.combining(sign) else name


def dotted(text: str, start: int) -> Fault:
    """Say what is wrong with a dot that is no number's: a file's name, Python, or a stray one."""
    words = re.compile(r"[A-Za-z0-9_./-]+")
    left = re.search(r"[A-Za-z0-9_-]*$", text[max(0, start - 40) : start])
    right = words.match(text, start + 1)
    if left and left[0] and right:
        span = start - len(left[0]), min(right.end(), start + 40)
        ending = right[0].rsplit(".", 1)[-1].lower()
        if ending in FILES:
            return Fault("file_name", span, word=show(left[0] + "." + right[0]))
        return Fault("python", span, word=show(left[0] + "." + right[0]))
    return Fault("stray_dot", (start, start + 1))


# --- What can be read in two ways ---


def inverse(found: re.Match[str]) -> Fault:
    """Refuse sin^-1(x)."""
    name = found[1]
    exponent = (found[3] or found[4]).translate(TO_ASCII).replace(" ", "").replace("\t", "")
    span = found.span()
    other = INVERSES.get(name)
    if exponent == "-1" and other:
        return Fault("inverse", span, name=show(name), other=other)
    return Fault("negative_power", span, name=show(name), exponent=show(exponent))


def bare_exponent(text: str, places: list[int], position: int) -> Fault:
    """Refuse x^2y: the places are those of base, sign and exponent, the position is the factor's."""
    base = text[places[0] : places[1]].strip()
    exponent = text[places[2] : position].strip()
    scene = Scene(text, position)
    span = places[0], scene.here.stop
    if base in FUNCTIONS:
        return Fault("no_brackets", span, name=show(base + "^" + exponent), argument=argument(scene))
    factor = piece(scene, scene.here) + ("(...)" if scene.here.word in FUNCTIONS else "")
    return Fault("bare_exponent", span, base=show(base), exponent=show(exponent), factor=factor)


def divided_product(code: Syntax, places: list[int], position: int) -> Fault:
    """Refuse 1/2x: the places are those of dividend, sign and divisor, the position is that of what follows."""
    text, slash = code.text, places[1]
    index = len(code.ops) - 1
    while code.args[index] == "neg" and code.ops[index] == UNARY:
        index -= 1
    # The divisor's first factor ends where the second begins: go down the left sides of its products.
    while True:
        second = code.at[index]
        left = beginning(code.ops, code.args, index - 1) - 1
        if code.ops[left] != BINARY or code.args[left] != "mul" or text[code.at[left]] in "*×·":
            break
        index = left
    first, rest = text[slash + 1 : second].strip(), text[second:position].rstrip()
    top = text[places[0] : slash].strip()
    span = slash, second + len(rest)
    return Fault(
        "divided_product", span, top=show(top) if len(top) <= LONGEST else "...", first=show(first), rest=show(rest)
    )

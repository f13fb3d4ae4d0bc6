r"""A graph as LaTeX, as it would stand in a paper: \frac{\cos\left(x\right)}{x}, 3 x^{2}, \sin^{2}\left(x\right).

As notation.py does, it walks down to postfix items and puts pieces together; nothing recurses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from adcli.graph import INPUT, NUMBER, Graph
from adcli.notation import Item, Rope, flatten, postfix
from adcli.rules.primitive import ATOM, COMPARISON, NOT, POWER, PRODUCT, SIGN, SUM, Primitive

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
LETTERS = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)))  # fmt: skip
CONSTANTS = {"pi": r"\pi", "e": "e", "tau": r"\tau", "inf": r"\infty", "deg": r"{}^{\circ}"}

KNOWN = {name: "\\" + name for name in "sin cos tan cot sec csc sinh cosh tanh coth ln min max".split()}
KNOWN |= {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "gamma": r"\Gamma", "digamma": r"\psi"}
KNOWN |= {
    "sigmoid": r"\sigma",
    "log2": r"\log_{2}",
    "log10": r"\log_{10}",
    "lgamma": r"\ln\Gamma",
    "step": "H",
    "sign": r"\operatorname{sgn}",
}
SIGNS = {"lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge", "eq": "=", "ne": r"\ne"}
SIGNS |= {"and": r"\land", "or": r"\lor", "add": "+", "sub": "-"}
AROUND = {
    "abs": (r"\left|", r"\right|"),
    "sqrt": (r"\sqrt{", "}"),
    "cbrt": (r"\sqrt[3]{", "}"),
    "floor": (r"\left\lfloor ", r"\right\rfloor"),
    "ceil": (r"\left\lceil ", r"\right\rceil"),
    "exp": ("e^{", "}"),
    "exp2": ("2^{", "}"),
}
"""What is written around the argument of a function that has no name."""


class Piece(NamedTuple):
    """A part of a formula: its text, how tightly it binds, whether it begins with a minus, whether it begins with a digit;
    without the minus that stands before the whole of it; for a call its name and its arguments in brackets, between which a
    power may stand; for a fraction of numbers how it is written in an exponent."""

    rope: Rope
    strength: int = ATOM
    minus: bool = False
    digit: bool = False
    positive: Rope | None = None
    call: tuple[str, Rope] | None = None
    inline: str = ""


def latex_of(graph: Graph, output: int, names: Mapping[int, str] | None = None) -> str:
    """Return a node in LaTeX; ``names`` are those of nodes that are not written out."""
    names = names or {}

    def leaf(index: int) -> Item | None:
        head, *rest = graph.nodes[index]
        if index in names and index != output:
            return None, Piece(name_of(names[index]))
        if head is INPUT:
            return None, Piece(name_of(str(rest[0])))
        if head is NUMBER:
            return None, number(str(rest[0]))
        return None if rest else (None, Piece(CONSTANTS[head.name]))

    stack: list[Piece] = []
    for head, payload in postfix(graph, output, leaf):
        if head is None:
            stack.append(payload)
        else:
            first = len(stack) - payload
            stack[first:] = [_operation(head, stack[first:])]
    (piece,) = stack
    return flatten(piece.rope)


def name_of(name: str) -> str:
    """Return a name in LaTeX: Greek letters by their names, a number behind it or what follows a _ as the index."""
    stem, _, index = name.partition("_")
    if not index and (digits := re.fullmatch(r"(.*?[^0-9])([0-9]+)", stem)):
        stem, index = digits.groups()
    if stem in GREEK or stem in LETTERS:
        written = "\\" + LETTERS.get(stem, stem)
    else:
        written = stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
    if not index:
        return written
    index = "\\" + LETTERS.get(index, index) if index in GREEK or index in LETTERS else index.replace("_", r"\_")
    return (
        f"{written}_{{{index}}}" if len(index) == 1 or not index[0].isalpha() else rf"{written}_{{\mathrm{{{index}}}}}"
    )


def number(text: str) -> Piece:
    """Return a number; one with an exponent is a product with a power of ten."""
    minus = text.startswith("-")
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent:
        return Piece(text, SIGN if minus else ATOM, minus, not minus, text[1:] if minus else None)
    return Piece(rf"{mantissa} \cdot 10^{{{int(exponent)}}}", PRODUCT, minus, not minus)


def _operation(row: Primitive, pieces: list[Piece]) -> Piece:
    """Write one primitive with its arguments."""
    if row.name in WRITERS:
        return WRITERS[row.name](*pieces)
    if row.name == "not":
        return Piece((r"\lnot ", bracketed(pieces[0], NOT + 1).rope), NOT)
    if row.name in SIGNS:
        return _infix(row, *pieces)
    if row.name in AROUND:
        opening, closing = AROUND[row.name]
        rope = (opening, (pieces[0].inline if row.name.startswith("exp") else "") or pieces[0].rope, closing)
        if row.name.startswith("exp"):
            return Piece(rope, POWER, digit=row.name == "exp2")
        return Piece(rope, call=("", rope) if row.name in ("sqrt", "cbrt") else None)
    if row.name == "root":
        root = (r"\sqrt[", pieces[1].rope, "]{", pieces[0].rope, "}")
        return Piece(root, call=("", root))
    if row.name == "polygamma":
        return _call((r"\psi^{\left(", pieces[0].rope, r"\right)}"), pieces[1:])
    name = KNOWN.get(row.name) or (rf"\operatorname{{{row.name}}}",)
    return _call(name, pieces)


def _call(name: Rope, pieces: list[Piece]) -> Piece:
    parts: list[Rope] = []
    for piece in pieces:
        parts += [", ", piece.rope]
    bracket = (r"\left(", *parts[1:], r"\right)")
    return Piece((name, bracket), call=(flatten(name), bracket))


def _infix(row: Primitive, left: Piece, right: Piece) -> Piece:
    """Write a sum, a comparison or a condition."""
    left = bracketed(left, row.strength + (row.strength == COMPARISON))
    right = bracketed(right, ATOM if right.minus and row.strength == SUM else row.strength + 1)
    return Piece((left.rope, f" {SIGNS[row.name]} ", right.rope), row.strength, left.minus, left.digit)


def _negative(operand: Piece) -> Piece:
    inner = bracketed(operand, ATOM if operand.minus else PRODUCT).rope
    return Piece(("-", inner), SIGN, True, positive=inner)


def _product(left: Piece, right: Piece) -> Piece:
    """Write factors side by side, with a dot where two numbers would run together."""
    left, right = bracketed(left, PRODUCT), bracketed(right, ATOM if right.minus else PRODUCT)
    rest = (r" \cdot " if right.digit else " ", right.rope)
    positive = None if left.positive is None else (left.positive, *rest)
    return Piece((left.rope, *rest), PRODUCT, left.minus, left.digit, positive)


def _quotient(left: Piece, right: Piece) -> Piece:
    """Write a fraction; the minus of what is above stands before it."""
    above = left.rope if left.positive is None else left.positive
    fraction = (r"\frac{", above, "}{", right.rope, "}")
    sign = "" if left.positive is None else "-"
    numbers = isinstance(above, str) and above.isdigit() and isinstance(right.rope, str) and right.rope.isdigit()
    inline = f"{sign}{above}/{right.rope}" if numbers else ""
    return Piece((sign, fraction), PRODUCT, bool(sign), positive=fraction if sign else None, inline=inline)


def _power(base: Piece, exponent: Piece) -> Piece:
    """Write a power; that of a function stands behind its name."""
    raised = ("^{", exponent.inline or exponent.rope, "}")
    if base.call is None:
        inner = bracketed(base, ATOM)
        return Piece((inner.rope, raised), POWER, digit=inner.digit)
    name, arguments = base.call
    if exponent.digit and name and not {"^", "_"} & {*name}:
        return Piece((name, raised, arguments), POWER)
    return Piece((r"\left(", base.rope, r"\right)", raised), POWER)


def _cases(condition: Piece, here: Piece, there: Piece) -> Piece:
    rows = (here.rope, r" & \text{if } ", condition.rope, r" \\ ", there.rope, r" & \text{otherwise}")
    return Piece((r"\begin{cases} ", rows, r" \end{cases}"))


WRITERS: dict[str, Callable[..., Piece]] = {
    "mul": _product, "div": _quotient, "pow": _power, "neg": _negative, "where": _cases,
}  # fmt: skip


def bracketed(piece: Piece, strength: int) -> Piece:
    """Return the piece in brackets unless it binds at least that tightly."""
    if piece.strength >= strength:
        return piece
    return Piece((r"\left(", piece.rope, r"\right)"))

"""The rewrite rows: a pattern, and what replaces it, in adcli's own language.

A name in a pattern stands for any expression; ``-x`` for one that begins with a minus; a number for itself. A row of ROWS is
an identity on the whole domain of its pattern and has no value elsewhere; the tests hold every row to that numerically. Sums,
products, quotients and powers have no rows: collect.py does them.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from adcli.graph import INPUT, NUMBER, Graph
from adcli.rules.compiled import read
from adcli.rules.primitive import Primitive

# fmt: off
ROWS = [
    # pattern                          replacement
    # What the table writes so as to keep digits, as it is taught.
    ("cosquare(x)",                    "1 - x^2"),
    ("sqrt(abs(x) - 1)*sqrt(abs(x) + 1)", "sqrt(x^2 - 1)"),
    ("1/(1 - x)/(1 + x)",              "1/(1 - x^2)"),
    ("hypot(1, x)",                    "sqrt(1 + x^2)"),
    ("hypot(x, 1)",                    "sqrt(x^2 + 1)"),
    ("pow1(x, 0)",                     "0"),
    ("powln(e, x)",                    "e^x"),
    # Values.
    ("exp(0)",    "1"), ("exp2(0)",  "1"), ("expm1(0)", "0"), ("ln(1)",    "0"), ("ln(e)",    "1"),
    ("log2(1)",   "0"), ("log2(2)",  "1"), ("log10(1)", "0"), ("log10(10)", "1"), ("log1p(0)", "0"),
    ("sqrt(0)",   "0"), ("sqrt(1)",  "1"), ("cbrt(0)",  "0"), ("cbrt(1)",  "1"),
    ("sin(0)",    "0"), ("cos(0)",   "1"), ("tan(0)",   "0"), ("sec(0)",   "1"),
    ("asin(0)",   "0"), ("atan(0)",  "0"), ("sinh(0)",  "0"), ("cosh(0)",  "1"), ("tanh(0)",  "0"),
    ("sech(0)",   "1"), ("asinh(0)", "0"), ("atanh(0)", "0"), ("erf(0)",   "0"), ("erfc(0)",  "1"),
    # Even and odd functions.
    ("sin(-x)",   "-sin(x)"), ("cos(-x)",   "cos(x)"), ("tan(-x)",   "-tan(x)"),
    ("cot(-x)",   "-cot(x)"), ("sec(-x)",   "sec(x)"), ("csc(-x)",   "-csc(x)"),
    ("asin(-x)",  "-asin(x)"), ("atan(-x)",  "-atan(x)"),
    ("sinh(-x)",  "-sinh(x)"), ("cosh(-x)",  "cosh(x)"), ("tanh(-x)",  "-tanh(x)"),
    ("coth(-x)",  "-coth(x)"), ("sech(-x)",  "sech(x)"), ("csch(-x)",  "-csch(x)"),
    ("asinh(-x)", "-asinh(x)"), ("atanh(-x)", "-atanh(x)"), ("cbrt(-x)",  "-cbrt(x)"),
    ("erf(-x)",   "-erf(x)"), ("abs(-x)",   "abs(x)"), ("sign(-x)",  "-sign(x)"),
    # Sizes.
    ("sqrt(x^2)",      "abs(x)"), ("abs(abs(x))", "abs(x)"),
    ("sign(x)*abs(x)", "x"), ("abs(x)*sign(x)", "x"),
    ("abs(sqrt(x))",   "sqrt(x)"), ("abs(exp(x))",    "exp(x)"),
    # Choices.
    ("where(c, x, x)", "x"),
]

KNOWING = [  # where the condition is known to hold (see facts.py)
    ("sqrt(x - 1)*sqrt(x + 1)", "sqrt(x^2 - 1)", "x >= 1"),
]

GUARDED = [  # internal rows, shown as the formulas that are taught, which have no value where the condition does not hold
    ("pow1(x, x)",                                             "x^x",                  "x != 0"),
    ("where(abs(x) < 1e-154 and y == 0, 0, y*pow1(x, y - 1))", "y*(y - 1)*x^(y - 2)",  "abs(x) > 1e-150"),
    ("where(x == 0, 0, powln(x, y)*ln(x))",                    "x^y*ln(x)^2",          "x != 0"),
]
# fmt: on


class Row(NamedTuple):
    """A row, read: its pattern, its replacement and what must be known, each as a graph with its result; and the primitives
    that the arguments of the pattern begin with, None where anything may stand."""

    heads: tuple[Primitive | None, ...]
    pattern: tuple[Graph, int]
    replacement: tuple[Graph, int]
    condition: tuple[Graph, int] | None


@cache
def expression(text: str) -> tuple[Graph, int]:
    """Return an expression of the table as a graph with its result, which is not to be changed."""
    return read(text)


@cache
def rows_by_head() -> dict[Primitive, list[Row]]:
    """Return the rows by the primitive that their patterns begin with."""
    found: dict[Primitive, list[Row]] = {}
    for pattern, replacement, *condition in (*ROWS, *KNOWING, *(row[:2] for row in GUARDED)):
        graph, output = read(pattern)
        heads = tuple(None if shape(graph, node)[0] else graph.nodes[node][0] for node in graph.arguments(output))
        row = Row(heads, (graph, output), read(replacement), read(condition[0]) if condition else None)
        found.setdefault(graph.nodes[output][0], []).append(row)
    return found


def shape(graph: Graph, node: int) -> tuple[str, str]:
    """Return what a node of a pattern is: "name" and the name, "number" and the text, "minus" and a name, or "" for a
    primitive whose arguments are matched in turn."""
    head, *rest = graph.nodes[node]
    if head is INPUT:
        return "name", str(rest[0])
    if head is NUMBER:
        return "number", str(rest[0])
    if head.name == "neg" and graph.nodes[rest[0]][0] is INPUT:
        return "minus", str(graph.nodes[rest[0]][1])
    return "", ""

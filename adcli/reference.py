"""The reference table of functions, read from the rows."""

from __future__ import annotations

import re
from typing import NamedTuple

from adcli.graph import INPUT, NUMBER, Graph
from adcli.language import words
from adcli.language.arrays import ALONG
from adcli.notation import PLAIN, WRITE, Item, Piece, atom, call, postfix, spell
from adcli.rules import CONDITIONS, DEFINITIONS, TABLE
from adcli.rules.arrays import DEFINED, of
from adcli.rules.compiled import read
from adcli.rules.primitive import COMPARISON, Primitive


class Entry(NamedTuple):
    """What is said of a function: how it is called, its other names, its derivative by each argument (or what it stands
    for), the condition under which it is defined, the condition of a kink and what is taken there, and a sentence."""

    name: str
    called: str
    aliases: tuple[str, ...]
    derivatives: dict[str, str]
    definition: str | None
    domain: str
    kink: str
    chosen: str
    says: str


DERIV = Entry(
    "deriv",
    "deriv(EXPR, x)",
    (),
    {},
    "the derivative of EXPR by x",
    "",
    "",
    "",
    "x is a name, all else in EXPR is constant",
)


def entries() -> list[Entry]:
    """Return the entries of all operators and functions that a person may write, in the order of the table."""
    rows = [row for row in TABLE.values() if row.partials and not row.shown]
    rows = [row for row in rows if row.strength != COMPARISON and row not in CONDITIONS]
    defined = [of_definition(*definition) for definition in DEFINITIONS]
    arrays = [of_arrays(name) for name in sorted(words.ARRAY_FUNCTIONS)]
    return [*map(of_row, rows), *defined, *map(of_series, words.SERIES), DERIV, *arrays]


def of_arrays(name: str) -> Entry:
    """Return the entry of a function of arrays: its differential, or that it is made of others."""
    if name in MADE_OF:
        called, means = MADE_OF[name]
        return Entry(name, called, (), {}, means, "", "", "", "differentiated as what it stands for")
    row = of(name)
    called = f"{name}({', '.join(row.parameters)})"
    derivatives = {}
    for number, parameter in enumerate(row.parameters):
        moved = [f"d{other}" if other == parameter else other for other in row.parameters]
        text = f"{name}({', '.join(moved)})"  # what is linear is its own differential
        if row.differential[number] is not None:
            text = re.sub(r"\bd\b", f"d{parameter}", str(row.differential[number]))
            text = re.sub(r"\br\b", called, text)
        derivatives[parameter] = text
    axis = "; also along an axis" if name in ALONG else ""
    says = "; ".join(filter(None, (row.says, f"its differential, for arrays{axis}")))
    return Entry(name, called, (), derivatives, None, DEFINED.get(name, ""), "", "", says)


MADE_OF = {
    "transpose": ("transpose(x)", "T(x)"),
    "dot": ("dot(x, y)", "x @ y"),
    "var": ("var(x)", "mean((x - mean(x))^2)"),
    "concat": ("concat(x, y, ..., axis=0)", "the arrays one behind the other"),
    "reshape": ("reshape(x, m, n)", "x in another shape"),
    "len": ("len(x)", "a whole number"),
    "shape": ("shape(x)", "whole numbers"),
    "zeros": ("zeros(m, n)", "numbers"),
    "ones": ("ones(m, n)", "numbers"),
    "eye": ("eye(n)", "numbers"),
    "arange": ("arange(n)", "whole numbers from 0"),
    "linspace": ("linspace(a, b, n)", "a + (b - a)*k/(n - 1), k = 0 ... n - 1"),
}
"""Functions of arrays that have no rule of their own, how they are called and what they are."""


def of_row(row: Primitive) -> Entry:
    """Return the entry of a primitive."""
    derivatives = {
        parameter: text(row, partial) for parameter, partial in zip(row.parameters, row.partials) if partial is not None
    }
    aliases = tuple(alias for alias, name in words.FUNCTIONS.items() if name == row.name != alias)
    return Entry(row.name, text(row, "r"), aliases, derivatives, None, row.domain, row.kink, row.chosen, row.says)


def of_definition(name: str, count: int) -> Entry:
    """Return the entry of a function that is defined in terms of others."""
    called = f"{name}({', '.join('xyz'[:count])})"
    return Entry(name, called, (), {}, DEFINITIONS[name, count], "", "", "", "differentiated as what it stands for")


def of_series(name: str) -> Entry:
    """Return the entry of sum or prod."""
    sign = TABLE[words.SERIES[name]].sign
    called, means = f"{name}(k=m..n, EXPR)", f"EXPR at k = m {sign} ... {sign} EXPR at k = n"
    return Entry(name, called, (), {}, means, "", "", "", "written out, term by term; both ends are included")


def text(row: Primitive, expression: str) -> str:
    """Return an expression of the row in ordinary notation, with the function itself where it says r."""
    graph, output = read(expression)

    def function(pieces: list[Piece]) -> Piece:
        return call(row.name, [atom(parameter)[1] for parameter in row.parameters], PLAIN)

    def leaf(index: int) -> Item | None:
        head, *rest = graph.nodes[index]
        if head is INPUT and rest == ["r"]:
            return (WRITE, (0, function)) if not row.sign else (None, operation(row))
        if head in (INPUT, NUMBER):
            return atom(str(rest[0]))
        return atom(head.name) if isinstance(head, Primitive) and not rest else None

    return spell(postfix(graph, output, leaf))


def operation(row: Primitive) -> Piece:
    """Return an operator between its parameters, as a piece that is bracketed where that is needed."""
    graph = Graph()
    graph.put((row, *(graph.input(parameter) for parameter in row.parameters)))
    rope = spell(postfix(graph, len(graph.nodes) - 1, lambda index: _name(graph, index)))
    return Piece(rope, row.strength, rope.startswith("-"), rope)


def _name(graph: Graph, index: int) -> Item | None:
    head, *rest = graph.nodes[index]
    return atom(str(rest[0])) if head is INPUT else None

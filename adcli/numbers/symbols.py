"""Symbols: references to the nodes of a graph under construction.

A sweep run on symbols builds the graph of what it would have computed: run the reverse sweep on them and the result is the
gradient as a formula, which can be evaluated, shown, or differentiated again. Only what is exact for every number is folded
away on the spot (1*x, x + a structural zero, 3 - 1, a condition on literals); making it look nice is simplify's business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adcli.graph import INPUT, NUMBER, Graph, decimal_text
from adcli.numbers.floats import FUNCTIONS
from adcli.numbers.system import System
from adcli.rules import CONSTANTS, TABLE, row
from adcli.rules.arrays import KEEPING, SCATTERING, of
from adcli.rules.arrays import NAMES as ARRAYS

ONE = (NUMBER, "1")
WIDE = of("wide")
MUL = TABLE["mul"]


class Symbol:
    """A node of a graph, as a number that operators and functions can be applied to.

    ``mask`` is None, or for an adjoint the condition under which it is there at all. What is computed from it is there under
    the same condition, and ``plain`` writes ``where(mask, ..., 0)`` around the whole of it, so that a branch not taken never
    multiplies a zero by an infinity.
    """

    __slots__ = ("graph", "index", "mask")

    def __init__(self, graph: Graph, index: int, mask: Symbol | None = None) -> None:
        self.graph, self.index, self.mask = graph, index, mask

    def apply(self, name: str, *arguments: Any) -> Symbol:
        """Return the named primitive of these arguments, in this symbol's graph."""
        if self.graph.arrays and (
            name in ARRAYS and (name not in TABLE or len(arguments) == 1 or int in map(type, arguments))
        ):
            return self._apply_array(name, *arguments)
        nodes = [self.lift(argument).index for argument in arguments]
        if name in FOLDED and not (name == "where" and self.graph.arrays):  # a branch may have the smaller shape
            folded = FOLDED[name](self.graph, *nodes)
            if folded is not None:
                return Symbol(self.graph, folded)
        return Symbol(self.graph, self.graph.put((row(name, len(nodes)), *nodes)))

    def _apply_array(self, name: str, *arguments: Any) -> Symbol:
        """Return a function of arrays; numbers that are whole, and tuples of them, are no arrays but belong to the row."""
        static = tuple(argument for argument in arguments if isinstance(argument, (int, tuple)))
        nodes = [self.lift(argument).index for argument in arguments if not isinstance(argument, (int, tuple))]
        return Symbol(self.graph, self.graph.put((of(name, *static), *nodes)))

    def lift(self, value: Any) -> Symbol:
        """Return a symbol or a float as a symbol of this graph."""
        return value if isinstance(value, Symbol) else Symbol(self.graph, self.graph.number(decimal_text(float(value))))

    def plain(self) -> Symbol:
        """Return this symbol where its mask holds and 0 elsewhere; itself without a mask."""
        return self if self.mask is None else self.apply("where", self.mask, self, 0.0)

    def __mul__(self, other: Any) -> Symbol:
        other, graph = self.lift(other), self.graph
        if graph.nodes[self.index] == ONE:
            return Symbol(graph, other.index, self.mask)
        if graph.nodes[other.index] == ONE:
            return self
        return Symbol(graph, graph.put((MUL, self.index, other.index)), self.mask)

    def __add__(self, other: Any) -> Symbol:
        other = self.lift(other)
        if self.mask is None and other.mask is None:
            return self.apply("add", self, other)
        if self.mask is not None and other.mask is not None:
            if self.mask.index == other.mask.index:
                return Symbol(self.graph, self.apply("add", self, other).index, self.mask)
            either = self.apply("or", self.mask, other.mask)
            return Symbol(self.graph, self.apply("add", self.plain(), other.plain()).index, either)
        return self.apply("add", self.plain(), other.plain())

    def __rmul__(self, other: float) -> Symbol:
        return self.lift(other) * self

    def __radd__(self, other: float) -> Symbol:
        return self.lift(other) + self

    def __sub__(self, other: Any) -> Symbol:
        return self.apply("sub", self, other)

    def __rsub__(self, other: float) -> Symbol:
        return self.apply("sub", other, self)

    def __neg__(self) -> Symbol:
        return self.apply("neg", self)


class Moved(Symbol):
    """An adjoint whose elements have been moved about since its mask was written around it: it is 0 where it is not there."""

    __slots__ = ()

    def plain(self) -> Symbol:
        """Return this symbol without its mask."""
        return Symbol(self.graph, self.index)


def literal(graph: Graph, node: int) -> float | None:
    """Return the number that a node is, if it is a literal."""
    head, *rest = graph.nodes[node]
    return float(rest[0]) if head is NUMBER else None


def of_literals(name: str) -> Callable[[Graph, int, int], int | None]:
    """Return what folds an operation on two small whole numbers, where doubles make no error."""
    operation = FUNCTIONS[name]

    def fold(graph: Graph, a: int, b: int) -> int | None:
        x, y = literal(graph, a), literal(graph, b)
        if x is None or y is None or not (x.is_integer() and y.is_integer() and abs(x) + abs(y) < 2**53):
            return None
        return graph.number(decimal_text(operation(x, y)))

    return fold


def fold_and(graph: Graph, a: int, b: int) -> int | None:
    """Fold a conjunction with something false: neither side has another effect."""
    return next((graph.number("0") for node in (a, b) if literal(graph, node) == 0), None)


def fold_where(graph: Graph, condition: int, a: int, b: int) -> int | None:
    """Fold a choice that is decided."""
    decided = literal(graph, condition)
    return None if decided is None else a if decided else b


FOLDED: dict[str, Callable[..., int | None]] = {
    **{name: of_literals(name) for name in ("add", "sub", "lt", "le", "gt", "ge", "eq", "ne")},
    "and": fold_and,
    "where": fold_where,
}


class Functions(dict[str, Any]):
    """Each primitive by name as a function on symbols and floats, and each constant, made when first asked for."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph

    def __missing__(self, name: str) -> Any:
        graph = self.graph
        if name in CONSTANTS:
            made: Any = Symbol(graph, graph.put((TABLE[name],)))
        else:

            def made(*arguments: Any) -> Symbol:
                return Symbol(graph, 0).apply(name, *arguments)

        self[name] = made
        return made


def somewhere(mask: Symbol, x: Symbol) -> Symbol:
    """Return a mask in the shape of an argument: an element is there if any that it was broadcast to is."""
    return mask.apply("ne", mask.apply("fit", mask, x), 0.0)


class Symbols(System):
    """The number system whose numbers are the nodes of ``graph``."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(Functions(graph), lambda text: Symbol(graph, graph.number(text)), not graph.arrays)

    def product(self, g: Symbol, partial: Any, x: Symbol) -> Symbol:
        """Return an adjoint times a partial, in the shape of the argument."""
        product: Symbol = g * partial
        if self.scalar:
            return product
        product = product.plain()
        return Symbol(product.graph, product.apply("fit", product, x).index, g.mask and somewhere(g.mask, x))

    def joined(self, row: Any, operands: list[Symbol], parts: list[Symbol | None]) -> Symbol:
        """Return the tangent of what is made of several arrays."""
        fill = self.functions[WIDE]
        found: Symbol = self.functions[row](*(fill(0.0, x) if dx is None else dx for x, dx in zip(operands, parts)))
        return found

    def through(self, row: Any, pull: Callable[[Any], Any], g: Symbol, x: Symbol | None = None) -> Symbol:
        """Return what a row of arrays gives of a tangent, or of an adjoint to its argument x."""
        found: Symbol = pull(g.plain())
        # nothing multiplies what an input gets
        scattered = x is not None and row.name in SCATTERING and x.graph.nodes[x.index][0] is not INPUT
        if not scattered and (g.mask is None or row.name not in KEEPING):
            return found
        ones = g.apply("wide", 1.0, g)
        mask = pull(ones if g.mask is None else g.apply("where", g.mask, ones, 0.0))
        return Moved(found.graph, found.index, mask.apply("ne", mask, 0.0))

    def lift(self, value: Any) -> Symbol:
        """Return a symbol or a float as a symbol."""
        return value if isinstance(value, Symbol) else self.number(decimal_text(float(value)))

    def select(self, condition: Symbol, here: Symbol | None, there: Symbol | None) -> Symbol | None:
        """Return the tangent of whichever branch the condition takes; None where neither has one."""
        if here is None and there is None:
            return None
        return condition.apply("where", condition, 0.0 if here is None else here, 0.0 if there is None else there)

    def route(self, condition: Symbol, adjoint: Symbol) -> tuple[Symbol, Symbol]:
        """Return the adjoint under the condition, and under its opposite."""
        opposite = condition.apply("not", condition)
        if adjoint.mask is not None:
            condition, opposite = (adjoint.apply("and", adjoint.mask, side) for side in (condition, opposite))
        return Symbol(adjoint.graph, adjoint.index, condition), Symbol(adjoint.graph, adjoint.index, opposite)


class Tangents(Symbols):
    """Symbols whose tangents keep the mask of a branch that has none, so that its zero never meets an infinity outside."""

    def select(self, condition: Symbol, here: Symbol | None, there: Symbol | None) -> Symbol | None:
        """Return the tangent of whichever branch the condition takes; None where neither has one."""
        if here is None or there is None:
            one, side = (there, condition.apply("not", condition)) if here is None else (here, condition)
            if one is None:
                return None
            return Symbol(one.graph, one.index, side if one.mask is None else side.apply("and", side, one.mask))
        chosen = condition.apply("where", condition, here, there)
        if here.mask is not None or there.mask is not None:
            masks = (1.0 if side.mask is None else side.mask for side in (here, there))
            chosen.mask = condition.apply("where", condition, *masks)
        return chosen

"""Formulas over arrays without what no person types: where the shapes are known, every internal row but two is an ordinary
expression. What an adjoint is broadcast to stays unsaid, as NumPy leaves it unsaid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from adcli.graph import INPUT, NUMBER, Graph
from adcli.numbers.symbols import Symbol
from adcli.rules import TABLE
from adcli.rules.arrays import of
from adcli.rules.primitive import Array

Shape = tuple[int, ...]

MINUS_ONE = (NUMBER, "-1")


class Ordinary:
    """Rewrites the formulas of one graph; ``shape_of`` knows the shape of each input, and ``signs`` makes a minus of a factor
    -1. What was done is remembered."""

    def __init__(self, graph: Graph, shape_of: Callable[[str], Shape], signs: bool = False) -> None:
        self.graph, self.shape_of, self.signs = graph, shape_of, signs
        self._done: dict[int, tuple[int, Shape]] = {}

    def formula(self, symbol: Symbol) -> Symbol:
        """Return a formula as a person would write it."""
        pending = [symbol.index]
        while pending:
            index = pending[-1]
            wanted = [argument for argument in self.graph.arguments(index) if argument not in self._done]
            if wanted:
                pending += wanted
                continue
            self._done[index] = self._node(index)
            pending.pop()
        return Symbol(self.graph, self._done[symbol.index][0])

    def _node(self, index: int) -> tuple[int, Shape]:
        """Return what stands for a node, and the shape of the node."""
        head, *rest = self.graph.nodes[index]
        if head is INPUT or head is NUMBER or not rest:
            return index, self.shape_of(str(rest[0])) if head is INPUT else ()
        nodes, shapes = zip(*(self._done[argument] for argument in rest))
        shape = shape_of(head, shapes)
        rewrite = REWRITES.get(head.name) if isinstance(head, Array) else None
        if rewrite is not None:
            symbols = [Symbol(self.graph, node) for node in nodes]
            return rewrite(symbols, shapes, *head.static).index, shape
        if self.signs and head is TABLE["mul"] and self.graph.nodes[nodes[1]] == MINUS_ONE:
            return self.graph.put((TABLE["neg"], nodes[0])), shape
        return self.graph.put((head, *nodes)), shape


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Return the shape that these have together."""
    longest = max(map(len, shapes), default=0)
    padded = [(1,) * (longest - len(shape)) + shape for shape in shapes]
    return tuple(next((size for size in sizes if size != 1), 1) for sizes in zip(*padded))


def shape_of(row: Any, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of what a row gives for arguments of these shapes."""
    if not isinstance(row, Array):
        return broadcast(shapes)
    if row.name in LIKE:
        return shapes[LIKE[row.name]]
    return OTHERS[row.name](shapes, *row.static)


def _reduced(shapes: Sequence[Shape], *axis: int) -> Shape:
    (shape,) = shapes
    if not axis:
        return ()
    at = axis[0] % len(shape)
    return (*shape[:at], *shape[at + 1 :])


def _product(shapes: Sequence[Shape]) -> Shape:
    x, y = shapes
    return (*x[:-1], *y[1:])


def _part(shapes: Sequence[Shape], *items: Any) -> Shape:
    shape = shapes[0]
    ranges = [len(range(*slice(*item).indices(size))) for item, size in zip(items, shape) if isinstance(item, tuple)]
    return (*ranges, *shape[len(items) :])


def _reshaped(shapes: Sequence[Shape], *sizes: int) -> Shape:
    known = prod(size for size in sizes if size != -1)
    return tuple(prod(shapes[0]) // known if size == -1 else size for size in sizes)


def _behind(shapes: Sequence[Shape], axis: int, count: int) -> Shape:
    first = list(shapes[0])
    first[axis] = sum(shape[axis] for shape in shapes)
    return tuple(first)


LIKE = {
    **dict.fromkeys(("phi", "inv", "cholesky", "softmax", "cofactor", "among"), 0),
    **dict.fromkeys(("spread", "fit", "wide", "alike", "diagonal", "scatter", "solve"), 1),
    **dict.fromkeys(("left", "right"), 2),
}
"""Rows whose result has the shape of an argument, and which."""

OTHERS: dict[str, Callable[..., Shape]] = {
    "T": lambda shapes: shapes[0][::-1],
    **dict.fromkeys(("sum", "mean", "max", "min", "norm", "logsumexp"), _reduced),
    **dict.fromkeys(("trace", "det", "logdet", "count"), lambda shapes, *axis: ()),
    "outer": lambda shapes: (prod(shapes[0]), prod(shapes[1])),
    "matmul": _product,
    "index": _part,
    "reshape": _reshaped,
    "array": lambda shapes, count: (count, *shapes[0]),
    "concat": _behind,
    "part": lambda shapes, axis, k, count: shapes[k + 1],
}

Symbols = Sequence[Symbol]
Shapes = Sequence[Shape]


def _apply(name: str, *arguments: Any) -> Symbol:
    """Return a row of arrays of these symbols and of what it is given besides them."""
    symbols = [argument for argument in arguments if isinstance(argument, Symbol)]
    static = (argument for argument in arguments if not isinstance(argument, Symbol))
    graph = symbols[0].graph
    return Symbol(graph, graph.put((of(name, *static), *(symbol.index for symbol in symbols))))


def _turned(symbol: Symbol) -> Symbol:
    head, *rest = symbol.graph.nodes[symbol.index]
    return Symbol(symbol.graph, rest[0]) if head is of("T") else _apply("T", symbol)


def _times(x: Symbol, y: Symbol) -> Symbol:
    return Symbol(x.graph, x.graph.put((TABLE["mul"], x.index, y.index)))


def _spread(symbols: Symbols, shapes: Shapes, *axis: int) -> Symbol:
    """An axis before all others is left to broadcasting; another one is put in."""
    wide = shapes[1]
    if not axis or axis[0] % len(wide) == 0:
        return symbols[0]
    at = axis[0] % len(wide)
    return _apply("reshape", symbols[0], *wide[:at], 1, *wide[at + 1 :])


def _fit(symbols: Symbols, shapes: Shapes) -> Symbol:
    """What was broadcast is summed."""
    symbol, (before, after) = symbols[0], shapes
    if len(before) < len(after) or prod(before) == prod(after):
        return symbol
    if not after:
        return _apply("sum", symbol)
    padded = (1,) * (len(before) - len(after)) + after
    summed = [axis for axis, (size, kept) in enumerate(zip(before, padded)) if size != kept]
    for axis in reversed(summed):
        symbol = _apply("sum", symbol, axis)
    there = tuple(size for axis, size in enumerate(before) if axis not in summed)
    return symbol if there == after else _apply("reshape", symbol, *after)


def _left(symbols: Symbols, shapes: Shapes) -> Symbol:
    """What x gets of an adjoint z of x @ y."""
    (z, y, _), (_, of_y, of_x) = symbols, shapes
    if len(of_x) == 1:
        return _times(z, y) if len(of_y) == 1 else _apply("matmul", y, z)
    return _apply("outer", z, y) if len(of_y) == 1 else _apply("matmul", z, _turned(y))


def _right(symbols: Symbols, shapes: Shapes) -> Symbol:
    """What y gets of an adjoint z of x @ y."""
    (z, x, _), (_, of_x, of_y) = symbols, shapes
    if len(of_x) == 1:
        return _times(z, x) if len(of_y) == 1 else _apply("outer", x, z)
    return _apply("matmul", _turned(x), z)


def _count(symbols: Symbols, shapes: Shapes, *axis: int) -> Symbol:
    graph = symbols[0].graph
    return Symbol(graph, graph.number(str(shapes[0][axis[0]] if axis else prod(shapes[0]))))


def _among(symbols: Symbols, shapes: Shapes, *axis: int) -> Symbol:
    x, r = symbols
    ties = x.apply("eq", x, _spread([r, x], [shapes[1], shapes[0]], *axis))
    count = _spread([_apply("sum", ties, *axis), x], [shapes[1], shapes[0]], *axis)
    return ties.apply("div", ties, count)


def _share(symbols: Symbols, shapes: Shapes, axis: int, k: int, count: int) -> Symbol:
    start = sum(shape[axis] for shape in shapes[1 : k + 1])
    before = ((None, None, None),) * (axis % len(shapes[0]))
    return _apply("index", symbols[0], *before, (start, start + shapes[k + 1][axis], None))


def _diagonal(symbols: Symbols, shapes: Shapes) -> Symbol:
    graph, (size, other) = symbols[0].graph, shapes[1]
    eye = of("eye", size) if size == other else of("eye", size, other)
    return _times(symbols[0], Symbol(graph, graph.put((eye,))))


REWRITES: dict[str, Callable[..., Symbol]] = {
    "T": lambda symbols, shapes: _turned(symbols[0]),
    "spread": _spread,
    "wide": lambda symbols, shapes: symbols[0],
    "fit": _fit,
    "alike": lambda symbols, shapes: (
        symbols[0] if shapes[0] == shapes[1] else _apply("reshape", symbols[0], *shapes[1])
    ),
    "diagonal": _diagonal,
    "left": _left,
    "right": _right,
    "count": _count,
    "among": _among,
    "part": _share,
    "cofactor": lambda symbols, shapes: _times(_apply("det", symbols[0]), _apply("T", _apply("inv", symbols[0]))),
}
"""The ordinary expression of each internal row, given its arguments, their shapes, and what it is given besides them."""

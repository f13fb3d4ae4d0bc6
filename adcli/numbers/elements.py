"""Elements: arrays of symbols, so that a program of arrays becomes one of numbers.

The evaluate sweep, run on these, writes out every element: a product of matrices becomes the sums of products that it is.
What moves elements about is numpy's, as in arrays.py; what computes with them is stated here in numbers. A matrix is eliminated
with the pivots that are largest at the point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

import numpy as np

from adcli.graph import INPUT, NUMBER, Graph
from adcli.numbers.arrays import FUNCTIONS, flat, matrix, spread, tidy
from adcli.numbers.floats import FUNCTIONS as FLOATS
from adcli.numbers.symbols import Symbol, Symbols
from adcli.numbers.system import CONSTANTS, System
from adcli.numbers.system import FLOATS as NUMBERS
from adcli.rules import TABLE

Value = Any
"""A symbol or a number, or an array of them."""


class Elements(System):
    """The number system of arrays of symbols of a graph; ``point`` gives the values of its inputs, which decide about pivots."""

    def __init__(self, graph: Graph, point: Mapping[str, float]) -> None:
        self.graph, self.point, self.symbols = graph, point, Symbols(graph)
        self.values: list[float] = []
        each = {name: np.frompyfunc(self.symbols.by_name[name], TABLE[name].arity, 1) for name in FLOATS}
        own = {
            "min": self.extreme("min"), "max": self.extreme("max"), "mean": self.mean, "among": self.among,
            "norm": self.norm, "logsumexp": self.logsumexp, "softmax": self.softmax,
            "solve": self.solve, "inv": lambda x: self.solve(x, np.eye(len(matrix(x)))), "det": lambda x: self.det(matrix(x)),
            "logdet": self.logdet, "cofactor": self.cofactor, "minor": self.minor, "cholesky": self.cholesky,
        }  # fmt: skip
        constants = {name: self.symbols.by_name[name] for name in CONSTANTS}
        super().__init__({**FUNCTIONS, **each, **own, **constants}, self.symbols.number, scalar=False)

    def inputs(self, names: Any) -> Value:
        """Return inputs of the graph by their names."""
        made = np.frompyfunc(lambda name: Symbol(self.graph, self.graph.input(name)), 1, 1)
        return made(names)

    def indices(self, x: Value) -> Value:
        """Return the nodes of elements: one, or an array of them."""
        return np.frompyfunc(lambda element: self.symbols.lift(element).index, 1, 1)(x)

    def numbers(self, x: Value) -> Any:
        """Return the values of elements at the point."""
        nodes, values = self.indices(x), self.values
        for head, *rest in self.graph.nodes[len(values) :]:
            if head is INPUT:
                values.append(self.point[rest[0]])
            elif head is NUMBER:
                values.append(float(rest[0]))
            else:
                function = NUMBERS.functions[head]
                values.append(function(*(values[argument] for argument in rest)) if rest else function)
        return np.asarray(np.frompyfunc(values.__getitem__, 1, 1)(nodes), dtype=float)

    # --- Along an axis ---

    def extreme(self, name: str) -> Callable[..., Value]:
        """Return min or max: of an array along an axis or everything, or elementwise of several arguments."""
        function = self.symbols.by_name[name]

        def either(*arguments: Any) -> Value:
            arrays = [argument for argument in arguments if argument.__class__ is not int]
            if len(arrays) > 1:
                return np.frompyfunc(function, len(arrays), 1)(*arrays)
            return lanes(lambda *elements: function(*elements) if elements[1:] else elements[0], *arguments)

        return either

    def mean(self, x: Value, *axis: Any) -> Value:
        """Return the mean of all elements, or means along an axis."""
        return self.by_name["div"](FUNCTIONS["sum"](x, *axis), FUNCTIONS["count"](x, *axis))

    def among(self, x: Value, r: Value, *axis: Any) -> Value:
        """Return the share of each element in an extreme: 1/k each of the k that tie."""
        ties = self.by_name["eq"](x, spread(r, x, *axis))
        return self.by_name["div"](ties, spread(FUNCTIONS["sum"](ties, *axis), x, *axis))

    def norm(self, x: Value, *axis: Any) -> Value:
        """Return the length of x, or lengths along an axis."""

        def length(first: Any, *others: Any) -> Any:
            total = self.by_name["abs"](first)
            for other in others:
                total = self.by_name["hypot"](total, other)
            return total

        return lanes(length, x, *axis)

    def logsumexp(self, x: Value, *axis: Any) -> Value:
        """Return the logarithm of the sum of exponentials."""
        largest = self._largest(x, *axis)
        total = np.sum(self.by_name["exp"](x - largest), axis=axis[0] if axis else None, keepdims=True)
        found = self.by_name["ln"](total) + largest
        return tidy(np.squeeze(found, axis=axis[0] if axis else None))

    def softmax(self, x: Value, *axis: Any) -> Value:
        """Return exponentials that sum to 1."""
        small = self.by_name["exp"](x - self._largest(x, *axis))
        return self.by_name["div"](small, np.sum(small, axis=axis[0] if axis else None, keepdims=True))

    def _largest(self, x: Value, *axis: Any) -> Any:
        """Return the largest elements as numbers, which any other numbers near them could stand for."""
        largest = np.max(self.numbers(x), axis=axis[0] if axis else None, keepdims=True)
        return np.where(np.isfinite(largest), largest, 0.0)

    # --- Matrices ---

    def eliminated(self, x: Value, y: Value) -> tuple[Value, Value, list[int], bool, int]:
        """Eliminate x below its diagonal, and y beside it, with complete pivoting; return both, the order of the columns,
        whether the permutations are odd, and the number of pivots that are not 0."""
        x, y, size, odd = np.array(x, dtype=object), np.array(y, dtype=object), len(x), False
        order = list(range(size))
        for k in range(size):
            sizes = np.abs(self.numbers(x[k:, k:]))
            i, j = (k + int(at) for at in np.unravel_index(np.argmax(sizes), sizes.shape))
            if sizes[i - k, j - k] == 0.0:
                return x, y, order, odd, k
            odd ^= (i != k) ^ (j != k)
            x[[k, i]], y[[k, i]] = x[[i, k]], y[[i, k]]
            x[:, [k, j]] = x[:, [j, k]]
            order[k], order[j] = order[j], order[k]
            for row in range(k + 1, size):
                factor = self.by_name["div"](x[row, k], x[k, k])
                x[row, k + 1 :] = x[row, k + 1 :] - x[k, k + 1 :] * factor
                y[row] = y[row] - y[k] * factor
        return x, y, order, odd, size

    def solve(self, x: Value, y: Value) -> Value:
        """Return what x times gives y."""
        x, y, order, _, _ = self.eliminated(*flat(x, y))
        found = np.empty(y.shape, dtype=object)
        for k in range(len(x) - 1, -1, -1):
            right = y[k]
            for later in range(k + 1, len(x)):
                right = right - found[order[later]] * x[k, later]
            found[order[k]] = self.by_name["div"](right, x[k, k])
        return found

    def det(self, x: Value) -> Value:
        """Return the determinant: the product of the pivots."""
        x, _, _, odd, rank = self.eliminated(x, np.zeros(len(x)))
        total: Any = -1.0 if odd else 1.0
        for k in range(rank):
            total = x[k, k] * total
        return total * self._leibniz(x[rank:, rank:])

    def _leibniz(self, x: Value) -> Any:
        """Return the determinant of what has no pivot, as the sum over all permutations."""
        total: Any = 0.0
        for order in permutations(range(len(x))):
            odd = sum(order[i] > order[j] for j in range(len(x)) for i in range(j)) % 2
            term: Any = -1.0 if odd else 1.0
            for row, column in enumerate(order):
                term = x[row, column] * term
            total = term + total
        return total

    def logdet(self, x: Value) -> Value:
        """Return the logarithm of the determinant's size."""
        x, *_ = self.eliminated(matrix(x), np.zeros(len(x)))
        return np.sum(self.by_name["ln"](self.by_name["abs"](np.diag(x))))

    def cofactor(self, x: Value) -> Value:
        """Return the cofactors of a matrix."""
        found = np.empty(x.shape, dtype=object)
        for i, j in np.ndindex(x.shape):
            found[i, j] = self.det(without(x, i, j)) * (-1.0) ** (i + j)
        return found

    def minor(self, x: Value, y: Value) -> Value:
        """Return the derivative of the cofactors of x in the direction y: a determinant for each row that y takes."""
        found = np.empty(x.shape, dtype=object)
        for i, j in np.ndindex(x.shape):
            rest, moved = without(x, i, j), without(y, i, j)
            total: Any = 0.0
            for row in range(len(rest)):
                turned = np.array(rest, dtype=object)
                turned[row] = moved[row]
                total = self.det(turned) + total
            found[i, j] = total * (-1.0) ** (i + j)
        return found

    def cholesky(self, x: Value) -> Value:
        """Return the lower triangle that times its transpose is the symmetric part of x."""
        x = (matrix(x) + x.T) * 0.5
        found = np.zeros(x.shape, dtype=object)
        for j in range(len(x)):
            for i in range(j, len(x)):
                left = x[i, j]
                for k in range(j):
                    left = left - found[i, k] * found[j, k]
                found[i, j] = self.by_name["sqrt"](left) if i == j else self.by_name["div"](left, found[j, j])
        return found


def named(name: str, value: Value) -> Any:
    """Return the names of the elements of an input: its own for a number, an array of ``A[0, 1]`` and so on."""
    if np.ndim(value) == 0:
        return name
    names = np.empty(np.shape(value), dtype=object)
    for place in np.ndindex(names.shape):
        names[place] = f"{name}[{', '.join(map(str, place))}]"
    return names


def lanes(function: Callable[..., Any], x: Value, *axis: Any) -> Value:
    """Return a function of numbers along an axis, or of all elements."""
    if not axis:
        return function(*np.ravel(x))
    moved = np.moveaxis(x, axis[0], -1)
    found = np.empty(moved.shape[:-1], dtype=object)
    for place in np.ndindex(found.shape):
        found[place] = function(*moved[place])
    return tidy(found)


def without(x: Value, i: int, j: int) -> Value:
    """Return a matrix without a row and a column."""
    return np.delete(np.delete(x, i, 0), j, 1)

"""Taylor coefficients of a program along one input, by truncated series from the table's own rules.

A rule says r' = p(x, r)*x', where p is again an expression of the language. So coefficient k of r follows from those up to k
of x and those below k of p, and p, which is run on symbols, becomes more nodes of the graph, to be expanded to one order
less. Hash-consing closes the circle where there is one (sine, cosine, minus sine); numbers/closed.py closes it for powers
and the gamma family; where it stays open there is one link more for each order (x^n at 0). Each node is expanded once, to
the highest order that anything needs of it, and then the coefficients are computed order by order: no recursion, nothing
twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import isfinite, nan

from adcli.graph import INPUT, NUMBER, Graph
from adcli.numbers.closed import ClosedFunctions
from adcli.numbers.series import ARITHMETIC, Series, integral
from adcli.numbers.symbols import Symbol
from adcli.numbers.system import FLOATS
from adcli.rules import TABLE, WHERE
from adcli.rules.compiled import Rules
from adcli.sweeps import evaluate

OPERATIONS = {TABLE[name]: functions for name, functions in ARITHMETIC.items()}
PRODUCT = TABLE["mul"]


def taylor(graph: Graph, outputs: Sequence[int], point: Mapping[str, float], wrt: str, order: int) -> list[Series]:
    """Return the Taylor coefficients c_0 ... c_order of each output as a function of the input ``wrt`` about the point.

    A coefficient that does not exist is infinite or nan, and none after it is finite.
    """
    every = coefficients(graph, outputs, point, wrt, order)
    return [every[output] for output in outputs]


def coefficients(
    graph: Graph, outputs: Iterable[int], point: Mapping[str, float], wrt: str, order: int
) -> list[Series]:
    """Return the Taylor coefficients of every node of the graph.

    What the outputs are made of has all of them, and so has what is constant along ``wrt``; a node that only decides a
    branch, lies in one that is not taken, or leads nowhere has those that happen to be known, the value at least.
    """
    closure = Closure(graph, point, wrt, order)
    closure.expand(outputs)
    known = closure.solve()
    for series, degree in zip(known, closure.degrees):
        if len(series) > degree:
            series += [0.0] * (order + 1 - len(series))
    return [settled(series) for series in known[: len(graph.nodes)]]


TRIALS, MARGIN = 3, 3.0
"""How often the arithmetic is moved, and how much farther than in all trials the truth may be."""

NEIGHBOURS = 1.0 - 2.0**-53, 1.0 + 2.0**-52


def errors(
    graph: Graph, outputs: Sequence[int], point: Mapping[str, float], wrt: str, order: int, found: Sequence[Series]
) -> list[Series]:
    """Return an estimate of the rounding error of each Taylor coefficient of each output: how far it moves when the result of every
    step is moved by a unit of the last place, up or down at random (Vignes, Discrete stochastic arithmetic, 2004)."""
    from random import Random  # of which the same numbers come each time

    errors = [[0.0] * (order + 1) for _ in outputs]
    for seed in range(TRIALS):
        closure = Closure(graph, point, wrt, order)
        closure.expand(outputs)
        moved = closure.solve(partial(_neighbour, Random(seed).choice))
        for number, (output, coefficients) in enumerate(zip(outputs, found)):
            ended = moved[output] + [0.0] * (order + 1 - len(moved[output]))
            distances = (abs(one - other) for one, other in zip(coefficients, ended))
            errors[number] = [max(pair) for pair in zip(errors[number], distances)]
    return [[MARGIN * error for error in series] for series in errors]


def _neighbour(choice: Callable[[tuple[float, ...]], float], number: float) -> float:
    return number * choice(NEIGHBOURS)


def settled(series: Series) -> Series:
    """Return coefficients with nan for a finite one behind one that is not: a derivative needs those below it to exist."""
    end = next((k for k, coefficient in enumerate(series) if not isfinite(coefficient)), len(series))
    return series[:end] + [nan if isfinite(coefficient) else coefficient for coefficient in series[end:]]


class Closure:
    """A program's graph, grown by the partial derivatives that its coefficients need.

    values     the value of each node, its coefficient 0
    degrees    the highest order at which a node's coefficient can be other than 0: 0 for what is constant along the input,
               ``order`` for what has no end; beyond it are structural zeros
    needs      the highest order that is needed of each node; 0 for none but the value
    partials   for a node that follows from its rule, each argument that matters with the node of the partial derivative
    """

    def __init__(self, graph: Graph, point: Mapping[str, float], wrt: str, order: int) -> None:
        self.typed = len(graph.nodes)
        self.graph, _ = graph.rearranged(range(self.typed))
        self.wrt, self.order = (INPUT, wrt), order
        self.values: list[float] = evaluate(graph, point, FLOATS)
        self.degrees: list[float] = []
        self.needs: list[int] = []
        self.partials: dict[int, list[tuple[int, int]]] = {}
        self.rules = Rules(ClosedFunctions(self.graph, self.look, order))
        self._grow()

    def look(self, index: int) -> tuple[float, float]:
        """Return the value and the degree of a node, which may be new."""
        self._grow()
        return self.values[index], self.degrees[index]

    def expand(self, outputs: Iterable[int]) -> None:
        """Find what is needed of each node for all coefficients of the outputs, making the partial derivatives.

        A node needs its arguments to its own order and its partials to one less, so the orders are gone through downwards:
        whoever comes first to a node needs the most of it.
        """
        pending: list[list[int]] = [[] for _ in range(self.order + 1)]
        pending[self.order] += outputs
        for need in range(self.order, 0, -1):
            stack = pending[need]
            while stack:
                index = stack.pop()
                if self.needs[index] or not self.degrees[index]:
                    continue
                self.needs[index] = need
                stack += self._passed(index)
                if self._follows(index):
                    self.partials[index] = self._partials(index)
                    pending[need - 1] += [node for _, node in self.partials[index]]

    def solve(self, rounded: Callable[[float], float] = float) -> list[Series]:
        """Return the coefficients of each node, as far as they are needed and not structural zeros; ``rounded`` is applied to
        the results of steps."""
        computed = [bool(self.graph.arguments(index)) for index in range(len(self.values))]
        series = [[value] for value in (self.values if rounded is float else self._moved(rounded))]
        steps: list[tuple[float, Series, Callable[[int], float]]] = []
        for index, need in enumerate(self.needs):
            top = min(need, self.degrees[index])
            if top:
                step = self._step(index, series)
                steps.append((top, series[index], partial(_then, rounded, step) if computed[index] else step))
        for k in range(1, self.order + 1):
            steps = [step for step in steps if step[0] >= k]
            for _, known, coefficient in steps:
                known.append(coefficient(k))
        return series

    def _moved(self, rounded: Callable[[float], float]) -> list[float]:
        """Return the values of all nodes where the result of every step is rounded otherwise."""
        values: list[float] = []
        for value, (head, *rest) in zip(self.values, self.graph.nodes):
            if head is not INPUT and head is not NUMBER and rest:
                value = rounded(FLOATS.functions[head](*[values[argument] for argument in rest]))
            values.append(value)
        return values

    def _step(self, index: int, series: list[Series]) -> Callable[[int], float]:
        """Return what gives coefficient k of a node, given those below it of all nodes and that of its arguments."""
        head = self.graph.nodes[index][0]
        if head is INPUT:
            return float  # the input is x_0 + 1*t
        arguments = [series[argument] for argument in self._passed(index)]
        if head is WHERE:
            return arguments[0].__getitem__
        if head in OPERATIONS:
            return partial(OPERATIONS[head][0], series[index], *arguments)
        return partial(integral, [(series[argument], series[node]) for argument, node in self.partials[index]])

    def _follows(self, index: int) -> bool:
        """Say whether a node that is not constant follows from its rule."""
        head = self.graph.nodes[index][0]
        return head is not INPUT and head is not WHERE and head not in OPERATIONS

    def _passed(self, index: int) -> tuple[int, ...]:
        """Return the arguments of a node that its coefficients come from: of a branch, the one that is taken."""
        arguments = self.graph.arguments(index)
        if self.graph.nodes[index][0] is WHERE:
            return (arguments[1 if self.values[arguments[0]] else 2],)
        return arguments

    def _partials(self, index: int) -> list[tuple[int, int]]:
        """Run the rule of a node on symbols, for the arguments that matter."""
        row, *arguments = self.graph.nodes[index]
        operands = [Symbol(self.graph, argument) for argument in (*arguments, index)]
        made = [
            (argument, operands[0].lift(rule(*operands)).index)
            for argument, rule in zip(arguments, self.rules[row])
            if rule is not None and self.degrees[argument]
        ]
        self._grow()
        return made

    def _grow(self) -> None:
        """Compute the values and degrees of the nodes that are new."""
        for index in range(len(self.degrees), len(self.graph.nodes)):
            if index >= self.typed:
                self.values.append(self._value(index))
            self.degrees.append(min(self._degree(index), self.order))
            self.needs.append(0)

    def _value(self, index: int) -> float:
        """Return the value of a node that a rule has made."""
        head, *rest = self.graph.nodes[index]
        if head is NUMBER:
            return float(rest[0])
        function = FLOATS.functions[head]
        value: float = function(*[self.values[argument] for argument in rest]) if rest else function
        return value

    def _degree(self, index: int) -> float:
        """Return the degree of a node in the input, from those of its arguments."""
        node = self.graph.nodes[index]
        if node[0] is INPUT:
            return 1 if node == self.wrt else 0
        if node[0] is NUMBER:
            return 0
        degrees = [self.degrees[argument] for argument in self._passed(index)]
        if node[0] is WHERE:
            return degrees[0]
        if node[0] is PRODUCT and index >= self.typed and self._counted_down(*node[1:]):
            return 0
        if node[0] in OPERATIONS:
            return OPERATIONS[node[0]][1](*degrees)
        matters = any(degree and text not in (None, "0") for degree, text in zip(degrees, node[0].partials))
        return self.order if matters else 0

    def _counted_down(self, *factors: int) -> bool:
        """Say whether a factor in a rule is 0 and stays 0: the exponent, once the derivatives of x^2 have counted it down.

        The other factor, x^(-1) and so on, is then no part of the result, however soon its coefficients overflow.
        """
        return any(not self.degrees[factor] and not self.values[factor] for factor in factors)


def _then(rounded: Callable[[float], float], step: Callable[[int], float], k: int) -> float:
    return rounded(step(k))

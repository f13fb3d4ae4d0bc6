"""Derivatives: short combinations of sweeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Any

from adcli.graph import Graph
from adcli.numbers.system import FLOATS, system_of
from adcli.sweeps import WIDE, Observer, evaluate, forward, reverse

Seeds = Mapping[int, "float | None"]
"""Tangents or adjoints to begin a sweep with, by node; None is a structural zero."""

Watch = Callable[["str | int", Seeds], Observer]
"""What is told of each sweep before it begins, by what it is (an input, or the number of an output) and its seeds; it
returns the observer of the sweep."""


class Side:
    """For one-sided derivatives: which side, "left" or "right", and the nodes that have a kink at the point or are a
    comparison whose sides are equal."""

    def __init__(self, name: str, bends: Sequence[int]) -> None:
        self.sign = 1.0 if name == "right" else -1.0
        self.bends = bends

    def jump(self, value: float, beside: float) -> float:
        """Return the one-sided derivative of what jumps from its value to another one beside the point: infinite."""
        return self.sign * (beside - value) * inf


class Beside:
    """What a forward sweep needs just beside the point: there a comparison is decided by the tangents of its sides, sign and
    floor have jumped, and what follows from them has another value; abs and max have the slope of one side."""

    def __init__(self, graph: Graph, values: Sequence[float], side: Side) -> None:
        self.nodes, self.values, self.sign, self.bends = graph.nodes, list(values), side.sign, frozenset(side.bends)
        self.moved = graph.depends(index for index in side.bends if graph.nodes[index][0].moved)

    def bent(self, index: int, tangents: Sequence[float | None]) -> bool:
        """Give a node its value beside the point; say whether it has a kink there, so that ``tangent`` knows its slope."""
        if index not in self.bends and not self.moved[index]:
            return False
        row, *arguments = self.nodes[index]
        operands = [self.values[argument] for argument in arguments]
        if self.moved[index]:
            self.values[index] = FLOATS.functions[row](*operands)
        r = self.values[index]
        if index not in self.bends or not FLOATS.expression(row.kink, (*row.parameters, "r"))(*operands, r):
            return False  # a kink can be left behind when an operand has jumped
        if row.moved:
            self.values[index] = self._sided(row.moved, index, tangents)
        return True

    def tangent(self, index: int, tangents: Sequence[float | None]) -> float | None:
        """Return the tangent of a node that has a kink."""
        row = self.nodes[index][0]
        return self.sign * self._sided(row.sided, index, tangents) if row.sided else None

    def _sided(self, text: str, index: int, tangents: Sequence[float | None]) -> float:
        row, *arguments = self.nodes[index]
        dots = [self.sign * _there(tangents[argument]) for argument in arguments]
        operands = [self.values[argument] for argument in arguments]
        number: float = FLOATS.expression(text, row.sided_parameters)(*dots, *operands, self.values[index])
        return number


def gradient(
    graph: Graph,
    output: int,
    values: Sequence[float],
    wrt: Mapping[str, int],
    mode: str = "reverse",
    watch: Watch | None = None,
    side: Side | None = None,
) -> dict[str, float]:
    """Return the derivative of a node by each of the inputs ``wrt`` (their nodes by name), at the values of a sweep."""
    if mode == "reverse" and isinstance(values[output], float):
        return vjp(graph, values, {output: 1.0}, wrt, 0, watch)
    rows = jacobian(graph, [output], values, wrt, mode, watch, side)
    return {name: derivative for name, (derivative,) in rows.items()}


def jacobian(
    graph: Graph,
    outputs: Sequence[int],
    values: Sequence[float],
    wrt: Mapping[str, int],
    mode: str = "reverse",
    watch: Watch | None = None,
    side: Side | None = None,
) -> dict[str, list[float]]:
    """Return the derivatives of some nodes by each of the inputs ``wrt``: one sweep for each output in the reverse mode, one
    for each input in the forward mode. ``side`` asks for one-sided derivatives along each input, in the forward mode."""
    if graph.arrays:
        return _array_jacobian(graph, outputs, values, wrt, mode, watch)
    if mode == "reverse":
        rows = [vjp(graph, values, {output: 1.0}, wrt, number, watch) for number, output in enumerate(outputs)]
        return {name: [row[name] for row in rows] for name in wrt}
    # One who watches is shown the steps that depend on other inputs too, as in the books; those have structural zeros.
    still: dict[int, float | None] = dict.fromkeys(graph.inputs().values()) if watch else {}
    return {name: jvp(graph, outputs, values, {**still, index: 1.0}, name, watch, side) for name, index in wrt.items()}


def _array_jacobian(
    graph: Graph,
    outputs: Sequence[int],
    values: Sequence[Any],
    wrt: Mapping[str, int],
    mode: str,
    watch: Watch | None,
) -> dict[str, list[Any]]:
    """Return the derivatives of arrays by arrays: a sweep for each element, and the axes of the result before the input's."""
    from adcli.numbers.arrays import directions, stacked

    found: dict[str, list[Any]] = {name: [] for name in wrt}
    for number, output in enumerate(outputs):
        if mode == "reverse":
            rows = [vjp(graph, values, {output: seed}, wrt, number, watch) for seed in directions(values[output])]
            for name in wrt:
                found[name].append(stacked([row[name] for row in rows], values[output], last=False))
        else:
            for name, index in wrt.items():
                seeds = directions(values[index])
                columns = [jvp(graph, [output], values, {index: seed}, name, watch)[0] for seed in seeds]
                found[name].append(stacked(columns, values[index], last=True))
    return found


def rows_of(
    graph: Graph, outputs: Sequence[int], values: Sequence[Any], found: Mapping[str, Sequence[Any]]
) -> Iterator[tuple[dict[str, Any], dict[int, Any]]]:
    """Yield the rows of a Jacobian: the derivatives of each number of the results by each input, and the seeds for it."""
    for number, output in enumerate(outputs):
        columns = {name: column[number] for name, column in found.items()}
        if not graph.arrays:
            yield columns, {output: 1.0}
            continue
        from adcli.numbers.arrays import directions, rows_of

        parts = {name: rows_of(block, values[output]) for name, block in columns.items()}
        for k, seed in enumerate(directions(values[output])):
            yield {name: rows[k] for name, rows in parts.items()}, {output: seed}


def jvp(
    graph: Graph,
    outputs: Sequence[int],
    values: Sequence[float],
    tangents: Seeds,
    name: str = "",
    watch: Watch | None = None,
    side: Side | None = None,
) -> list[float]:
    """Return the derivatives of some nodes in a direction, which is given by the tangents of inputs: one forward sweep."""
    found, beside = tangents_of(graph, values, tangents, watch and watch(name, tangents), side)
    return tangents_at(graph, outputs, values, found, beside, side)


def tangents_at(
    graph: Graph,
    outputs: Sequence[int],
    values: Sequence[float],
    tangents: Sequence[float | None],
    beside: Sequence[float],
    side: Side | None,
) -> list[float]:
    """Return the tangents of some nodes; one that jumps to another value beside the point has an infinite one."""
    system = system_of(graph)
    return [
        system.filled(tangents[output], values[output])
        if side is None or beside[output] == values[output]
        else side.jump(values[output], beside[output])
        for output in outputs
    ]


def tangents_of(
    graph: Graph, values: Sequence[float], tangents: Seeds, observe: Observer | None = None, side: Side | None = None
) -> tuple[list[float | None], Sequence[float]]:
    """Return the tangent of every node in a direction, and the values at which it was computed: those of the point, or just
    beside it."""
    if side is None:
        system = system_of(graph)
        return forward(graph, values, system.seeds(tangents), system, observe), values
    beside = Beside(graph, values, side)
    return forward(graph, beside.values, tangents, FLOATS, observe, beside), beside.values


def vjp(
    graph: Graph,
    values: Sequence[float],
    cotangents: Mapping[int, float],
    wrt: Mapping[str, int],
    number: int = 0,
    watch: Watch | None = None,
) -> dict[str, float]:
    """Return the derivatives, by each of the inputs ``wrt``, of the sum of cotangent * node: one reverse sweep."""
    observe = watch and watch(number, cotangents)
    if not cotangents:
        return dict.fromkeys(wrt, 0.0)
    system = system_of(graph)
    adjoints = reverse(graph, values, system.seeds(cotangents), wrt.values(), system, observe)
    return {name: system.filled(adjoints[index], values[index]) for name, index in wrt.items()}


def _there(derivative: float | None) -> float:
    """Return a derivative, 0.0 for a structural zero."""
    return 0.0 if derivative is None else derivative


def symbolic_gradient(graph: Graph, output: int, wrt: Iterable[str]) -> tuple[Graph, dict[str, int]]:
    """Return a graph that computes the derivatives of a node, and the node of each: the reverse sweep, run on symbols."""
    from adcli.numbers.symbols import Symbol, Symbols  # numbers need no symbols

    result, new = graph.rearranged(range(len(graph.nodes)))
    system, inputs, names = Symbols(result), graph.inputs(), list(wrt)
    values = [Symbol(result, new[index]) for index in range(len(new))]
    adjoints = reverse(graph, values, {output: system.number("1")}, [inputs[name] for name in names], system)
    found: dict[str, int] = {}
    for name in names:
        if (adjoint := adjoints[inputs[name]]) is not None:
            found[name] = adjoint.plain().index
        else:
            zero = result.number("0")
            found[name] = result.put((WIDE, zero, new[inputs[name]])) if graph.arrays else zero
    return result, found


def hessian(graph: Graph, output: int, point: Mapping[str, Any], wrt: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the second derivatives of a node by each pair of inputs: forward over reverse, a forward sweep over the
    gradient's graph for each input, or for each element of an array. Of two inputs each pair is computed once; the matrix is
    symmetric."""
    derivatives, nodes = symbolic_gradient(graph, output, wrt)
    inputs = derivatives.inputs()
    values = evaluate(derivatives, point, system_of(derivatives))
    rows: dict[str, dict[str, Any]] = {name: {} for name in wrt}
    for k, name in enumerate(wrt):
        others = wrt[k:]
        if graph.arrays:
            from adcli.numbers.arrays import directions, stacked, turned

            seeds = directions(values[inputs[name]])
            parts = [jvp(derivatives, [nodes[other] for other in others], values, {inputs[name]: s}) for s in seeds]
            for number, other in enumerate(others):
                block = stacked([part[number] for part in parts], values[inputs[name]], last=False)
                rows[other][name] = turned(block, values[inputs[name]])
                rows[name][other] = block
            continue
        row = jvp(derivatives, [nodes[other] for other in others], values, {inputs[name]: 1.0})
        for other, second in zip(others, row):
            rows[name][other] = rows[other][name] = second
    return {name: {other: rows[name][other] for other in wrt} for name in wrt}


def hvp(
    graph: Graph, output: int, point: Mapping[str, Any], wrt: Sequence[str], tangents: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the Hessian of a node by the inputs ``wrt`` times a direction: one forward sweep over the gradient's graph."""
    derivatives, nodes = symbolic_gradient(graph, output, wrt)
    inputs = derivatives.inputs()
    values = evaluate(derivatives, point, system_of(derivatives))
    seeds = {inputs[name]: tangent for name, tangent in tangents.items()}
    return dict(zip(wrt, jvp(derivatives, [nodes[name] for name in wrt], values, seeds)))

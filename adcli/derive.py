"""Derivatives: short combinations of sweeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from adcli.graph import Graph
from adcli.numbers.system import FLOATS
from adcli.rules import CONDITIONS
from adcli.rules.compiled import Function
from adcli.rules.primitive import COMPARISON, Primitive
from adcli.sweeps import Observer, evaluate, forward, reverse

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
    if mode == "reverse":
        rows = [vjp(graph, values, {output: 1.0}, wrt, number, watch) for number, output in enumerate(outputs)]
        return {name: [row[name] for row in rows] for name in wrt}
    # One who watches is shown the steps that depend on other inputs too, as in the books; those have structural zeros.
    still: dict[int, float | None] = dict.fromkeys(graph.inputs().values()) if watch else {}
    return {name: jvp(graph, outputs, values, {**still, index: 1.0}, name, watch, side) for name, index in wrt.items()}


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
    observe = watch and watch(name, tangents)
    if side is None:
        found = forward(graph, values, tangents, FLOATS, observe)
    else:
        beside = list(values)
        functions = {node: _beside(graph, beside, node, side.sign) for node in side.bends}
        functions |= {
            node: _again(graph, beside, node) for node, (head, *_) in enumerate(graph.nodes) if head in CONDITIONS
        }
        found = forward(graph, beside, tangents, FLOATS, observe, functions)
    return [_there(found[output]) for output in outputs]


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
    adjoints = reverse(graph, values, cotangents, wrt.values(), FLOATS, observe)
    return {name: _there(adjoints[index]) for name, index in wrt.items()}


def _beside(graph: Graph, values: list[float], node: int, sign: float) -> Function:
    """Return what gives the one-sided tangent of a node with a kink; for a comparison, what decides it beside the point."""
    row = graph.nodes[node][0]
    assert isinstance(row, Primitive)
    sided = FLOATS.expression(row.sided, row.sided_parameters)
    operands = [values[argument] for argument in graph.arguments(node)]

    def tangent(*tangents: float | None) -> float | None:
        result: float = sided(*(sign * _there(tangent) for tangent in tangents), *operands, values[node])
        if row.strength != COMPARISON:
            return sign * result
        values[node] = result
        return None

    return tangent


def _again(graph: Graph, values: list[float], node: int) -> Function:
    """Return what decides an and, or, not again, because what it joins may be decided otherwise beside the point."""

    def decide(*_: float | None) -> None:
        values[node] = FLOATS.functions[graph.nodes[node][0]](*(values[argument] for argument in graph.arguments(node)))

    return decide


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
    found = ((name, adjoints[inputs[name]]) for name in names)
    return result, {name: result.number("0") if adjoint is None else adjoint.plain().index for name, adjoint in found}


def hessian(graph: Graph, output: int, point: Mapping[str, float], wrt: Sequence[str]) -> list[list[float]]:
    """Return the second derivatives of a node by each pair of inputs: forward over reverse, a forward sweep over the
    gradient's graph for each input. The matrix is symmetric: row k is computed from its diagonal on."""
    derivatives, nodes = symbolic_gradient(graph, output, wrt)
    inputs = derivatives.inputs()
    values = evaluate(derivatives, point, FLOATS)
    rows = [[0.0] * len(wrt) for _ in wrt]
    for k, name in enumerate(wrt):
        row = jvp(derivatives, [nodes[other] for other in wrt[k:]], values, {inputs[name]: 1.0})
        for number, second in enumerate(row, k):
            rows[k][number] = rows[number][k] = second
    return rows


def hvp(
    graph: Graph, output: int, point: Mapping[str, float], wrt: Sequence[str], tangents: Mapping[str, float]
) -> dict[str, float]:
    """Return the Hessian of a node by the inputs ``wrt`` times a direction: one forward sweep over the gradient's graph."""
    derivatives, nodes = symbolic_gradient(graph, output, wrt)
    inputs = derivatives.inputs()
    values = evaluate(derivatives, point, FLOATS)
    seeds = {inputs[name]: tangent for name, tangent in tangents.items()}
    return dict(zip(wrt, jvp(derivatives, [nodes[name] for name in wrt], values, seeds)))
